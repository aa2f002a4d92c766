"""Preparing a sitting: the host chooses, the paper follows its wishes, the leader approves what was submitted."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from random import Random

import pytest
from conftest import FRIDAY
from conftest import Clock
from conftest import Office
from conftest import Person
from factories import SPEC
from factories import published_sitting
from factories import sitting_facts
from sqlalchemy.orm import Session
from stocked import stocked_set

from quizapp.core.dealing import Drawing
from quizapp.core.errors import BadInput
from quizapp.core.errors import NotAllowed
from quizapp.core.errors import NotNow
from quizapp.core.paper import NotEnoughQuestions
from quizapp.core.paper import PaperSpec
from quizapp.core.paper import Quota
from quizapp.core.paper import Wishes
from quizapp.core.paper import heading_area
from quizapp.core.paper import set_area
from quizapp.core.paper import wishes_of
from quizapp.core.question import TypeName
from quizapp.core.rota import Stage
from quizapp.core.sitting import Mode
from quizapp.core.sitting import Pace
from quizapp.db import sittings as rows
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.missed import missed_between
from quizapp.db.people import PersonRow
from quizapp.db.sittings import PaperQuestionRow
from quizapp.db.sittings import SittingRow
from quizapp.services import answers
from quizapp.services import attempts
from quizapp.services import sittings
from quizapp.services.answers import Sent
from quizapp.services.sittings import Topic

SINGLE, TRUE_FALSE = TypeName.SINGLE_CHOICE, TypeName.TRUE_FALSE
pytestmark = pytest.mark.usefixtures("session")
set_id = stocked_set(each=6)
NEXT_FRIDAY = FRIDAY + timedelta(weeks=1)
HEADING = "密钥金丝雀标题3"


@pytest.fixture
def planned(session: Session, office: Office, set_id: int) -> str:
    """The public id of next week's sitting, hosted by 秘书科, led by the deputy."""
    return plan(office, set_id)


def plan(office: Office, set_id: int, **changes: object) -> str:
    facts = {"host": office.secretariat, "leader": office.deputy.id, "opens_at": NEXT_FRIDAY} | changes
    with writing() as write:
        return sittings.plan_sitting(write, office.editor.actor, sitting_facts(set_id, **facts), now=FRIDAY).public_id


def draw(who: Person, public_id: str, spec: PaperSpec = SPEC) -> None:
    with writing() as write:
        sittings.draw(write, who.actor, public_id, spec, Random(1), now=FRIDAY)


def row_of(public_id: str) -> SittingRow:
    db.session.rollback()
    return rows.sitting_by_public_id(db.session(), public_id)


def paper_of(public_id: str) -> list[PaperQuestionRow]:
    return list(rows.paper(db.session(), row_of(public_id).id))


def submit(who: Person, public_id: str) -> None:
    with writing() as write:
        sittings.submit(write, who.actor, public_id, now=FRIDAY)


def publish(who: Person, public_id: str, seen: str | None = None) -> None:
    with writing() as write:
        sittings.publish(write, who.actor, public_id, seen=seen, now=FRIDAY)


# The plan

BAD_TIMES = {
    "closing before opening": ({"closes_at": NEXT_FRIDAY - timedelta(hours=1)}, "结束时间"),
    "a batch before opening": (
        {"mode": Mode.BATCHED, "starts": (NEXT_FRIDAY - timedelta(minutes=1),)},
        "各批开始时间",
    ),
    "batches without a start": ({"mode": Mode.BATCHED}, "各批开始时间"),
    "the meeting ending before it begins": (
        {"begins_at": NEXT_FRIDAY, "ends_at": NEXT_FRIDAY - timedelta(hours=1)},
        "学习结束时间",
    ),
    "half a meeting": ({"begins_at": NEXT_FRIDAY}, "学习时间"),
    "the quiz before the meeting": (
        {"begins_at": NEXT_FRIDAY + timedelta(hours=1), "ends_at": NEXT_FRIDAY + timedelta(hours=2)},
        "开始时间",
    ),
    "question by question at any time": ({"pace": Pace.BY_QUESTION}, "作答步调"),
    "a scope that is nothing": ({"scope_section_id": 999}, "参加范围"),
}


