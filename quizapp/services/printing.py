"""Paper for a room without a network: the paper itself, the answer sheet, the key, the list to sign.

What is printed is what a room looks at together: one order of questions, one set of letters.
"""

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy.orm import Session

from quizapp.core.dealing import Deal
from quizapp.core.dealing import Drawing
from quizapp.core.dealing import Presented
from quizapp.core.dealing import as_shown
from quizapp.core.dealing import present
from quizapp.core.errors import NotFound
from quizapp.core.errors import QuizError
from quizapp.core.question import Interaction
from quizapp.core.question import Question
from quizapp.core.question import Source
from quizapp.core.regrading import Standing
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import allowed
from quizapp.core.roles import require
from quizapp.core.sitting import SittingKind
from quizapp.core.states import AttemptState
from quizapp.core.states import SittingPhase
from quizapp.core.states import attempt_state
from quizapp.core.types import TYPES
from quizapp.db import people
from quizapp.db import sittings
from quizapp.db.attempts import Taker
from quizapp.db.attempts import takers
from quizapp.db.attendance import Known
from quizapp.db.sittings import Place
from quizapp.db.sittings import SittingRow
from quizapp.formats.answer_notation import write_answer
from quizapp.services import attempts
from quizapp.services import attendance
from quizapp.services.people import in_tree_order

NUMERALS = "一二三四五六七八九十"
UNPUBLISHED = "试卷还没有定稿：请先组卷，经带学领导审批后即可打印。"
OWN_PAPERS = "本场是一人一卷，每人题目不同，不能印成一份试卷；签到表可以打印。"
KEY_LATER = "作答结束前，只有带学领导和主持科室可以打印答案；结束后在这里打印。"


