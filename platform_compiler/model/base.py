"""The ground every kind stands on: closed, frozen models without defaults, and how their fields are declared.

`None` means "not set", never a value: an explicit null is refused outside overlays. No default of meaning lives here;
built-in defaults are a YAML layer, so that `explain` can point at them.
"""

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError


class Closed(BaseModel):
    """A mapping with exactly the declared keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    one_of: ClassVar[bool] = False
    """Whether an overlay replaces this value whole instead of merging into it."""

    is_overlay: ClassVar[bool] = False
    """Whether null stands for "remove"."""

    static: ClassVar[frozenset[str]] = frozenset()
    """Fields that stand only in the document itself, never in overlays or defaults."""

    @model_validator(mode="before")
    @classmethod
    def _refuse_null(cls, data: Any) -> Any:
        if isinstance(data, dict) and not cls.is_overlay:
            for key, value in data.items():
                if value is None:
                    raise PydanticCustomError("empty_value", "`{key}` has no value", {"key": key})
        return data


def word(meaning: str, *examples: Any) -> Any:
    """Declare an optional field: what it means, with its unit, and examples."""
    return Field(default=None, description=meaning, examples=list(examples) or None)


def required(meaning: str, *examples: Any) -> Any:
    """Declare a required field."""
    return Field(description=meaning, examples=list(examples) or None)
