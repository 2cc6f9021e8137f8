"""Who can reach whom, before and after: grants and gateway routes gained and lost, each folded over clusters.

A grant is gained only where no old grant of the same port already allowed as much: narrowing paths gains nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from platform_compiler.diff.model import Cause, Family, Level, Risk
from platform_compiler.diff.risk.covers import range_covers
from platform_compiler.link.model import (
    AccessRule,
    CidrSource,
    GatewaySource,
    Grant,
    Link,
    Linked,
    NamespaceSource,
    PathPattern,
    PrincipalSource,
    Route,
    Target,
)

Via: TypeAlias = Literal["call", "gateway", "identity"]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two ends on one cluster: `caller` is `team/name`, a gateway with its host, or an identity from elsewhere."""

    cluster: str
    caller: str
    callee: str
    via: Via = "call"


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a pair may do: one port, some paths and methods (none: all of them), and how callers prove who they are.

    Through a gateway, `proof` are headers, `ranges` whence clients come, and of what is `passed` through nobody reads
    anything on the way.
    """

    port: str
    paths: tuple[str, ...]
    methods: tuple[str, ...]
    proof: tuple[object, ...] = ()
    ranges: tuple[str, ...] = ()
    passed: bool = False

    def covers(self, other: "Allowance") -> bool:
        """Whether everything that `other` allows is allowed by this."""
        return (
            self.port == other.port
            and (not self.paths or (bool(other.paths) and all(_within(path, self.paths) for path in other.paths)))
            and (not self.methods or (bool(other.methods) and set(other.methods) <= set(self.methods)))
            and self.proof in ((), other.proof)
            and (not self.ranges or (bool(other.ranges) and all(_inside(one, self.ranges) for one in other.ranges)))
            and (self.passed or not other.passed)
        )


@dataclass(frozen=True, slots=True)
class Reach:
    """One thing gained or lost, with the clusters it holds on and the lines behind it."""

    risk: Risk
    about: str
    clusters: tuple[str, ...]
    causes: tuple[Cause, ...]


_Known = Mapping[Pair, Mapping[Allowance, tuple[Cause, ...]]]


def reachability(before: Linked, after: Linked, left_out: frozenset[str] = frozenset()) -> list[Reach]:
    """Return what was gained and lost, reaching across teams first; nothing of manifests that are left out."""
    old, new = _known(before, after, left_out), _known(after, None, left_out)
    folded: dict[tuple[bool, str, str, Via, Allowance], tuple[list[str], list[Cause]]] = {}
    for gained, here, there in ((True, new, old), (False, old, new)):
        for pair, allowances in here.items():
            others = there.get(pair, {})
            for allowance, causes in allowances.items():
                if any(other.covers(allowance) for other in others):
                    continue
                key = (gained, pair.caller, pair.callee, pair.via, allowance)
                clusters, lines = folded.setdefault(key, ([], []))
                clusters.append(pair.cluster)
                lines += [cause for cause in causes if cause not in lines]
    found = [_reach(*key, tuple(sorted(set(c))), tuple(lines[:3])) for key, (c, lines) in folded.items()]
    return sorted(found, key=lambda reach: (list(Level).index(reach.risk.level), reach.risk.name, reach.about))


def _known(linked: Linked, later: Linked | None, left_out: frozenset[str]) -> _Known:
    """Return every grant and route; with `later`, without those of callers that are gone by then and lose nothing."""
    gone = later is not None

    def is_out(target: Target) -> bool:
        left = later is not None and target.ref not in later.targets.get(target.cluster, {})
        return left or target.path in left_out

    known: dict[Pair, dict[Allowance, tuple[Cause, ...]]] = {}
    for pair, ends, allowance, causes in (*_calls(linked, gone=gone), *_routes(linked, gone=gone)):
        if not is_out(ends[0]) and ends[1].path not in left_out:
            known.setdefault(pair, {}).setdefault(allowance, causes)
    return known


_Found = tuple[Pair, tuple[Target, Target], Allowance, tuple[Cause, ...]]


def _calls(linked: Linked, *, gone: bool) -> Iterator[_Found]:
    """Yield every grant of every link; the caller is the one that may be gone."""
    for links in linked.links_out.values():
        for link in links:
            pair = Pair(link.callee.cluster, link.caller.ref, link.callee.ref)
            for grant in link.grants:
                for allowance in _allowances(grant):
                    yield pair, (link.caller, link.callee), allowance, tuple(_lines(link, grant, gone=gone))


def _routes(linked: Linked, *, gone: bool) -> Iterator[_Found]:
    """Yield what gateways admit, and whom `access` lets in that makes no calls of ours."""
    for routes in linked.routes.values():
        for route in routes:
            target = route.target
            pair = Pair(target.cluster, f"{route.gateway} ({route.host})", target.ref, "gateway")
            line = Cause(route.exposure.span, f"expose.{route.exposure.name}", gone)
            yield pair, (target, target), _admitted(route), (line,)
    for target in (target for targets in linked.targets.values() for target in targets.values()):
        for rule, caller in _outsiders(target):
            pair = Pair(target.cluster, caller, target.ref, "identity")
            proof = (rule.jwt, rule.audiences, rule.claims) if rule.jwt else ()
            for port in _ports(rule, target):
                allowance = Allowance(port, _texts(rule.paths), rule.methods, proof)
                yield pair, (target, target), allowance, (Cause(rule.span, f"access.{rule.name}", gone),)


def _outsiders(target: Target) -> Iterator[tuple[AccessRule, str]]:
    """Yield whom `access` lets in that makes no calls of ours: namespaces, gateways, identities, address ranges."""
    for rule in target.interface.access:
        for source in rule.sources:
            if isinstance(source, NamespaceSource):
                yield rule, f"namespaces {', '.join(f'{key}={value}' for key, value in source.labels)}"
            elif isinstance(source, GatewaySource):
                yield rule, f"gateway {source.gateway}"
            elif isinstance(source, PrincipalSource):
                yield rule, source.principal
            elif isinstance(source, CidrSource):
                yield rule, source.cidr


def _ports(rule: AccessRule, target: Target) -> tuple[str, ...]:
    """Return the ports a rule is about: its own, or all that are not internal."""
    if rule.ports is not None:
        return rule.ports
    return tuple(name for name, port in target.interface.ports.items() if not port.internal)


def _allowances(grant: Grant) -> Iterator[Allowance]:
    proof = (grant.jwt, grant.audiences, grant.claims) if grant.jwt else ()
    for port in grant.ports:
        yield Allowance(port, _texts(grant.paths), grant.methods, proof)


def _admitted(route: Route) -> Allowance:
    exposure = route.exposure
    paths = _texts(exposure.paths)
    return Allowance(
        route.port.name, paths, exposure.methods, exposure.headers, exposure.ranges, passed=exposure.passthrough
    )


def _lines(link: Link, grant: Grant, *, gone: bool) -> Iterator[Cause]:
    yield Cause(link.call.span, f"calls.{link.call.ref}", gone)
    rule: AccessRule | None = next((rule for rule in link.callee.interface.access if rule.name == grant.rule), None)
    if rule is not None:
        yield Cause(rule.span, f"access.{rule.name}", gone)


def _reach(  # noqa: PLR0913, PLR0917 -- the parts of one folded entry
    gained: bool,  # noqa: FBT001 -- a part of the entry's key
    caller: str,
    callee: str,
    via: Via,
    allowance: Allowance,
    clusters: tuple[str, ...],
    causes: tuple[Cause, ...],
) -> Reach:
    about = f"{caller} → {callee}"
    foreign = via != "call" or caller.partition("/")[0] != callee.partition("/")[0]
    what = _what(allowance, via)
    if via == "gateway":
        message = f"new exposure: gateway `{caller}` now admits requests to `{callee}` {what}"
        lost = f"exposure removed: gateway `{caller}` no longer admits requests to `{callee}` {what}"
        name = "new-exposure" if gained else "lost-exposure"
    else:
        whose = "from outside" if via == "identity" else "into another team" if foreign else "inside one team"
        message = f"new reachability {whose}: `{caller}` may now call `{callee}` {what}"
        lost = f"grant removed while pods may still use it: `{caller}` may no longer call `{callee}` {what}"
        name = "new-reachability" if gained else "lost-reachability"
    level = Level.HIGH if gained and foreign else Level.MEDIUM
    advice = "" if gained else "make sure that nothing calls it any more before this is applied"
    return Reach(
        Risk(name, Family.REACHABILITY, level, (), message if gained else lost, advice), about, clusters, causes
    )


def _what(allowance: Allowance, via: Via) -> str:
    paths = f"paths {_listed(allowance.paths)}" if allowance.paths else "every path"
    methods = f"methods {_listed(allowance.methods)}" if allowance.methods else "every method"
    proof = f", with {'some headers' if via == 'gateway' else 'a token'}" if allowance.proof else ""
    ranges = f", from {_listed(allowance.ranges)}" if allowance.ranges else ""
    passed = ", passed through unread" if allowance.passed else ""
    return f"on port `{allowance.port}`, {paths}, {methods}{proof}{ranges}{passed}"


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _texts(paths: Iterable[PathPattern]) -> tuple[str, ...]:
    return (
        tuple(sorted(path.text for path in paths if path.kind != "all"))
        if not any(path.kind == "all" for path in paths)
        else ()
    )


def _inside(cidr: str, ranges: tuple[str, ...]) -> bool:
    """Whether one of some address ranges holds another."""
    return any(range_covers(one, cidr) for one in ranges)


def _within(path: str, patterns: tuple[str, ...]) -> bool:
    """Whether one of the patterns matches everything that `path` matches."""
    base = path.removesuffix("/*")
    below = (pattern.removesuffix("/*") for pattern in patterns if pattern.endswith("/*"))
    return path in patterns or any(base == root or base.startswith(f"{root}/") for root in below)
