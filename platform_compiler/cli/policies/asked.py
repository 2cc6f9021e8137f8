"""What `policy explain` asks: a policy, the objects it is asked about, and the bindings that hold there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from platform_compiler.cli.files import read_files
from platform_compiler.cli.known import check_known
from platform_compiler.cli.options import Run
from platform_compiler.cli.policies.library import library_of
from platform_compiler.diagnostics import Bag
from platform_compiler.policy.compiled import Compiled
from platform_compiler.policy.foreign import benches, subjects
from platform_compiler.policy.judge import Bench
from platform_compiler.policy.kinds import is_namespaced
from platform_compiler.policy.read import Library
from platform_compiler.policy.repository import load_policies
from platform_compiler.policy.subject import Subject
from platform_compiler.source.tree import Directory
from platform_compiler.verify.documents import items_of


@dataclass(frozen=True, slots=True)
class Asked:
    """A policy, the requests it is asked about, and what holds where they are."""

    compiled: Compiled
    subjects: Sequence[Subject]
    bench: Callable[[str], Bench]


def in_files(policy: str, policy_files: tuple[Path, ...], files: tuple[Path, ...], run: Run, bag: Bag) -> Asked | None:
    """Return a policy and the objects of files; None where one of them cannot be used, which is reported."""
    texts = dict(read_files(files, bag))
    items = [item for path, data in texts.items() for item in items_of(path, data, bag)]
    found = _policy(policy, policy_files, run, bag)
    if found is None:
        return None
    library, compiled = found
    asked = list(subjects(items, (), is_namespaced))
    return Asked(compiled, asked, benches(library, {policy: compiled}, items))


def _policy(name: str, files: tuple[Path, ...], run: Run, bag: Bag) -> tuple[Library, Compiled] | None:
    """Return a policy, ready to judge, with the bindings and parameters that were read with it."""
    if files:
        library, ready = library_of(files, run, bag)
        check_known("policy", name, library.policies)
    else:
        policies = load_policies(Directory(run.root), bag)
        check_known("policy", name, policies.names)
        library, ready = policies.own, policies.ready([name], bag)
    if name not in ready:
        return None
    bindings = {key: binding for key, binding in library.bindings.items() if binding.policy == name}
    return Library({name: ready[name].policy}, bindings, (), library.params, library.texts), ready[name]


def in_repository(policy: str, cluster: str, run: Run, bag: Bag) -> Asked | None:
    """Return a policy and what a cluster of the repository gets, as it would be judged there.

    What a policy denies keeps a repository from being compiled, so resources are taken before anything judges them.
    """
    from platform_compiler.blueprints.expand import expand  # noqa: PLC0415 -- a file needs none of this
    from platform_compiler.context.build import build_contexts  # noqa: PLC0415
    from platform_compiler.layers.placement import environment_of  # noqa: PLC0415
    from platform_compiler.pipeline import check  # noqa: PLC0415
    from platform_compiler.policy.manifests import manifests_on  # noqa: PLC0415
    from platform_compiler.policy.params import known  # noqa: PLC0415
    from platform_compiler.policy.sets import bindings_of  # noqa: PLC0415
    from platform_compiler.policy.stages import convene, user_on  # noqa: PLC0415
    from platform_compiler.verify.compiled import items_of as generated  # noqa: PLC0415
    from platform_compiler.verify.group import items_in  # noqa: PLC0415

    tree, as_of = Directory(run.root), run.as_of
    checked = check(tree, as_of, Bag())
    loaded, linked = checked.loaded, checked.linked
    environments = {name: environment_of(manifest) for name, manifest in loaded.clusters.items()}
    name = cluster.rpartition("/")[2]
    check_known("file or cluster", cluster, [*environments, *(f"{env}/{one}" for one, env in environments.items())])
    court = checked.court or convene(tree, loaded, as_of, bag)
    check_known("policy", policy, court.policies.names)
    ready = court.policies.ready([policy], bag)
    if policy not in ready:
        return None
    compiled = ready[policy]
    contexts = build_contexts(loaded, checked.resolved, linked, Bag(), lambda unit: unit.cluster == name)
    batches = expand(contexts, checked.catalog, {}, Bag())
    items = items_in(generated(batches, lambda resource, _: resource.manifest))
    own = [binding for binding in court.policies.own.bindings.values() if binding.policy == policy]
    bindings = [*bindings_of(court.sets, {policy: compiled.policy}, court.where(name, linked), as_of), *own]
    bodies = [item.body for item in (*court.policies.own.params, *items)]
    bench = Bench({policy: compiled}, bindings, known(bodies))
    if compiled.policy.judges_manifests:
        return Asked(compiled, list(manifests_on(loaded.clusters[name], loaded, checked.resolved)), lambda _: bench)
    user = user_on(loaded.clusters[name])
    return Asked(compiled, list(subjects(items, (), is_namespaced, user)), lambda _: bench)


def chosen(asked: Asked, name: str | None) -> list[Subject]:
    """Return the requests that are explained: the one that is named, or all that the policy could be for.

    Raises:
        click.UsageError: there is none.
    """
    if not asked.subjects:
        raise click.UsageError("there is no object to explain")
    if name is None:
        judged = [one for one in asked.subjects if any(asked.bench(one.item.cluster).judge(one))]
        return judged or list(asked.subjects)
    names: dict[str, list[Subject]] = {}
    for subject in asked.subjects:
        item = subject.item
        for words in {f"{item.kind}/{item.name}", f"{item.kind}/{item.namespace or 'default'}/{item.name}"}:
            names.setdefault(words.lower(), []).append(subject)
    check_known("object", name.lower(), names)
    return names[name.lower()]
