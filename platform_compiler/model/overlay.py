"""Overlays: the same shape as a model, with every field optional, without its static fields, and with null to remove.

Made from the model, so that no field is ever written twice. One-of types, lists and scalars are replaced whole.
"""

import types
from functools import cache
from typing import Annotated, Any, ClassVar, Union, get_args, get_origin

from pydantic import Field, create_model
from pydantic.fields import FieldInfo

from platform_compiler.model.base import Closed


class Overlay(Closed):
    """The base of every overlay."""

    is_overlay: ClassVar[bool] = True


@cache
def overlay_of(model: type[Closed]) -> type[Closed]:
    """Return the overlay of `model`, called `<Model>Overlay`."""
    fields: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        if name in model.static:
            continue
        optional = _nullable(_overlaid(_with_metadata(info)))
        fields[name] = (
            optional,
            Field(default=None, alias=info.alias, description=info.description, examples=info.examples),
        )
    return create_model(f"{model.__name__}Overlay", __base__=Overlay, __doc__=model.__doc__, **fields)


def _with_metadata(info: FieldInfo) -> Any:
    """Return the field's annotation with the constraints that pydantic took off it."""
    return Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation


def _nullable(annotation: Any) -> Any:
    return Union[annotation, None]  # noqa: UP007 -- built at run time from values


def _overlaid(annotation: Any) -> Any:
    """Return an annotation with every model in it that merges replaced by its overlay."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if isinstance(annotation, type) and issubclass(annotation, Closed):
        return annotation if annotation.one_of else overlay_of(annotation)
    if origin is Annotated:
        return Annotated[_overlaid(arguments[0]), *arguments[1:]]
    if origin is dict:
        return dict[arguments[0], _nullable(_overlaid(arguments[1]))]  # type: ignore[misc,valid-type]
    if origin in (Union, types.UnionType):
        kept = [a for a in arguments if a is not type(None)]
        return Union[tuple(_overlaid(a) for a in kept)]  # noqa: UP007 -- built at run time from values
    return annotation
