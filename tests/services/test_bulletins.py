"""A bulletin lives from its draft to its issue, tells names to exactly those who may know them, and then stays."""

from collections.abc import Mapping
from datetime import date
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from conftest import Clock
from conftest import Office
from conftest import Person
from factories import published_sitting
from factories import sitting_facts
from services.away import on_leave
from services.away import owing
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session
from stocked import stocked_set

from quizapp.core.attendance import Way
from quizapp.core.bulletin import rows
from quizapp.core.errors import BadInput
from quizapp.core.errors import NotAllowed
from quizapp.core.errors import NotFound
from quizapp.core.errors import NotNow
from quizapp.core.periods import PeriodKind
from quizapp.core.question import UNITS
from quizapp.core.sitting import SittingKind
from quizapp.core.states import BulletinState
from quizapp.db import attempts as attempt_rows
from quizapp.db import sittings as sitting_rows
from quizapp.db.audit import AuditRow
from quizapp.db.bulletins import BulletinAbsenceRow
from quizapp.db.bulletins import BulletinRow
from quizapp.db.engine import writing
from quizapp.db.people import OversightRow
from quizapp.db.people import PersonRow
from quizapp.db.people import SectionRow
from quizapp.services import attendance
from quizapp.services import bulletins
from quizapp.services.minutes import WrittenMeanwhile

ZONE = ZoneInfo("Asia/Shanghai")
NOVEMBER = date(2026, 11, 20)
set_id = stocked_set(each=2)
#: Shares of the full score; whoever is missing here did not take it.
USUAL = {
    "director": 1.0,
    "chief": 1.0,
    "staff": 0.5,
    "colleague": 0.8,
    "second_editor": 0.9,
    "admin": 0.9,
    "auditor": 0.6,
    "finance_chief": 0.4,
}


def sitting_of(
    office: Office, clock: Clock, set_id: int, shares: Mapping[str, float] = USUAL, **changes: object
) -> str:
    """A study that begins now, with these scores; 孟干部 is on leave."""
    with writing() as write:
        facts = sitting_facts(set_id, host=office.secretariat, leader=office.deputy.id, opens_at=clock(), **changes)
        row = published_sitting(write, office.editor.actor, facts, now=clock() - timedelta(days=1))
        on_leave(write, row.id, office.stranger, clock())
        for who, share in shares.items():
            score(write, row.public_id, getattr(office, who), share)
        return row.public_id


def score(session: Session, sitting: str, person: Person, share: float) -> None:
    row = sitting_rows.sitting_by_public_id(session, sitting)
    attempt = attempt_rows.attempt_of(session, row.id, person.id)
    assert attempt is not None
    attempt.started_at = attempt.closed_at = row.closes_at
    attempt.full_units, attempt.units = 40 * UNITS, int(40 * UNITS * share)


@pytest.fixture
def studied(session: Session, set_id: int, office: Office, clock: Clock) -> str:
    """One study of the whole office in November, three hours ago."""
    made = sitting_of(office, clock, set_id)
    clock.advance(hours=5)
    return made


def section_id(session: Session, number: int) -> str:
    return session.get_one(SectionRow, number).public_id


def make(
    session: Session,
    person: Person,
    clock: Clock,
    section: int,
    kind: PeriodKind = PeriodKind.MONTH,
    day: date = NOVEMBER,
) -> str:
    scope = section_id(session, section)
    session.rollback()
    basis = bulletins.read(session, person.actor, kind, day, scope, ZONE, now=clock())
    with writing() as write:
        return bulletins.make(write, person.actor, basis, now=clock())[0]


def change(person: Person, made: str, clock: Clock, version: int = 1, **parts: str) -> None:
    with writing() as write:
        held = dict(bulletins.sheet(write, person.actor, made).row.parts)
        bulletins.change(write, person.actor, made, held | parts, version, now=clock())


def refresh(person: Person, made: str, clock: Clock, version: int, *take: str) -> bulletins.Refresh:
    with writing() as write:
        basis = bulletins.read_again(write, person.actor, made, ZONE, now=clock())
        return bulletins.refresh(write, person.actor, made, version, basis, take=take, now=clock())


