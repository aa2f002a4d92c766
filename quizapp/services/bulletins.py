"""Bulletins: drafted from the figures of a period, written on, approved, and from then on kept as they were issued."""

from collections.abc import Collection
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from datetime import tzinfo

from sqlalchemy.orm import Session

from quizapp.core.bulletin import LINES
from quizapp.core.bulletin import PARTS
from quizapp.core.bulletin import BulletinFacts
from quizapp.core.bulletin import Difference
from quizapp.core.bulletin import differences
from quizapp.core.bulletin import draft
from quizapp.core.bulletin import restored
from quizapp.core.bulletin import stored
from quizapp.core.errors import BadInput
from quizapp.core.errors import NotAllowed
from quizapp.core.errors import Problem
from quizapp.core.periods import YEARS
from quizapp.core.periods import Period
from quizapp.core.periods import PeriodKind
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Role
from quizapp.core.roles import Subject
from quizapp.core.roles import allowed
from quizapp.core.roles import require
from quizapp.core.states import BulletinMove
from quizapp.core.states import BulletinState
from quizapp.core.states import bulletin_after
from quizapp.core.types.base import text_fault
from quizapp.db import bulletins as rows
from quizapp.db import people
from quizapp.db.attendance import has_other_overseer
from quizapp.db.attendance import names
from quizapp.db.bulletins import Absence
from quizapp.db.bulletins import BulletinRow
from quizapp.db.people import SectionRow
from quizapp.db.sittings import SittingRow
from quizapp.formats.bulletin_docx import write_bulletin
from quizapp.services import audit
from quizapp.services.bulletin_facts import Basis
from quizapp.services.bulletin_facts import basis_of
from quizapp.services.bulletin_facts import checked_period
from quizapp.services.bulletin_facts import facts_of
from quizapp.services.bulletin_facts import facts_today
from quizapp.services.minutes import WrittenMeanwhile
from quizapp.services.people import in_tree_order

LONGEST = {"title": 150, "addressee": 100, "signer": 100, "overall": 4000, "problems": 6000, "demands": 4000}
LONGEST_REASON = 300
#: As many names are listed unasked; of more, one section at a time.
LISTED_AT_ONCE = 300
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
class AnnexSection:
    """So many people of a section were missing."""

    public_id: str
    name: str
    people: int


@dataclass(frozen=True)
class Annex:
    """Who was missing, of the sections that the reader oversees and of no others, in the bulletin's order.

    `listed` has the names: of all these sections, or where they are many of the one that was asked for.
    """

    sections: tuple[AnnexSection, ...] = ()
    listed: tuple[tuple[str, tuple[Absence, ...]], ...] = ()

    @property
    def people(self) -> int:
        return sum(section.people for section in self.sections)


@dataclass(frozen=True)
class Bulletin:
    """One bulletin, as far as the reader may see it."""

    row: BulletinRow
    period: Period
    facts: BulletinFacts
    annex: Annex
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


def page(
    session: Session, actor: Actor, public_id: str, zone: tzinfo, section_public_id: str = "", *, now: datetime
) -> Bulletin:
    """One bulletin: what was issued for whoever it tells something to, what was not for whoever may write it.

    :raise NotFound: also where the names of a section are asked for that the actor does not oversee
    """
    row, subject = _to_read(session, actor, public_id)
    facts = restored(row.facts)
    called = names(session, [id_ for id_ in _people_of(row) if id_ is not None])
    open_ = row.state is not BulletinState.ISSUED
    return Bulletin(
        row=row,
        period=_period_of(row),
        facts=facts,
        annex=_annex(session, actor, row, facts, section_public_id),
        differences=tuple(differences(facts, facts_today(session, row.section, facts, zone, now))),
        author=called.get(row.author_id, ""),
        changed_by=called.get(row.changed_by_id or 0, ""),
        submitted_by=called.get(row.submitted_by_id or 0, ""),
        approver=called.get(row.approver_id or 0, ""),
        may_write=open_ and allowed(actor, Action.BULLETIN_WRITE, subject),
        may_issue=open_ and allowed(actor, Action.BULLETIN_ISSUE, subject),
    )


def sheet(session: Session, actor: Actor, public_id: str, section_public_id: str = "") -> Bulletin:
    """The same without what today's data would change: what is printed."""
    row, _ = _to_read(session, actor, public_id)
    facts = restored(row.facts)
    return _alone(row, facts, _annex(session, actor, row, facts, section_public_id))


def to_edit(session: Session, actor: Actor, public_id: str) -> Bulletin:
    """The texts for whoever may write them; the bulletin may be issued meanwhile."""
    row = rows.bulletin_by_public_id(session, public_id)
    require(actor, Action.BULLETIN_WRITE, _subject(session, row))
    return _alone(row, restored(row.facts), Annex())


