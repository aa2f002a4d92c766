"""Who may do what: one table an official can read.

A page declares its `Action` (the role is asked there); a service asks about the object with `require`; lists are
narrowed in the query. Administrators manage people, not answers: no role passes everywhere.
"""

from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from quizapp.core.errors import NotAllowed


class Role(StrEnum):
    """What a person is trusted with. Everybody is staff; chiefs and deputies are people with oversight."""

    STAFF = "staff"
    EDITOR = "editor"
    ADMIN = "admin"
    AUDITOR = "auditor"


#: Nobody holds two of these at once (三员分立).
EXCLUSIVE_ROLES = frozenset({Role.ADMIN, Role.AUDITOR})


class Action(StrEnum):
    """What can be asked for, `<resource>:<verb>`. Keep the list alphabetised."""

    ACCOUNT_OWN = "account:own"
    ANSWER_MARK = "answer:mark"
    ANSWER_REMARK = "answer:remark"
    API_MANAGE = "api:manage"
    ATTEMPT_TAKE = "attempt:take"
    ATTENDANCE_CORRECT = "attendance:correct"
    ATTENDANCE_TICK = "attendance:tick"
    AUDIT_READ = "audit:read"
    BULLETIN_ISSUE = "bulletin:issue"
    BULLETIN_READ = "bulletin:read"
    BULLETIN_WRITE = "bulletin:write"
    LEAVE_ASK = "leave:ask"
    LEAVE_DECIDE = "leave:decide"
    MAKE_UP_DO = "make-up:do"
    MINUTES_WRITE = "minutes:write"
    PAPER_COMPOSE = "paper:compose"
    PAPER_ENTER = "paper:enter"
    PEOPLE_MANAGE = "people:manage"
    PLAN_MANAGE = "plan:manage"
    PRACTICE_OWN = "practice:own"
    PUBLIC = "public"
    QUESTION_CORRECT = "question:correct"
    QUESTION_LOAD = "question:load"
    QUESTION_READ = "question:read"
    QUESTION_REVIEW = "question:review"
    RECOGNITION_MANAGE = "recognition:manage"
    RECORD_OWN = "record:own"
    REMINDER_READ = "reminder:read"
    REMINDER_SEND = "reminder:send"
    REPORT_READ = "report:read"
    ROOM_JOIN = "room:join"
    ROOM_LEAD = "room:lead"
    ROTA_CHANGE = "rota:change"
    ROTA_READ = "rota:read"
    SCORE_ADJUST = "score:adjust"
    SCORE_REGRADE = "score:regrade"
    SITTING_APPROVE = "sitting:approve"
    SITTING_PLAN = "sitting:plan"
    SPEECH_LOAD = "speech:load"
    SPEECH_READ = "speech:read"
    STATISTICS_READ = "statistics:read"


@dataclass(frozen=True)
class Actor:
    """The person who acts, cut loose from the database.

    `overseen` holds the ids of the sections this person oversees, each with all below it.
    """

    person_id: int
    name: str
    section_id: int
    roles: frozenset[Role]
    overseen: frozenset[int] = frozenset()
    #: The address the request came from, for the audit trail.
    ip: str = ""

    @property
    def is_overseer(self) -> bool:
        return bool(self.overseen)


@dataclass(frozen=True)
class Subject:
    """What the rules need to know of an object; a field that does not apply stays None."""

    kind: str
    ref: object = None
    owner_id: int | None = None
    section_id: int | None = None
    author_id: int | None = None
    #: Who leads the sitting.
    leader_id: int | None = None
    #: False where the office has nobody else who could review.
    other_reviewer: bool = True
    #: The sections that it is about, and tells something to.
    scope: frozenset[int] = frozenset()


#: Signs what is done by a command at the machine; no person has the id 0.
SYSTEM = Actor(0, "系统命令", 0, frozenset(Role))

Predicate = Callable[[Actor, Subject], bool]


@dataclass(frozen=True)
class Rule:
    """One way to be allowed: the role (or oversight), and what must hold of the object."""

    role: Role
    holds: Predicate


def anything(actor: Actor, subject: Subject) -> bool:
    return True


def own(actor: Actor, subject: Subject) -> bool:
    return subject.owner_id == actor.person_id


def overseen(actor: Actor, subject: Subject) -> bool:
    return subject.section_id in actor.overseen


def overseer(actor: Actor, subject: Subject) -> bool:
    return actor.is_overseer


def not_own(actor: Actor, subject: Subject) -> bool:
    return subject.owner_id != actor.person_id


def overseen_of_others(actor: Actor, subject: Subject) -> bool:
    return overseen(actor, subject) and not_own(actor, subject)


def leads(actor: Actor, subject: Subject) -> bool:
    return subject.leader_id == actor.person_id


def not_author(actor: Actor, subject: Subject) -> bool:
    """The author of a text never approves it, unless the office has nobody else to ask."""
    return subject.author_id != actor.person_id or not subject.other_reviewer


def overseen_not_author(actor: Actor, subject: Subject) -> bool:
    return overseen(actor, subject) and not_author(actor, subject)


def in_scope(actor: Actor, subject: Subject) -> bool:
    """Belongs to a section that it is about, or oversees one."""
    return not subject.scope.isdisjoint(actor.overseen | {actor.section_id})