def issue(person: Person, made: str, clock: Clock, version: int = 1) -> None:
    with writing() as write:
        bulletins.issue(write, person.actor, made, version, ZONE, now=clock())


def page(session: Session, person: Person, made: str, clock: Clock) -> bulletins.Bulletin:
    session.rollback()
    session.expire_all()
    return bulletins.page(session, person.actor, made, ZONE, now=clock())


def everything_of(session: Session, made: str) -> list[object]:
    """What is stored of a bulletin."""
    session.rollback()
    session.expire_all()
    row = session.scalars(select(BulletinRow).where(BulletinRow.public_id == made)).one()
    columns = [getattr(row, column.key) for column in BulletinRow.__table__.columns]
    missing = session.scalars(select(BulletinAbsenceRow.people).where(BulletinAbsenceRow.bulletin_id == row.id)).all()
    return [*columns, *missing]


# Drafting


def test_a_draft_holds_the_figures_of_the_period(session: Session, office: Office, clock: Clock, studied: str) -> None:
    found = page(session, office.editor, make(session, office.editor, clock, office.root), clock)
    assert found.row.title == "市政府办公室关于2026年11月集中学习情况的通报"
    assert rows(found.facts) == [
        ("市政府办公室（本级）", "2", "1", "50.0%", "1", "—", "—", "—", "0", "0"),
        ("秘书科", "4", "3", "75.0%", "3", "76.6%", "66.6%", "33.3%", "0", "0"),
        ("督查室", "3", "3", "100.0%", "3", "80.0%", "100.0%", "66.6%", "0", "0"),
        ("财务科", "1", "1", "100.0%", "1", "—", "—", "—", "1", "0"),
        ("合计", "10", "8", "80.0%", "8", "76.2%", "75.0%", "50.0%", "1", "0"),
    ]
    assert "2026年11月（截至11月20日），市政府办公室组织集中学习1次" in found.row.parts["overall"]
    assert "秘书科75.0%（应参加4人次，参加3人次）" in found.row.parts["problems"]
    assert "财务科" not in found.row.parts["problems"] + found.row.parts["demands"]
    assert len(found.facts.points) == 2
    assert all(point.quote for point in found.facts.points)
    assert (found.author, found.row.state, found.differences) == ("唐编辑", BulletinState.DRAFT, ())


def test_a_draft_of_one_section_speaks_of_it_alone(
    session: Session, office: Office, clock: Clock, studied: str
) -> None:
    found = page(session, office.chief, make(session, office.chief, clock, office.secretariat), clock)
    assert [line.name for line in found.facts.sections] == ["秘书科"]
    assert found.row.parts["addressee"] == "全体同志："


def test_who_makes_up_is_counted_beside_and_never_among_the_scores(
    session: Session, office: Office, clock: Clock, studied: str
) -> None:
    with writing() as write:
        row = sitting_rows.sitting_by_public_id(write, studied)
        owing(write, row.id, office.editor, clock() + timedelta(days=7), clock())
        facts = sitting_facts(row.sets[0].set_id, host=office.root, leader=office.deputy.id, opens_at=clock())
        again = published_sitting(write, office.editor.actor, facts, now=clock() - timedelta(days=1))
        again.kind = SittingKind.MAKE_UP
    clock.advance(hours=5)
    found = page(session, office.director, make(session, office.director, clock, office.root), clock)
    assert len(found.facts.held) == 1
    assert (found.facts.missed, found.facts.missed_made_up, found.facts.due) == (2, 0, date(2026, 11, 27))
    assert "由所在科室督促，于11月27日前完成补学" in found.row.parts["demands"]


def test_a_week_compares_with_the_week_before(session: Session, set_id: int, office: Office, clock: Clock) -> None:
    sitting_of(office, clock, set_id, USUAL)
    clock.advance(days=7)
    sitting_of(office, clock, set_id, USUAL | {"editor": 1.0, "deputy": 1.0})
    clock.advance(days=1)
    made = make(session, office.editor, clock, office.root, PeriodKind.WEEK, date(2026, 11, 27))
    text = page(session, office.editor, made, clock).row.parts["overall"]
    assert "与上周相比，参与率提高20.0个百分点，平均得分率提高4.8个百分点" in text
    both = make(session, office.editor, clock, office.root, PeriodKind.QUARTER, date(2026, 11, 27))
    assert len(page(session, office.editor, both, clock).facts.held) == 2


