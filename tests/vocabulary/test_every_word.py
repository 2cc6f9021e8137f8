"""No word of the vocabulary is dropped in silence: on every part it changes what is compiled, or its line is told.

The words come from the models: a new one fails here until a part honours it. Each is said by a small application of its
own among a crowd of others, compiled twice, without the word and with it.
"""

from collections.abc import Iterable
from functools import cache

import pytest

from platform_compiler.blueprints.catalog import load_catalog
from platform_compiler.diagnostics import Bag
from platform_compiler.load import load
from tests.vocabulary.around import CLUSTERS
from tests.vocabulary.parts import Files, compiled
from tests.vocabulary.tables import said_twice
from tests.vocabulary.values import Spec
from tests.vocabulary.words import Leaf, leaves

CHANGED, TOLD, SILENT = "changed", "told", "silent"
NEVER = {
    "init.*.health": "an init container runs to its end, and nothing asks for its health",
    "external.access.*.from.*.cidr": "proxies of callers know callers of the mesh alone",
}
"""What the models hold because a model is shared, and no part ever will."""
ELSEWHERE = {
    "description": "for people: it is read in the manifest",
    "external.description": "for people",
    "params": "belongs to a blueprint's own schema: tests/blueprints, and `web/home` of the organisation",
    "calls.*.optional": "decides whether a missing grant is an error: tests of PC2106",
    "external.calls.*.optional": "decides whether a missing grant is an error: tests of PC2106",
    "expose.*.delegate": "changes what others may expose: tests/blueprints/test_builtin.py",
    "observe.slo.metric.buckets": "judges latencies, and is in no rule: tests of PC2480",
    "external.egress": "needs an egress gateway: tests/blueprints/test_egress_gateway.py",
    "external.resilience.failover.to": "needs endpoints in two regions: tests/blueprints/test_external_traffic.py",
    "resilience.failover.to": "needs a second region: tests/blueprints/test_two_clusters.py",
}
"""What shows in other places than the application's own files."""
HOLDS_ANYWAY = {
    "rollout.weightsBy": "`platformc`, the one value that is compiled, is what holds where nobody says",
    "expose.*.auth.required": "`true` is what holds; `false` is refused",
    "external.ports.*.protocol": "network policies tell TCP and UDP apart, and nothing more",
    "mesh.member": "without a mesh nobody is in it",
    "access.*.from.*.gateway": "a gateway that is not on a cluster calls nobody there",
}
"""What says what is so already, on parts where it is silent."""
LIFTS = {"expose.*.opens"}
"""What makes an error go away."""
WORKLOADS: dict[str, Spec] = {
    "worker@1": {"ports": {"http": {"port": 80, "internal": True}, "grpc": {"port": 7000, "internal": True}}},
    "stateful-service@1": {},
    "cron-job@1": {"cron": {"schedule": "15 3 * * *"}},
    "job@1": {},
}
_PORTS: Spec = {
    "http": {"port": 80, "targetPort": 8080},
    "alt": {"port": 90},
    "grpc": {"port": 7000, "protocol": "grpc"},
    "admin": {"port": 9901, "internal": True},
}


def program(blueprint: str) -> Spec:
    """Return the least that an application of a blueprint says."""
    ports = {"ports": _PORTS} if blueprint in {"web-service@1", "stateful-service@1"} else {}
    return {"blueprint": blueprint, "image": "registry.example/program:1.0.0", **ports, **WORKLOADS.get(blueprint, {})}


def tried(cluster: str, kind: str, base: Spec, words: Iterable[Leaf]) -> dict[str, str]:
    """Say each word on a cluster; return whether it changed what is compiled, or was told as an error."""
    names = {f"f{number:03}": leaf for number, leaf in enumerate(words)}
    pairs = {name: said_twice(kind, leaf.word, base, name) for name, leaf in names.items()}
    names = {name: leaf for name, leaf in names.items() if pairs[name][0] != pairs[name][1]}
    pairs = {name: pairs[name] for name in names}
    before = compiled(cluster, kind, {name: pair[0] for name, pair in pairs.items()})
    after = compiled(cluster, kind, {name: pair[1] for name, pair in pairs.items()})
    found = {}
    for name, leaf in names.items():
        told = name in after.errors
        changed = not told and after.files[name] != before.files.get(name)
        found[".".join(leaf.word)] = TOLD if told else CHANGED if changed else SILENT
    lifted = {".".join(names[name].word) for name in before.errors.keys() - after.errors.keys()}
    assert lifted <= LIFTS, (lifted, before.errors)
    return found


