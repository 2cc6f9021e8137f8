"""Label selectors as the API server reads them."""

from collections.abc import Iterator, Mapping
from typing import Any

from platform_compiler.objects import Body, a_map, maps, text, texts


def fits(selector: Body, labels: Mapping[str, Any]) -> bool:
    """Whether a label selector matches labels; an empty one matches all."""
    if "matchExpressions" not in selector:
        return not [key for key, value in a_map(selector, "matchLabels").items() if labels.get(key) != value]
    return next(unmet(selector, labels), None) is None


def unmet(selector: Body, labels: Mapping[str, Any]) -> Iterator[tuple[str, str | int, str]]:
    """Yield each requirement that labels do not meet: where it stands in the selector (two steps), and its words."""
    for key, value in a_map(selector, "matchLabels").items():
        if labels.get(key) != value:
            yield "matchLabels", key, f"{key}: {value}"
    for i, wanted in maps(selector, "matchExpressions"):
        if not meets(wanted, labels):
            values = f" ({', '.join(texts(wanted, 'values'))})" if texts(wanted, "values") else ""
            yield "matchExpressions", i, f"{text(wanted, 'key')} {text(wanted, 'operator')}{values}"


def meets(wanted: Body, labels: Mapping[str, Any]) -> bool:
    """Whether labels meet one of a selector's `matchExpressions`."""
    key, operator, values = text(wanted, "key"), text(wanted, "operator"), texts(wanted, "values")
    has = key in labels
    answers = {
        "In": has and labels.get(key) in values,
        "NotIn": not has or labels.get(key) not in values,
        "Exists": has,
        "DoesNotExist": not has,
    }
    return answers.get(operator, True)
