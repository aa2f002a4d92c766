"""Results from paper: typed in one person at a time, or from the answer sheet, all of it or nothing.

Nothing that was given here is ever overwritten, and nobody types in their own paper.
"""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta
from functools import cached_property

from sqlalchemy.orm import Session

from quizapp.core.attendance import Way
from quizapp.core.dealing import Deal
from quizapp.core.dealing import as_shown
from quizapp.core.errors import BadInput
from quizapp.core.errors import NotFound
from quizapp.core.errors import Problem
from quizapp.core.question import Question
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import require
from quizapp.core.states import AttemptState
from quizapp.core.states import SittingPhase
from quizapp.core.types import TYPES
from quizapp.core.types import BadResponse
from quizapp.db.attempts import AttemptRow
from quizapp.db.attempts import attempts_at
from quizapp.db.attempts import count_on_paper
from quizapp.db.people import PersonRow
from quizapp.db.sittings import Place
from quizapp.db.sittings import SittingRow
from quizapp.formats.answer_notation import read_answer
from quizapp.formats.answer_sheets import ABOUT
from quizapp.formats.answer_sheets import AnswerSheet
from quizapp.formats.answer_sheets import Column
from quizapp.formats.answer_sheets import FilledRow
from quizapp.formats.answer_sheets import PersonLine
from quizapp.formats.answer_sheets import told
from quizapp.formats.answer_sheets import write_answer_sheet
from quizapp.services import attempts
from quizapp.services import attendance
from quizapp.services import audit
from quizapp.services.printing import Expected
from quizapp.services.printing import NotOnPaper
from quizapp.services.printing import common_paper
from quizapp.services.printing import expected
from quizapp.services.printing import room_subject
from quizapp.services.printing import sitting_to_print

#: Answers by position, in the bank's terms.
Values = Mapping[int, Sequence[str]]
#: How long after closing papers may be typed in.
ENTERED_WITHIN = timedelta(days=30)
#: One transaction writes them all, and nobody's answer is to wait for it long.
MOST_PEOPLE = 300
TOO_EARLY = "测验还没有开始：到开始时间后才能录入答卷。"
TOO_LATE = f"测验结束已超过 {ENTERED_WITHIN.days} 天，不能再录入答卷。"
OWN = "本人的答卷请由他人录入"
TAKEN = {
    AttemptState.IN_PROGRESS: "正在网上作答，不能再录入；如已改用纸质答卷，请先清空这一行",
    AttemptState.CLOSED: "已经交卷，不能再录入；请清空这一行",
}


@dataclass(frozen=True)
class Standing:
    """Whose papers are still to be typed in, and how many results there are."""

    sitting: SittingRow
    missing: tuple["Missing", ...]
    here: int
    on_paper: int


@dataclass(frozen=True)
class Missing:
    """Somebody who has no result yet; `why_not` is empty where their paper can be typed in now."""

    expected: Expected
    why_not: str


@dataclass(frozen=True)
class Blank:
    """One person's paper, to be typed in; nothing in it tells a key."""

    sitting: SittingRow
    #: Whose it is, with person and section.
    attempt: AttemptRow
    columns: tuple[Column, ...]

    @property
    def examples(self) -> Sequence[tuple[str, str]]:
        """How answers are written down, by the types they are for."""
        types: dict[str, dict[str, None]] = {}
        for column in self.columns:
            types.setdefault(column.example, {})[column.type_label] = None
        return [("、".join(labels), example) for example, labels in types.items()]


@dataclass(frozen=True)
class Entry:
    """What one person answered on paper."""

    attempt: AttemptRow
    values: Values


@dataclass(frozen=True)
class Checked:
    """A sheet that was looked at: who can be entered, and everything that keeps the whole of it out."""

    sitting: SittingRow
    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]


def standing(session: Session, actor: Actor, public_id: str, *, now: datetime) -> Standing:
    """Who of those expected has no result yet."""
    row = sitting_to_enter(session, actor, public_id, now=now)
    everybody = expected(session, row)
    without = [one for one in everybody if one.state is not AttemptState.CLOSED]
    on_paper = count_on_paper(session, row.id)
    missing = tuple(Missing(one, _why_not(actor, one.person.id, one.state).partition("；")[0]) for one in without)
    return Standing(row, missing, len(everybody) - len(without) - on_paper, on_paper)


