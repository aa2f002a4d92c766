"""The roster and the audit trail, as tables."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from quizapp.core.labels import label
from quizapp.formats.tables import Column
from quizapp.formats.tables import Kind
from quizapp.formats.tables import Table
from quizapp.services.people import Directory
from quizapp.web.filters import office_time


class TrailLine(Protocol):
    """One row of the trail in words, as its page has it."""

    @property
    def number(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def person(self) -> str: ...
    @property
    def ip(self) -> str: ...
    @property
    def verb(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def facts(self) -> tuple[str, ...]: ...


def people(found: Directory) -> Table:
    rows = [
        (
            *(branch.section.name, person.name, person.staff_number, person.post or None),
            "、".join(label(held.role) for held in person.roles) or "干部",
            "、".join(found.section_names[held.section_id] for held in person.oversights) or None,
            "在用" if person.active else "已停用",
        )
        for branch in found.branches
        for person in branch.people
    ]
    heads = ("科室", "姓名", "工号", "职务", "角色", "分管科室", "状态")
    return Table("人员名单", tuple(map(Column, heads)), rows)


def trail(lines: Sequence[TrailLine], most: int) -> Table:
    """Times to the second, as the page has them: what came first must show."""
    heads = ("时间", "人员", "做了什么", "对象", "详情", "地址")
    rows = [
        (
            *(line.number, f"{office_time(line.at):%Y-%m-%d %H:%M:%S}", line.person, line.verb, line.subject or None),
            *("；".join(line.facts) or None, line.ip or "本机"),
        )
        for line in lines
    ]
    notes = (f"只导出了最近的 {most} 条。更早的记录请翻到后面的页再导出。",) if len(rows) == most else ()
    return Table("审计记录", (Column("编号", Kind.COUNT), *map(Column, heads)), rows, (), notes)
