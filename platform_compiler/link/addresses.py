"""Addresses in `env`: of a callee, of myself, of my own exposure."""

from collections.abc import Mapping

from platform_compiler.diagnostics import Bag, Label
from platform_compiler.link.model import Address, Interface, Link, Port, Target

_SCHEMES = {"http": "http", "http2": "http", "https": "https"}
_DEFAULT_PORTS = {"http": 80, "https": 443}


def primary_port(interface: Interface) -> Port | None:
    """Return the port that is meant where none is named: the only one, else `http`, else `grpc`; None if unclear."""
    if len(interface.ports) == 1:
        (only,) = interface.ports.values()
        return None if only.internal else only
    open_ports = {port.name: port for port in interface.ports.values() if not port.internal}
    if len(open_ports) == 1:
        return next(iter(open_ports.values()))
    return open_ports.get("http") or open_ports.get("grpc")


def address_text(host: str, port: Port, form: str) -> str:
    """Return an address in the form asked for; a URL leaves out its scheme's own port."""
    if form == "host":
        return host
    if form == "port":
        return str(port.port)
    if form == "hostport":
        return f"{host}:{port.port}"
    scheme = _SCHEMES[port.protocol]
    return f"{scheme}://{host}" if port.port == _DEFAULT_PORTS[scheme] else f"{scheme}://{host}:{port.port}"


def check_addresses(target: Target, links: Mapping[str, Link], bag: Bag) -> None:
    """Report addresses of what is not called, unclear ports, and URLs of ports that have no URL."""
    for address in target.interface.addresses:
        if address.kind == "expose":
            _check_exposure(address, target, bag)
        elif address.kind == "self":
            port = target.interface.ports.get(address.ref)
            if port is not None:
                _check_form(address, port, bag)
        else:
            _check_call(address, target, links, bag)


def _check_exposure(address: Address, target: Target, bag: Bag) -> None:
    names = [exposure.name for exposure in target.interface.exposes]
    if address.ref not in names:
        bag.add(
            "PC2204",
            f"`{address.variable}` is the address of `{address.ref}`, which is not exposed",
            address.span,
            help=f"exposed are {', '.join(f'`{n}`' for n in names)}" if names else "add it under `expose`",
        )
        return
    exposure = next(one for one in target.interface.exposes if one.name == address.ref)
    port = target.interface.ports.get(exposure.port) if exposure.port else primary_port(target.interface)
    if exposure.passthrough and port is not None:
        _check_form(address, port, bag)


def _check_call(address: Address, target: Target, links: Mapping[str, Link], bag: Bag) -> None:
    link = links.get(address.ref)
    if link is None:
        if all(address.ref != call.ref for call in target.interface.calls):
            bag.add(
                "PC2201",
                f"`{address.variable}` is the address of `{address.ref}`, which is not called",
                address.span,
                help=f"add it under `calls`: `{address.ref}: {{}}`",
            )
        return  # where it is called, why there is no link has been told at the call
    callee = link.callee.interface
    port = callee.ports.get(address.port) if address.port else primary_port(callee)
    if port is None:
        listed = ", ".join(f"`{name}`" for name in callee.ports) or "none"
        problem = f"has no port `{address.port}`" if address.port else "has several ports, none of them primary"
        bag.add(
            "PC2101" if address.port else "PC2202",
            f"`{callee.ref}` {problem}",
            address.span,
            also=[Label(callee.span, "this is what is called")],
            help=f"name one: `port: ...`; its ports are {listed}",
        )
        return
    _check_form(address, port, bag)


def _check_form(address: Address, port: Port, bag: Bag) -> None:
    if address.format == "url" and port.protocol not in _SCHEMES:
        bag.add(
            "PC2203",
            f"port `{port.name}` speaks {port.protocol}, which has no URL",
            address.span,
            also=[Label(port.span, "this port")],
            help="write `format: hostport`",
        )
