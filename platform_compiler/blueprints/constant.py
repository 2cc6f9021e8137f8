"""Templates, and parts of them, that have the same value in every context."""

from platform_compiler.blueprints.operations import Value
from platform_compiler.blueprints.template import Constant, Mapping, Sequence, Template


def is_constant(template: Template) -> bool:
    """Whether a template has the same value in every context."""
    if isinstance(template, Constant):
        return True
    if isinstance(template, Sequence):
        return all(is_constant(item) for item in template.items)
    if isinstance(template, Mapping):
        s = template.structure
        plain = s.loop is None and not s.lets and s.condition is None and s.include is None and s.value is None
        keys = [key.value for key, _ in template.entries if isinstance(key, Constant)]
        distinct = len(keys) == len(template.entries) == len(set(keys))
        return plain and distinct and all(is_constant(value) for _, value in template.entries)
    return False


def value_of(template: Template) -> Value:
    """Return the value of a constant template."""
    if isinstance(template, Constant):
        return template.value
    if isinstance(template, Sequence):
        return [value_of(item) for item in template.items]
    assert isinstance(template, Mapping)
    return {key.value: value_of(value) for key, value in template.entries if isinstance(key, Constant)}
