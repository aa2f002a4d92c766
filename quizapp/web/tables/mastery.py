"""How key points are remembered, as tables."""

from collections.abc import Sequence
from fractions import Fraction

from quizapp.core.labels import label
from quizapp.core.mastery import Held
from quizapp.core.mastery import Remembered
from quizapp.formats.tables import Cell as TableCell
from quizapp.formats.tables import Column
from quizapp.formats.tables import Kind
from quizapp.formats.tables import Table
from quizapp.services.mastery import Cell
from quizapp.services.mastery import Forgotten
from quizapp.services.mastery import Known
from quizapp.services.mastery import SectionMap
from quizapp.services.mastery import SpeechMap

PLACE = (Column("讲话"), Column("标题"), Column("要点"))
WHAT_RECALL_MEANS = "掌握度是按记忆规律推算的、今天还能答对的可能。"


def own_map(speeches: Sequence[SpeechMap[Held]]) -> Table:
    columns = (
        *(*PLACE, Column("情况"), Column("今天的掌握度", Kind.SHARE)),
        *(Column("上次作答", Kind.MOMENT), Column("下次该练", Kind.MOMENT)),
    )
    rows = [
        (each.source.title, heading or None, cell.topic.name, *_held(cell.figure))
        for each in speeches
        for heading, cells in each.headings
        for cell in cells
    ]
    return Table("我的掌握度", columns, rows, (), (WHAT_RECALL_MEANS,))


def _held(held: Held) -> tuple[TableCell, ...]:
    return label(held.standing), _share(held.recall), held.rated_at, held.due_at


def section_map(found: SectionMap) -> Table:
    columns = (
        *PLACE,
        *(Column("平均掌握度", Kind.SHARE), Column("人数", Kind.COUNT), Column("牢固的人数", Kind.COUNT)),
        *(Column("牢固的占比", Kind.SHARE), Column("原句")),
    )
    rows = [
        (
            *(found.titles[cell.topic.source], cell.topic.heading or None, cell.topic.name),
            *(_share(cell.figure.mean), cell.figure.people, cell.figure.strong, _strong(cell)),
            found.quotes.get(cell.topic.matter) or None,
        )
        for cell in found.weakest
    ]
    called = found.at.section.name if found.at.section else ""
    notes = (WHAT_RECALL_MEANS, "只列 3 人以上的要点，不涉及个人。")
    return Table(f"要点掌握度 {called}", columns, rows, (), notes)


def forgotten(found: Sequence[Forgotten]) -> Table:
    columns = (
        *PLACE,
        *(Column("平均掌握度", Kind.SHARE), Column("人数", Kind.COUNT), Column("牢固的占比", Kind.SHARE)),
        *(Column("在库题数", Kind.COUNT), Column("原句")),
    )
    rows = [
        (
            *(each.source.title, each.cell.topic.heading or None, each.cell.topic.name),
            *(_share(each.cell.figure.mean), each.cell.figure.people, _strong(each.cell)),
            *(len(each.questions), each.quote or None),
        )
        for each in found
    ]
    return Table("普遍没有掌握的要点", columns, rows, (), (WHAT_RECALL_MEANS,))


def known(found: Sequence[Known]) -> Table:
    columns = (
        *(Column("题型"), Column("题目"), Column("题集"), Column("得分率", Kind.SHARE)),
        *(Column("作答人次", Kind.COUNT), Column("场次", Kind.COUNT)),
    )
    rows = [
        (
            *(label(each.question.type), each.question.stem, each.question.set_name, each.facility),
            *(each.question.answers, each.question.sittings),
        )
        for each in found
    ]
    return Table("普遍掌握的试题", columns, rows)


def _share(recall: float | None) -> Fraction | None:
    return None if recall is None else Fraction(recall)


def _strong(cell: Cell[Remembered]) -> Fraction | None:
    return Fraction(cell.figure.strong, cell.figure.people) if cell.figure.people else None
