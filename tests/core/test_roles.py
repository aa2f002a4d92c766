"""The office's rules, as an official would write them down; the code is compared with this page."""

import pytest

from quizapp.core.errors import NotAllowed
from quizapp.core.errors import NotFound
from quizapp.core.roles import EXCLUSIVE_ROLES
from quizapp.core.roles import SYSTEM
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Role
from quizapp.core.roles import Subject
from quizapp.core.roles import allowed
from quizapp.core.roles import may_ask
from quizapp.core.roles import require

#: 秘书科 (2) and 督查室 (3) are two sections of the office (1); 财务科 (4) is a third.
OFFICE, SECRETARIAT, INSPECTION, FINANCE = 1, 2, 3, 4
EVERYWHERE = frozenset({OFFICE, SECRETARIAT, INSPECTION, FINANCE})
EVERYBODY_IS = frozenset({Role.STAFF})


def person(number: int, section: int, *roles: Role, oversees: frozenset[int] = frozenset()) -> Actor:
    return Actor(number, f"person {number}", section, EVERYBODY_IS | set(roles), oversees)


WHO = {
    "staff": person(10, SECRETARIAT),
    "colleague": person(11, SECRETARIAT),
    "chief": person(20, SECRETARIAT, oversees=frozenset({SECRETARIAT})),
    "other chief": person(21, FINANCE, oversees=frozenset({FINANCE})),
    "deputy": person(30, OFFICE, oversees=frozenset({SECRETARIAT, INSPECTION})),
    "director": person(40, OFFICE, oversees=frozenset({OFFICE, SECRETARIAT, INSPECTION, FINANCE})),
    "editor": person(50, SECRETARIAT, Role.EDITOR),
    "other editor": person(51, FINANCE, Role.EDITOR),
    "admin": person(60, INSPECTION, Role.ADMIN),
    "auditor": person(70, INSPECTION, Role.AUDITOR),
}
WHAT = {
    "anything": Subject("page"),
    "paper of staff": Subject("attempt", owner_id=10),
    "paper of chief": Subject("attempt", owner_id=20),
    "sitting of 秘书科": Subject("sitting", section_id=SECRETARIAT),
    "sitting of 财务科": Subject("sitting", section_id=FINANCE),
    "quiz of 财务科 led by deputy": Subject("sitting", section_id=FINANCE, leader_id=30),
    "leave of staff": Subject("leave", owner_id=10, section_id=SECRETARIAT),
    "leave of chief": Subject("leave", owner_id=20, section_id=SECRETARIAT),
    "scores of 秘书科": Subject("section", section_id=SECRETARIAT),
    "scores of 督查室": Subject("section", section_id=INSPECTION),
    "scores of 财务科": Subject("section", section_id=FINANCE),
    "scores of the office": Subject("section", section_id=OFFICE),
    "answer of staff": Subject("answer", owner_id=10, section_id=SECRETARIAT),
    "answer of chief": Subject("answer", owner_id=20, section_id=SECRETARIAT),
    "answer of editor": Subject("answer", owner_id=50, section_id=SECRETARIAT),
    "draft by nobody": Subject("question", author_id=None),
    "draft by editor": Subject("question", author_id=50),
    "draft by the only editor": Subject("question", author_id=50, other_reviewer=False),
    "bulletin of 秘书科 by chief": Subject(
        "bulletin", section_id=SECRETARIAT, author_id=20, scope=frozenset({SECRETARIAT})
    ),
    "bulletin of the office by director": Subject("bulletin", section_id=OFFICE, author_id=40, scope=EVERYWHERE),
    "bulletin of the office by director alone": Subject(
        "bulletin", section_id=OFFICE, author_id=40, scope=EVERYWHERE, other_reviewer=False
    ),
}