def file(session: Session, actor: Actor, public_id: str, section_public_id: str = "") -> tuple[str, bytes]:
    """The title, and the bulletin as a .docx."""
    found = sheet(session, actor, public_id, section_public_id)
    return found.row.title, write_bulletin(found.row.parts, found.facts, found.row.dated, found.annex.listed)


def of_sitting(session: Session, actor: Actor, sitting: SittingRow) -> list[BulletinRow]:
    """The issued bulletins whose figures count a sitting, newest first; those that the actor may read."""
    found = rows.issued_with(session, sitting.id)
    return [row for row in found if allowed(actor, Action.BULLETIN_READ, _subject(session, row))]


# Writing


def read(
    session: Session,
    actor: Actor,
    kind: PeriodKind,
    day: date,
    section_public_id: str,
    zone: tzinfo,
    *,
    now: datetime,
) -> Basis:
    """Read what a bulletin of the period that holds a day is drafted from: it takes a while, so it comes first.

    :raise BadInput: for a period that has not begun or in which nobody of the section was at a study that is over
    """
    section = people.section_by_public_id(session, section_public_id)
    require(actor, Action.BULLETIN_WRITE, Subject("bulletin", section_public_id, section_id=section.id))
    return basis_of(session, section, checked_period(kind, day, now.astimezone(zone).date()), zone, now)


def make(session: Session, actor: Actor, basis: Basis, *, now: datetime) -> tuple[str, bool]:
    """Draft a bulletin; its public id, and False where there was a draft for that section and period already."""
    people.hold_sections(session, [basis.section_public_id])
    section = people.section_by_public_id(session, basis.section_public_id)
    require(actor, Action.BULLETIN_WRITE, Subject("bulletin", section.public_id, section_id=section.id))
    period, texts = basis.facts.period, draft(basis.facts)
    begun = rows.not_issued(session, period.kind, period.starts_on, section.id)
    if begun is not None:
        return begun.public_id, False
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
    row = _to_write(session, actor, public_id, BulletinMove.WRITE, lock=False)
    return _refreshed(row, facts_of(session, row.section, _period_of(row), zone, now))


def read_again(session: Session, actor: Actor, public_id: str, zone: tzinfo, *, now: datetime) -> Basis:
    """Read anew what a draft was made from, before writing.

    :raise NotNow: once it is issued
    """
    row = _to_write(session, actor, public_id, BulletinMove.WRITE, lock=False)
    return basis_of(session, row.section, _period_of(row), zone, now)


def refresh(
    session: Session,
    actor: Actor,
    public_id: str,
    version: int,
    basis: Basis,
    *,
    take: Collection[str] = (),
    now: datetime,
) -> Refresh:
    """Give a draft the figures that were read anew. Texts that nobody wrote on change with them, others only where
    `take` says so.

    :raise NotNow: once it is issued
    :raise WrittenMeanwhile: if somebody changed the texts since
    """
    row = _to_write(session, actor, public_id, BulletinMove.WRITE)
    _must_be_newest(session, row, version)
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


def _alone(row: BulletinRow, facts: BulletinFacts, annex: Annex) -> Bulletin:
    return Bulletin(row, _period_of(row), facts, annex, (), "", "", "", "", False, False)


def _annex(session: Session, actor: Actor, row: BulletinRow, facts: BulletinFacts, section_public_id: str) -> Annex:
    """Of the sections that the actor oversees now, and of no others."""
    counted = rows.absent_people(session, row.id, actor.overseen)
    lines = [line for line in facts.sections if line.section_id in counted]
    told = tuple(AnnexSection(*counted[line.section_id][:1], line.name, counted[line.section_id][1]) for line in lines)
    asked = [line for line, section in zip(lines, told, strict=True) if section.public_id == section_public_id]
    if section_public_id and not asked:
        raise NotAllowed("bulletin", f"{row.public_id} {section_public_id}")
    annex = Annex(told)
    listed = asked if section_public_id else lines if annex.people <= LISTED_AT_ONCE else []
    kept = rows.absences_kept(session, row.id, [line.section_id for line in listed])
    return Annex(told, tuple((line.name, tuple(kept[line.section_id])) for line in listed))


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


def _held(session: Session, actor: Actor, public_id: str, action: Action, *, lock: bool = True) -> BulletinRow:
    """The bulletin; with `lock`, kept from everybody else who would change it."""
    row = rows.bulletin_by_public_id(session, public_id, lock=lock)
    require(actor, action, _subject(session, row))
    return row


def _to_write(session: Session, actor: Actor, public_id: str, move: BulletinMove, *, lock: bool = True) -> BulletinRow:
    row = _held(session, actor, public_id, Action.BULLETIN_WRITE, lock=lock)
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
