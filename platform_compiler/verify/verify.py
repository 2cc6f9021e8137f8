"""Check every resource before it is written: its shape against the emit profile, then what no schema sees."""

from collections.abc import Iterable
from functools import cache
from itertools import groupby
from typing import Any

from jsonschema_rs import Draft202012Validator, ValidationError, validator_for

from platform_compiler.blueprints.resource import Resource
from platform_compiler.diagnostics import Bag, Label
from platform_compiler.verify.profile import profile
from platform_compiler.verify.semantics import faults

_BLAME = "this is a fault of the blueprint, not of the manifest: ask the platform team"


def verify(resources: Iterable[Resource], bag: Bag) -> None:
    """Report every resource that a cluster would refuse, or that would not do what it says."""
    for _, group in groupby(resources, key=lambda resource: resource.unit):
        unit = list(group)
        sound = [resource for resource in unit if _has_shape(resource, bag)]
        if len(sound) == len(unit):
            for position, fault in faults([resource.body for resource in unit]):
                _report("PC5003", fault, unit[position], bag)


@cache
def _validator(api_version: str, kind: str) -> Draft202012Validator | None:
    schema = profile().get((api_version, kind))
    return None if schema is None else validator_for(schema)  # type: ignore[return-value]  # the schema names its draft


def _has_shape(resource: Resource, bag: Bag) -> bool:
    body = resource.body
    validator = _validator(body.get("apiVersion", ""), body["kind"])
    if validator is None:
        _report("PC5001", f"no profile knows `{body.get('apiVersion')}` `{body['kind']}`", resource, bag)
        return False
    if validator.is_valid(body):
        return True
    for error in validator.iter_errors(body):
        _report("PC5002", _worded(error), resource, bag)
    return False


def _worded(error: ValidationError) -> str:
    where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.instance_path)
    return f"`{where.lstrip('.')}`: {error.message}" if where else str(error.message)


def _report(code: str, message: str, resource: Resource, bag: Bag) -> None:
    body = resource.body
    metadata: dict[str, Any] = body.get("metadata") or {}
    name = "/".join(str(part) for part in (metadata.get("namespace"), metadata.get("name")) if part)
    bag.add(
        code,
        f"{body['kind']} `{name}` on `{resource.unit.cluster}`: {message}",
        resource.template,
        also=[Label(resource.manifest, "for this manifest")],
        help=_BLAME,
    )