#: x: may. Whatever has no x is refused.
TABLE = """
                                                 staff  colleague  chief  other chief  deputy  director  editor  other editor  admin  auditor
account:own        anything                      x      x          x      x            x       x         x       x             x      x
answer:mark        paper of staff                .      .          .      .            .       .         x       x             .      .
answer:mark        answer of staff               .      .          x      .            x       x         x       x             .      .
answer:mark        answer of chief               .      .          .      .            x       x         x       x             .      .
answer:mark        answer of editor              .      .          x      .            x       x         .       x             .      .
answer:remark      answer of staff               .      .          .      .            .       .         x       x             .      .
answer:remark      answer of editor              .      .          .      .            .       .         .       x             .      .
api:manage         anything                      .      .          .      .            .       .         .       .             x      .
attempt:take       paper of staff                x      .          .      .            .       .         .       .             .      .
attempt:take       paper of chief                .      .          x      .            .       .         .       .             .      .
attendance:correct leave of staff                .      .          x      .            x       x         .       .             .      .
attendance:correct leave of chief                .      .          .      .            x       x         .       .             .      .
attendance:tick    leave of staff                .      .          x      .            x       x         .       .             .      .
attendance:tick    quiz of 财务科 led by deputy  .      .          .      x            x       x         .       .             .      .
audit:read         anything                      .      .          .      .            .       .         .       .             .      x
bulletin:issue     bulletin of 秘书科 by chief   .      .          .      .            x       x         .       .             .      .
bulletin:issue     bulletin of the office by director .      .          .      .            .       .         .       .             .      .
bulletin:issue     bulletin of the office by director alone .      .          .      .            .       x         .       .             .      .
bulletin:read      bulletin of 秘书科 by chief   x      x          x      .            x       x         x       x             .      .
bulletin:read      bulletin of the office by director x      x          x      x            x       x         x       x             x      x
bulletin:write     bulletin of 秘书科 by chief   .      .          x      .            x       x         x       x             .      .
bulletin:write     bulletin of the office by director .      .          .      .            .       x         x       x             .      .
leave:ask          leave of staff                x      .          x      .            x       x         .       .             .      .
leave:decide       leave of staff                .      .          x      .            x       x         .       .             .      .
leave:decide       leave of chief                .      .          .      .            x       x         .       .             .      .
make-up:do         leave of staff                x      .          .      .            .       .         .       .             .      .
minutes:write      quiz of 财务科 led by deputy  .      .          .      x            x       x         x       x             .      .
minutes:write      sitting of 秘书科             .      .          x      .            x       x         x       x             .      .
paper:compose      sitting of 秘书科             .      .          x      .            x       x         x       x             .      .
paper:compose      sitting of 财务科             .      .          .      x            .       x         x       x             .      .
paper:enter        sitting of 秘书科             .      .          x      .            x       x         x       x             .      .
people:manage      anything                      .      .          .      .            .       .         .       .             x      .
plan:manage        anything                      .      .          .      .            .       .         x       x             x      .
public             anything                      .      .          .      .            .       .         .       .             .      .
practice:own       paper of staff                x      .          .      .            .       .         .       .             .      .
question:correct   anything                      .      .          .      .            .       .         x       x             .      .
question:load      anything                      .      .          .      .            .       .         x       x             .      .
question:read      anything                      .      .          x      x            x       x         x       x             .      .
question:review    draft by nobody               .      .          .      .            .       .         x       x             .      .
question:review    draft by editor               .      .          .      .            .       .         .       x             .      .
question:review    draft by the only editor      .      .          .      .            .       .         x       x             .      .
recognition:manage anything                      .      .          .      .            .       .         x       x             x      .
record:own         paper of staff                x      .          .      .            .       .         .       .             .      .
reminder:read      anything                      .      .          .      .            .       .         x       x             x      .
reminder:send      scores of 秘书科              .      .          x      .            x       x         .       .             .      .
report:read        scores of 秘书科              .      .          x      .            x       x         .       .             .      .
report:read        scores of 督查室              .      .          .      .            x       x         .       .             .      .
report:read        scores of 财务科              .      .          .      x            .       x         .       .             .      .
report:read        scores of the office          .      .          .      .            .       x         .       .             .      .
room:join          paper of staff                x      .          .      .            .       .         .       .             .      .
room:lead          sitting of 秘书科             .      .          x      .            x       x         .       .             .      .
room:lead          quiz of 财务科 led by deputy  .      .          .      x            x       x         .       .             .      .
rota:change        sitting of 秘书科             .      .          x      .            x       x         x       x             .      .
rota:change        quiz of 财务科 led by deputy  .      .          .      x            x       x         x       x             .      .
rota:read          anything                      x      x          x      x            x       x         x       x             x      x
score:adjust       answer of staff               .      .          x      .            x       x         x       x             .      .
score:adjust       answer of chief               .      .          .      .            x       x         x       x             .      .
score:adjust       answer of editor              .      .          x      .            x       x         .       x             .      .
score:regrade      sitting of 秘书科             .      .          .      .            .       .         x       x             .      .
sitting:approve    scores of the office          .      .          .      .            .       x         .       .             .      .
sitting:approve    quiz of 财务科 led by deputy  .      .          .      x            x       x         .       .             .      .
sitting:plan       sitting of 秘书科             .      .          .      .            .       .         x       x             .      .
speech:load        anything                      .      .          .      .            .       .         x       x             .      .
speech:read        anything                      .      .          .      .            .       .         x       x             .      .
statistics:read    anything                      .      .          .      .            .       .         x       x             .      .
"""  # noqa: E501
LINES = TABLE.strip("\n").splitlines()[1:]


