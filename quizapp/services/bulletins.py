"""Bulletins: drafted from the figures of a period, written on, approved, and from then on kept as they were issued."""

from collections import Counter
from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from datetime import datetime
from datetime import time
from datetime import timedelta
from datetime import tzinfo

from sqlalchemy.orm import Session

from quizapp.core.bulletin import LINES
from quizapp.core.bulletin import MOST_POINTS
from quizapp.core.bulletin import PARTS
from quizapp.core.bulletin import YEARS
from quizapp.core.bulletin import BulletinFacts
from quizapp.core.bulletin import Difference
from quizapp.core.bulletin import Held
from quizapp.core.bulletin import Period
from quizapp.core.bulletin import PeriodKind
from quizapp.core.bulletin import Point
from quizapp.core.bulletin import SectionLine
from quizapp.core.bulletin import before
from quizapp.core.bulletin import differences
from quizapp.core.bulletin import draft
from quizapp.core.bulletin import group_of
from quizapp.core.bulletin import period_with
from quizapp.core.bulletin import restored
from quizapp.core.bulletin import stored
from quizapp.core.errors import BadInput
from quizapp.core.errors import Problem
from quizapp.core.reports import FEW
from quizapp.core.reports import Figures
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Role
from quizapp.core.roles import Subject
from quizapp.core.roles import allowed
from quizapp.core.roles import require
from quizapp.core.states import BulletinMove
from quizapp.core.states import BulletinState
from quizapp.core.states import SittingPhase
from quizapp.core.states import bulletin_after
from quizapp.core.types.base import text_fault
from quizapp.db import bulletins as rows
from quizapp.db import people
from quizapp.db import reports
from quizapp.db.attendance import has_other_overseer
from quizapp.db.attendance import names
from quizapp.db.bulletins import Absence
from quizapp.db.bulletins import BulletinRow
from quizapp.db.people import SectionRow
from quizapp.db.sittings import SittingRow
from quizapp.formats.bulletin_docx import write_bulletin
from quizapp.services import audit
from quizapp.services.minutes import WrittenMeanwhile
from quizapp.services.people import in_tree_order

LONGEST = {"title": 150, "addressee": 100, "signer": 100, "overall": 4000, "problems": 6000, "demands": 4000}
LONGEST_REASON = 300
#: What no bulletin goes without.
NEEDED = ("title", "signer", "overall")


@dataclass(frozen=True)
class BulletinLine:
    """A bulletin as the list names it."""

    row: BulletinRow
    period: Period


@dataclass(frozen=True)
class Index:
    """The bulletins of one year that somebody may read, newest first; `years` are those with any."""

    years: tuple[int, ...]
    year: int
    lines: tuple[BulletinLine, ...]
    may_write: bool


@dataclass(frozen=True)
class Bulletin:
    """One bulletin, as far as the reader may see it."""

    row: BulletinRow
    period: Period
    facts: BulletinFacts
    #: Who was missing, of the sections that the reader oversees and of no others, in the bulletin's order.
    absences: tuple[tuple[str, tuple[Absence, ...]], ...]
    #: What today's data would change.
    differences: tuple[Difference, ...]
    author: str
    changed_by: str
    submitted_by: str
    approver: str
    may_write: bool
    may_issue: bool


@dataclass(frozen=True)
class Refresh:
    """What reading the figures anew would do to a draft; parts by name."""

    row: BulletinRow
    differences: tuple[Difference, ...]
    #: The new draft's texts.
    drafted: Mapping[str, str]
    #: Nobody has written on these, so they change with the figures.
    replaced: tuple[str, ...]
    #: People wrote on these: they stay as they are, unless somebody says otherwise.
    kept: tuple[str, ...]


# Reading


def index(session: Session, actor: Actor, year: int | None, *, now: datetime, zone: tzinfo) -> Index:
    """The bulletins of a year, else of the newest year that has any."""
    told, drafts = _line_of(session, actor), None if Role.EDITOR in actor.roles else actor.overseen
    days = rows.newest_and_oldest_day(session, told, drafts)
    years = tuple(range(days[0].year, days[1].year - 1, -1)) if days else ()
    newest = years[0] if years else now.astimezone(zone).year
    chosen = year if year is not None and year in YEARS else newest
    found = rows.bulletins_between(session, date(chosen, 1, 1), date(chosen + 1, 1, 1), told, drafts)
    lines = tuple(BulletinLine(row, _period_of(row)) for row in found)
    return Index(years, chosen, lines, Role.EDITOR in actor.roles or actor.is_overseer)


