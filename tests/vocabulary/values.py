"""A manifest that says one word: its value and what must stand beside it are the examples that the models give."""

from typing import Annotated, Any, get_args, get_origin

from pydantic.fields import FieldInfo

from platform_compiler.model.base import Closed
from platform_compiler.model.kinds import SPECS
from tests.vocabulary.words import Word, holds_models, is_model, is_union, name_of

Spec = dict[str, Any]


def saying(kind: str, word: Word, value: Any = None) -> Spec:
    """Return the smallest spec that says a word, with an example of it or with `value`."""
    return _of_model(SPECS[kind][1], word, value, required=False)


def merged(*specs: Spec) -> Spec:
    """Return specs laid over each other; lists are replaced."""
    found: Spec = {}
    for spec in specs:
        for key, value in spec.items():
            both = isinstance(found.get(key), dict) and isinstance(value, dict)
            found[key] = merged(found[key], value) if both else value
    return found


def _of_model(model: type[Closed], word: Word, value: Any, *, required: bool = True) -> Spec:
    fields = {name_of(name, info): info for name, info in model.model_fields.items()}
    needed = {key: _example(info) for key, info in fields.items() if required and info.is_required()}
    own = fields[word[0]]
    return {**needed, word[0]: _of(own.annotation, word[1:], own, value)}


def _of(annotation: Any, word: Word, info: FieldInfo, value: Any) -> Any:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _of(arguments[0], word, info, value)
    if is_union(origin) and (word or not holds_models(annotation)):
        fitting = [one for one in arguments if _fits(one, word)]
        return _of(fitting[0], word, info, value)
    if word and origin is dict:
        return {_key(info): _of(arguments[1], word[1:], info, value)}
    if word and origin is list:
        return [_of(arguments[0], word[1:], info, value)]
    if word and is_model(annotation):
        return _of_model(annotation, word, value)
    return _example(info) if value is None else value


def _fits(annotation: Any, word: Word) -> bool:
    """Whether a type has a word."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _fits(arguments[0], word)
    if is_union(origin):
        return any(_fits(one, word) for one in arguments)
    if not word:
        return not holds_models(annotation) and annotation is not type(None)
    if origin in (dict, list):
        return word[0] == "*" and _fits(arguments[-1], word[1:])
    if not is_model(annotation):
        return False
    below = {name_of(name, info): info.annotation for name, info in annotation.model_fields.items()}
    return word[0] in below and (len(word) == 1 or _fits(below[word[0]], word[1:]))


def _key(info: FieldInfo) -> str:
    example = _example(info)
    return next(iter(example), "a") if isinstance(example, dict) else "a"


def _example(info: FieldInfo) -> Any:
    examples = [*(info.examples or []), *_in_type(info.annotation)]
    return examples[0] if examples else None


def _in_type(annotation: Any) -> list[Any]:
    """Return the examples that a scalar type brings along."""
    found = [one.examples[0] for one in getattr(annotation, "__metadata__", ()) if getattr(one, "examples", None)]
    return found + [example for one in get_args(annotation) if not isinstance(one, str) for example in _in_type(one)]
