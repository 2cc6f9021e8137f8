"""The rules in CEL of published CustomResourceDefinitions: all compile, and they judge as their authors meant.

Needs `shared/crds` and `shared/corpora` beside the repository.
"""

import re
from pathlib import Path

import pytest

from platform_compiler.schema.imported import Imported
from platform_compiler.schema.ruled import rules_of
from platform_compiler.schema.store import Store
from tests.verify.crds import needs_crds
from tests.verify.imports import published, store
from tests.verify.istio.test_corpus import CORPUS, NEWEST, REASONS, documents
from tests.verify.judged import refused

pytestmark = [needs_crds, pytest.mark.skipif(not CORPUS.exists(), reason="shared/corpora is not here")]

RULES = {"argo-cd": 0, "cert-manager": 2, "envoy-gateway": 480, "flux": 3, "gateway-api": 270, "istio": 398}
"""How many rules each folder holds, without those of a status and of versions that are not served."""
UNUSABLE: dict[str, str] = {}
"""Rules that do not compile, each with the reason."""
NO_VERDICT = {
    ("peerauth", 1): "a port is turned into a number, and is none",
    ("reqauth", 8): "the address is no URL",
    ("reqauth", 17): "the timeout is no duration",
    ("telemetry", 2): "the rule reads a value that is not there",
}
"""Bad documents for which a rule has no value, which refuses them on the API server, too."""


def _rules(folder: str) -> list[Imported]:
    return [kind for kind in published(folder) if kind.rules]


@pytest.mark.parametrize("folder", RULES)
def test_every_published_rule_compiles_or_is_listed_with_its_reason(folder: str) -> None:
    kinds = _rules(folder)
    assert sum(kind.rules for kind in kinds) == RULES[folder]
    unusable = {one.text: one.words for kind in kinds for one in rules_of(kind.content.schema).unusable}
    assert unusable == {text: words for text, words in UNUSABLE.items() if text in unusable}


@pytest.fixture(scope="module")
def istio(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return store(tmp_path_factory.mktemp("istio"), published("istio"))


def _refused(text: str, kinds: Store) -> list[str]:
    return refused(re.sub(r"(?m)^_err:.*\n", "", text), versions=NEWEST, imported=kinds)


@pytest.mark.parametrize("topic", REASONS)
def test_bad_documents_are_refused_by_the_schemas_and_rules_of_their_kinds(istio: Store, topic: str) -> None:
    for number, text in enumerate(documents(CORPUS / f"{topic}-invalid.yaml")):
        told = _refused(text, istio)
        assert told, text
        without = {line.split()[0] for line in told} == {"PC5012"}
        assert without == ((topic, number) in NO_VERDICT), told


@pytest.mark.parametrize("topic", REASONS)
def test_good_documents_are_accepted_by_the_schemas_and_rules_of_their_kinds(istio: Store, topic: str) -> None:
    for text in documents(CORPUS / f"{topic}-valid.yaml"):
        assert _refused(text, istio) == []


def test_schemas_keep_their_rules_when_they_are_written_and_read(tmp_path: Path) -> None:
    kinds = published("gateway-api")
    read = store(tmp_path, kinds)
    for kind in kinds:
        again = read.get(kind.api_version, kind.kind)
        assert again is not None
        assert again.schema == kind.content.schema
