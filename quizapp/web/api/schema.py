"""Values as JSON, and their types as JSON Schema: both from the same classes, so that neither can promise otherwise."""

from collections.abc import Mapping
from dataclasses import fields
from dataclasses import is_dataclass
from datetime import UTC
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from types import NoneType
from types import UnionType
from typing import Annotated
from typing import Any
from typing import get_args
from typing import get_origin
from typing import get_type_hints

#: Shares and coefficients are exact inside, and written to so many places.
PLACES = 4
PLAIN: Mapping[type, Mapping[str, str]] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    str: {"type": "string"},
    float: {"type": "number"},
    Fraction: {"type": "number"},
    datetime: {"type": "string", "format": "date-time"},
    NoneType: {"type": "null"},
}


def written(value: Any) -> Any:
    """A value as JSON has it: times in UTC, numbers rounded to the nearest."""
    if is_dataclass(value):
        return {field.name: written(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [written(item) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, Fraction | float):
        return round(float(value), PLACES)
    return value.value if isinstance(value, StrEnum) else value


def schema_of(kind: Any, components: dict[str, Any]) -> dict[str, Any]:
    """The schema of a type; the classes it is made of join the components."""
    origin = get_origin(kind)
    if origin is Annotated:
        inner, words = get_args(kind)
        return schema_of(inner, components) | {"description": words}
    if origin is UnionType:
        return {"anyOf": [schema_of(part, components) for part in get_args(kind)]}
    if origin is tuple:
        return {"type": "array", "items": schema_of(get_args(kind)[0], components)}
    if is_dataclass(kind):
        return _reference(kind, components)
    if issubclass(kind, StrEnum):
        return {"type": "string", "enum": [member.value for member in kind]}
    return dict(PLAIN[kind])


def _reference(kind: Any, components: dict[str, Any]) -> dict[str, Any]:
    name = kind.__name__
    if name not in components:
        hints = get_type_hints(kind, include_extras=True)
        components[name] = {
            "type": "object",
            "properties": {field: schema_of(hint, components) for field, hint in hints.items()},
            "required": list(hints),
            "additionalProperties": False,
        }
    return {"$ref": f"#/components/schemas/{name}"}