def first_of_each(words: Iterable[Leaf]) -> list[Leaf]:
    """Return words without those of models that have told theirs in another place."""
    places: dict[object, Leaf] = {}
    return [leaf for leaf in words if places.setdefault(leaf.trail[-1], leaf) is leaf]


def of_ways() -> set[str]:
    """Return the words by their start that parts other than workloads and namespaces speak about."""
    bag = Bag()
    tree = Files({})
    catalog = load_catalog(tree, load(tree, bag), bag)
    contracts = [blueprint.contract for versions in catalog.blueprints.values() for blueprint in versions]
    spoken = [c.honours + c.refuses for c in contracts if c.part in {"mesh", "ingress", "observability"}]
    return {one.path[0] for many in spoken for one in many}


@cache
def of_applications() -> dict[str, dict[str, str]]:
    """Try every word on web services of every cluster, and on the other workloads."""
    words, ways = leaves("Application"), of_ways()
    found = {
        cluster: tried(
            cluster,
            "Application",
            program("web-service@1"),
            [leaf for leaf in words if not number or leaf.word[0] in ways],
        )
        for number, cluster in enumerate(CLUSTERS)
    }
    once = [leaf for leaf in first_of_each(words) if leaf.word != ("blueprint",)]
    return found | {name: tried("istio-sidecar", "Application", program(name), once) for name in WORKLOADS}


@cache
def of_externals() -> dict[str, dict[str, str]]:
    """Try every word on external services of every mesh; `external.` stands before each, as in contracts."""
    base = {"hosts": ["@NAME.acme.example"], "ports": {"postgres": {"port": 5432}}}
    words = leaves("ExternalService")
    return {
        cluster: {f"external.{word}": how for word, how in tried(cluster, "ExternalService", base, words).items()}
        for cluster in ("istio-sidecar", "istio-ambient", "no-mesh")
    }


TRIED = {"Application": of_applications, "ExternalService": of_externals}


def words_of(kind: str) -> set[str]:
    """Return every word of a kind, as tables write it."""
    prefix = "external." if kind == "ExternalService" else ""
    return {prefix + ".".join(leaf.word) for leaf in leaves(kind)}


def excused(word: str, *tables: Iterable[str]) -> bool:
    """Whether a table has a word, or what it lies below."""
    return any(word == known or word.startswith(f"{known}.") for table in tables for known in table)


@pytest.mark.parametrize("kind", TRIED)
def test_no_word_is_dropped_in_silence(kind: str) -> None:
    silent = [
        (part, word)
        for part, words in TRIED[kind]().items()
        for word, how in words.items()
        if how == SILENT and not excused(word, ELSEWHERE, HOLDS_ANYWAY)
    ]
    assert silent == []


@pytest.mark.parametrize("kind", TRIED)
def test_every_word_is_honoured_by_a_part(kind: str) -> None:
    changed = {word for words in TRIED[kind]().values() for word, how in words.items() if how == CHANGED}
    assert {word for word in words_of(kind) - changed if not excused(word, ELSEWHERE, HOLDS_ANYWAY, NEVER)} == set()


@pytest.mark.parametrize("kind", TRIED)
def test_what_no_part_can_honour_is_told(kind: str) -> None:
    for words in TRIED[kind]().values():
        assert [word for word, how in words.items() if excused(word, NEVER) and how != TOLD] == []


def test_tables_name_words_that_exist() -> None:
    every = words_of("Application") | words_of("ExternalService")
    for table in (NEVER, ELSEWHERE, HOLDS_ANYWAY):
        assert [known for known in table if not any(excused(word, [known]) for word in every)] == []
