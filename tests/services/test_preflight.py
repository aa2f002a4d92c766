"""Before publishing: every lack is named with its place, what is only worth a look stands in nobody's way."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random

import pytest
from conftest import FRIDAY
from conftest import Office
from factories import SPEC
from factories import published_sitting
from factories import sitting_facts
from sqlalchemy import delete
from sqlalchemy import update
from sqlalchemy.orm import Session
from stocked import stocked_set

from quizapp.core.dealing import Drawing
from quizapp.core.paper import PaperSpec
from quizapp.core.paper import Quota
from quizapp.core.paper import Wishes
from quizapp.core.paper import stored
from quizapp.core.question import TypeName
from quizapp.core.sitting import Mode
from quizapp.core.sitting import Pace
from quizapp.core.states import Review
from quizapp.db import sittings as rows
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.people import OversightRow
from quizapp.db.people import PersonRow
from quizapp.db.people import SectionRow
from quizapp.db.sittings import PaperQuestionRow
from quizapp.db.sittings import SittingRow
from quizapp.db.sittings import SittingSetRow
from quizapp.services import preflight
from quizapp.services import sittings
from quizapp.services.bank import retire
from quizapp.services.preflight import Finding

set_id = stocked_set(each=4)
OPENS = FRIDAY + timedelta(weeks=1)
SINGLE, ESSAY = TypeName.SINGLE_CHOICE, TypeName.SHORT_ANSWER
#: Questions of one type stand on different sentences.
APART = PaperSpec({SINGLE: 3}, {SINGLE: 5})


@dataclass(frozen=True)
class Desk:
    """A sitting whose paper is drawn, and all that a case may want to spoil."""

    office: Office
    set_id: int
    public_id: str

    def row(self, session: Session) -> SittingRow:
        return rows.sitting_by_public_id(session, self.public_id)

    def checks(self, finding: Finding) -> list[str]:
        db.session.rollback()
        found = preflight.checks(db.session(), self.row(db.session()), now=FRIDAY)
        return [f"{check.place}：{check.message}" for check in found if check.finding is finding]


@pytest.fixture
def desk(session: Session, office: Office, set_id: int) -> Desk:
    with writing() as write:
        facts = sitting_facts(set_id, host=office.secretariat, leader=office.deputy.id, opens_at=OPENS)
        public_id = sittings.plan_sitting(write, office.editor.actor, facts, now=FRIDAY).public_id
        sittings.draw(write, office.editor.actor, public_id, APART, Random(1), now=FRIDAY)
    return Desk(office, set_id, public_id)


def test_a_sound_paper_lacks_nothing_and_needs_no_look(desk: Desk) -> None:
    assert desk.checks(Finding.LACK) == []
    assert desk.checks(Finding.WARNING) == []
    assert [said.split("：")[0] for said in desk.checks(Finding.OK)] == ["题集", "试卷", "时间", "参加人员"]


Spoil = Callable[[Session, Desk], object]


def no_topic(session: Session, desk: Desk) -> None:
    desk.row(session).topic = " "


def no_sets(session: Session, desk: Desk) -> None:
    session.execute(delete(SittingSetRow))


def no_paper(session: Session, desk: Desk) -> None:
    session.execute(delete(PaperQuestionRow))


def first_question_retired(session: Session, desk: Desk) -> None:
    place = rows.paper(session, desk.row(session).id)[0]
    question = session.get_one(QuestionRow, place.version.question_id)
    retire(session, desk.office.editor.actor, question.public_id, place.version.number, now=FRIDAY)


def a_quota_no_longer_met(session: Session, desk: Desk) -> None:
    desk.row(session).wishes = stored(Wishes((Quota(1, SINGLE), Quota(2, None, "", 5))))


def nothing_for_each(session: Session, desk: Desk) -> None:
    desk.row(session).drawing = Drawing.PER_PERSON


def more_for_each_than_there_are(session: Session, desk: Desk) -> None:
    row = desk.row(session)
    row.drawing, row.specification = Drawing.PER_PERSON, {SINGLE.value: [4, 5, 4]}


def closed_already(session: Session, desk: Desk) -> None:
    row = desk.row(session)
    row.opens_at, row.closes_at = FRIDAY - timedelta(hours=2), FRIDAY


def batches_without_a_start(session: Session, desk: Desk) -> None:
    desk.row(session).mode = Mode.BATCHED


def by_question_at_any_time(session: Session, desk: Desk) -> None:
    desk.row(session).pace = Pace.BY_QUESTION


def leader_gone(session: Session, desk: Desk) -> None:
    session.get_one(PersonRow, desk.office.deputy.id).active = False


def host_merged(session: Session, desk: Desk) -> None:
    session.get_one(SectionRow, desk.office.secretariat).closed_at = FRIDAY


def nobody_takes_part(session: Session, desk: Desk) -> None:
    desk.row(session).meeting.scope_section_id = desk.office.finance
    session.execute(update(PersonRow).where(PersonRow.section_id == desk.office.finance).values(active=False))


LACKS: dict[str, tuple[Spoil, list[str]]] = {
    "no topic": (no_topic, ["学习主题：还没有学习主题"]),
    "no sets, and so no questions": (
        no_sets,
        ["题集：还没有选题集", "第 1 题：这道题已被修改或停用", "第 2 题：", "第 3 题："],
    ),
    "no paper": (no_paper, ["试卷：还没有组卷"]),
    "a question that was retired": (first_question_retired, ["第 1 题：这道题已被修改或停用"]),
    "a quota": (a_quota_no_longer_met, ["第 2 条细目要求：要求至少 2 题，试卷现在只有 0 题"]),
    "nobody's own paper": (nothing_for_each, ["每人抽：还没有定每人抽几题"]),
    "more for each than there are": (more_for_each_than_there_are, ["每人抽：每人抽 4 道单选题，试卷只有 3 道"]),
    "a closing time that has passed": (closed_already, ["结束时间：结束时间已过"]),
    "batches without a start": (batches_without_a_start, ["各批开始时间：分批作答还没有填写"]),
    "one by one at any time": (by_question_at_any_time, ["作答步调：逐题同步作答须"]),
    "a leader who left": (leader_gone, ["带学领导：沈副主任已停用"]),
    "a host that was merged": (host_merged, ["主持科室：秘书科已撤并"]),
    "nobody to take part": (nobody_takes_part, ["参加人员：参加范围内没有在岗人员"]),
}


@pytest.mark.parametrize(("spoil", "expected"), LACKS.values(), ids=LACKS)
def test_what_is_in_the_way_is_named(desk: Desk, spoil: Spoil, expected: list[str]) -> None:
    with writing() as session:
        spoil(session, desk)
    found = desk.checks(Finding.LACK)
    assert len(found) == len(expected)
    assert all(said.startswith(words) for said, words in zip(found, expected, strict=True)), found


def no_chief(session: Session, desk: Desk) -> None:
    session.execute(delete(OversightRow).where(OversightRow.section_id == desk.office.secretariat))


def opened_already(session: Session, desk: Desk) -> None:
    desk.row(session).opens_at = FRIDAY - timedelta(minutes=1)


def short_window(session: Session, desk: Desk) -> None:
    row = desk.row(session)
    row.closes_at = row.opens_at + timedelta(minutes=10)


def two_batches(session: Session, desk: Desk) -> None:
    starts = (OPENS, OPENS + timedelta(minutes=30))
    changed = {"mode": Mode.BATCHED, "starts": starts, "review": Review.AT_ONCE}
    plan_again(session, desk, **changed)


def batches_that_overlap(session: Session, desk: Desk) -> None:
    starts = (OPENS, OPENS + timedelta(minutes=19))
    plan_again(session, desk, mode=Mode.BATCHED, starts=starts, review=Review.NEVER)


def plan_again(session: Session, desk: Desk, **changes: object) -> None:
    facts = sitting_facts(
        desk.set_id, host=desk.office.secretariat, leader=desk.office.deputy.id, opens_at=OPENS, **changes
    )
    sittings.change_sitting(session, desk.office.editor.actor, desk.public_id, facts, now=FRIDAY)


def essays(session: Session, desk: Desk) -> None:
    spec = PaperSpec({ESSAY: 2}, {ESSAY: 10})
    sittings.draw(session, desk.office.editor.actor, desk.public_id, spec, Random(1), now=FRIDAY)


def one_sentence_twice(session: Session, desk: Desk) -> None:
    first, *_, last = rows.paper(session, desk.row(session).id)
    quote = first.version.source_quote
    session.execute(
        update(QuestionVersionRow).where(QuestionVersionRow.id == last.version_id).values(source_quote=quote)
    )


def used_last_week(session: Session, desk: Desk) -> None:
    editor = desk.office.editor.actor
    facts = sitting_facts(desk.set_id, host=desk.office.secretariat, leader=desk.office.deputy.id, opens_at=FRIDAY)
    all_of_them = PaperSpec({SINGLE: 4}, {SINGLE: 5})
    published_sitting(session, editor, facts, now=FRIDAY, spec=all_of_them)


WARNINGS: dict[str, tuple[Spoil, str]] = {
    "a host without a chief": (no_chief, "主持科室：秘书科没有在岗的负责人"),
    "an opening time that has passed": (opened_already, "开始时间：开始时间已过"),
    "less time than an attempt may take": (short_window, "作答时长：开放只有 10 分钟，短于作答时长 20 分钟"),
    "keys that one batch could tell the next": (two_batches, "成绩和解析：各批用同一份试卷"),
    "batches that overlap": (batches_that_overlap, "各批开始时间：后一批开始时"),
    "answers that people have to mark": (essays, "人工评阅：有 2 道题由人评阅"),
    "two questions on one sentence": (one_sentence_twice, "同一句原文：第 1、3 题：出自同一句原文"),
    "questions of the last weeks": (used_last_week, "近期用过：第 1、2、3 题在前后 4 周的试卷里也有"),
}


@pytest.mark.parametrize(("spoil", "expected"), WARNINGS.values(), ids=WARNINGS)
def test_what_is_worth_a_look_is_said_and_does_not_keep_from_publishing(
    desk: Desk, spoil: Spoil, expected: str
) -> None:
    with writing() as session:
        spoil(session, desk)
    [found] = desk.checks(Finding.WARNING)
    assert found.startswith(expected)
    with writing() as session:
        sittings.publish(session, desk.office.director.actor, desk.public_id, now=FRIDAY)
    assert desk.row(db.session()).published_at == FRIDAY


def test_what_is_in_the_way_comes_first(desk: Desk) -> None:
    with writing() as session:
        essays(session, desk)
        leader_gone(session, desk)
    found = preflight.checks(db.session(), desk.row(db.session()), now=FRIDAY)
    order = [check.finding for check in found]
    assert order == sorted(order, key=list(Finding).index)
    assert {Finding.LACK, Finding.WARNING, Finding.OK} == set(order)


def test_the_usual_paper_of_this_house_can_be_published(desk: Desk) -> None:
    with writing() as session:
        sittings.draw(session, desk.office.editor.actor, desk.public_id, SPEC, Random(1), now=FRIDAY)
    assert desk.checks(Finding.LACK) == []
