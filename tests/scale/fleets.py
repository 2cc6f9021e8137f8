"""Repositories that several processes compile, and what one process makes of them."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from platform_compiler.context.unit import Selection
from platform_compiler.diagnostics import Bag, Diagnostic
from platform_compiler.emit.layout import Output
from platform_compiler.pipeline import Checked, build, check, everything
from platform_compiler.scale.build import build_on
from platform_compiler.scale.engine import Engine
from platform_compiler.source.snapshot import Snapshot, snapshot
from platform_compiler.source.tree import Directory

FIXTURES = Path(__file__).parents[2] / "fixtures"
AS_OF = date(2026, 6, 1)
LEDGER, TUNING, WAIVER = "teams/payments/ledger.yaml", "teams/platform/node-tuning.yaml", "clock-check-is-raw"
PATCH = (
    "      patches:\n"
    "        lost: {target: Deployment/lost, merge: {spec: {paused: true}}, reason: r, expires: '2034-12-31'}\n"
)


@dataclass(frozen=True)
class Fleet:
    """A repository that is linked."""

    tree: Snapshot
    checked: Checked

    def alone(self, wanted: Selection = Selection()) -> tuple[Output | None, tuple[Diagnostic, ...]]:  # noqa: B008
        bag = Bag()
        output = build(self.checked, bag, everything if wanted == Selection() else wanted)
        return output, bag.sorted()

    def on(
        self,
        engine: Engine,
        wanted: Selection = Selection(),  # noqa: B008
    ) -> tuple[Output | None, tuple[Diagnostic, ...]]:
        bag = Bag()
        output = build_on(engine, self.tree, AS_OF, self.checked, bag, wanted)
        return output, bag.sorted()


def linked(tree: Snapshot) -> Fleet:
    bag = Bag()
    checked = check(tree, AS_OF, bag)
    assert not bag.has_errors, bag.sorted()
    return Fleet(tree, checked)


@cache
def files_of(name: str) -> Snapshot:
    return snapshot(Directory(FIXTURES / name))


@cache
def fleet(name: str) -> Fleet:
    """Return a fixture by its name, or the organisation as somebody broke it."""
    if name in {"denied", "unmakeable"}:
        whole = files_of("organisation")
        tuning = whole.read(TUNING).decode()
        tuning = tuning.replace("metadata: {name: clock-check}\n    automount", "metadata: {name: else}\n    automount")
        changed = {TUNING: tuning.encode()}
        if name == "unmakeable":
            changed[LEDGER] = whole.read(LEDGER).replace(b"    prod:\n", b"    prod:\n" + PATCH.encode())
        rest = {path: data for path, data in whole.files.items() if WAIVER not in path}
        return linked(Snapshot({**rest, **changed}))
    return linked(files_of(name))


@cache
def alone(name: str) -> tuple[Output | None, tuple[Diagnostic, ...]]:
    """Return what one process makes of a repository, and says."""
    return fleet(name).alone()


def assert_same(
    found: tuple[Output | None, tuple[Diagnostic, ...]], expected: tuple[Output | None, tuple[Diagnostic, ...]]
) -> None:
    assert found[1] == expected[1]
    if expected[0] is None:
        assert found[0] is None
        return
    assert found[0] is not None
    assert found[0].files == expected[0].files
    assert found[0].units == expected[0].units
    assert found[0].owners == expected[0].owners
    assert found[0].published == expected[0].published
