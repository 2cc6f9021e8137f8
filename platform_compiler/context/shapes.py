"""From declared types to shapes: TypedDicts and models become records, so that templates' reads can be checked."""

import types
from functools import cache
from typing import Annotated, Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from platform_compiler.context.shape import Anything, Field, ListOf, MapOf, Record, Scalar, Shape
from platform_compiler.context.types import contexts as t
from platform_compiler.context.types.pods import AppExtras
from platform_compiler.context.unit import Scope
from platform_compiler.model.application import ApplicationBase
from platform_compiler.model.base import Closed

_SCALARS = {str: "str", int: "int", float: "float", bool: "bool"}


@cache
def shape_of_scope(scope: Scope) -> Record:
    """Return the shape of what templates of a scope see."""
    contexts = {
        "app": t.AppContext,
        "external": t.ExternalContext,
        "raw": t.RawContext,
        "host": t.HostContext,
        "namespace": t.NamespaceContext,
        "cluster": t.ClusterContext,
    }
    shape = shape_of(contexts[scope])
    assert isinstance(shape, Record)
    return shape


@cache
def shape_of(annotation: Any) -> Shape:  # noqa: PLR0911 -- one branch a form of annotation
    """Return the shape of a type; unions of several forms are `Anything`."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return shape_of(arguments[0])
    if is_typeddict(annotation):
        return Record(annotation.__name__, _fields(annotation))
    if isinstance(annotation, type) and issubclass(annotation, Closed):
        return _model(annotation)
    if annotation in _SCALARS:
        return Scalar(_SCALARS[annotation])
    if origin is Literal:
        return Scalar("str", tuple(map(str, arguments)))
    if origin is dict or annotation is dict:
        return MapOf(shape_of(arguments[1]) if arguments else Anything())
    if origin is list or annotation is list:
        return ListOf(shape_of(arguments[0]) if arguments else Anything())
    if origin in (Union, types.UnionType):
        kept = [a for a in arguments if a is not type(None)]
        return shape_of(kept[0]) if len(kept) == 1 else Anything()
    return Anything()


def _fields(declared: Any) -> dict[str, Field]:
    """Return the fields of a TypedDict with their meanings."""
    fields = {}
    for name, hint in get_type_hints(declared, include_extras=True).items():
        optional = get_origin(hint) is NotRequired or name in declared.__optional_keys__
        if get_origin(hint) is NotRequired:
            hint = get_args(hint)[0]  # noqa: PLW2901 -- the wrapper has said what it had to say
        meaning = get_args(hint)[1] if get_origin(hint) is Annotated else ""
        fields[name] = Field(shape_of(hint), optional, str(meaning))
    return fields


def _shape(annotation: Any) -> Shape:
    return shape_of(annotation)


def _model(model: type[Closed]) -> Record:
    """Return the shape of a merged spec: what a manifest may say, and for applications what is computed from it."""
    fields = {
        info.alias or name: Field(_shape(info.annotation), optional=True, doc=info.description or "")
        for name, info in model.model_fields.items()
    }
    if model is ApplicationBase:
        fields |= _fields(AppExtras)
    return Record(model.__name__, fields)
