"""The handshake: a link exists only where the caller's `calls` and the callee's `access` meet."""

from collections.abc import Mapping
from typing import TypeAlias

from platform_compiler.diagnostics import Bag, Label
from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.link.facts import owners_of
from platform_compiler.link.model import AccessRule, Call, Grant, Interface, NamespaceSource, Port, RefSource, Target
from platform_compiler.link.paths import intersection
from platform_compiler.load import Loaded
from platform_compiler.source.node import at

PLATFORM_TEAM = "platform"
Met: TypeAlias = dict[tuple[object, ...], Grant | None]
"""What rules grant to calls, by the id of a rule that is held and by all that a call asks for."""


def names(rule: AccessRule, caller: Interface, labels: Mapping[str, str]) -> bool:
    """Whether a rule's sources name a caller; `labels` are those of the caller's namespace."""
    for source in rule.sources:
        if type(source) is RefSource:
            if source.team in ("*", caller.team) and source.name in ("*", caller.name):
                return True
        elif isinstance(source, NamespaceSource) and all(labels.get(k) == v for k, v in source.labels):
            return True
    return False


def grants_for(  # noqa: PLR0913, PLR0917 -- both sides of the handshake
    caller: Target, callee: Target, call: Call, labels: Mapping[str, str], loaded: Loaded, known: Met
) -> tuple[tuple[Grant, ...], bool]:
    """Return what `callee` grants to `call`, and whether any rule names the caller at all."""
    interface = callee.interface
    naming = [rule for rule in interface.access if names(rule, caller.interface, labels)]
    if not naming and _implied_inside_team(caller, callee, loaded):
        everything = AccessRule("implied", (), None, (), (), None, (), (), interface.span)
        met = [_meet(everything, call, interface)]
        return tuple(filter(None, met)), True
    met = [_met_before(rule, call, interface, known) for rule in naming]
    return tuple(filter(None, met)), bool(naming)


def _met_before(rule: AccessRule, call: Call, callee: Interface, known: Met) -> Grant | None:
    """Return the intersection of a rule and a call: the one of before where another caller asked for the same."""
    key = (id(rule), call.ports, call.paths, call.methods)
    if key not in known:
        known[key] = _meet(rule, call, callee)
    return known[key]


def _meet(rule: AccessRule, call: Call, callee: Interface) -> Grant | None:
    """Return the intersection of a rule and a call, or None when nothing is left of it."""
    ports = offered_ports(rule, callee)
    if call.ports is not None:
        ports = [port for port in ports if port.name in call.ports]
    if call.paths or call.methods:
        ports = [port for port in ports if port.l7]
    paths = intersection(rule.paths, call.paths)
    methods = set(rule.methods or call.methods)
    if call.methods:
        methods.intersection_update(call.methods)
    if not ports or paths is None or (not methods and (rule.methods or call.methods)):
        return None
    if not methods and all(port.protocol == "grpc" for port in ports):
        methods = {"POST"}
    return Grant(
        rule.name,
        tuple([port.name for port in ports]),
        paths,
        tuple(sorted(methods)),
        rule.jwt,
        rule.audiences,
        rule.claims,
    )


def offered_ports(rule: AccessRule, callee: Interface) -> list[Port]:
    """Return the ports a rule opens: those it names, else all that are not internal (and readable, if it reads)."""
    if rule.ports is not None:
        return [callee.ports[name] for name in rule.ports if name in callee.ports]
    reads = bool(rule.paths or rule.methods or rule.jwt)
    return [port for port in callee.ports.values() if not port.internal and (port.l7 or not reads)]


def _implied_inside_team(caller: Target, callee: Target, loaded: Loaded) -> bool:
    """Whether a call needs no access rule: inside one team by default, and to the platform team's externals."""
    if callee.interface.kind == "external" and callee.interface.team == PLATFORM_TEAM and not callee.interface.access:
        return True
    if caller.interface.team != callee.interface.team:
        return False
    team = loaded.teams.get(caller.interface.team)
    node = at(team.spec, "sameTeamCalls") if team else None
    return getattr(node, "value", "implied") != "explicit"


def check_call_ports(call: Call, callee: Target, bag: Bag) -> bool:
    """Report ports that a call names and its callee does not have; return whether all exist."""
    missing = [name for name in call.ports or () if name not in callee.interface.ports]
    for name in missing:
        near = did_you_mean(name, callee.interface.ports)
        listed = ", ".join(f"`{port}`" for port in callee.interface.ports) or "none"
        bag.add(
            "PC2101",
            f"`{callee.ref}` has no port `{name}`",
            call.span,
            also=[Label(callee.interface.span, "this is what is called")],
            help=f"did you mean `{near}`?" if near else f"its ports are {listed}",
        )
    return not missing


def report_not_granted(caller: Target, callee: Target, call: Call, loaded: Loaded, bag: Bag, *, named: bool) -> None:  # noqa: PLR0913 -- both sides of the handshake
    """Report a call that meets no access, with the owner to ask and the lines to add."""
    ask = f"ask {owners_of(callee.interface.team, loaded)}"
    rules = callee.interface.access
    place = rules[0].span if rules else callee.interface.span
    if named:
        bag.add(
            "PC2105",
            f"nothing is left of the call of `{callee.ref}`: what it asks for and what is granted do not meet",
            call.span,
            also=[Label(rule.span, "what is granted") for rule in rules],
            help=("ask for less in `calls`, or " + ask,),
        )
        return
    source = caller.interface.name if caller.interface.team == callee.interface.team else caller.ref
    bag.add(
        "PC2106" if call.optional else "PC2104",
        f"`{caller.ref}` may not call `{callee.ref}`",
        call.span,
        "called here",
        also=[Label(place, f"no rule names `{caller.ref}`" if rules else "it has no access rules")],
        help=(f"{ask} to add to {callee.path}:\n  access:\n    {caller.interface.name}: {{from: [{source}]}}",),
    )


def check_rules(interface: Interface, loaded: Loaded, bag: Bag) -> None:
    """Report rules that read requests on ports where nothing can be read, and sources that do not exist."""
    for rule in (*interface.access, *interface.deny):
        for name in rule.ports or ():
            port = interface.ports.get(name)
            if port is not None and not port.l7 and (rule.paths or rule.methods or rule.jwt):
                bag.add(
                    "PC2102",
                    f"rule `{rule.name}` reads requests, which nobody can on the {port.protocol} port `{name}`",
                    rule.span,
                    also=[Label(port.span, "this port")],
                    help="drop paths, methods and jwt from the rule, or give the port its own rule",
                )
        for source in rule.sources:
            if isinstance(source, RefSource) and "*" not in (source.team, source.name):
                _check_source(source, loaded, bag)


def _check_source(source: RefSource, loaded: Loaded, bag: Bag) -> None:
    ref = f"{source.team}/{source.name}"
    if ref in loaded.workloads or f"teams/{ref}.yaml" in loaded.broken:
        return
    known = loaded.refs
    near = did_you_mean(ref, known) or next((k for k in sorted(known) if k.endswith(f"/{source.name}")), None)
    bag.add(
        "PC2107",
        f"there is no `{ref}`",
        source.span,
        help=f"did you mean `{near}`?" if near else "fine if it is to come; else remove it",
    )