def scopes(session: Session, actor: Actor) -> list[tuple[SectionRow, int]]:
    """The sections of which the actor may draft a bulletin, as the organisation tree reads, each with its depth."""
    tree = in_tree_order(people.open_sections(session))
    subjects = ((row, depth, Subject("bulletin", section_id=row.id)) for row, depth in tree)
    return [(row, depth) for row, depth, subject in subjects if allowed(actor, Action.BULLETIN_WRITE, subject)]


def page(session: Session, actor: Actor, public_id: str, zone: tzinfo, *, now: datetime) -> Bulletin:
    """One bulletin: what was issued for whoever it tells something to, what was not for whoever may write it."""
    row, subject = _to_read(session, actor, public_id)
    facts, today = restored(row.facts), _figures_of(session, row.section, _period_of(row), zone, now)
    called = names(session, [id_ for id_ in _people_of(row) if id_ is not None])
    open_ = row.state is not BulletinState.ISSUED
    return Bulletin(
        row=row,
        period=_period_of(row),
        facts=facts,
        absences=_absences(session, actor, row, facts),
        differences=tuple(differences(facts, _with_points(session, row.section, today))),
        author=called.get(row.author_id, ""),
        changed_by=called.get(row.changed_by_id or 0, ""),
        submitted_by=called.get(row.submitted_by_id or 0, ""),
        approver=called.get(row.approver_id or 0, ""),
        may_write=open_ and allowed(actor, Action.BULLETIN_WRITE, subject),
        may_issue=open_ and allowed(actor, Action.BULLETIN_ISSUE, subject),
    )


def sheet(session: Session, actor: Actor, public_id: str) -> Bulletin:
    """The same without what today's data would change: what is printed."""
    row, _ = _to_read(session, actor, public_id)
    facts = restored(row.facts)
    people_missing = _absences(session, actor, row, facts)
    return Bulletin(row, _period_of(row), facts, people_missing, (), "", "", "", "", False, False)


def to_edit(session: Session, actor: Actor, public_id: str) -> Bulletin:
    """The same for whoever may write it; it may be issued meanwhile."""
    row = rows.bulletin_by_public_id(session, public_id)
    require(actor, Action.BULLETIN_WRITE, _subject(session, row))
    return sheet(session, actor, public_id)


def file(session: Session, actor: Actor, public_id: str) -> tuple[str, bytes]:
    """The title, and the bulletin as a .docx."""
    found = sheet(session, actor, public_id)
    return found.row.title, write_bulletin(found.row.parts, found.facts, found.row.dated, found.absences)


def of_sitting(session: Session, actor: Actor, sitting: SittingRow) -> list[BulletinRow]:
    """The issued bulletins whose figures count a sitting, newest first; those that the actor may read."""
    found = rows.issued_with(session, sitting.id)
    return [row for row in found if allowed(actor, Action.BULLETIN_READ, _subject(session, row))]


# Writing


def make(
    session: Session,
    actor: Actor,
    kind: PeriodKind,
    day: date,
    section_public_id: str,
    zone: tzinfo,
    *,
    now: datetime,
) -> tuple[str, bool]:
    """Draft a bulletin of the period that holds a day; its public id, and False where there was a draft of it already.

    :raise BadInput: for a period that has not begun or in which nobody of the section was at a study that is over
    """
    people.hold_sections(session, [section_public_id])
    section = people.section_by_public_id(session, section_public_id)
    require(actor, Action.BULLETIN_WRITE, Subject("bulletin", section_public_id, section_id=section.id))
    period = _checked_period(kind, day, now.astimezone(zone).date())
    begun = rows.not_issued(session, period.kind, period.starts_on, section.id)
    if begun is not None:
        return begun.public_id, False
    basis = _basis(session, section, period, zone, now)
    texts = draft(basis.facts)
    row = BulletinRow(
        kind=period.kind,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        section_id=section.id,
        title=texts["title"],
        parts=texts,
        drafted=texts,
        facts=stored(basis.facts),
        facts_at=now,
        author_id=actor.person_id,
        made_at=now,
    )
    session.add(row)
    session.flush()
    rows.keep_basis(session, row.id, basis.sitting_ids, basis.absences)
    audit.record(session, actor, "bulletin:drafted", row.public_id, now, title=row.title)
    return row.public_id, True