RULES: Mapping[Action, tuple[Rule, ...]] = {
    Action.ACCOUNT_OWN: (Rule(Role.STAFF, anything),),
    Action.ANSWER_MARK: (Rule(Role.EDITOR, not_own), Rule(Role.STAFF, overseen_of_others)),
    Action.ANSWER_REMARK: (Rule(Role.EDITOR, not_own),),
    Action.API_MANAGE: (Rule(Role.ADMIN, anything),),
    Action.ATTEMPT_TAKE: (Rule(Role.STAFF, own),),
    Action.ATTENDANCE_CORRECT: (Rule(Role.STAFF, overseen_of_others),),
    Action.ATTENDANCE_TICK: (Rule(Role.STAFF, overseen), Rule(Role.STAFF, leads)),
    Action.AUDIT_READ: (Rule(Role.AUDITOR, anything),),
    Action.BULLETIN_ISSUE: (Rule(Role.STAFF, overseen_not_author),),
    Action.BULLETIN_READ: (Rule(Role.EDITOR, anything), Rule(Role.STAFF, in_scope)),
    Action.BULLETIN_WRITE: (Rule(Role.EDITOR, anything), Rule(Role.STAFF, overseen)),
    Action.LEAVE_ASK: (Rule(Role.STAFF, own), Rule(Role.STAFF, overseen)),
    Action.LEAVE_DECIDE: (Rule(Role.STAFF, overseen_of_others),),
    Action.MAKE_UP_DO: (Rule(Role.STAFF, own),),
    Action.MINUTES_WRITE: (Rule(Role.EDITOR, anything), Rule(Role.STAFF, leads), Rule(Role.STAFF, overseen)),
    Action.PAPER_COMPOSE: (Rule(Role.EDITOR, anything), Rule(Role.STAFF, overseen)),
    Action.PAPER_ENTER: (Rule(Role.EDITOR, anything), Rule(Role.STAFF, overseen)),
    Action.PEOPLE_MANAGE: (Rule(Role.ADMIN, anything),),
    Action.PLAN_MANAGE: (Rule(Role.EDITOR, anything), Rule(Role.ADMIN, anything)),
    Action.PRACTICE_OWN: (Rule(Role.STAFF, own),),
    Action.PUBLIC: (),
    Action.QUESTION_CORRECT: (Rule(Role.EDITOR, anything),),
    Action.QUESTION_LOAD: (Rule(Role.EDITOR, anything),),
    Action.QUESTION_READ: (Rule(Role.EDITOR, anything), Rule(Role.STAFF, overseer)),
    Action.QUESTION_REVIEW: (Rule(Role.EDITOR, not_author),),
    Action.RECOGNITION_MANAGE: (Rule(Role.EDITOR, anything), Rule(Role.ADMIN, anything)),
    Action.RECORD_OWN: (Rule(Role.STAFF, own),),
    Action.REMINDER_READ: (Rule(Role.EDITOR, anything), Rule(Role.ADMIN, anything)),
    Action.REMINDER_SEND: (Rule(Role.STAFF, overseen),),
    Action.REPORT_READ: (Rule(Role.STAFF, overseen),),
    Action.ROOM_JOIN: (Rule(Role.STAFF, own),),
    Action.ROOM_LEAD: (Rule(Role.STAFF, leads), Rule(Role.STAFF, overseen)),
    Action.ROTA_CHANGE: (Rule(Role.EDITOR, anything), Rule(Role.STAFF, overseen), Rule(Role.STAFF, leads)),
    Action.ROTA_READ: (Rule(Role.STAFF, anything),),
    Action.SCORE_ADJUST: (Rule(Role.EDITOR, not_own), Rule(Role.STAFF, overseen_of_others)),
    # Editors take the quiz too: whoever regrades what they took themselves is named in the audit trail.
    Action.SCORE_REGRADE: (Rule(Role.EDITOR, anything),),
    Action.SITTING_APPROVE: (Rule(Role.STAFF, leads), Rule(Role.STAFF, overseen)),
    Action.SITTING_PLAN: (Rule(Role.EDITOR, anything),),
    Action.SPEECH_LOAD: (Rule(Role.EDITOR, anything),),
    Action.SPEECH_READ: (Rule(Role.EDITOR, anything),),
    Action.STATISTICS_READ: (Rule(Role.EDITOR, anything),),
}

#: What must hold of the actor alone before a page is worth asking for; the object is asked about in the service.
NEEDS_OVERSIGHT = frozenset(
    {
        Action.ATTENDANCE_CORRECT,
        Action.ATTENDANCE_TICK,
        Action.BULLETIN_ISSUE,
        Action.LEAVE_DECIDE,
        Action.REMINDER_SEND,
        Action.REPORT_READ,
        Action.ROOM_LEAD,
        Action.SITTING_APPROVE,
    }
)
ROLE_OR_OVERSIGHT = frozenset(
    {
        Action.ANSWER_MARK,
        Action.BULLETIN_WRITE,
        Action.MINUTES_WRITE,
        Action.PAPER_COMPOSE,
        Action.PAPER_ENTER,
        Action.QUESTION_READ,
        Action.ROTA_CHANGE,
        Action.SCORE_ADJUST,
    }
)


def allowed(actor: Actor, action: Action, subject: Subject) -> bool:
    """Say whether the actor may do this to that."""
    return any(rule.role in actor.roles and rule.holds(actor, subject) for rule in RULES[action])


def require(actor: Actor, action: Action, subject: Subject) -> None:
    """Pass, or raise NotAllowed, which a page shows as a missing thing."""
    if not allowed(actor, action, subject):
        raise NotAllowed(subject.kind, subject.ref)


def may_ask(actor: Actor, action: Action) -> bool:
    """Say whether the actor could be allowed this for any object at all: what menus and page doors ask."""
    if action in NEEDS_OVERSIGHT:
        return actor.is_overseer
    if action in ROLE_OR_OVERSIGHT:
        return Role.EDITOR in actor.roles or actor.is_overseer
    return any(rule.role in actor.roles for rule in RULES[action])
