"""What an address may ask for behind its question mark: declared once, read strictly, described from the same."""

import re
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from quizapp.core.errors import BadInput
from quizapp.core.errors import Problem
from quizapp.core.periods import YEARS

DEFAULT_LIMIT = 100
MOST = 200
IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,22}")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True)
class Parameter:
    """One parameter: how it is written (`schema`, of JSON Schema) and how it is read. `read` raises ValueError."""

    name: str
    words: str
    schema: Mapping[str, object]
    read: Callable[[str], Any]
    #: What to write instead of what cannot be read.
    help: str
    required: bool = False
    default: object = None


def identifier(name: str, words: str) -> Parameter:
    schema = {"type": "string", "pattern": f"^{IDENTIFIER.pattern}$"}
    return Parameter(name, words, schema, _identifier, "应为编号：字母、数字、减号和下划线，不超过 22 个")


def day(name: str, words: str, *, required: bool = False) -> Parameter:
    schema = {"type": "string", "format": "date"}
    return Parameter(name, words, schema, _day, "应为日期，形如 2026-11-20", required)


def flag(name: str, words: str) -> Parameter:
    return Parameter(name, words, {"type": "boolean"}, _flag, "应为 true 或 false")


def one_of(name: str, words: str, members: Sequence[StrEnum]) -> Parameter:
    values = {member.value: member for member in members}

    def read(text: str) -> StrEnum:
        if text not in values:
            raise ValueError(text)
        return values[text]

    return Parameter(name, words, {"type": "string", "enum": list(values)}, read, f"应为 {'、'.join(values)} 之一")


def _identifier(text: str) -> str:
    if not IDENTIFIER.fullmatch(text):
        raise ValueError(text)
    return text


def _day(text: str) -> date:
    read = date.fromisoformat(text) if DAY.fullmatch(text) else None
    if read is None or read.year not in YEARS:
        raise ValueError(text)
    return read


def _flag(text: str) -> bool:
    return {"true": True, "false": False}[text]


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= MOST):
        raise ValueError(text)
    return int(text)


LIMIT = Parameter(
    "limit",
    f"一页几条，1 到 {MOST}",
    {"type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT_LIMIT},
    _limit,
    f"应为 1 到 {MOST} 的整数",
    default=DEFAULT_LIMIT,
)
CURSOR = identifier("cursor", "上一页 next 里给出的位置；不写则从头")
PAGING = (LIMIT, CURSOR)


def read(declared: Sequence[Parameter], given: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """What an address asks for, by name; the default where it does not say.

    :raise BadInput: naming every parameter that is unknown, written twice, missing or not to be read
    """
    known = {parameter.name for parameter in declared}
    problems = [Problem(name, "没有这个参数") for name in given if name not in known]
    values = {}
    for parameter in declared:
        values[parameter.name] = _value(parameter, given.get(parameter.name, ()), problems)
    if problems:
        raise BadInput("", problems)
    return values


def _value(parameter: Parameter, texts: Sequence[str], problems: list[Problem]) -> Any:
    if len(texts) > 1:
        problems.append(Problem(parameter.name, "只能写一次"))
    elif not texts:
        if parameter.required:
            problems.append(Problem(parameter.name, "必须写明"))
        return parameter.default
    else:
        try:
            return parameter.read(texts[0])
        except (ValueError, KeyError):
            problems.append(Problem(parameter.name, parameter.help))
    return None
