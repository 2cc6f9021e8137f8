"""From what is wrong with expressions to findings at the very characters, inside the YAML that they are written in."""

import re
from collections.abc import Iterable, Iterator, Mapping

from platform_compiler.cel.functions import NEVER
from platform_compiler.diagnostics import Bag, Span
from platform_compiler.policy.compiled import Flaw
from platform_compiler.policy.model import Policy, Text
from platform_compiler.policy.refused import Refusal
from platform_compiler.source.node import ScalarNode, at
from platform_compiler.verify.places import field_span

_UNDECLARED = re.compile(r"undeclared reference to '([^']*)'")


def report_flaws(policy: Policy, flaws: Iterable[Flaw | Refusal], texts: Mapping[str, bytes], bag: Bag) -> None:
    """Report everything that keeps a policy from being compiled."""
    wrong: list[Flaw] = []
    for one in flaws:
        if isinstance(one, Refusal):
            place = field_span(policy.tree, one.path, on_key=False)
            bag.add("PC7001", f"no API server takes policy `{policy.name}`: {one.words}", place)
        else:
            wrong.append(one)
    for flaw, cure in _telling([(flaw, _cure(flaw)) for flaw in wrong]):
        node = at(policy.tree, *flaw.text.path)
        assert isinstance(node, ScalarNode)
        span = place_in(node, texts.get(node.span.path, b""), flaw.problem.line, flaw.problem.column)
        bag.add("PC7001", f"policy `{policy.name}` does not compile: {flaw.problem.words}", span, help=cure)


def _telling(flaws: list[tuple[Flaw, str]]) -> Iterator[tuple[Flaw, str]]:
    """Yield the flaws that tell something: what Kubernetes never has makes every word of a call unknown."""
    cured: set[Text] = set()
    for flaw, cure in sorted(flaws, key=lambda one: not one[1]):
        if flaw.text in cured:
            continue
        if cure:
            cured.add(flaw.text)
        yield flaw, cure


def _cure(flaw: Flaw) -> str:
    """Return what to write instead of what Kubernetes does not have, empty where that is not known."""
    found = _UNDECLARED.match(flaw.problem.words)
    if found is None:
        return ""
    for name, cure in NEVER.items():
        if found[1] in {name, name.partition(".")[2]} and name in flaw.text.text:
            return f"Kubernetes has no `{name}`: {cure}"
    return ""


def place_in(node: ScalarNode, data: bytes, line: int, column: int) -> Span:
    """Return where a line and column of a text stand in the file that it was read from.

    Block scalars keep their lines below the indicator; text in quotes or plain stands on one line, as a rule. Where the
    text cannot be found again (it was folded, or escaped), the scalar as a whole is the place.
    """
    wanted = node.text.split("\n")[line - 1] if line <= node.text.count("\n") + 1 else ""
    lines = data.decode("utf-8", "replace").splitlines()
    for number in range(node.span.line, min(len(lines), node.span.line + node.text.count("\n") + 2) + 1):
        start = lines[number - 1].find(wanted) if wanted.strip() else -1
        if start >= 0 and number >= node.span.line + line - 1:
            first = start + column
            return Span(node.span.path, number, first, number, first + 1)
    return node.span