class NotOnPaper(QuizError):
    """It cannot be done on paper, or not now; `reason` is a sentence or two for the person."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Hub:
    """What of a sitting can be put on paper; each reason is empty where it can."""

    sitting: SittingRow
    phase: SittingPhase
    no_paper: str
    no_key: str
    no_list: str
    may_enter: bool


@dataclass(frozen=True)
class Run:
    """Questions of one type that stand together, as the paper heads them."""

    numeral: str
    type_label: str
    rule: str
    #: The full mark of each; None where they differ.
    each: int | None
    total: int
    questions: tuple[Presented, ...]


@dataclass(frozen=True)
class Paper:
    """The paper as it is printed; nothing in it tells a key."""

    sitting: SittingRow
    runs: tuple[Run, ...]
    full_mark: int
    count: int


@dataclass(frozen=True)
class KeyLine:
    """The key of one question with what says so, in the letters of the printed paper."""

    number: int
    type_label: str
    stem: str
    full_mark: int
    key_text: str
    explanation: str
    source: Source
    #: What was decided of the question after the sitting; None while it counts as it was asked.
    standing: Standing | None


@dataclass(frozen=True)
class KeySheet:
    sitting: SittingRow
    #: (number, key as it would be written down), those that are short enough for a table.
    short: tuple[tuple[int, str], ...]
    lines: tuple[KeyLine, ...]


@dataclass(frozen=True)
class Expected:
    """Somebody who was dealt a sitting, and what is known of their presence."""

    person: Taker
    section_name: str
    known: Known

    @property
    def state(self) -> AttemptState:
        return attempt_state(started=self.known.started, closed=self.known.handed_in)


@dataclass(frozen=True)
class SectionList:
    """The people of one section, as they sign."""

    name: str
    people: tuple[Expected, ...]


@dataclass(frozen=True)
class SigningSheet:
    sitting: SittingRow
    sections: tuple[SectionList, ...]
    expected: int
    on_leave: int


def hub(session: Session, actor: Actor, public_id: str, *, now: datetime) -> Hub:
    """What can be printed of a sitting."""
    row = sitting_to_print(session, actor, public_id)
    return Hub(
        sitting=row,
        phase=row.phase(now),
        no_paper=_why_no_paper(row),
        no_key=_why_no_paper(row) or _why_no_key(actor, row, now),
        no_list="" if row.published_at else UNPUBLISHED,
        may_enter=allowed(actor, Action.PAPER_ENTER, room_subject(row)),
    )


def sitting_to_print(session: Session, actor: Actor, public_id: str) -> SittingRow:
    """The sitting, for its leader, an editor, or whoever oversees its host section."""
    row = sittings.sitting_by_public_id(session, public_id)
    subject = room_subject(row)
    if not allowed(actor, Action.ROOM_LEAD, subject):
        require(actor, Action.PAPER_COMPOSE, subject)
    if row.kind is SittingKind.MAKE_UP:
        raise NotFound("sitting", public_id)
    return row


def room_subject(row: SittingRow) -> Subject:
    """What the permission table needs to know of who acts in the room."""
    return Subject("sitting", row.public_id, section_id=row.host_section_id, leader_id=row.leader_id)


def _why_no_paper(row: SittingRow) -> str:
    if row.published_at is None:
        return UNPUBLISHED
    return OWN_PAPERS if row.drawing is Drawing.PER_PERSON else ""


def _why_no_key(actor: Actor, row: SittingRow, now: datetime) -> str:
    """Editors take the quiz too: until it closes, keys are for those who lead the room."""
    told = row.phase(now) is SittingPhase.CLOSED or allowed(actor, Action.ROOM_LEAD, room_subject(row))
    return "" if told else KEY_LATER


def paper(session: Session, actor: Actor, public_id: str) -> Paper:
    """The paper to print, which is also what the answer sheet has boxes for.

    :raise NotOnPaper: while it is being composed, and where everybody has a paper of their own
    """
    row = sitting_to_print(session, actor, public_id)
    places, dealt = common_paper(session, row)
    marks = {place.question.type: place.full_mark for place in places}
    shown = present([place.question for place in places], dealt, marks)
    return Paper(row, tuple(_runs(row, shown)), sum(place.full_mark for place in places), len(places))


def common_paper(session: Session, row: SittingRow) -> tuple[Sequence[Place], Deal]:
    """The places of the one paper that everybody has, and their letters in print."""
    if reason := _why_no_paper(row):
        raise NotOnPaper(reason)
    places = sittings.published_paper(session, row)
    return places, attempts.deal_together(row, places)


def _runs(row: SittingRow, shown: Sequence[Presented]) -> Iterator[Run]:
    for index, (name, run) in enumerate(groupby(shown, key=lambda question: question.type)):
        questions = tuple(run)
        marks = {question.full_mark for question in questions}
        yield Run(
            numeral=NUMERALS[index] if index < len(NUMERALS) else str(index + 1),
            type_label=TYPES[name].label,
            rule=TYPES[name].rule_text(row.multiple_rule),
            each=marks.pop() if len(marks) == 1 else None,
            total=sum(question.full_mark for question in questions),
            questions=questions,
        )


def key_sheet(session: Session, actor: Actor, public_id: str, *, now: datetime) -> KeySheet:
    """The key with explanations and the sentences that say so.

    :raise NotOnPaper: as for the paper, and before the closing for those who do not lead the room
    """
    row = sitting_to_print(session, actor, public_id)
    places, dealt = common_paper(session, row)
    if reason := _why_no_key(actor, row, now):
        raise NotOnPaper(reason)
    places = attempts.counting_now(session, row.id, places)
    questions = [as_shown(place.question, dealt, position) for position, place in enumerate(places)]
    lines = (_key_line(n, q, place) for n, (q, place) in enumerate(zip(questions, places, strict=True), start=1))
    short = ((n, write_answer(q, TYPES[q.type].right_response(q))) for n, q in enumerate(questions, 1) if _is_short(q))
    return KeySheet(row, tuple(short), tuple(lines))


def _is_short(question: Question) -> bool:
    return TYPES[question.type].interaction not in (Interaction.TEXT, Interaction.ESSAY)


def _key_line(number: int, question: Question, place: Place) -> KeyLine:
    kind = TYPES[question.type]
    return KeyLine(
        number=number,
        type_label=kind.label,
        stem=question.stem,
        full_mark=place.full_mark,
        key_text=kind.key_text(question),
        explanation=question.explanation,
        source=question.source,
        standing=place.standing,
    )


def signing_sheet(session: Session, actor: Actor, public_id: str) -> SigningSheet:
    """The list to sign, section by section; approved leave is printed into it."""
    row = sitting_to_print(session, actor, public_id)
    if row.published_at is None:
        raise NotOnPaper(UNPUBLISHED)
    everybody = expected(session, row)
    sections = groupby(everybody, key=lambda one: one.known.section_id)
    listed = (SectionList(run[0].section_name, run) for run in (tuple(found) for _, found in sections))
    on_leave = sum(one.known.leave is not None for one in everybody)
    return SigningSheet(row, tuple(listed), len(everybody), on_leave)


def expected(session: Session, row: SittingRow) -> Sequence[Expected]:
    """Everybody who is expected, section by section as the organisation tree reads, by staff number."""
    known = attendance.presence_of(session, row)
    tree = [section for section, _ in in_tree_order(people.sections(session))]
    rank = {section.id: index for index, section in enumerate(tree)}
    # Somebody may join between the two questions.
    here = [taker for taker in takers(session, row.id) if taker.id in known]
    here.sort(key=lambda taker: rank[known[taker.id].section_id])
    return [Expected(taker, tree[rank[known[taker.id].section_id]].name, known[taker.id]) for taker in here]