def change(
    session: Session, actor: Actor, public_id: str, parts: Mapping[str, str], version: int, *, now: datetime
) -> None:
    """Write the texts anew, starting from this version of them; figures are facts, and stay.

    :raise NotNow: once it is issued
    :raise BadInput: naming every part that cannot be stored
    :raise WrittenMeanwhile: if somebody changed them since
    """
    row = _to_write(session, actor, public_id, BulletinMove.WRITE)
    _must_be_newest(session, row, version)
    told = {name: _tidied(name, parts.get(name, "")) for name in PARTS}
    if problems := _problems(told):
        raise BadInput("", problems)
    changed = [name for name in PARTS if told[name] != row.parts.get(name, "")]
    if not changed:
        return
    _write(row, actor, told, now)
    audit.record(session, actor, "bulletin:changed", public_id, now, parts=_words(changed), version=row.version)


def refresh_page(session: Session, actor: Actor, public_id: str, zone: tzinfo, *, now: datetime) -> Refresh:
    """What reading the figures anew would change in a draft."""
    row = _to_write(session, actor, public_id, BulletinMove.WRITE)
    return _refreshed(row, _basis(session, row.section, _period_of(row), zone, now).facts)


def refresh(
    session: Session,
    actor: Actor,
    public_id: str,
    version: int,
    zone: tzinfo,
    *,
    take: Collection[str] = (),
    now: datetime,
) -> Refresh:
    """Read the figures of a draft anew. Texts that nobody wrote on change with them, others only where `take` says so.

    :raise NotNow: once it is issued
    :raise WrittenMeanwhile: if somebody changed the texts since
    """
    row = _to_write(session, actor, public_id, BulletinMove.WRITE)
    _must_be_newest(session, row, version)
    basis = _basis(session, row.section, _period_of(row), zone, now)
    found = _refreshed(row, basis.facts)
    taken = {*found.replaced, *(name for name in found.kept if name in take)}
    _write(row, actor, {name: found.drafted[name] if name in taken else row.parts[name] for name in PARTS}, now)
    row.drafted, row.facts, row.facts_at = dict(found.drafted), stored(basis.facts), now
    rows.keep_basis(session, row.id, basis.sitting_ids, basis.absences)
    audit.record(session, actor, "bulletin:refreshed", public_id, now, parts=_words(taken), version=row.version)
    return found


def submit(session: Session, actor: Actor, public_id: str, version: int, *, now: datetime) -> None:
    """Ask for approval of these texts; a second time is the same as once.

    :raise WrittenMeanwhile: if somebody changed them since
    """
    row = _held(session, actor, public_id, Action.BULLETIN_WRITE)
    if row.state is BulletinState.SUBMITTED and row.version == version:
        return
    _move(row, BulletinMove.SUBMIT)
    _must_be_newest(session, row, version)
    row.submitted_by_id, row.submitted_at, row.returned = actor.person_id, now, ""
    audit.record(session, actor, "bulletin:submitted", public_id, now, version=version)


def send_back(session: Session, actor: Actor, public_id: str, reason: str, *, now: datetime) -> None:
    """Give it back to be written on, with the reason.

    :raise BadInput: without a reason
    """
    row = _held(session, actor, public_id, Action.BULLETIN_ISSUE)
    said = _tidied("returned", reason)
    if row.state is BulletinState.DRAFT and said and row.returned == said:
        return
    bulletin_after(row.state, BulletinMove.RETURN)
    if fault := _fault(said, LONGEST_REASON) or (None if said else "请写明要改什么"):
        raise BadInput("", [Problem("退回理由", fault)])
    _move(row, BulletinMove.RETURN)
    row.returned = said
    audit.record(session, actor, "bulletin:returned", public_id, now, reason=said)


def issue(session: Session, actor: Actor, public_id: str, version: int, zone: tzinfo, *, now: datetime) -> None:
    """Approve these texts and these figures: from now on nothing of them changes. A second time is the same as once.

    :raise WrittenMeanwhile: if somebody changed them since
    """
    row = _held(session, actor, public_id, Action.BULLETIN_ISSUE)
    if row.state is BulletinState.ISSUED and row.approver_id == actor.person_id:
        return
    bulletin_after(row.state, BulletinMove.ISSUE)
    _must_be_newest(session, row, version)
    _move(row, BulletinMove.ISSUE)
    row.approver_id, row.issued_at, row.dated = actor.person_id, now, now.astimezone(zone).date()
    row.returned = ""
    audit.record(session, actor, "bulletin:issued", public_id, now, title=row.title, version=version)


def remove(session: Session, actor: Actor, public_id: str, *, now: datetime) -> None:
    """Do away with a draft.

    :raise NotNow: once it is submitted or issued
    """
    row = _to_write(session, actor, public_id, BulletinMove.REMOVE)
    audit.record(session, actor, "bulletin:removed", public_id, now, title=row.title)
    rows.remove(session, row)


# Their parts


def _period_of(row: BulletinRow) -> Period:
    return Period(row.kind, row.starts_on, row.ends_on)


