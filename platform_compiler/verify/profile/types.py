"""The words of the profile's notation that stand for types, as JSON Schema."""

from platform_compiler.schema.walk import Schema

_DNS = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"
_LABEL_VALUE = r"^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$"
_LABEL_KEY = r"^([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$"
_SPAN = r"(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|ms|s|m|h))+"
_PORT = r"([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
_QUANTITY = {
    "anyOf": [
        {"type": "number", "minimum": 0},
        {"type": "string", "pattern": r"^\+?([0-9]+(\.[0-9]*)?|\.[0-9]+)([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]+)?$"},
    ]
}
_BASE64 = {"type": "string", "pattern": r"^[A-Za-z0-9+/\s]*=*\s*$"}
_LABELS: Schema = {
    "type": "object",
    "propertyNames": {"pattern": _LABEL_KEY, "maxLength": 317, "x-words": "a label's key such as `app`"},
    "additionalProperties": {
        "type": "string",
        "pattern": _LABEL_VALUE,
        "maxLength": 63,
        "x-words": "a label's value: letters, digits, `-`, `_` and `.`",
    },
}
_ANNOTATIONS: Schema = {
    "type": "object",
    "propertyNames": {
        "pattern": _LABEL_KEY.replace("a-z", "A-Za-z").replace("A-ZA-Z", "A-Z"),
        "maxLength": 317,
        "x-words": "a name such as `example.com/owner`",
    },
    "additionalProperties": {"type": "string"},
}
TYPES: dict[str, Schema] = {
    "any": {},
    "object": {"type": "object"},
    "str": {"type": "string"},
    "bool": {"type": "boolean"},
    "int": {"type": "integer"},
    "number": {"type": "number"},
    "count": {"type": "integer", "minimum": 0},
    "positive": {"type": "integer", "minimum": 1},
    "port": {"type": "integer", "minimum": 1, "maximum": 65535},
    "port-text": {"type": "string", "pattern": f"^{_PORT}$", "x-words": "a port, 1 to 65535, as text"},
    "port-name": {"type": "string", "pattern": r"^(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 15},
    "label": {"type": "string", "pattern": f"^{_DNS}$", "maxLength": 63},
    "name": {"type": "string", "pattern": rf"^{_DNS}(\.{_DNS})*$", "maxLength": 253},
    "host": {"type": "string", "pattern": rf"^(\*\.)?{_DNS}(\.{_DNS})*$", "maxLength": 253},
    "label-key": {"type": "string", "pattern": _LABEL_KEY, "maxLength": 317},
    "label-value": {"type": "string", "pattern": _LABEL_VALUE, "maxLength": 63},
    "cidr": {"type": "string", "pattern": r"^[0-9a-fA-F.:]+/[0-9]{1,3}$"},
    "ip": {"type": "string", "pattern": r"^[0-9a-fA-F.:]+$"},
    "percent": {"type": "string", "pattern": r"^[0-9]+%$"},
    # Go's time.ParseDuration, as Istio, Flux and Prometheus' operators take it; a duration is longer than nothing
    "duration": {"type": "string", "pattern": rf"^(?=[^1-9]*[1-9]){_SPAN}$", "x-words": "a duration such as `1m30s`"},
    "span": {"type": "string", "pattern": rf"^{_SPAN}$|^0$", "x-words": "a duration such as `1m30s`, or `0s`"},
    # Gateway API's durations: Go's without fractions, signs and parts of milliseconds
    "period": {"type": "string", "pattern": r"^([0-9]{1,5}(h|m|s|ms)){1,4}$", "x-words": "a duration such as `1m30s`"},
    "url": {"type": "string", "pattern": r"^[a-z][a-z0-9+.-]*://"},
    "quantity": _QUANTITY,
    "quantities": {"type": "object", "additionalProperties": _QUANTITY},
    "labels": _LABELS,
    "annotations": _ANNOTATIONS,
    "texts": {"type": "object", "additionalProperties": {"type": "string"}},
    "base64": _BASE64,
    "data-key": {
        "type": "string",
        "pattern": r"^[A-Za-z0-9._-]+$",
        "maxLength": 253,
        "x-words": "made of letters, digits, `-`, `_` and `.`",
    },
    "empty-list": {"type": "array", "maxItems": 0},
}