def cells() -> list[tuple[str, Action, str, bool]]:
    """(who, action, object, whether they may) of the whole table."""
    found = []
    for line in LINES:
        action, rest = line.split(maxsplit=1)
        subject = max((name for name in WHAT if rest.startswith(name)), key=len)
        marks = rest.removeprefix(subject).split()
        assert len(marks) == len(WHO), line
        found += [(who, Action(action), subject, mark == "x") for who, mark in zip(WHO, marks, strict=True)]
    return found


CELLS = cells()


@pytest.mark.parametrize(("who", "action", "what", "may"), CELLS, ids=lambda part: str(part))
def test_the_table(who: str, action: Action, what: str, may: bool) -> None:
    assert allowed(WHO[who], action, WHAT[what]) is may


def test_the_table_asks_about_every_action() -> None:
    assert {action for _, action, _, _ in CELLS} == set(Action)


def test_the_columns_are_the_people() -> None:
    assert TABLE.strip("\n").splitlines()[0].split() == " ".join(WHO).split()


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("action", Action)
def test_a_page_opens_to_exactly_those_who_may_do_it_to_something(who: str, action: Action) -> None:
    """The door asks less than the service, yet never sends somebody away who would be let in."""
    might = any(allowed(WHO[who], action, subject) for subject in [*WHAT.values(), own_work(WHO[who])])
    assert may_ask(WHO[who], action) is might


def own_work(actor: Actor) -> Subject:
    return Subject("attempt", owner_id=actor.person_id)


def test_whatever_is_refused_looks_like_what_is_not_there() -> None:
    with pytest.raises(NotFound) as refused:
        require(WHO["staff"], Action.REPORT_READ, Subject("section", "abc", section_id=SECRETARIAT))
    assert isinstance(refused.value, NotAllowed)
    assert (refused.value.kind, refused.value.ref) == ("section", "abc")


def test_what_is_allowed_passes_in_silence() -> None:
    require(WHO["chief"], Action.REPORT_READ, WHAT["scores of 秘书科"])


def test_oversight_of_nothing_opens_nothing() -> None:
    """An object without a section is in nobody's section, not in everybody's."""
    for actor in WHO.values():
        assert not allowed(actor, Action.REPORT_READ, Subject("section"))
        assert not allowed(actor, Action.ATTEMPT_TAKE, Subject("attempt"))


def test_who_manages_people_does_not_read_the_trail_of_it() -> None:
    assert frozenset({Role.ADMIN, Role.AUDITOR}) == EXCLUSIVE_ROLES


def test_administrators_and_auditors_change_no_questions_and_see_no_scores() -> None:
    everybodys = {action for action in Action if may_ask(WHO["staff"], action)}
    of_the_office = {
        Action.API_MANAGE,
        Action.PEOPLE_MANAGE,
        Action.PLAN_MANAGE,
        Action.RECOGNITION_MANAGE,
        Action.REMINDER_READ,
    }
    for who, more in (
        ("admin", of_the_office),
        ("auditor", {Action.AUDIT_READ}),
    ):
        assert {action for action in Action if may_ask(WHO[who], action)} == everybodys | more
    assert everybodys == {
        Action.ACCOUNT_OWN,
        Action.ATTEMPT_TAKE,
        Action.BULLETIN_READ,
        Action.LEAVE_ASK,
        Action.MAKE_UP_DO,
        Action.PRACTICE_OWN,
        Action.RECORD_OWN,
        Action.ROOM_JOIN,
        Action.ROTA_READ,
    }


def test_commands_at_the_machine_are_nobodys_paper_and_oversee_nothing() -> None:
    assert not allowed(SYSTEM, Action.ATTEMPT_TAKE, WHAT["paper of staff"])
    assert not allowed(SYSTEM, Action.REPORT_READ, WHAT["scores of 秘书科"])
    assert allowed(SYSTEM, Action.PEOPLE_MANAGE, WHAT["anything"])


def test_actions_are_alphabetised() -> None:
    assert [action.value for action in Action] == sorted(action.value for action in Action)


def test_roles_are_spelt_as_stored() -> None:
    """Rows hold these words: renaming one needs a migration."""
    assert [role.value for role in Role] == ["staff", "editor", "admin", "auditor"]