def _people_of(row: BulletinRow) -> tuple[int | None, ...]:
    return row.author_id, row.changed_by_id, row.submitted_by_id, row.approver_id


def _line_of(session: Session, actor: Actor) -> frozenset[int]:
    """The sections that the actor belongs to or oversees one of, and all above these: whose bulletins tell of them."""
    parents = {row.id: row.parent_id for row in people.sections(session)}
    found: set[int] = set()
    for section_id in {actor.section_id, *actor.overseen}:
        above: int | None = section_id
        while above is not None and above not in found:
            found.add(above)
            above = parents.get(above)
    return frozenset(found)


def _subject(session: Session, row: BulletinRow) -> Subject:
    return Subject(
        "bulletin",
        row.public_id,
        section_id=row.section_id,
        author_id=row.author_id,
        other_reviewer=has_other_overseer(session, row.section_id, row.author_id),
        scope=people.with_all_below(session, [row.section_id]),
    )


def _to_read(session: Session, actor: Actor, public_id: str) -> tuple[BulletinRow, Subject]:
    row = rows.bulletin_by_public_id(session, public_id)
    subject = _subject(session, row)
    issued = row.state is BulletinState.ISSUED
    require(actor, Action.BULLETIN_READ if issued else Action.BULLETIN_WRITE, subject)
    return row, subject


def _held(session: Session, actor: Actor, public_id: str, action: Action) -> BulletinRow:
    """The bulletin, kept from everybody else who would change it."""
    row = rows.bulletin_by_public_id(session, public_id, lock=True)
    require(actor, action, _subject(session, row))
    return row


def _to_write(session: Session, actor: Actor, public_id: str, move: BulletinMove) -> BulletinRow:
    row = _held(session, actor, public_id, Action.BULLETIN_WRITE)
    bulletin_after(row.state, move)
    return row


def _move(row: BulletinRow, move: BulletinMove) -> None:
    state = bulletin_after(row.state, move)
    assert state is not None, f"{move} leaves no state behind"
    row.state = state


def _must_be_newest(session: Session, row: BulletinRow, version: int) -> None:
    if row.version != version:
        by, at = row.changed_by_id or row.author_id, row.changed_at or row.made_at
        raise WrittenMeanwhile(dict(row.parts), row.version, names(session, [by])[by], at)


def _write(row: BulletinRow, actor: Actor, parts: Mapping[str, str], now: datetime) -> None:
    row.parts, row.title = dict(parts), parts["title"]
    row.changed_at, row.changed_by_id = now, actor.person_id
    row.version += 1


def _words(parts: Collection[str]) -> list[str]:
    """What these parts are called, in their order."""
    return [words for name, words in PARTS.items() if name in parts]


def _tidied(name: str, text: str) -> str:
    """A part without blanks around its lines; a line is one line."""
    if name in LINES:
        return " ".join(text.split())
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def _problems(told: Mapping[str, str]) -> list[Problem]:
    found = [Problem(PARTS[name], fault) for name, text in told.items() if (fault := _fault(text, LONGEST[name]))]
    return [*found, *(Problem(PARTS[name], "请填写") for name in NEEDED if not told[name])]


def _fault(text: str, longest: int) -> str | None:
    if len(text) > longest:
        return f"不超过 {longest} 个字，现有 {len(text)} 个"
    return text_fault(text)


def _refreshed(row: BulletinRow, facts: BulletinFacts) -> Refresh:
    drafted = draft(facts)
    moved = [name for name in PARTS if drafted[name] != row.parts[name]]
    untouched = {name for name in PARTS if row.parts[name] == row.drafted[name]}
    return Refresh(
        row=row,
        differences=tuple(differences(restored(row.facts), facts)),
        drafted=drafted,
        replaced=tuple(name for name in moved if name in untouched),
        kept=tuple(name for name in moved if name not in untouched),
    )


# What it is drafted from


@dataclass(frozen=True)
class _Figures:
    """The facts as far as they are figures of sections, and what they count."""

    facts: BulletinFacts
    sitting_ids: tuple[int, ...]
    scope: frozenset[int]


@dataclass(frozen=True)
class _Basis:
    """All that a draft is made from."""

    facts: BulletinFacts
    sitting_ids: tuple[int, ...]
    absences: Mapping[int, Sequence[Absence]]


def _checked_period(kind: PeriodKind, day: date, today: date) -> Period:
    try:
        period = period_with(kind, day)
    except ValueError:
        raise BadInput("", [Problem("日期", f"请填写 {YEARS[0]} 年至 {YEARS[-1]} 年之间的日期")]) from None
    if period.starts_on > today:
        raise BadInput("", [Problem("日期", f"{period.name}还没有开始，请改填已经开始的一期")])
    return period


