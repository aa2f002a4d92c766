"""The minutes are made when asked, kept as people write them, and never mixed with who makes up later."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from conftest import Clock
from conftest import Office
from conftest import Person
from factories import approved_set
from factories import published_sitting
from factories import sitting_facts
from services.away import on_leave
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.attendance import LeaveKind
from quizapp.core.attendance import Way
from quizapp.core.errors import BadInput
from quizapp.core.errors import NotAllowed
from quizapp.core.errors import NotFound
from quizapp.core.minutes import PARTS
from quizapp.core.question import UNITS
from quizapp.core.sitting import SittingKind
from quizapp.db import attempts as attempt_rows
from quizapp.db import sittings as rows
from quizapp.db.audit import AuditRow
from quizapp.db.engine import writing
from quizapp.services import attempts
from quizapp.services import attendance
from quizapp.services import minutes
from quizapp.services.minutes import WrittenMeanwhile

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def study(session: Session, office: Office, clock: Clock) -> str:
    """An afternoon of 秘书科 and all in it: two there, one on leave, the rest not."""
    with writing() as write:
        made = approved_set(write, office.editor.actor, office.second_editor.actor, each=2, now=clock())
        facts = sitting_facts(
            made.id,
            host=office.secretariat,
            leader=office.deputy.id,
            opens_at=clock() + timedelta(minutes=30),
            scope_section_id=office.secretariat,
            begins_at=clock(),
            ends_at=clock() + timedelta(hours=3),
            place="三楼会议室",
            agenda="一、领学\n二、测验",
        )
        row = published_sitting(write, office.editor.actor, facts, now=clock())
        for person in (office.chief, office.colleague):
            attendance.sign(write, row, person.id, Way.CODE, by_id=person.id, now=clock())
        on_leave(write, row.id, office.staff, clock(), kind=LeaveKind.TRAINING)
        return row.public_id


def make(person: Person, study: str, clock: Clock, replacing: int | None = None) -> None:
    with writing() as session:
        minutes.make(session, person.actor, study, ZONE, replacing=replacing, now=clock())


def change(person: Person, study: str, clock: Clock, version: int, **parts: str) -> None:
    with writing() as session:
        held = dict(minutes.page(session, person.actor, study, now=clock()).parts)
        minutes.change(session, person.actor, study, held | parts, version, now=clock())


def parts_of(session: Session, person: Person, study: str, clock: Clock) -> dict[str, str]:
    session.rollback()
    return dict(minutes.page(session, person.actor, study, now=clock()).parts)


def score(session: Session, study: str, person: Person, share: float) -> None:
    """Give somebody a closed attempt with this share of the full score."""
    row = rows.sitting_by_public_id(session, study)
    attempt = attempt_rows.attempt_of(session, row.id, person.id)
    assert attempt is not None
    attempt.started_at = attempt.closed_at = row.closes_at
    attempt.full_units = 40 * UNITS
    attempt.units = int(40 * UNITS * share)


def test_the_first_draft_holds_the_facts(session: Session, office: Office, clock: Clock, study: str) -> None:
    make(office.chief, study, clock)
    parts = parts_of(session, office.chief, study, clock)
    assert parts["title"] == "秘书科集中学习记录"
    assert parts["time"] == "2026年11月20日（星期五）14:00—17:00"
    assert (parts["place"], parts["agenda"]) == ("三楼会议室", "一、领学\n二、测验")
    assert (parts["leader"], parts["host"], parts["recorder"]) == ("沈副主任（科员）", "秘书科", "顾科长")
    assert (parts["expected"], parts["present"]) == ("4 人", "2 人")
    assert parts["leave"] == "1 人：陆干部（培训）"
    assert parts["absent"] == "1 人：唐编辑"
    assert parts["contents"] == "主题：“五型”干部学测。\n学习《测试讲话》。"
    assert parts["quiz"] == "测验尚未结束。"


def test_after_closing_the_figures_are_those_of_the_room(
    session: Session, office: Office, clock: Clock, study: str
) -> None:
    with writing() as write:
        for person, share in ((office.chief, 1.0), (office.colleague, 0.9), (office.editor, 0.5)):
            score(write, study, person, share)
    clock.advance(hours=4)
    make(office.chief, study, clock)
    told = parts_of(session, office.chief, study, clock)["quiz"]
    assert told.startswith(
        "参加测验 3 人，平均分 32 分（满分 40 分），合格 2 人（合格率 66%），得分率 90% 以上的优秀 2 人（优秀率 66%）。"
    )
    assert "失分较多的要点：" in told


def test_a_make_up_is_neither_in_the_figures_nor_has_minutes(
    session: Session, office: Office, clock: Clock, study: str
) -> None:
    with writing() as write:
        score(write, study, office.chief, 1.0)
        other = approved_set(write, office.editor.actor, office.second_editor.actor, slug="buxue", now=clock())
        facts = sitting_facts(other.id, host=office.secretariat, leader=office.deputy.id, opens_at=clock())
        again = published_sitting(write, office.editor.actor, facts, now=clock())
        again.kind = SittingKind.MAKE_UP
        for person in (office.staff, office.colleague, office.editor):
            score(write, again.public_id, person, 0.1)
        made_up = again.public_id
    clock.advance(hours=4)
    make(office.chief, study, clock)
    assert parts_of(session, office.chief, study, clock)["quiz"] == "参加测验 1 人，人数较少，不列平均分。"
    with pytest.raises(NotFound):
        make(office.chief, made_up, clock)


def test_before_the_study_there_is_nothing_to_write(office: Office, clock: Clock, study: str) -> None:
    clock.advance(minutes=-1)
    with pytest.raises(BadInput, match="还没有开始"):
        make(office.chief, study, clock)


def test_made_again_only_when_sure_and_what_people_write_stays(
    session: Session, office: Office, clock: Clock, study: str
) -> None:
    make(office.chief, study, clock)
    change(office.chief, study, clock, 1, remarks="顾科长发言", demands="抓好落实", place="改了地点")
    with pytest.raises(BadInput, match="请先勾选确认"):
        make(office.chief, study, clock)
    make(office.chief, study, clock, replacing=2)
    parts = parts_of(session, office.chief, study, clock)
    assert (parts["remarks"], parts["demands"], parts["place"]) == ("顾科长发言", "抓好落实", "三楼会议室")
    with pytest.raises(WrittenMeanwhile):
        make(office.chief, study, clock, replacing=2)


def test_two_who_write_at_once_are_told_and_nothing_is_lost(
    session: Session, office: Office, clock: Clock, study: str
) -> None:
    make(office.chief, study, clock)
    clock.advance(minutes=5)
    change(office.deputy, study, clock, 1, remarks="沈副主任写的")
    with pytest.raises(WrittenMeanwhile) as told:
        change(office.chief, study, clock, 1, remarks="顾科长写的")
    assert (told.value.by, told.value.at, told.value.version) == ("沈副主任", clock(), 2)
    assert told.value.parts["remarks"] == "沈副主任写的"
    assert parts_of(session, office.chief, study, clock)["remarks"] == "沈副主任写的"


def test_saving_nothing_new_changes_nothing(session: Session, office: Office, clock: Clock, study: str) -> None:
    make(office.chief, study, clock)
    change(office.chief, study, clock, 1)
    found = minutes.page(session, office.chief.actor, study, now=clock())
    assert (found.version, found.changed_at) == (1, None)


BAD = {
    "a text too long": ({"remarks": "长" * 2001}, "发言要点：不超过 2000 个字，现有 2001 个"),
    "a title too long": ({"title": "长" * 61}, "标题：不超过 60 个字"),
    "no title": ({"title": " "}, "标题：请填写标题"),
    "a control character": ({"agenda": "一\x07"}, "议程：含有看不见的控制字符"),
}


@pytest.mark.parametrize(("parts", "told"), BAD.values(), ids=BAD)
def test_what_cannot_be_kept_is_named_and_nothing_is_stored(
    session: Session, office: Office, clock: Clock, study: str, parts: dict[str, str], told: str
) -> None:
    make(office.chief, study, clock)
    before = parts_of(session, office.chief, study, clock)
    with pytest.raises(BadInput) as refused:
        change(office.chief, study, clock, 1, **parts)
    assert told in str(refused.value)
    assert parts_of(session, office.chief, study, clock) == before


def test_lines_are_kept_as_they_were_typed_but_for_their_ends(
    session: Session, office: Office, clock: Clock, study: str
) -> None:
    make(office.chief, study, clock)
    change(office.chief, study, clock, 1, remarks="\r\n第一 \r\n\r\n第二\r\n")
    assert parts_of(session, office.chief, study, clock)["remarks"] == "第一\n\n第二"


def test_the_audit_trail_tells_who_made_and_changed_them(
    session: Session, office: Office, clock: Clock, study: str
) -> None:
    make(office.chief, study, clock)
    change(office.deputy, study, clock, 1, remarks="一", demands="二")
    trail = session.scalars(select(AuditRow).where(AuditRow.verb.startswith("minutes:")).order_by(AuditRow.id)).all()
    assert [(row.verb, row.person_id) for row in trail] == [
        ("minutes:made", office.chief.id),
        ("minutes:changed", office.deputy.id),
    ]
    assert trail[1].detail["parts"] == ["remarks", "demands"]


def test_host_leader_and_editors_write_and_who_oversees_all_reads(
    session: Session, office: Office, clock: Clock, study: str
) -> None:
    make(office.editor, study, clock)
    for person in (office.chief, office.deputy, office.director, office.editor):
        assert minutes.page(session, person.actor, study, now=clock()).may_write
    for person in (office.staff, office.finance_chief, office.admin, office.auditor):
        with pytest.raises(NotAllowed):
            minutes.page(session, person.actor, study, now=clock())
        with pytest.raises(NotAllowed):
            make(person, study, clock)


def test_who_oversees_the_scope_but_not_the_host_reads_only(session: Session, office: Office, clock: Clock) -> None:
    with writing() as write:
        made = approved_set(write, office.editor.actor, office.second_editor.actor, each=2, now=clock())
        facts = sitting_facts(
            made.id,
            host=office.finance,
            leader=office.director.id,
            opens_at=clock(),
            scope_section_id=office.secretariat,
        )
        study = published_sitting(write, office.editor.actor, facts, now=clock()).public_id
    assert minutes.page(session, office.chief.actor, study, now=clock()).may_write is False
    with pytest.raises(NotAllowed):
        make(office.chief, study, clock)


def test_the_file_comes_with_the_minutes_and_not_before(
    session: Session, office: Office, clock: Clock, study: str
) -> None:
    with pytest.raises(NotFound):
        minutes.file(session, office.chief.actor, study, now=clock())
    make(office.chief, study, clock)
    session.rollback()
    topic, made = minutes.file(session, office.chief.actor, study, now=clock())
    assert topic == "“五型”干部学测"
    assert made.startswith(b"PK")
    assert set(parts_of(session, office.chief, study, clock)) == set(PARTS)


def test_papers_entered_later_reach_minutes_made_again(
    session: Session, office: Office, clock: Clock, study: str
) -> None:
    clock.advance(hours=4)
    make(office.chief, study, clock)
    with writing() as write:
        row = rows.sitting_by_public_id(write, study)
        held = attempt_rows.attempt_of(write, row.id, office.editor.id)
        assert held is not None
        paper = attempt_rows.attempt_by_public_id(write, held.public_id)
        attempts.enter_on_paper(write, [(paper, {})], now=clock())
        attendance.sign(write, row, office.editor.id, Way.PAPER, by_id=office.chief.id, now=clock())
    make(office.chief, study, clock, replacing=1)
    parts = parts_of(session, office.chief, study, clock)
    assert (parts["present"], parts["absent"]) == ("3 人", "无")
    assert parts["quiz"].startswith("参加测验 1 人")
