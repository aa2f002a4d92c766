"""Reading WordprocessingML: the names of elements, and the values they hold."""

import re
from typing import Any

NAMESPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
}


def name(short: str) -> str:
    """The whole name of `w:p`."""
    prefix, _, local = short.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


def value(element: Any, attribute: str = "w:val") -> str:
    return element.get(name(attribute)) or ""


def child_value(element: Any, tag: str) -> str:
    child = element.find(name(tag))
    return "" if child is None else value(child)


def child_number(element: Any, tag: str, default: int) -> int:
    return number(child_value(element, tag), default)


def is_on(element: Any, tag: str) -> bool:
    """Whether a switch is there and not turned off."""
    child = element.find(name(tag))
    return child is not None and value(child) not in {"0", "false", "off"}


def number(written: str, default: int) -> int:
    return int(written) if re.fullmatch("[0-9]{1,6}", written) else default
