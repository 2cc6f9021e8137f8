"""A folder of imported schemas for tests, made from definitions by the import itself."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from platform_compiler.schema.imported import Imported, imported
from platform_compiler.schema.store import Store, path_of, text_of
from platform_compiler.source.tree import Directory
from tests.verify.crds import SHARED


def published(folder: str = "*") -> list[Imported]:
    """Return every kind that the definitions below `shared/crds/<folder>` define."""
    documents = [
        document
        for file in sorted((SHARED / "crds").glob(f"{folder}/*.yaml"))
        for document in yaml.load_all(file.read_text(), Loader=yaml.CSafeLoader)
    ]
    return [kind for document in documents for kind in imported(document)]


def store(root: Path, kinds: Iterable[Imported]) -> Store:
    """Write kinds below `root` as an import does, and return them as they are read again."""
    for kind in kinds:
        path = root / path_of(kind.api_version, kind.kind)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text_of(kind.content))
    return Store(Directory(root))


def definition(spec: dict[str, Any], *, kind: str = "Widget") -> dict[str, Any]:
    """Return the definition of a kind with a `spec` of this schema."""
    schema = {"type": "object", "properties": {"spec": spec}}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    names = {"kind": kind, "plural": f"{kind.lower()}s"}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{kind.lower()}s.example.com"},
        "spec": {"group": "example.com", "names": names, "scope": "Namespaced", "versions": [version]},
    }