@pytest.mark.parametrize(("changes", "field"), BAD_TIMES.values(), ids=BAD_TIMES)
def test_a_plan_that_cannot_be_names_its_field(
    office: Office, set_id: int, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        plan(office, set_id, **changes)
    assert [problem.place for problem in refusal.value.problems] == [field]


def test_starts_left_from_another_mode_are_dropped_and_hinder_nobody(office: Office, set_id: int) -> None:
    public_id = plan(office, set_id, mode=Mode.INDIVIDUAL, starts=(NEXT_FRIDAY - timedelta(weeks=1),))
    assert row_of(public_id).batches == []


# The topic


def choose(who: Person, public_id: str, *set_ids: int, emphasis: tuple[str, ...] = ()) -> None:
    with writing() as write:
        chosen = Topic("文风会风", set_ids, emphasis, "领学讲话\n测验")
        sittings.choose_topic(write, who.actor, public_id, chosen, now=FRIDAY)


def test_the_hosts_chief_chooses_what_the_sitting_is_about(office: Office, set_id: int) -> None:
    public_id = plan(office, set_id, set_ids=())
    emphasis = (heading_area(set_id, HEADING), "point:999", set_area(77))
    choose(office.chief, public_id, set_id, emphasis=emphasis)
    row = row_of(public_id)
    assert (row.topic, row.meeting.agenda) == ("文风会风", "领学讲话\n测验")
    assert [chosen.set_id for chosen in row.sets] == [set_id]
    assert wishes_of(row.wishes).emphasis == emphasis[:1], "what the sets do not hold is dropped"


def test_a_topic_without_sets_is_refused_and_nothing_changes(office: Office, planned: str) -> None:
    with pytest.raises(BadInput, match="至少选择一个题集"):
        choose(office.chief, planned)
    assert row_of(planned).topic == "“五型”干部学测"


def test_nobody_else_chooses(office: Office, planned: str, set_id: int) -> None:
    for who in (office.finance_chief, office.staff, office.admin):
        with pytest.raises(NotAllowed):
            choose(who, planned, set_id)


def test_emphasis_survives_drawing_and_comes_first(office: Office, planned: str, set_id: int) -> None:
    choose(office.chief, planned, set_id, emphasis=(heading_area(set_id, HEADING),))
    draw(office.chief, planned, PaperSpec({SINGLE: 1, TRUE_FALSE: 1}, {SINGLE: 5, TRUE_FALSE: 5}))
    assert {place.version.source_heading for place in paper_of(planned)} == {HEADING}
    assert wishes_of(row_of(planned).wishes).emphasis == (heading_area(set_id, HEADING),)


def test_the_parts_of_a_set_are_named_with_their_numbers(session: Session, planned: str, set_id: int) -> None:
    [group] = rows.areas(session, [set_id])
    assert group.whole.questions == 6 * len(TypeName)
    assert [(area.words, area.questions) for area in group.headings] == [
        (f"密钥金丝雀标题{n}", len(TypeName)) for n in range(6)
    ]
    assert {area.ref for area in group.all} == {
        set_area(set_id),
        *(heading_area(set_id, f"密钥金丝雀标题{n}") for n in range(6)),
    }


# The paper


def test_quotas_are_kept_and_stored_for_the_next_draw(office: Office, planned: str, set_id: int) -> None:
    wanted = Wishes((Quota(2, None, heading_area(set_id, HEADING)),), rest_weeks=3, missed_percent=10)
    draw(office.chief, planned, PaperSpec(SPEC.counts, SPEC.marks, wishes=wanted))
    headings = Counter(place.version.source_heading for place in paper_of(planned))
    assert headings[HEADING] >= 2
    assert wishes_of(row_of(planned).wishes) == wanted


def test_what_cannot_be_filled_leaves_the_old_paper_and_the_old_wishes(
    office: Office, planned: str, set_id: int
) -> None:
    draw(office.chief, planned)
    before = [place.version_id for place in paper_of(planned)]
    wanted = Wishes((Quota(2, SINGLE, heading_area(set_id, HEADING)),))
    with pytest.raises(NotEnoughQuestions):
        draw(office.chief, planned, PaperSpec(SPEC.counts, SPEC.marks, wishes=wanted))
    assert [place.version_id for place in paper_of(planned)] == before
    assert row_of(planned).wishes["quotas"] == []


def test_what_another_paper_of_these_weeks_used_is_left_out(office: Office, planned: str, set_id: int) -> None:
    with writing() as write:
        facts = sitting_facts(set_id, host=office.secretariat, leader=office.deputy.id, opens_at=FRIDAY)
        published_sitting(write, office.editor.actor, facts, now=FRIDAY)
    all_single = PaperSpec({SINGLE: 6}, {SINGLE: 5}, wishes=Wishes(rest_weeks=1))
    with pytest.raises(NotEnoughQuestions) as refusal:
        draw(office.chief, planned, all_single)
    [short] = refusal.value.shortages
    assert (short.wanted, short.available, short.resting) == (6, 4, 2)


def answered(office: Office, public_id: str, clock: Clock, *who: Person) -> None:
    """These people answer the first question wrongly and nothing else."""
    for person in who:
        with writing() as write:
            attempt = attempts.start(write, person.actor, public_id, now=clock()).public_id
            wrong = Sent(["T"], 1)
            answers.save(write, person.actor, attempt, 1, wrong, now=clock())
            attempts.submit(write, person.actor, attempt, now=clock() + timedelta(minutes=5))


def test_what_three_people_missed_lately_is_known_and_two_prove_nothing(
    session: Session, office: Office, set_id: int, clock: Clock
) -> None:
    facts = sitting_facts(set_id, host=office.secretariat, leader=office.deputy.id, opens_at=FRIDAY)
    one = PaperSpec({TypeName.FILL_IN: 1}, {TypeName.FILL_IN: 5})
    with writing() as write:
        public_id = published_sitting(write, office.editor.actor, facts, now=FRIDAY, spec=one).public_id
    [place] = paper_of(public_id)
    asked, closing = place.version.question_id, FRIDAY + timedelta(hours=2)
    answered(office, public_id, clock, office.staff, office.colleague)
    assert missed_between(db.session(), FRIDAY, closing).questions == frozenset()
    answered(office, public_id, clock, office.stranger)
    db.session.rollback()
    assert missed_between(db.session(), FRIDAY, closing).questions == {asked}
    assert missed_between(db.session(), FRIDAY, closing - timedelta(seconds=1)).questions == frozenset()
    assert missed_between(db.session(), closing, closing + timedelta(weeks=9)).questions == frozenset()


def test_missed_questions_are_drawn_again_as_wished(office: Office, set_id: int, clock: Clock) -> None:
    facts = sitting_facts(set_id, host=office.secretariat, leader=office.deputy.id, opens_at=FRIDAY)
    one = PaperSpec({TypeName.FILL_IN: 1}, {TypeName.FILL_IN: 5})
    with writing() as write:
        earlier = published_sitting(write, office.editor.actor, facts, now=FRIDAY, spec=one).public_id
    answered(office, earlier, clock, office.staff, office.colleague, office.stranger)
    later = plan(office, set_id)
    again = PaperSpec({TypeName.FILL_IN: 2}, {TypeName.FILL_IN: 5}, wishes=Wishes(missed_percent=50))
    for seed in range(5):
        with writing() as write:
            at = FRIDAY + timedelta(days=1)
            sittings.draw(write, office.chief.actor, later, again, Random(seed), now=at)
        assert paper_of(earlier)[0].version_id in {place.version_id for place in paper_of(later)}


MOVES = {
    "up": (2, 1, [1, 0, 2]),
    "down": (1, 2, [1, 0, 2]),
    "to the end": (1, 3, [1, 2, 0]),
    "nowhere": (2, 2, [0, 1, 2]),
}


@pytest.mark.parametrize(("position", "to", "order"), MOVES.values(), ids=MOVES)
def test_a_question_moves_among_those_of_its_type(
    office: Office, planned: str, position: int, to: int, order: list[int]
) -> None:
    draw(office.chief, planned, PaperSpec({SINGLE: 3, TRUE_FALSE: 2}, {SINGLE: 5, TRUE_FALSE: 4}))
    with writing() as write:
        sittings.lock(write, office.chief.actor, planned, position, True, now=FRIDAY)
    before = [(place.version_id, place.full_mark, place.locked) for place in paper_of(planned)]
    with writing() as write:
        sittings.move(write, office.chief.actor, planned, position, to, now=FRIDAY)
    after = [(place.version_id, place.full_mark, place.locked) for place in paper_of(planned)]
    assert after == [before[index] for index in order] + before[3:]


BEYOND = {"among another type": (1, 4), "out of its own": (4, 1), "from nowhere": (9, 1), "to before the first": (1, 0)}


@pytest.mark.parametrize(("position", "to"), BEYOND.values(), ids=BEYOND)
def test_a_question_moves_nowhere_else(office: Office, planned: str, position: int, to: int) -> None:
    draw(office.chief, planned, PaperSpec({SINGLE: 3, TRUE_FALSE: 2}, {SINGLE: 5, TRUE_FALSE: 4}))
    before = [place.version_id for place in paper_of(planned)]
    with pytest.raises(BadInput, match=f"第 {position} 题"), writing() as write:
        sittings.move(write, office.chief.actor, planned, position, to, now=FRIDAY)
    assert [place.version_id for place in paper_of(planned)] == before


# Approval


def test_a_paper_is_submitted_by_its_section_and_approved_by_its_leader(office: Office, planned: str) -> None:
    draw(office.chief, planned)
    submit(office.chief, planned)
    assert row_of(planned).meeting.submitted_by_id == office.chief.id
    publish(office.deputy, planned)
    row = row_of(planned)
    assert (row.published_at, row.meeting.approved_by_id) == (FRIDAY, office.deputy.id)


@pytest.mark.parametrize("who", ["chief", "editor", "finance_chief", "staff", "admin"])
def test_nobody_but_the_leader_and_those_above_all_approve(office: Office, planned: str, who: str) -> None:
    draw(office.chief, planned)
    submit(office.chief, planned)
    with pytest.raises(NotAllowed):
        publish(getattr(office, who), planned)
    with pytest.raises(NotAllowed), writing() as write:
        sittings.send_back(write, getattr(office, who).actor, planned, "请改", now=FRIDAY)
    assert row_of(planned).published_at is None


def test_the_director_may_approve_in_the_leaders_place(office: Office, planned: str) -> None:
    draw(office.chief, planned)
    publish(office.director, planned)
    assert row_of(planned).meeting.approved_by_id == office.director.id


def test_a_leader_who_oversees_nothing_of_the_host_reads_and_approves_but_composes_nothing(
    office: Office, set_id: int
) -> None:
    public_id = plan(office, set_id, leader=office.finance_chief.id)
    draw(office.chief, public_id)
    assert sittings.sitting_to_read(db.session(), office.finance_chief.actor, public_id).public_id == public_id
    with pytest.raises(NotAllowed):
        draw(office.finance_chief, public_id)
    publish(office.finance_chief, public_id)
    assert row_of(public_id).published_at == FRIDAY


def test_a_paper_that_lacks_anything_is_neither_submitted_nor_published(office: Office, set_id: int) -> None:
    public_id = plan(office, set_id, set_ids=())
    for step, who in ((submit, office.chief), (publish, office.deputy)):
        with pytest.raises(BadInput) as refusal:
            step(who, public_id)
        assert [problem.place for problem in refusal.value.problems] == ["题集", "试卷"]


def test_a_paper_is_returned_with_a_reason_until_it_is_submitted_again(office: Office, planned: str) -> None:
    draw(office.chief, planned)
    submit(office.chief, planned)
    with writing() as write:
        sittings.send_back(write, office.deputy.actor, planned, "第 3 题太偏", now=FRIDAY)
    meeting = row_of(planned).meeting
    assert (meeting.submitted_at, meeting.returned) == (None, "第 3 题太偏")
    submit(office.chief, planned)
    assert row_of(planned).meeting.returned == ""


BAD_RETURNS = {"without a reason": ("", "退回原因"), "with a long one": ("长" * 301, "退回原因")}


@pytest.mark.parametrize(("reason", "field"), BAD_RETURNS.values(), ids=BAD_RETURNS)
def test_a_return_needs_a_reason(office: Office, planned: str, reason: str, field: str) -> None:
    draw(office.chief, planned)
    submit(office.chief, planned)
    with pytest.raises(BadInput, match=field), writing() as write:
        sittings.send_back(write, office.deputy.actor, planned, reason, now=FRIDAY)
    assert row_of(planned).meeting.submitted_at == FRIDAY


def test_what_was_not_submitted_is_not_returned(office: Office, planned: str) -> None:
    draw(office.chief, planned)
    with pytest.raises(BadInput, match="还没有送审"), writing() as write:
        sittings.send_back(write, office.deputy.actor, planned, "请改", now=FRIDAY)


def change_plan(office: Office, planned: str, set_id: int, **changes: object) -> None:
    facts = sitting_facts(set_id, host=office.secretariat, leader=office.deputy.id, opens_at=NEXT_FRIDAY, **changes)
    with writing() as write:
        sittings.change_sitting(write, office.editor.actor, planned, facts, now=FRIDAY)


def swap_first(office: Office, planned: str, set_id: int) -> None:
    with writing() as write:
        sittings.swap(write, office.chief.actor, planned, 1, Random(2), now=FRIDAY)


def move_first(office: Office, planned: str, set_id: int) -> None:
    with writing() as write:
        sittings.move(write, office.chief.actor, planned, 1, 2, now=FRIDAY)


CHANGES: dict[str, Callable[[Office, str, int], None]] = {
    "drawing": lambda office, planned, set_id: draw(office.chief, planned),
    "swapping": swap_first,
    "moving": move_first,
    "choosing a topic": lambda office, planned, set_id: choose(office.chief, planned, set_id),
    "planning": change_plan,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_any_change_after_submission_withdraws_it(
    office: Office, planned: str, set_id: int, change: Callable[[Office, str, int], None]
) -> None:
    draw(office.chief, planned)
    submit(office.chief, planned)
    change(office, planned, set_id)
    assert row_of(planned).meeting.submitted_at is None


def close_later(office: Office, planned: str, set_id: int) -> None:
    change_plan(office, planned, set_id, closes_at=NEXT_FRIDAY + timedelta(hours=3))


def take_part_in_fewer(office: Office, planned: str, set_id: int) -> None:
    change_plan(office, planned, set_id, scope_section_id=office.secretariat)


def imprint(public_id: str) -> str:
    row = row_of(public_id)
    return sittings.imprint(row, rows.paper(db.session(), row.id))


UNREAD: dict[str, Callable[[Office, str, int], None]] = {
    "another question": swap_first,
    "another closing time": close_later,
    "other people": take_part_in_fewer,
}


@pytest.mark.parametrize("change", UNREAD.values(), ids=UNREAD)
def test_what_changed_after_it_was_read_is_not_approved(
    office: Office, planned: str, set_id: int, change: Callable[[Office, str, int], None]
) -> None:
    draw(office.chief, planned)
    read = imprint(planned)
    change(office, planned, set_id)
    with pytest.raises(BadInput, match="试卷或安排有改动"):
        publish(office.deputy, planned, read)
    publish(office.deputy, planned, imprint(planned))
    assert row_of(planned).published_at == FRIDAY


def test_fewer_questions_for_each_are_not_approved_unread(office: Office, set_id: int) -> None:
    public_id = plan(office, set_id, drawing=Drawing.PER_PERSON)
    draw(office.chief, public_id, PaperSpec({SINGLE: 6}, {SINGLE: 5}, {SINGLE: 2}))
    read, before = imprint(public_id), [place.version_id for place in paper_of(public_id)]
    draw(office.chief, public_id, PaperSpec({SINGLE: 6}, {SINGLE: 5}, {SINGLE: 1}))
    assert [place.version_id for place in paper_of(public_id)] == before
    with pytest.raises(BadInput, match="试卷或安排有改动"):
        publish(office.deputy, public_id, read)


def test_what_is_published_is_neither_submitted_nor_changed(office: Office, planned: str, set_id: int) -> None:
    draw(office.chief, planned)
    publish(office.deputy, planned)
    for change in (submit, *[lambda who, public_id, c=c: c(office, public_id, set_id) for c in CHANGES.values()]):
        with pytest.raises(NotNow):
            change(office.chief, planned)


# The list


def test_the_list_says_how_far_each_sitting_is(session: Session, office: Office, set_id: int) -> None:
    bare = plan(office, set_id, set_ids=(), opens_at=NEXT_FRIDAY + timedelta(weeks=3))
    chosen = plan(office, set_id, opens_at=NEXT_FRIDAY + timedelta(weeks=2))
    sent = plan(office, set_id, opens_at=NEXT_FRIDAY + timedelta(weeks=1))
    out = plan(office, set_id)
    for public_id in (sent, out):
        draw(office.chief, public_id)
        submit(office.chief, public_id)
    publish(office.deputy, out)
    db.session.rollback()
    found = sittings.listed(db.session(), office.chief.actor)
    assert [(each.row.public_id, each.stage) for each in found] == [
        (bare, Stage.TOPIC),
        (chosen, Stage.PAPER),
        (sent, Stage.APPROVAL),
        (out, Stage.PUBLISHED),
    ]
    assert {(each.may_compose, each.may_approve) for each in found} == {(True, False)}


SEEN_BY = {"deputy": (True, True), "director": (True, True), "editor": (True, False)}


@pytest.mark.parametrize(("who", "rights"), SEEN_BY.items(), ids=SEEN_BY)
def test_the_list_says_what_somebody_may_do(
    session: Session, office: Office, planned: str, who: str, rights: tuple[bool, bool]
) -> None:
    [each] = sittings.listed(db.session(), getattr(office, who).actor)
    assert (each.may_compose, each.may_approve) == rights


def test_who_neither_composes_nor_leads_has_no_sittings(session: Session, office: Office, planned: str) -> None:
    assert sittings.listed(db.session(), office.finance_chief.actor) == []


def test_a_leader_who_left_is_named_before_publishing(office: Office, planned: str) -> None:
    draw(office.chief, planned)
    with writing() as write:
        write.get_one(PersonRow, office.deputy.id).active = False
    with pytest.raises(BadInput, match="沈副主任已停用"):
        publish(office.director, planned)


def test_papers_of_ones_own_keep_their_types_together_when_moved(office: Office, set_id: int) -> None:
    public_id = plan(office, set_id, drawing=Drawing.PER_PERSON)
    each = {SINGLE: 2, TRUE_FALSE: 1}
    draw(office.chief, public_id, PaperSpec({SINGLE: 3, TRUE_FALSE: 3}, {SINGLE: 5, TRUE_FALSE: 5}, each))
    with writing() as write:
        sittings.move(write, office.chief.actor, public_id, 3, 1, now=FRIDAY)
    assert [place.version.type for place in paper_of(public_id)] == [SINGLE] * 3 + [TRUE_FALSE] * 3
