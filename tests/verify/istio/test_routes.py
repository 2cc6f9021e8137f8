"""Rules of VirtualServices: reached, leading somewhere, with weights and time."""

import pytest

from tests.verify.istio.worlds import WEB, bare, codes, routes, service, shown, thing

TO = "route: [{destination: {host: web}}]"
BASE = service("web") + service("api")


def rules(*matches: str) -> str:
    return BASE + routes("web", ", ".join(f"{{match: [{match}], {TO}}}" if match else WEB for match in matches))


def split(*weights: str) -> str:
    route = ", ".join(f"{{destination: {{host: web}}{weight}}}" for weight in weights)
    return BASE + routes("web", f"{{route: [{route}]}}")


def retried(attempts: int, one: str, limit: str) -> str:
    return BASE + routes("web", f"{{{TO}, timeout: {limit}, retries: {{attempts: {attempts}, perTryTimeout: {one}}}}}")


def delegated(spec: str, name: str = "name: pages") -> str:
    return BASE + routes("web", f"{{delegate: {{{name}}}}}") + thing("VirtualService", "pages", spec)


UNREACHED = {
    "two rules without match": rules("", ""),
    "match after a rule without match": rules("", "{uri: {prefix: /a}}"),
    "the same match again": rules("{uri: {prefix: /a}}", "{uri: {prefix: /a}}"),
    "the same match again under a name": rules("{uri: {prefix: /a}}", "{name: again, uri: {prefix: /a}}"),
    "a longer prefix after a shorter": rules("{uri: {prefix: /a}}", "{uri: {prefix: /a/b}}"),
    "an exact path after its prefix": rules("{uri: {prefix: /a}}", "{uri: {exact: /a/b}}"),
    "more asked for after less": rules("{uri: {exact: /a}}", "{uri: {exact: /a}, headers: {x-user: {exact: me}}}"),
    "more headers after less": rules(
        "{headers: {x-a: {exact: b}}}", "{headers: {x-a: {exact: b}, x-c: {exact: d}}, method: {exact: GET}}"
    ),
    "an empty match first": rules("{}", "{method: {exact: GET}}"),
    "a longer prefix after a shorter in one rule": rules("{uri: {prefix: /a}}, {uri: {prefix: /a/b}}"),
    "a Gateway that the VirtualService does not bind to": rules("{uri: {prefix: /a}, gateways: [edge/public]}"),
    "TCP twice": BASE
    + thing(
        "VirtualService",
        "web",
        f"{{hosts: [web], tcp: [{{match: [{{port: 80}}], {TO}}}, {{match: [{{port: 80}}], {TO}}}]}}",
    ),
    "TLS twice": BASE
    + thing(
        "VirtualService",
        "web",
        f"{{hosts: [web.example.org], tls: [{{match: [{{sniHosts: [web.example.org], port: 443}}], {TO}}}, "
        f"{{match: [{{sniHosts: [web.example.org], port: 443}}], {TO}}}]}}",
    ),
}

REACHED = {
    "rule without match last": rules("{uri: {prefix: /a}}", ""),
    "a shorter prefix after a longer": rules("{uri: {prefix: /a/b}}", "{uri: {prefix: /a}}"),
    "less asked for after more": rules("{uri: {exact: /a}, method: {exact: GET}}", "{uri: {exact: /a}}"),
    "another port": service("web", "{name: http, port: 80}, {name: http-too, port: 81}")
    + routes(
        "web",
        f"{{match: [{{uri: {{prefix: /a}}, port: 80}}], {TO}}}, {{match: [{{uri: {{prefix: /a}}, port: 81}}], {TO}}}",
    ),
    "another header": rules("{headers: {x-a: {exact: b}}}", "{headers: {x-a: {exact: c}}}"),
    "another Gateway": rules("{uri: {prefix: /a}, gateways: [mesh]}", "{uri: {prefix: /a}}"),
    "a path in any case after its prefix": rules("{uri: {prefix: /a}}", "{uri: {exact: /a}, ignoreUriCase: true}"),
    "a pattern after a prefix": rules("{uri: {prefix: /a}}", "{uri: {regex: /a.*}}"),
    "without a header, then with it": rules("{withoutHeaders: {x-a: {exact: b}}}", "{headers: {x-a: {exact: b}}}"),
    "HTTP and TCP do not hide each other": BASE
    + thing("VirtualService", "web", f"{{hosts: [web], http: [{WEB}], tcp: [{{{TO}}}]}}"),
}

