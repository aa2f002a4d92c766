"""What an editor chose to see of the desk: it stands in the address, so that it is kept from question to question."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request

from quizapp.core.desk import NONE
from quizapp.core.desk import Choice
from quizapp.core.desk import Facet
from quizapp.core.desk import Group
from quizapp.core.desk import Line
from quizapp.core.desk import Order
from quizapp.core.kinds import KINDS
from quizapp.core.labels import label
from quizapp.core.question import TypeName
from quizapp.services.desk import Queue


@dataclass(frozen=True)
class Chip:
    """One value that the desk can be narrowed by: its word, how many it would show, and the address that chooses it."""

    word: str
    count: int
    query: Mapping[str, str]
    is_chosen: bool
    value: str = ""


def choice() -> Choice:
    """What the address says; an order that is none is the usual one."""
    values = {facet: request.args[facet.value] for facet in Facet if request.args.get(facet.value)}
    order = request.args.get("order", "")
    return Choice(values, Order(order) if order in set(Order) else Order.SPEECH)


def query_of(chosen: Choice) -> dict[str, Any]:
    """The part of an address that says the choice."""
    told: dict[str, Any] = {facet.value: value for facet, value in chosen.values.items()}
    return told if chosen.order is Order.SPEECH else told | {"order": chosen.order.value}


def _chips(queue: Queue, names: Mapping[str, str]) -> dict[Facet, list[Chip]]:
    """The values of every facet that has something to choose between, and the sets, which say what lies here."""
    facets = [facet for facet in Facet if facet is not Facet.HEADING or _is_one_set(queue)]
    shown = {facet: _chips_of(queue, facet, names) for facet in facets}
    return {
        facet: chips
        for facet, chips in shown.items()
        if len(chips) > 1 or facet is Facet.SET or facet in queue.choice.values
    }


def _is_one_set(queue: Queue) -> bool:
    """Headings are those of one speech: those of several would stand beside each other as if they were one list."""
    return Facet.SET in queue.choice.values or len(queue.counts(Facet.SET)) == 1


def _chips_of(queue: Queue, facet: Facet, names: Mapping[str, str]) -> list[Chip]:
    found = queue.counts(facet)
    chosen = queue.choice.values.get(facet)
    if chosen is not None:
        found = {chosen: 0, **found}
    rest = queue.choice.but(facet)
    if facet is Facet.SET:
        # The headings of one set say nothing of another.
        rest = rest.but(Facet.HEADING)
    return [
        Chip(
            _word(facet, value, names),
            found[value],
            query_of(rest if value == chosen else Choice({**rest.values, facet: value}, rest.order)),
            value == chosen,
            value,
        )
        for value in _in_order(facet, found, queue, names)
    ]


def _in_order(facet: Facet, values: Mapping[str, int], queue: Queue, names: Mapping[str, str]) -> list[str]:
    """The values as people expect them: as the enum has them, as the speech goes, by number."""
    if facet is Facet.HEADING:
        known = [value for line in sorted(queue.everything, key=_by_start) for value in line.values(facet)]
    else:
        fixed: dict[Facet, list[str]] = {Facet.GROUP: list(Group), Facet.TYPE: list(TypeName), Facet.SET: list(names)}
        known = fixed.get(facet, sorted(values))
    return [value for value in dict.fromkeys([*known, *values]) if value in values]


def _by_start(line: Line) -> tuple[int, int]:
    return line.set_place, line.start or 0


def _word(facet: Facet, value: str, names: Mapping[str, str]) -> str:
    """A value as people read it; what no facet knows stands as it is."""
    if facet is Facet.GROUP and value in set(Group):
        return label(Group(value))
    if facet is Facet.TYPE and value in set(TypeName):
        return label(TypeName(value))
    if facet is Facet.SET:
        return names.get(value, "没有这个题集")
    if facet is Facet.KIND:
        return kind_word(value)
    if facet is Facet.DIFFICULTY:
        return f"难度 {value}"
    return "没有标题" if value == NONE else value


def kind_word(kind: str) -> str:
    """What a kind of drafted question is called."""
    if kind in ("", NONE):
        return "不是系统拟题"
    return KINDS[kind].label if kind in KINDS else kind


def filters(queue: Queue, names: Mapping[str, str]) -> dict[str, Any]:
    """What the filters above the queue, and those folded away above a question, show."""
    orders = [(order, query_of(Choice(queue.choice.values, order)), order is queue.choice.order) for order in Order]
    # The set's name stands above the question anyway.
    chosen = [_word(facet, value, names) for facet, value in queue.choice.but(Facet.SET).values.items()]
    return {"chips": _chips(queue, names), "orders": orders, "chosen": chosen, "query": query_of(queue.choice)}
