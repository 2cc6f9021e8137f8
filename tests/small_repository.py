"""A small platform repository that a test changes and compiles: `fixtures/base` without its first environment."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from platform_compiler.diagnostics import Bag
from platform_compiler.pipeline import compile_tree
from platform_compiler.source.tree import Directory
from tests import plain_yaml

BASE = Path(__file__).parents[1] / "fixtures" / "base"
AS_OF = date(2026, 6, 1)
Body = dict[str, Any]


class _Plain(yaml.SafeDumper):
    """Writes out what occurs twice."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 -- the base class's
        return True


class SmallRepository:
    """Applications `shop/web`, which calls `shop/cart` and `pay/ledger`, on cluster `prod`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        shutil.copytree(BASE, root)
        (root / "clusters" / "dev.yaml").unlink()

    def change(self, path: str, **spec: Any) -> None:
        """Set words in the spec of a document; None takes one out."""
        file = self.root / path
        document = plain_yaml.read(file.read_text())
        document["spec"] |= spec
        document["spec"] = {key: value for key, value in document["spec"].items() if value is not None}
        file.write_text(yaml.dump(document, Dumper=_Plain, sort_keys=False))

    def write(self, path: str, kind: str, **spec: Any) -> None:
        """Write a new document."""
        document = {
            "apiVersion": "platformc.dev/v1",
            "kind": kind,
            "metadata": {"name": Path(path).stem},
            "spec": spec,
        }
        (self.root / path).write_text(yaml.dump(document, Dumper=_Plain, sort_keys=False))

    def app(self, ref: str, **spec: Any) -> None:
        """Change an application, or write a new one, with an HTTP port where nothing else is said."""
        path = f"teams/{ref}.yaml"
        if (self.root / path).exists():
            self.change(path, **spec)
            return
        ports = {"http": {"port": 80, "targetPort": 8080}}
        self.write(
            path,
            "Application",
            **{"blueprint": "web-service@1", "image": "ghcr.io/acme/a:1.0.0", "ports": ports, **spec},
        )

    def files(self) -> dict[str, bytes]:
        """Compile; anything wrong fails the test."""
        bag = Bag()
        output = compile_tree(Directory(self.root), AS_OF, bag)
        assert output is not None, [f"{d.span}: {d.code} {d.message}" for d in bag.sorted()]
        return dict(output.files)

    def bodies(self) -> dict[str, Body]:
        """Compile to objects by `Kind namespace/name`."""
        found = {}
        for path, content in self.files().items():
            if path.startswith("clusters/") and path.endswith(".yaml"):
                body = plain_yaml.read(content)
                metadata = body.get("metadata", {})
                found[f"{body['kind']} {metadata.get('namespace', '')}/{metadata.get('name', '')}"] = body
        return found

    def specs(self, name: str) -> Any:
        """Compile and return the spec of one object."""
        return self.bodies()[name]["spec"]

    def findings(self) -> list[tuple[str, str]]:
        """Compile and return each finding as its code and the text of its first line."""
        bag = Bag()
        compile_tree(Directory(self.root), AS_OF, bag)
        lines = {}
        for finding in bag.sorted():
            text = (self.root / finding.span.path).read_text().splitlines()
            lines[finding] = text[finding.span.line - 1].strip()
        return [(finding.code, line) for finding, line in lines.items()]

    def unmet(self) -> list[str]:
        """Compile and return the settings that no part gives effect to."""
        bag = Bag()
        compile_tree(Directory(self.root), AS_OF, bag)
        return [finding.message.split("`")[1] for finding in bag.sorted() if finding.code == "PC4301"]

    def refused(self) -> list[str]:
        """Compile and return the settings that a part refuses."""
        bag = Bag()
        compile_tree(Directory(self.root), AS_OF, bag)
        return [finding.message.split("`")[3] for finding in bag.sorted() if finding.code == "PC4050"]
