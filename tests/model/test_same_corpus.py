"""Schema and model accept and reject the same documents: every fixture, good and bad, and the models' own examples."""

import json
import random
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from pydantic import ValidationError

from platform_compiler.diagnostics import Bag
from platform_compiler.model.export import document_model
from platform_compiler.model.kinds import SPECS
from platform_compiler.schema.walk import breaches
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


def mutant(value: Any, chance: random.Random) -> Any:
    """Return a value with one thing in it dropped, or replaced by what may not belong there."""
    if isinstance(value, dict) and value:
        key = chance.choice(sorted(value))
        rest = {other: child for other, child in value.items() if other != key}
        return rest if chance.random() < 0.2 else rest | {key: mutant(value[key], chance)}
    if isinstance(value, list) and value:
        place = chance.randrange(len(value))
        return [mutant(child, chance) if i == place else child for i, child in enumerate(value)]
    return chance.choice(["", "A b", "a" * 300, -1, 10**7, 0.5, True, None, [], {}, ["a", "a"], {"a": "b"}])


@pytest.mark.parametrize("kind", sorted(SPECS))
def test_the_walk_accepts_nothing_that_the_schema_refuses(kind: str) -> None:
    schema = json.loads((ROOT / f"schemas/{kind.lower()}.schema.json").read_text())
    validator, chance = jsonschema_rs.validator_for(schema), random.Random(kind)
    accepted = 0
    for name, document in CORPUS.items():
        for tried in (document, *(mutant(document, chance) for _ in range(3))) if document["kind"] == kind else ():
            tree = read_yaml(name, yaml.safe_dump(tried).encode(), Bag())
            if tree is not None and not breaches(schema, tree, "it", schema["$defs"]):
                accepted += 1
                assert validator.is_valid(as_json(plain(tree))), (name, plain(tree))
    assert accepted


def test_corpus_holds_both_good_and_bad_documents() -> None:
    applications = {name: d for name, d in CORPUS.items() if d["kind"] == "Application"}
    accepted = {name for name, document in applications.items() if accepted_by_model("Application", document)}
    assert len(accepted) > 50
    assert len(applications) - len(accepted) > 5
