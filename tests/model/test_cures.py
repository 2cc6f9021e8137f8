"""A value of the wrong type is told a cure, and whoever follows the cure is done."""

import pytest

from platform_compiler.diagnostics import Bag
from platform_compiler.load.shape import has_shape
from platform_compiler.source.reader import read_yaml

DOCUMENT = """\
apiVersion: platformc.dev/v1
kind: Application
metadata: {{name: web}}
spec:
  blueprint: web-service@1
  image: web:1
  {}
"""
CURES = [
    ("shutdown: {{delay: {}}}", "500", ("500ms", "500s")),
    ("shutdown: {{delay: {}}}", '"500"', ("500ms", "500s")),
    ("shutdown: {{delay: {}}}", "no", ("5s",)),
    ("shutdown: {{delay: {}}}", "1.5", ("5s",)),
    ("strategy: {{maxSurge: {}}}", "0.25", ("25%",)),
    ("strategy: {{maxSurge: {}}}", "025", ("25",)),
    ("strategy: {{maxSurge: {}}}", "off", ("25%",)),
    ("resources: {{requests: {{cpu: {}}}}}", "1.5", ('"1.5"',)),
    ("resources: {{requests: {{cpu: {}}}}}", "1e3", ("100m",)),
    ("resources: {{requests: {{memory: {}}}}}", "1_000", ("128Mi",)),
    ("ports: {{http: {{port: {}}}}}", "080", ("80",)),
    ("ports: {{http: {{port: {}}}}}", '"80"', ("80",)),
    ("ports: {{http: {{port: {}}}}}", '"http"', ("80",)),
    ("scale: {{min: 1, max: {}}}", "yes", ("10",)),
    ("resilience: {{outlierDetection: {{maxEjectionPercent: {}}}}}", "50%", ("50",)),
    ("security: {{readOnlyRootFilesystem: {}}}", "yes", ("true",)),
    ("security: {{readOnlyRootFilesystem: {}}}", '"false"', ("false",)),
    ("access: {{web: {{from: [{{cidr: {}}}]}}}}", "10.0.0.5/8", ("10.0.0.0/8", "10.0.0.5/32")),
    ("args: [{}]", "5", ('"5"',)),
    ("args: [{}]", "no", ('"no"',)),
]


@pytest.mark.parametrize(("line", "wrong", "right"), CURES)
def test_the_cure_names_what_would_be_right_and_it_is(line: str, wrong: str, right: tuple[str, ...]) -> None:
    [(message, cure)] = _told(line.format(wrong))
    assert all(f"`{value}`" in cure for value in right), (message, cure)
    assert [_told(line.format(value)) for value in right] == [[]] * len(right)


def _told(line: str) -> list[tuple[str, str]]:
    """Return what the line is told: each message with its cure."""
    bag = Bag()
    document = read_yaml("web.yaml", DOCUMENT.format(line).encode(), bag)
    assert document is not None
    has_shape("Application", document, bag)
    return [(finding.message, " ".join(finding.help)) for finding in bag.sorted()]