CANNOT = {
    "a period to come": (date(2026, 12, 1), "2026年12月还没有开始"),
    "a period in which nothing was held": (date(2026, 10, 1), "2026年10月没有发布过集中学习"),
    "a year that nobody means": (date(1900, 1, 1), "请填写 2000 年至 2099 年之间的日期"),
}


@pytest.mark.parametrize(("day", "told"), CANNOT.values(), ids=CANNOT)
def test_what_cannot_be_drafted_is_said(
    session: Session, office: Office, clock: Clock, studied: str, day: date, told: str
) -> None:
    with pytest.raises(BadInput, match=told):
        make(session, office.editor, clock, office.root, day=day)


def test_a_study_that_is_not_over_and_a_section_nobody_of_which_took_part_are_said(
    session: Session, set_id: int, office: Office, clock: Clock
) -> None:
    sitting_of(office, clock, set_id, {}, scope_section_id=office.finance)
    with pytest.raises(BadInput, match="都还没有结束"):
        make(session, office.editor, clock, office.root)
    clock.advance(hours=3)
    with pytest.raises(BadInput, match="“秘书科”没有人参加2026年11月已结束的集中学习"):
        make(session, office.editor, clock, office.secretariat)


def test_a_draft_is_begun_once_however_often_it_is_asked_for(
    session: Session, office: Office, clock: Clock, studied: str
) -> None:
    first = make(session, office.editor, clock, office.root)
    assert make(session, office.director, clock, office.root, day=date(2026, 11, 1)) == first
    assert make(session, office.editor, clock, office.root, PeriodKind.WEEK) != first
    issue(office.director, first, clock)
    assert make(session, office.editor, clock, office.root) != first


# Writing


def test_two_who_write_at_once_are_told_and_nothing_is_lost(
    session: Session, office: Office, clock: Clock, studied: str
) -> None:
    made = make(session, office.editor, clock, office.root)
    change(office.director, made, clock, demands="（一）主任写的。")
    with pytest.raises(WrittenMeanwhile) as told:
        change(office.editor, made, clock, demands="（一）编辑写的。")
    assert (told.value.by, told.value.version, told.value.parts["demands"]) == ("周主任", 2, "（一）主任写的。")
    assert page(session, office.editor, made, clock).row.parts["demands"] == "（一）主任写的。"


BAD = {
    "no title": ({"title": " "}, "标题：请填写"),
    "no signer": ({"signer": ""}, "发文机关署名：请填写"),
    "a title too long": ({"title": "长" * 151}, "标题：不超过 150 个字，现有 151 个"),
    "a control character": ({"problems": "一\x07"}, "存在问题：含有看不见的控制字符"),
}


@pytest.mark.parametrize(("parts", "told"), BAD.values(), ids=BAD)
def test_what_cannot_be_kept_is_named_and_nothing_is_stored(
    session: Session, office: Office, clock: Clock, studied: str, parts: dict[str, str], told: str
) -> None:
    made = make(session, office.editor, clock, office.root)
    before = everything_of(session, made)
    with pytest.raises(BadInput) as refused:
        change(office.editor, made, clock, **parts)
    assert told in str(refused.value)
    assert everything_of(session, made) == before