def empty_sheet(session: Session, actor: Actor, public_id: str, *, now: datetime) -> tuple[str, bytes]:
    """The topic, and an answer sheet for everybody who is expected."""
    row = sitting_to_enter(session, actor, public_id, now=now)
    lines = [PersonLine(e.person.staff_number, e.person.name, e.section_name) for e in expected(session, row)]
    columns = _columns(_Printed(*common_paper(session, row)))
    return row.topic, write_answer_sheet(row.public_id, row.topic, columns, lines)


def blank(session: Session, actor: Actor, public_id: str, person_public_id: str, *, now: datetime) -> Blank:
    """One person's paper to type in.

    :raise NotOnPaper: if they have a result already, or have the paper open here
    """
    row = sitting_to_enter(session, actor, public_id, now=now)
    attempt = _attempt_of(session, row, person_public_id)
    if reason := _why_not(actor, attempt.person_id, attempt.state):
        raise NotOnPaper(f"{attempt.person.name}{reason.partition('；')[0]}。")
    return Blank(row, attempt, _columns(_Printed(*common_paper(session, row))))


def enter(
    session: Session, actor: Actor, public_id: str, person_public_id: str, written: Mapping[int, str], *, now: datetime
) -> PersonRow:
    """Type in one person's paper; `written` by the question's number.

    :raise BadInput: naming every answer that is none, and when there is no answer at all
    """
    row = sitting_to_enter(session, actor, public_id, now=now)
    attempt = _attempt_of(session, row, person_public_id, lock=True)
    if reason := _why_not(actor, attempt.person_id, attempt.state):
        raise BadInput("", [Problem(attempt.person.name, reason.partition("；")[0])])
    problems: list[Problem] = []
    values = _Printed(*common_paper(session, row)).values(written, lambda number: f"第{number}题", problems)
    if not problems and not values:
        problems.append(Problem("", "一道题也没有填：请至少填写一题，没有交卷的人不用录入"))
    if problems:
        raise BadInput("", problems)
    _write(session, actor, row, [Entry(attempt, values)], now)
    return attempt.person


def check_sheet(session: Session, actor: Actor, public_id: str, sheet: AnswerSheet, *, now: datetime) -> Checked:
    """What would become of a sheet; nothing is written."""
    row = sitting_to_enter(session, actor, public_id, now=now)
    return _check(session, actor, row, sheet)


def enter_sheet(session: Session, actor: Actor, public_id: str, sheet: AnswerSheet, *, now: datetime) -> int:
    """Write a whole sheet; how many people.

    :raise BadInput: with every problem of it, and then nothing is written
    """
    row = sitting_to_enter(session, actor, public_id, now=now)
    checked = _check(session, actor, row, sheet, lock=True)
    if checked.problems:
        raise BadInput("", list(checked.problems))
    _write(session, actor, row, checked.entries, now)
    return len(checked.entries)


def sitting_to_enter(session: Session, actor: Actor, public_id: str, *, now: datetime) -> SittingRow:
    """The sitting, for whoever may type in results from paper, while they may be typed in.

    :raise NotOnPaper: before it opens and long after it closed, and where there is no common paper
    """
    row = sitting_to_print(session, actor, public_id)
    require(actor, Action.PAPER_ENTER, room_subject(row))
    common_paper(session, row)
    if row.phase(now) is SittingPhase.PLANNED:
        raise NotOnPaper(TOO_EARLY)
    if now > row.closes_at + ENTERED_WITHIN:
        raise NotOnPaper(TOO_LATE)
    return row


# Their parts


def _attempt_of(session: Session, row: SittingRow, person_public_id: str, *, lock: bool = False) -> AttemptRow:
    for attempt in attempts_at(session, row.id, PersonRow.public_id == person_public_id, lock=lock):
        return attempt
    raise NotFound("person", person_public_id)


def _why_not(actor: Actor, person_id: int, state: AttemptState) -> str:
    """Why nothing can be typed in for somebody, as the rest of a sentence; empty where it can."""
    return OWN if person_id == actor.person_id else TAKEN.get(state, "")


