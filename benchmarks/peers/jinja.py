"""Jinja2 alone (text, nothing parsed), and Jinja2 with PyYAML's C classes: the usual ways of one's own script."""

import time

import jinja2
import yaml

from benchmarks.peers.work import Work


def _template(work: Work) -> jinja2.Template:
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)
    return environment.from_string(work.jinja())


def text_alone(work: Work) -> float:
    """Render every application to a file: what comes out may be no YAML at all."""
    started = time.perf_counter()
    template = _template(work)
    for name, team in work.names:
        (work.directory / f"{name}.yaml").write_text(template.render(name=name, team=team))
    return time.perf_counter() - started


def with_pyyaml(work: Work) -> float:
    """Render, parse and dump every application to a file."""
    started = time.perf_counter()
    template = _template(work)
    for name, team in work.names:
        documents = list(yaml.load_all(template.render(name=name, team=team), Loader=yaml.CSafeLoader))
        text = yaml.dump_all(documents, Dumper=yaml.CSafeDumper, sort_keys=False)
        (work.directory / f"{name}.yaml").write_text(text)
    return time.perf_counter() - started