def test_new_figures_change_what_nobody_wrote_and_leave_what_people_did(
    session: Session, office: Office, clock: Clock, studied: str
) -> None:
    made = make(session, office.editor, clock, office.root)
    change(office.editor, made, clock, problems="（一）人工写的问题。")
    with writing() as write:
        score(write, studied, office.editor, 1.0)
    told = page(session, office.editor, made, clock).differences
    assert ("秘书科", "参加", "3", "4") in [(d.place, d.what, d.was, d.now) for d in told]
    looked = bulletins.refresh_page(session, office.editor.actor, made, ZONE, now=clock())
    assert (looked.replaced, looked.kept) == (("overall", "demands"), ("problems",))
    assert page(session, office.editor, made, clock).row.version == 2
    refresh(office.editor, made, clock, 2)
    found = page(session, office.editor, made, clock)
    assert found.row.parts["problems"] == "（一）人工写的问题。"
    assert "实际参加9人次" in found.row.parts["overall"]
    assert (found.differences, found.row.version) == ((), 3)
    assert "人工" not in found.row.drafted["problems"]
    refresh(office.editor, made, clock, 3, "problems")
    assert page(session, office.editor, made, clock).row.parts["problems"] == found.row.drafted["problems"]
    with pytest.raises(WrittenMeanwhile):
        refresh(office.editor, made, clock, 3)


def test_a_draft_can_be_done_away_with_until_it_is_submitted(
    session: Session, office: Office, clock: Clock, studied: str
) -> None:
    made = make(session, office.editor, clock, office.root)
    with writing() as write:
        bulletins.submit(write, office.editor.actor, made, 1, now=clock())
    with pytest.raises(NotNow), writing() as write:
        bulletins.remove(write, office.editor.actor, made, now=clock())
    with writing() as write:
        bulletins.send_back(write, office.director.actor, made, "数字再核对", now=clock())
    with writing() as write:
        bulletins.remove(write, office.editor.actor, made, now=clock())
    with pytest.raises(NotFound):
        page(session, office.editor, made, clock)
    assert session.scalar(select(func.count()).select_from(BulletinAbsenceRow)) == 0


# Approving


def test_from_draft_to_issue(session: Session, office: Office, clock: Clock, studied: str) -> None:
    made = make(session, office.editor, clock, office.root)
    for _ in range(2):
        with writing() as write:
            bulletins.submit(write, office.editor.actor, made, 1, now=clock())
    with pytest.raises(BadInput, match="请写明要改什么"), writing() as write:
        bulletins.send_back(write, office.director.actor, made, " ", now=clock())
    for _ in range(2):
        with writing() as write:
            bulletins.send_back(write, office.director.actor, made, "要求写具体些", now=clock())
    assert page(session, office.editor, made, clock).row.returned == "要求写具体些"
    change(office.editor, made, clock, demands="（一）十二月十日前完成补学。")
    with writing() as write:
        bulletins.submit(write, office.editor.actor, made, 2, now=clock())
    with pytest.raises(WrittenMeanwhile):
        issue(office.director, made, clock, version=1)
    for _ in range(2):
        issue(office.director, made, clock, version=2)
    found = page(session, office.staff, made, clock)
    assert (found.row.state, found.approver, found.row.dated) == (BulletinState.ISSUED, "周主任", NOVEMBER)
    assert (found.may_write, found.may_issue) == (False, False)
    trail = session.scalars(select(AuditRow.verb).where(AuditRow.verb.startswith("bulletin:")).order_by(AuditRow.id))
    assert list(trail) == [
        f"bulletin:{verb}" for verb in ("drafted", "submitted", "returned", "changed", "submitted", "issued")
    ]


def test_nobody_approves_a_draft_of_their_own_while_somebody_else_could(
    session: Session, office: Office, clock: Clock, studied: str
) -> None:
    made = make(session, office.chief, clock, office.secretariat)
    assert not page(session, office.chief, made, clock).may_issue
    with pytest.raises(NotAllowed):
        issue(office.chief, made, clock)
    issue(office.deputy, made, clock)
    of_office = make(session, office.director, clock, office.root)
    assert page(session, office.director, of_office, clock).may_issue
    with writing() as write:
        write.add(OversightRow(person_id=office.deputy.id, section_id=office.root))
    assert not page(session, office.director, of_office, clock).may_issue
    with pytest.raises(NotAllowed):
        issue(office.director, of_office, clock)


def test_who_oversees_a_part_does_not_approve_for_the_whole(
    session: Session, office: Office, clock: Clock, studied: str
) -> None:
    made = make(session, office.editor, clock, office.root)
    for person in (office.deputy, office.chief, office.editor, office.second_editor, office.admin):
        with pytest.raises(NotAllowed):
            issue(person, made, clock)


# As issued


