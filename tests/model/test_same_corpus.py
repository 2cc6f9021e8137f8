"""Schema and model accept and reject the same documents: every fixture, good and bad, and the models' own examples."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from pydantic import ValidationError

from platform_compiler.diagnostics import Bag
from platform_compiler.model.export import document_model
from platform_compiler.model.kinds import SPECS
from platform_compiler.source.node import plain
from platform_compiler.source.reader import read_yaml

ROOT = Path(__file__).parents[2]


def corpus() -> dict[str, Any]:
    found = {}
    for folder in ("scaffold", "fixtures/base", "fixtures/online-boutique", "fixtures/reject"):
        for path in sorted(path for path in (ROOT / folder).rglob("*.yaml") if path.is_file()):
            name = path.relative_to(ROOT).as_posix()
            document = read_yaml(name, path.read_bytes(), Bag())
            value = plain(document) if document is not None else {}
            if value.get("kind") in SPECS:
                found[name] = as_json(value)
    return found


def as_json(value: Any) -> Any:
    """Return a value with whole floats as integers: JSON does not tell them apart (the loader does, by PC1104)."""
    if isinstance(value, dict):
        return {key: as_json(child) for key, child in value.items()}
    if isinstance(value, list):
        return [as_json(child) for child in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


CORPUS = corpus()


def accepted_by_model(kind: str, document: Any) -> bool:
    try:
        document_model(kind).model_validate(document)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("kind", sorted(SPECS))
def test_schema_and_model_agree_on_every_fixture(kind: str) -> None:
    validator = jsonschema_rs.validator_for(json.loads((ROOT / f"schemas/{kind.lower()}.schema.json").read_text()))
    documents = {name: document for name, document in CORPUS.items() if document["kind"] == kind}
    by_schema = {name for name, document in documents.items() if validator.is_valid(document)}
    by_model = {name for name, document in documents.items() if accepted_by_model(kind, document)}
    assert by_schema == by_model


def test_corpus_holds_both_good_and_bad_documents() -> None:
    applications = {name: d for name, d in CORPUS.items() if d["kind"] == "Application"}
    accepted = {name for name, document in applications.items() if accepted_by_model("Application", document)}
    assert len(accepted) > 50
    assert len(applications) - len(accepted) > 5
