"""The specification of a paper as its form shows and sends it, and what was wrong with it in words."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass

from flask import request

from quizapp.core.dealing import Drawing
from quizapp.core.errors import BadInput
from quizapp.core.errors import Problem
from quizapp.core.labels import label
from quizapp.core.paper import BadLock
from quizapp.core.paper import NoOtherQuestion
from quizapp.core.paper import NotEnoughQuestions
from quizapp.core.paper import PaperSpec
from quizapp.core.paper import Quota
from quizapp.core.paper import QuotaShortage
from quizapp.core.paper import Shortage
from quizapp.core.paper import Wishes
from quizapp.core.paper import wishes_of
from quizapp.core.question import TypeName
from quizapp.db.sittings import SetAreas
from quizapp.db.sittings import SittingRow

#: What a new paper asks for until somebody says otherwise: count and mark of each question.
USUAL = {
    TypeName.SINGLE_CHOICE: (8, 5),
    TypeName.MULTIPLE_CHOICE: (4, 6),
    TypeName.TRUE_FALSE: (6, 4),
    TypeName.FILL_IN: (2, 6),
    # Asked for when somebody wants them: the usual paper stays a round hundred, and short answers cost people's time.
    TypeName.MATCHING: (0, 5),
    TypeName.ORDERING: (0, 5),
    TypeName.SHORT_ANSWER: (0, 10),
}
#: Where every person gets a paper of their own, so many times the usual count is drawn, as far as there is.
POOL = 3
#: The parts of a specification, by the places that its problems name.
PARTS = {
    "counts": "题数",
    "marks": "每题分值",
    "each": "每人抽",
    "quotas": "细目要求",
    "missed": "近期失分题占比",
    "rest": "近几周不重复",
}
#: So many empty lines are there for more quotas, as long as there are no more lines than are read.
EMPTY_LINES = 3
MOST_LINES = 30


@dataclass(frozen=True)
class Line:
    """A quota as the form shows it: the words that stand in its fields."""

    count: str = ""
    type: str = ""
    area: str = ""
    difficulty: str = ""

    @property
    def is_empty(self) -> bool:
        return not any((self.count, self.type, self.area, self.difficulty))


@dataclass(frozen=True)
class Shown:
    """The specification form: what was just sent, else what the last draw asked, else the usual."""

    types: Mapping[TypeName, tuple[object, object, object]]
    lines: Sequence[Line]
    missed: str
    forgotten: bool
    rest: str


def shown(sitting: SittingRow, available: Mapping[TypeName, int]) -> Shown:
    wishes = wishes_of(sitting.wishes)
    lines = _lines_sent() if _was_sent() else [_line(quota) for quota in wishes.quotas]
    return Shown(
        types={type_: _asked(sitting, type_, available) for type_ in TypeName},
        lines=[*lines, *[Line()] * EMPTY_LINES][:MOST_LINES],
        missed=request.form.get("missed", str(wishes.missed_percent)),
        forgotten="forgotten" in request.form if _was_sent() else wishes.forgotten,
        rest=request.form.get("rest", str(wishes.rest_weeks)),
    )


def _was_sent() -> bool:
    return "quota-count-1" in request.form


def _lines_sent() -> list[Line]:
    """The lines of the form that say anything."""
    fields = ("count", "type", "area", "difficulty")
    found = [
        Line(*(request.form.get(f"quota-{field}-{number}", "").strip() for field in fields))
        for number in range(1, MOST_LINES + 1)
    ]
    return [line for line in found if not line.is_empty]


def _line(quota: Quota) -> Line:
    difficulty = "" if quota.difficulty is None else str(quota.difficulty)
    return Line(str(quota.count), quota.type.value if quota.type else "", quota.area, difficulty)


def _asked(sitting: SittingRow, type_: TypeName, available: Mapping[TypeName, int]) -> tuple[object, object, object]:
    """Count, mark and count for each person: what was just sent, else what the last draw asked, else the usual as far
    as there is."""
    if f"count-{type_.value}" in request.form:
        count, mark, each = (request.form.get(f"{part}-{type_.value}", "") for part in ("count", "mark", "each"))
        return count, mark, each
    usual, usual_mark = USUAL[type_]
    pool = usual * POOL if sitting.drawing is Drawing.PER_PERSON else usual
    drawn, worth, *given = sitting.specification.get(type_.value, (min(pool, available[type_]), usual_mark))
    return drawn, worth, given[0] if given else min(usual, drawn)


def sent() -> PaperSpec:
    """Counts, marks and wishes as the form has them; anything that is no whole number is named."""
    return PaperSpec(
        counts={t: _whole(f"count-{t.value}", f"{label(t)}题数") for t in TypeName},
        marks={t: _whole(f"mark-{t.value}", f"{label(t)}每题分值") for t in TypeName},
        each={t: _whole(f"each-{t.value}", f"{label(t)}每人抽") for t in TypeName},
        wishes=Wishes(
            quotas=tuple(_quota(number, line) for number, line in enumerate(_lines_sent(), start=1)),
            missed_percent=_whole("missed", PARTS["missed"]),
            forgotten="forgotten" in request.form,
            rest_weeks=_whole("rest", PARTS["rest"]),
        ),
    )


def _quota(number: int, line: Line) -> Quota:
    if not line.count:
        raise BadInput("", [Problem(f"第 {number} 条细目要求", "请填写题数；不要这一条，就把整行清空")])
    count = _number(line.count, f"第 {number} 条细目要求的题数")
    known = not line.type or line.type in {type_.value for type_ in TypeName}
    if not known or line.difficulty not in {"", "1", "2", "3", "4", "5"}:
        raise BadInput("", [Problem(f"第 {number} 条细目要求", "请从列表中选择题型和难度")])
    return Quota(
        count,
        TypeName(line.type) if line.type else None,
        line.area,
        int(line.difficulty) if line.difficulty else None,
    )


def _whole(field: str, words: str) -> int:
    return _number(request.form.get(field, "").strip() or "0", words)


def _number(text: str, words: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 4:
        raise BadInput("", [Problem(words, "请填写整数")])
    return int(text)


# What is wrong, in words


def sentences(fault: Exception, areas: Sequence[SetAreas] = ()) -> list[str]:
    """What is wrong with a paper, in words for whoever composes it."""
    if isinstance(fault, NotEnoughQuestions):
        return [_lacking(shortage, areas) for shortage in fault.shortages]
    if isinstance(fault, NoOtherQuestion):
        return [
            f"题集里没有其他{label(fault.type)}可换。请多选几个题集，减少“近几周用过的题不用”的周数，或先审核入库更多试题。"
        ]
    if isinstance(fault, BadLock):
        return ["锁定的题不能全部保留（题数少于锁定数，或题目已修改），请解除部分锁定。"]
    return [_told(problem) for problem in fault.problems] if isinstance(fault, BadInput) else []


def _lacking(shortage: Shortage | QuotaShortage, areas: Sequence[SetAreas]) -> str:
    if isinstance(shortage, Shortage):
        what = f"{label(shortage.type)}不足：需要 {shortage.wanted} 题，所选题集只有 {shortage.available} 题"
        remedy = "请减少题数、多选几个题集，或先审核入库更多试题。"
    else:
        what = f"第 {shortage.number} 条细目要求（{quota_words(shortage.quota, areas)}）不能满足："
        what += f"需要 {shortage.wanted} 题，与其他要求一起最多 {shortage.available} 题"
        remedy = "请减少这一条的题数，或放宽范围。"
    resting = f"另有 {shortage.resting} 题因近几周用过没有计入；" if shortage.resting else ""
    return f"{what}，还差 {shortage.wanted - shortage.available} 题。{resting}{remedy}"


def quota_words(quota: Quota, areas: Sequence[SetAreas]) -> str:
    """A quota as people say it."""
    named = {area.ref: area.words for group in areas for area in group.all}
    parts = [label(quota.type) if quota.type else ""]
    parts += [f"“{named[quota.area]}”" if quota.area in named else "已不在所选题集里的范围"] if quota.area else []
    parts += [f"难度 {quota.difficulty}"] if quota.difficulty else []
    return "，".join(part for part in parts if part) or "不限"


def _told(problem: Problem) -> str:
    part, _, of = problem.place.partition(".")
    if part not in PARTS:
        return str(problem)
    if part == "quotas" and of:
        return f"第 {of} 条{PARTS[part]}：{problem.message}"
    return f"{label(TypeName(of)) if of else ''}{PARTS[part]}：{problem.message}"
