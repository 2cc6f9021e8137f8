"""Documents that Istio itself holds for good and bad: the bad ones are refused for their reason, the good ones are not.

Needs `shared/corpora/istio-validation` beside the repository.
"""

import re
from pathlib import Path

import pytest

from platform_compiler.verify.versions import Versions
from tests.verify.crds import SHARED
from tests.verify.judged import found, refused

CORPUS = SHARED / "corpora" / "istio-validation"
NEWEST = Versions(istio=(9, 9))
# What our words must say of each bad document, in the order of the files.
REASONS = {
    "authz": ("cannot have namespaces beside serviceAccounts", "cannot have principals beside serviceAccounts"),
    "destinationrule": ("minimumPercent is 150.0", "warmup lacks duration", "aggression is -0.1"),
    "envoyfilter": (
        "cannot have waypoint where context is SIDECAR_INBOUND",
        "lacks waypoint where context is WAYPOINT",
        "portNumber is 65536",
    ),
    "peerauth": (
        "mode cannot be BLAH",
        "a key cannot be acd",
        "lacks selector beside portLevelMtls",
        "portLevelMtls is empty",
        "a key cannot be 0",
        "a key cannot be 42949672",
    ),
    "proxyconfig": ("concurrency is -1", "a key cannot be "),
    "reqauth": (
        "has both targetRef and targetRefs",
        "has both selector and targetRef",
        "targetRef lacks name",
        "namespace cannot be bar",
        "group cannot be __",
        "kind cannot be Serv_ice",
        "an item of jwtRules has no value",
        "an item of audiences cannot be ",
        "jwksUri cannot be hTPp",
        "an item of fromHeaders lacks name",
        "name cannot be ",
        "an item of fromParams cannot be ",
        "an item of fromCookies cannot be ",
        "an item of outputClaimToHeaders has no value",
        "claim cannot be ",
        "header cannot be ",
        "header cannot be :authority",
        "timeout cannot be apple",
        "an item of spaceDelimitedClaims cannot be ",
        "presence cannot be MANDATORY",
    ),
    "serviceentry": (
        "lacks spec",
        "spec lacks hosts",
        "val cannot be *",
        "has both workloadSelector and endpoints",
        "an item of hosts cannot be *",
        "addresses where resolution is DNS cannot be 1.2.3.4/16",
        "a second item with name a",
        "port 1 occurs twice",
        "number is 99999",
        "targetPort is 99999",
        "cannot have endpoints where resolution is NONE",
        "endpoints where resolution is DNS_ROUND_ROBIN has 2 items",
    ),
    "telemetry": (
        "name cannot be ",
        "customMetric cannot be ",
        "lacks value where operation is UPSERT",
        "cannot have value where operation is REMOVE",
    ),
    "wasm": (
        "an item of ports lacks number",
        "url cannot be ",
        "url cannot be #%blah$#@",
        "url cannot be fake://example.com",
        "sha256 cannot be foo",
        "imagePullSecret cannot be ",
        "pluginName cannot be ",
        "a second item with name a",
        "name cannot be ",
        "cannot have value where valueFrom is HOST",
        "cannot have value where valueFrom is HOST",
        "lacks spec",
        "spec lacks url",
        "istio cannot be bar*",
        "a key cannot be istio*",
    ),
    "workloadentry": (
        "lacks spec",
        "has none of address, network",
        "address cannot be unix:///dir/",
        "address cannot be unix://relative",
        "cannot have ports where address is unix://@foo",
        "http is 99999",
        "a key cannot be @",
    ),
    "workloadgroup": ("lacks spec", "port is 65536", "name cannot be **"),
}
# None: the rules that Istio says in CEL are said in the profile's notation, or in `verify/istio/fields.py`.
LEFT_TO_POLICIES: dict[tuple[str, int], str] = {}

pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason="shared/corpora is not here")


def documents(path: Path) -> list[str]:
    """Return the documents of a file; a scalar is quoted that our reader of YAML takes for a key."""
    parts = re.split(r"(?m)^---.*$", path.read_text())
    return [part.replace("001:db8::", '"001:db8::"') for part in parts if re.search(r"(?m)^kind:", part)]


@pytest.mark.parametrize("topic", REASONS)
def test_bad_documents_are_refused_for_their_reason(topic: str) -> None:
    bad = documents(CORPUS / f"{topic}-invalid.yaml")
    assert len(bad) == len(REASONS[topic])
    for number, (text, reason) in enumerate(zip(bad, REASONS[topic], strict=True)):
        judged = found(re.sub(r"(?m)^_err:.*\n", "", text), whole=False, versions=NEWEST)
        if (topic, number) in LEFT_TO_POLICIES:
            assert judged == [], text
        else:
            assert any(reason in words for words in judged), (text, judged)


def test_every_bad_document_is_in_the_table() -> None:
    topics = {path.name.removesuffix("-invalid.yaml") for path in CORPUS.glob("*-invalid.yaml")}
    assert topics == set(REASONS)
    assert sum(map(len, REASONS.values())) == 77


@pytest.mark.parametrize("topic", REASONS)
def test_good_documents_are_accepted(topic: str) -> None:
    good = documents(CORPUS / f"{topic}-valid.yaml")
    assert good
    for text in good:
        assert refused(text, versions=NEWEST) == []