def test_nothing_of_an_issued_bulletin_changes_and_its_page_tells_what_would(
    session: Session, office: Office, clock: Clock, studied: str
) -> None:
    made = make(session, office.editor, clock, office.root)
    issue(office.director, made, clock)
    before, printed = everything_of(session, made), bulletins.file(session, office.staff.actor, made)
    session.rollback()
    with writing() as write:
        score(write, studied, office.editor, 1.0)
        score(write, studied, office.staff, 0.7)
        write.get_one(SectionRow, office.secretariat).name = "综合科"
        write.get_one(PersonRow, office.deputy.id).name = "申副主任"
    for attempt in (
        lambda: change(office.editor, made, clock, title="改过的标题"),
        lambda: refresh(office.editor, made, clock, 1),
    ):
        with pytest.raises(NotNow):
            attempt()
    clock.advance(days=1)
    found = page(session, office.director, made, clock)
    assert everything_of(session, made) == before
    told = {(one.place, one.what): (one.was, one.now) for one in found.differences}
    assert told["秘书科", "参加"] == ("3", "4")
    assert told["秘书科", "平均得分率"] == ("76.6%", "87.5%")
    assert told["", "合格率"] == ("75.0%", "100.0%") or told["", "合格率"][0] == "75.0%"
    assert not any(place in ("财务科", "督查室") for place, _ in told)
    assert [people[0].name for name, people in found.annex.listed if name.startswith("市政府")] == ["沈副主任"]
    assert bulletins.file(session, office.staff.actor, made)[0] == printed[0]


def test_the_sitting_knows_the_issued_bulletins_that_count_it(
    session: Session, set_id: int, office: Office, clock: Clock, studied: str
) -> None:
    made = make(session, office.editor, clock, office.root)
    of_section = make(session, office.chief, clock, office.secretariat)
    row = sitting_rows.sitting_by_public_id(session, studied)
    assert bulletins.of_sitting(session, office.director.actor, row) == []
    session.rollback()
    issue(office.director, made, clock)
    clock.advance(minutes=1)
    issue(office.deputy, of_section, clock)
    clock.advance(days=1)
    other = sitting_of(office, clock, set_id)

    def told(person: Person, sitting: str) -> list[str]:
        session.rollback()
        found = sitting_rows.sitting_by_public_id(session, sitting)
        return [one.public_id for one in bulletins.of_sitting(session, person.actor, found)]

    assert told(office.director, studied) == [of_section, made]
    assert told(office.stranger, studied) == [made]
    assert told(office.director, other) == []


# Who reads, and whose names

#: Whose names each person is told, by section, as the office's rules say.
NAMES = {
    "director": {"市政府办公室（本级）": ["沈副主任"], "秘书科": ["唐编辑"]},
    "deputy": {"秘书科": ["唐编辑"]},
    "chief": {"秘书科": ["唐编辑"]},
    "finance_chief": {},
    "staff": {},
    "colleague": {},
    "stranger": {},
    "editor": {},
    "second_editor": {},
    "admin": {},
    "auditor": {},
}


@pytest.mark.parametrize("who", NAMES)
def test_names_are_told_to_whoever_oversees_the_section_and_to_nobody_else(
    session: Session, office: Office, clock: Clock, studied: str, who: str
) -> None:
    made = make(session, office.editor, clock, office.root)
    issue(office.director, made, clock)
    reader = getattr(office, who)
    found = page(session, reader, made, clock)
    assert {section: [one.name for one in people] for section, people in found.annex.listed} == NAMES[who]
    assert bulletins.sheet(session, reader.actor, made).annex == found.annex
    said = repr(found.facts) + repr(found.row.parts)
    assert not [person.name for person in office.everybody() if person.name in said]


