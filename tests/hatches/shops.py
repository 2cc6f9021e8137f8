"""The base repository with changes, compiled by the whole pipeline."""

import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from platform_compiler.checked import Checked
from platform_compiler.diagnostics import Bag
from platform_compiler.emit.layout import Output
from platform_compiler.pipeline import build, check
from platform_compiler.source.tree import Directory
from tests import plain_yaml

BASE = Path(__file__).parents[2] / "fixtures" / "base"
AS_OF = date(2026, 6, 1)
DATED = {"reason": "legacy resolver", "expires": "2026-12-31"}
WEB = "clusters/prod/shop/web/deployment-web.yaml"


class Shop:
    """A copy of the base repository; the development cluster is taken away, so that a finding is told once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        shutil.copytree(BASE, root)
        (root / "clusters" / "dev.yaml").unlink()

    def spec(self, path: str, changes: Mapping[str, Any]) -> None:
        """Lay words over the `spec` of a manifest."""
        file = self.root / path
        document = plain_yaml.read(file.read_text())
        document["spec"] |= changes
        file.write_text(yaml.safe_dump(document, sort_keys=False))

    def patch(self, **patches: Mapping[str, Any]) -> None:
        """Give `shop/web` patches, of its Deployment unless they say otherwise."""
        self.patch_of("web", **patches)

    def patch_of(self, name: str, **patches: Mapping[str, Any]) -> None:
        """Give an application of the team patches."""
        dated = {n: {"target": f"Deployment/{name}", **DATED, **p} for n, p in patches.items()}
        self.spec(f"teams/shop/{name}.yaml", {"patches": dated})

    def app(self, name: str, **spec: Any) -> None:
        """Write an application of the team."""
        head = {"apiVersion": "platformc.dev/v1", "kind": "Application", "metadata": {"name": name}}
        document = {**head, "spec": {"image": f"ghcr.io/acme/{name}:1.0.0", **spec}}
        (self.root / f"teams/shop/{name}.yaml").write_text(yaml.safe_dump(document, sort_keys=False))

    def raw(self, *resources: Mapping[str, Any], **spec: Any) -> None:
        """Write `shop/extra` with raw resources."""
        document = {
            "apiVersion": "platformc.dev/v1",
            "kind": "RawResources",
            "metadata": {"name": "extra"},
            "spec": {**spec, "resources": list(resources)},
        }
        (self.root / "teams/shop/extra.yaml").write_text(yaml.safe_dump(document, sort_keys=False))

    def checked(self, as_of: date = AS_OF) -> tuple[Checked, Bag]:
        bag = Bag()
        return check(Directory(self.root), as_of, bag), bag

    def output(self) -> Output:
        """Compile without an error."""
        checked, bag = self.checked()
        output = None if bag.has_errors else build(checked, bag)
        assert output is not None, [f"{d.span} {d.code} {d.message}" for d in bag.sorted()]
        return output

    def found(self, as_of: date = AS_OF) -> list[tuple[str, str, int]]:
        """Return code, file and line of what is found."""
        checked, bag = self.checked(as_of)
        if not bag.has_errors:
            build(checked, bag)
        return [(d.code, d.span.path, d.span.line) for d in bag.sorted()]

    def codes(self, as_of: date = AS_OF) -> list[str]:
        return [code for code, _, _ in self.found(as_of)]

    def line(self, path: str, words: str) -> int:
        """Return the line of a file that first holds some words."""
        lines = (self.root / path).read_text().splitlines()
        return 1 + next(number for number, line in enumerate(lines) if words in line)


def body(output: Output, path: str = WEB) -> Any:
    return plain_yaml.read(output.files[path])


def config_map(name: str = "greeting", **more: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"hello": "world"}, **more}