@dataclass(frozen=True)
class _Printed:
    """The one paper of a sitting, as it was printed."""

    places: Sequence[Place]
    dealt: Deal

    @cached_property
    def questions(self) -> Sequence[Question]:
        return [as_shown(place.question, self.dealt, index) for index, place in enumerate(self.places)]

    def values(self, written: Mapping[int, str], place_of: Callable[[int], str], problems: list[Problem]) -> Values:
        """Answers by number as values by position; what is no answer joins the problems."""
        found = {}
        for number, (place, question) in enumerate(zip(self.places, self.questions, strict=True), start=1):
            try:
                value = self._value(number - 1, question, written.get(number, ""))
            except BadResponse as bad:
                problems.append(Problem(place_of(number), bad.reason))
                continue
            if value:
                found[place.position] = value
        return found

    def _value(self, position: int, question: Question, written: str) -> list[str]:
        kind = TYPES[question.type]
        return kind.stored(kind.relettered(read_answer(question, written), self.dealt.ids(position)))


def _columns(printed: _Printed) -> tuple[Column, ...]:
    kinds = [TYPES[question.type] for question in printed.questions]
    return tuple(Column(n, kind.label, kind.interaction) for n, kind in enumerate(kinds, start=1))


def _check(session: Session, actor: Actor, row: SittingRow, sheet: AnswerSheet, *, lock: bool = False) -> Checked:
    printed = _Printed(*common_paper(session, row))
    if wrong := _wrong_sheet(row, sheet, len(printed.places)):
        return Checked(row, (), (wrong,))
    problems: list[Problem] = []
    named = PersonRow.staff_number.in_({line.staff_number for line in sheet.rows if line.is_answered})
    known = {attempt.person.staff_number: attempt for attempt in attempts_at(session, row.id, named, lock=lock)}
    entries = list(_entries(actor, sheet, printed, known, problems))
    if not entries and not problems:
        problems.append(Problem("", "答卷表里没有填任何答案"))
    if len(entries) > MOST_PEOPLE:
        problems.append(Problem("", f"一次最多录入 {MOST_PEOPLE} 人，表里有 {len(entries)} 人：请按科室分成几个文件"))
    return Checked(row, tuple(entries), tuple(told(problems)))


def _wrong_sheet(row: SittingRow, sheet: AnswerSheet, questions: int) -> Problem | None:
    if sheet.sitting != row.public_id:
        return Problem("", f"这是另一场学习的答卷表（“{ABOUT}”标识不符）：请从本场重新下载答卷表")
    if sheet.questions != questions:
        return Problem("", f"答卷表有 {sheet.questions} 题，试卷有 {questions} 题：请从本场重新下载答卷表")
    return None


def _entries(
    actor: Actor,
    sheet: AnswerSheet,
    printed: _Printed,
    known: Mapping[str, AttemptRow],
    problems: list[Problem],
) -> Iterator[Entry]:
    """Whoever answered anything; what is wrong joins the problems."""
    seen: dict[str, int] = {}
    for line in sheet.rows:
        if not line.is_answered:
            continue
        attempt = known.get(line.staff_number)
        values = printed.values(dict(enumerate(line.answers, start=1)), line.place, problems)
        if fault := _fault(actor, line, attempt, seen.setdefault(line.staff_number, line.row)):
            problems.append(Problem(line.place(), fault))
        elif attempt is not None:
            yield Entry(attempt, values)


def _fault(actor: Actor, line: FilledRow, attempt: AttemptRow | None, first: int) -> str:
    """What is wrong with whose answers a row says it holds; empty where nothing is."""
    if not line.staff_number:
        return "填了答案，没有填工号"
    if attempt is None:
        return f"应到人员里没有工号“{line.staff_number}”"
    if first != line.row:
        return f"工号“{line.staff_number}”与第 {first} 行重复，每人只能有一行"
    name = attempt.person.name
    if "".join(line.name.split()) != "".join(name.split()):
        return f"姓名“{line.name}”与工号“{line.staff_number}”不符，应为“{name}”"
    reason = _why_not(actor, attempt.person_id, attempt.state)
    return f"{name}{reason}" if reason else ""


def _write(session: Session, actor: Actor, row: SittingRow, entries: Sequence[Entry], now: datetime) -> None:
    attempts.enter_on_paper(session, [(entry.attempt, entry.values) for entry in entries], now=now)
    people = [entry.attempt.person_id for entry in entries]
    for person_id in people:
        attendance.sign(session, row, person_id, Way.PAPER, by_id=actor.person_id, now=now)
    audit.record(session, actor, "attempt:entered", row.public_id, now, people=people)