def test_many_names_are_listed_one_section_at_a_time(
    session: Session, office: Office, clock: Clock, studied: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make(session, office.editor, clock, office.root)
    issue(office.director, made, clock)
    monkeypatch.setattr(bulletins, "LISTED_AT_ONCE", 1)
    found = page(session, office.director, made, clock).annex
    assert [(one.name, one.people) for one in found.sections] == [("市政府办公室（本级）", 1), ("秘书科", 1)]
    assert (found.people, found.listed) == (2, ())
    ask = found.sections[1].public_id
    asked = bulletins.sheet(session, office.director.actor, made, ask).annex.listed
    assert [(name, [one.name for one in people]) for name, people in asked] == [("秘书科", ["唐编辑"])]
    assert page(session, office.chief, made, clock).annex.listed == asked
    for person, section in ((office.finance_chief, ask), (office.chief, found.sections[0].public_id)):
        with pytest.raises(NotAllowed):
            bulletins.sheet(session, person.actor, made, section)


def test_the_number_of_names_is_that_of_the_figures(
    session: Session, office: Office, clock: Clock, studied: str
) -> None:
    with writing() as write:
        row = sitting_rows.sitting_by_public_id(write, studied)
        attendance.sign(write, row, office.editor.id, Way.TICK, by_id=office.chief.id, now=clock())
    found = page(session, office.director, make(session, office.director, clock, office.root), clock)
    by_section = {line.name: line.group.figures for line in found.facts.sections}
    for name, people in found.annex.listed:
        assert sum(one.missed for one in people) == by_section[name].expected - by_section[name].started
    assert [(one.name, one.in_room) for name, people in found.annex.listed for one in people] == [
        ("沈副主任", 0),
        ("唐编辑", 1),
    ]


def test_issued_ones_are_for_everybody_they_tell_of_and_drafts_for_whoever_writes(
    session: Session, office: Office, clock: Clock, studied: str
) -> None:
    everybody = set(NAMES)
    made = make(session, office.chief, clock, office.secretariat)

    def readers() -> set[str]:
        found = set()
        for who in everybody:
            try:
                page(session, getattr(office, who), made, clock)
            except NotAllowed:
                continue
            found.add(who)
        return found

    def listed() -> set[str]:
        session.rollback()
        return {
            who
            for who in everybody
            for line in bulletins.index(session, getattr(office, who).actor, None, now=clock(), zone=ZONE).lines
            if line.row.public_id == made
        }

    writers = {"chief", "deputy", "director", "editor", "second_editor"}
    assert readers() == listed() == writers
    issue(office.deputy, made, clock)
    assert readers() == listed() == writers | {"staff", "colleague"}


def test_the_list_has_a_page_for_each_year(session: Session, set_id: int, office: Office, clock: Clock) -> None:
    for _ in range(2):
        sitting_of(office, clock, set_id)
        clock.advance(days=70)
    for day in (NOVEMBER, date(2027, 1, 29)):
        issue(office.director, make(session, office.editor, clock, office.root, day=day), clock)
    session.rollback()
    newest = bulletins.index(session, office.staff.actor, None, now=clock(), zone=ZONE)
    assert (newest.years, newest.year, [line.period.name for line in newest.lines]) == (
        (2027, 2026),
        2027,
        ["2027年1月"],
    )
    before = bulletins.index(session, office.staff.actor, 2026, now=clock(), zone=ZONE)
    assert [line.period.name for line in before.lines] == ["2026年11月"]
    assert bulletins.index(session, office.staff.actor, 99999, now=clock(), zone=ZONE).year == 2027


def test_only_who_may_draft_is_offered_sections(session: Session, office: Office, clock: Clock, studied: str) -> None:
    def offered(person: Person) -> list[str]:
        return [row.name for row, _ in bulletins.scopes(session, person.actor)]

    assert offered(office.editor) == offered(office.director) == ["市政府办公室", "秘书科", "督查室", "财务科"]
    assert offered(office.deputy) == ["秘书科", "督查室"]
    assert offered(office.staff) == offered(office.admin) == []
    scope = section_id(session, office.root)
    with pytest.raises(NotAllowed):
        bulletins.read(session, office.deputy.actor, PeriodKind.MONTH, NOVEMBER, scope, ZONE, now=clock())
    basis = bulletins.read(session, office.editor.actor, PeriodKind.MONTH, NOVEMBER, scope, ZONE, now=clock())
    with pytest.raises(NotAllowed), writing() as write:
        bulletins.make(write, office.deputy.actor, basis, now=clock())