def _basis(session: Session, section: SectionRow, period: Period, zone: tzinfo, now: datetime) -> _Basis:
    found = _figures_of(session, section, period, zone, now)
    if not found.sitting_ids:
        raise BadInput("", [Problem("", _why_nothing(session, section, period, zone, now))])
    making_up = rows.making_up(session, found.scope, found.sitting_ids)
    last = _figures_of(session, section, before(period), zone, now).facts
    facts = replace(
        _with_points(session, section, found),
        last=last.total if last.held else None,
        missed=making_up.missed,
        missed_made_up=making_up.made_up,
        due=making_up.due.astimezone(zone).date() if making_up.due else None,
    )
    return _Basis(facts, found.sitting_ids, rows.absences(session, found.scope, found.sitting_ids))


def _why_nothing(session: Session, section: SectionRow, period: Period, zone: tzinfo, now: datetime) -> str:
    planned = rows.weekly_sittings(session, *_edges(period, zone))
    if not planned:
        return f"{period.name}没有发布过集中学习，请改选日期或期间"
    if not any(sitting.phase(now) is SittingPhase.CLOSED for sitting in planned):
        return f"{period.name}的集中学习都还没有结束，结束后再起草"
    return f"“{section.name}”没有人参加{period.name}已结束的集中学习，请改选范围"


def _edges(period: Period, zone: tzinfo) -> tuple[datetime, datetime]:
    """The first instant of a period, and the first after it."""
    beyond = period.ends_on + timedelta(days=1)
    return datetime.combine(period.starts_on, time(), zone), datetime.combine(beyond, time(), zone)


def _figures_of(session: Session, section: SectionRow, period: Period, zone: tzinfo, now: datetime) -> _Figures:
    """The figures of the studies of a period that are over: whoever belonged to these sections then."""
    scope = people.with_all_below(session, [section.id])
    closed = [
        sitting
        for sitting in rows.weekly_sittings(session, *_edges(period, zone))
        if sitting.phase(now) is SittingPhase.CLOSED
    ]
    by_both = reports.by_section(session, scope, [sitting.id for sitting in closed])
    counted = {sitting_id for _, sitting_id in by_both}
    held = [sitting for sitting in closed if sitting.id in counted]
    ids = tuple(sitting.id for sitting in held)
    facts = BulletinFacts(
        scope=section.name,
        period=period,
        as_of=now.astimezone(zone).date(),
        held=tuple(Held(sitting.opens_at.astimezone(zone).date(), sitting.topic) for sitting in held),
        sections=_lines(session, section, by_both),
        last=None,
        points=(),
    )
    return _Figures(facts, ids, scope)


def _lines(session: Session, scope: SectionRow, by_both: Mapping[tuple[int, int], Figures]) -> tuple[SectionLine, ...]:
    """The sections in the office's order, each by a name that tells it from the others."""
    figures: dict[int, list[Figures]] = {}
    for (section_id, _), each in by_both.items():
        figures.setdefault(section_id, []).append(each)
    tree = [row for row, _ in in_tree_order(people.sections(session))]
    above = {row.id: row.name for row in tree}
    told = [row for row in tree if row.id in figures]
    same = Counter(row.name for row in told)

    def name(row: SectionRow) -> str:
        if row.id == scope.id and len(told) > 1:
            return f"{row.name}（本级）"
        return f"{above[row.parent_id]}·{row.name}" if row.parent_id and same[row.name] > 1 else row.name

    return tuple(SectionLine(row.id, name(row), group_of(figures[row.id])) for row in told)


def _with_points(session: Session, section: SectionRow, figures: _Figures) -> BulletinFacts:
    """With what was missed most; nothing of a group so small that it would tell of persons."""
    facts = figures.facts
    if not facts.total.tells_scores:
        return facts
    whole = section.parent_id is None
    found = reports.missed_points(session, None if whole else figures.scope, figures.sitting_ids)
    points = [
        Point(point.name, point.speech, point.quote, point.asked, point.facility)
        for point in found
        if point.facility < 1 and point.asked >= FEW
    ]
    return replace(facts, points=tuple(points[:MOST_POINTS]))


def _absences(
    session: Session, actor: Actor, row: BulletinRow, facts: BulletinFacts
) -> tuple[tuple[str, tuple[Absence, ...]], ...]:
    """Names, of the sections that the actor oversees now and of no others."""
    kept = rows.absences_kept(session, row.id, actor.overseen)
    return tuple((line.name, tuple(kept[line.section_id])) for line in facts.sections if line.section_id in kept)
