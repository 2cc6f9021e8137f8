"""No word of the vocabulary is dropped in silence: on every part it changes what is compiled, or its line is told.

The words come from the models: a new one fails here until a part honours it. Each is said by a small application of its
own among a crowd of others, compiled twice, without the word and with it.
"""

from collections.abc import Iterable
from functools import cache

from platform_compiler.blueprints.catalog import load_catalog
from platform_compiler.diagnostics import Bag
from platform_compiler.load import load
from tests.vocabulary.parts import CLUSTERS, Files, compiled
from tests.vocabulary.tables import said_twice
from tests.vocabulary.values import Spec
from tests.vocabulary.words import KINDS, Leaf, leaves

CHANGED, TOLD, SILENT = "changed", "told", "silent"
NOT_COMPILED = {
    "expose.*.auth.external",
    "expose.*.rateLimit.burst",
    "expose.*.tls.mode",
    "expose.*.tls.secret",
    "expose.*.tls.clientCA",
    "resilience.rateLimit.requests",
    "resilience.rateLimit.per",
    "resilience.rateLimit.burst",
    "resilience.rateLimit.by",
    "mesh.proxyResources.requests.ephemeral-storage",
    "mesh.proxyResources.limits.ephemeral-storage",
}
"""What no part compiles yet: refused on all of them."""
NEVER = {
    "init.*.health": "an init container runs to its end, and nothing asks for its health",
}
"""What the models hold because a model is shared, and no part ever will."""
ELSEWHERE = {
    "description": "for people: it is read in the manifest",
    "params": "belongs to a blueprint's own schema: tests/blueprints, and `web/home` of the organisation",
    "calls.*.optional": "decides whether a missing grant is an error: tests of PC2106",
    "expose.*.delegate": "changes what others may expose: tests/blueprints/test_builtin.py",
    "resilience.failover.to": "needs a second region: tests/blueprints/test_two_clusters.py",
}
"""What shows in other places than the application's own files."""
HOLDS_ANYWAY = {
    "rollout.weightsBy": "`platformc`, the one value that is compiled, is what holds where nobody says",
    "expose.*.auth.required": "`true` is what holds; `false` is refused",
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
    before = compiled(cluster, kind, {name: pair[0] for name, pair in pairs.items()})
    after = compiled(cluster, kind, {name: pair[1] for name, pair in pairs.items()})
    found = {}
    for name, leaf in names.items():
        told = name in after.errors
        changed = not told and after.files[name] != before.files.get(name)
        found[".".join(leaf.word)] = TOLD if told else CHANGED if changed else SILENT
    lifted = {".".join(names[name].word) for name in before.errors.keys() - after.errors.keys()}
    assert lifted <= LIFTS
    return found


def first_of_each(words: Iterable[Leaf]) -> list[Leaf]:
    """Return words without those of models that have told theirs in another place."""
    places: dict[object, Leaf] = {}
    return [leaf for leaf in words if places.setdefault((leaf.model, leaf.field), leaf) is leaf]


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


def excused(word: str, *tables: Iterable[str]) -> bool:
    """Whether a table has a word, or what it lies below."""
    return any(word == known or word.startswith(f"{known}.") for table in tables for known in table)


def test_no_word_of_an_application_is_dropped_in_silence() -> None:
    silent = {
        (part, word)
        for part, words in of_applications().items()
        for word, how in words.items()
        if how == SILENT and not excused(word, ELSEWHERE, HOLDS_ANYWAY)
    }
    assert sorted(silent) == []


def test_every_word_of_an_application_is_honoured_by_a_part() -> None:
    changed = {word for words in of_applications().values() for word, how in words.items() if how == CHANGED}
    every = {".".join(leaf.word) for leaf in leaves("Application")}
    missing = {word for word in every - changed if not excused(word, ELSEWHERE, HOLDS_ANYWAY, NEVER)}
    assert missing == NOT_COMPILED


def test_what_no_part_compiles_is_told() -> None:
    for words in of_applications().values():
        assert {word: how for word, how in words.items() if excused(word, NOT_COMPILED, NEVER) and how != TOLD} == {}


def test_tables_name_words_that_exist() -> None:
    every = {".".join(leaf.word) for kind in KINDS for leaf in leaves(kind)}
    for table in (NEVER, ELSEWHERE, HOLDS_ANYWAY):
        assert [word for word in table if not any(excused(one, [word]) for one in every)] == []