OTHERS = {
    "no rules": ({"PC5213"}, BASE + thing("VirtualService", "web", "{hosts: [web]}")),
    "empty rules": ({"PC5213"}, BASE + thing("VirtualService", "web", "{hosts: [web], http: []}")),
    "only TCP rules": (set(), BASE + thing("VirtualService", "web", f"{{hosts: [web], tcp: [{{{TO}}}]}}")),
    "a redirect": (set(), BASE + routes("web", "{redirect: {uri: /a}}")),
    "an answer": (set(), BASE + routes("web", "{directResponse: {status: 204}}")),
    "no weight at all": ({"PC5213"}, split(", weight: 0", ", weight: 0")),
    "weights forgotten": ({"PC5213"}, split("", "")),
    "weights above 100": ({"PC5214"}, split(", weight: 90", ", weight: 20")),
    "a weight forgotten": ({"PC5214"}, split(", weight: 90", "")),
    "weights of 100": (set(), split(", weight: 90", ", weight: 10")),
    "everything to one of two": (set(), split(", weight: 100", ", weight: 0")),
    "one destination without weight": (set(), split("")),
    "one destination with any weight": (set(), split(", weight: 50")),
    "retries longer than the timeout": ({"PC5215"}, retried(3, "500ms", "1s")),
    "retries of fractions": ({"PC5215"}, retried(3, "0.5s", "1s")),
    "retries within the timeout": (set(), retried(2, "0.5s", "1s")),
    "one try as long as the timeout": (set(), retried(1, "2s", "1s")),
    "delegate that is there": (set(), delegated(f"{{http: [{WEB}]}}")),
    "delegate that is not there": ({"PC5213"}, delegated(f"{{http: [{WEB}]}}", "name: page")),
    "delegate with hosts": ({"PC5213"}, delegated(f"{{hosts: [api], http: [{WEB}]}}")),
    "delegate where nothing is judged": (set(), delegated(f"{{http: [{WEB}]}}", "name: a, namespace: other")),
    "delegate of a namespace without it": (
        {"PC5213"},
        service("other/a") + delegated(f"{{http: [{WEB}]}}", "name: pages, namespace: other"),
    ),
}


@pytest.mark.parametrize("case", UNREACHED)
def test_rule_behind_one_that_takes_the_same_is_told_once(case: str) -> None:
    assert [d.code for d in shown(UNREACHED[case])] == ["PC5212"]


@pytest.mark.parametrize("case", REACHED)
def test_rule_that_takes_something_is_reached(case: str) -> None:
    assert codes(REACHED[case]) == set()


@pytest.mark.parametrize("case", OTHERS)
def test_rules_lead_somewhere_with_weights_and_time(case: str) -> None:
    expected, world = OTHERS[case]
    assert codes(world) == expected


def test_first_of_several_rules_that_take_the_same_is_shown() -> None:
    (one,) = shown(
        rules(
            "{uri: {prefix: /a}, method: {exact: GET}}",
            "{uri: {prefix: /a}}",
            "{port: 80}",
            "{uri: {exact: /a}, port: 80}",
        )
    )
    assert one.labels[1].span.line == one.labels[0].span.line
    assert one.labels[1].span.column < one.labels[0].span.column


def test_rule_without_an_action_leads_nowhere() -> None:
    assert bare(BASE + routes("web", "{match: [{uri: {prefix: /a}}], timeout: 1s}")) == {"PC5213"}


def test_unreached_rule_points_at_the_one_before_it() -> None:
    one = shown(UNREACHED["two rules without match"])[0]
    assert [label.text for label in one.labels[1:]] == ["this rule has no match, so it takes everything"]
