"""试题统计: what closed sittings say about their papers and questions, for editors. Counts and shares, never a name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy.orm import Session

from quizapp.core.dealing import Drawing
from quizapp.core.errors import NotFound
from quizapp.core.marking import with_wordings
from quizapp.core.question import UNITS
from quizapp.core.question import Interaction
from quizapp.core.question import MultipleRule
from quizapp.core.question import Question
from quizapp.core.question import TypeName
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import require
from quizapp.core.sitting import SittingKind
from quizapp.core.splits import FEW
from quizapp.core.splits import Line
from quizapp.core.splits import split_lines
from quizapp.core.states import QuestionState
from quizapp.core.states import SittingPhase
from quizapp.core.statistics import ENOUGH
from quizapp.core.statistics import Discrimination
from quizapp.core.statistics import Ease
from quizapp.core.statistics import Item
from quizapp.core.statistics import ItemSums
from quizapp.core.statistics import Reliability
from quizapp.core.statistics import ScoreFigures
from quizapp.core.statistics import between_items
from quizapp.core.statistics import deviation
from quizapp.core.statistics import discrimination_band
from quizapp.core.statistics import discrimination_index
from quizapp.core.statistics import discriminative_efficiency
from quizapp.core.statistics import ease
from quizapp.core.statistics import effective_weights
from quizapp.core.statistics import error_ratio
from quizapp.core.statistics import facility
from quizapp.core.statistics import functions
from quizapp.core.statistics import in_tens
from quizapp.core.statistics import intended_weights
from quizapp.core.statistics import internal_consistency
from quizapp.core.statistics import mean_score
from quizapp.core.statistics import people
from quizapp.core.statistics import point_biserial
from quizapp.core.statistics import reliability
from quizapp.core.statistics import scatter
from quizapp.core.statistics import score_figures
from quizapp.core.statistics import standard_error
from quizapp.core.types import TYPES
from quizapp.db import bank
from quizapp.db import marking
from quizapp.db import sittings
from quizapp.db import statistics as rows
from quizapp.db import summaries
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.sittings import SittingRow
from quizapp.db.statistics import Asked
from quizapp.db.summaries import ItemStatisticsRow
from quizapp.db.summaries import SummaryRow


@dataclass(frozen=True)
class SittingName:
    """A closed sitting as statistics name it. `id` is its public id."""

    id: str
    topic: str
    opens_at: datetime
    pass_percent: int
    multiple_rule: MultipleRule
    #: Whether each person had a paper of their own: then no consistency can be computed.
    own_papers: bool


@dataclass(frozen=True)
class SittingLine:
    """One closed sitting in the list; `mean` is a share of the full score."""

    sitting: SittingName
    #: Whether its sums are made; they are within minutes of its end.
    is_made: bool
    n: int
    mean: Fraction | None
    #: Cronbach's alpha; None below ENOUGH people, for papers of one's own, and where it is not defined.
    consistency: Fraction | None


@dataclass(frozen=True)
class Overview:
    """A page of the closed sittings, the newest first."""

    lines: tuple[SittingLine, ...]
    total: int


class _OfPeople:
    """What `n` people say."""

    n: int

    @property
    def few(self) -> bool:
        return self.n < FEW

    @property
    def enough(self) -> bool:
        return self.n >= ENOUGH


@dataclass(frozen=True)
class ItemFigures(_OfPeople):
    """What is known of a question, over one sitting or pooled within several.

    What fewer than FEW people say is left out, for it would tell of persons; `index`, `band`, `efficiency` and
    `point_biserial` are None below ENOUGH people too, and where they are not defined.
    """

    n: int
    facility: Fraction | None
    ease: Ease | None
    #: Standard deviation of the share earned.
    deviation: float | None
    #: The share that guessing earns; None where people mark.
    guessed: Fraction | None
    index: float | None
    band: Discrimination | None
    efficiency: Fraction | None
    point_biserial: float | None


@dataclass(frozen=True)
class ItemLine:
    """A question of one paper. `question_id` is its public id, `position` its place on the paper, from 1."""

    position: int
    question_id: str
    version: int
    type: TypeName
    stem: str
    figures: ItemFigures
    intended_weight: Fraction | None
    effective_weight: float | None
    #: The median of the seconds that people took for it.
    seconds: float | None
    #: Options that fewer than one in twenty chose; None where there are none, or too few people to tell.
    idle: int | None
    #: Whether it is being asked again just now: then nothing is said that would tell its key.
    is_out: bool


@dataclass(frozen=True)
class SittingStatistics(_OfPeople):
    """The statistics of one paper. Without `figures` while nothing is summed up, or nobody has a score."""

    sitting: SittingName
    made_at: datetime | None
    #: Whether marks changed since; they are made anew within minutes.
    is_outdated: bool
    n: int
    figures: ScoreFigures | None
    #: How many people scored in each ten percent.
    tens: tuple[int, ...]
    #: The median of the seconds that people took for the whole paper.
    seconds: float | None
    consistency: Fraction | None
    reliability: Reliability | None
    #: What two of its questions have in common on average.
    between_items: Fraction | None
    error_ratio: float | None
    standard_error: float | None
    items: tuple[ItemLine, ...]
    #: How many questions were made void or granted to everybody: marks say nothing of them.
    overruled: int


@dataclass(frozen=True)
class SplitLine:
    """One line of how answers fall apart; `functions` is None for a key, and where there are too few people to tell."""

    mark: str
    text: str
    times: int
    share: Fraction
    right: bool | None
    functions: bool | None


@dataclass(frozen=True)
class AskedLine:
    """A version in one sitting."""

    sitting: SittingName
    position: int
    full_mark: int
    figures: ItemFigures
    seconds: float | None


@dataclass(frozen=True)
class VersionStatistics:
    """One version over all sittings, pooled within them. `question` is None while its key may not be told.

    Sittings in which fewer than FEW people were asked are left out of what is counted, where there are others.
    """

    number: int
    stem: str
    type: TypeName
    question: Question | None
    figures: ItemFigures
    asked: tuple[AskedLine, ...]
    split: tuple[SplitLine, ...]
    #: How many left it blank, and how many gave answers too rare to be kept.
    blank: int
    unlisted: int
    #: The shortest and the longest of the sittings' median seconds.
    seconds: tuple[float, float] | None


@dataclass(frozen=True)
class QuestionStatistics:
    """A question by version, the newest first. `id` and `set_id` are public ids."""

    id: str
    set_id: str
    set_name: str
    stem: str
    state: QuestionState
    is_out: bool
    versions: tuple[VersionStatistics, ...]


# Papers


def overview(session: Session, actor: Actor, *, skip: int, limit: int, now: datetime) -> Overview:
    """The closed sittings, the newest first."""
    require(actor, Action.STATISTICS_READ, Subject("statistics"))
    found = rows.closed_sittings(session, now, skip=skip, limit=limit)
    sums = rows.sums_of(session, [sitting.id for sitting, _ in found])
    lines = tuple(_sitting_line(sitting, summary, sums.get(sitting.id, ())) for sitting, summary in found)
    return Overview(lines, rows.count_closed(session, now))


def _sitting_line(sitting: SittingRow, summary: SummaryRow | None, sums: Sequence[tuple[ItemSums, int]]) -> SittingLine:
    name = _name(sitting)
    if summary is None or summary.items_made_at is None:
        return SittingLine(name, False, 0, None, None)
    n = sum(times for _, _, times in summary.scores)
    paper = sum(full for _, full in sums)
    items = [Item(each, full, paper) for each, full in sums]
    mean = mean_score(rows.distribution(summary)) if n >= FEW else None
    return SittingLine(name, True, n, mean, _consistency(name, n, items))


def of_sitting(session: Session, actor: Actor, public_id: str, *, now: datetime) -> SittingStatistics:
    """The statistics of one closed sitting's paper and questions.

    :raise NotFound: while anybody may still take it
    """
    require(actor, Action.STATISTICS_READ, Subject("sitting", public_id))
    row = sittings.sitting_alone(session, public_id)
    if row.phase(now) is not SittingPhase.CLOSED or row.kind is not SittingKind.WEEKLY:
        raise NotFound("sitting", public_id)
    summary = rows.summary(session, row.id)
    places = summaries.items_of(session, row.id) if summary else ()
    return _paper(session, row, summary, places, now)


def _paper(
    session: Session, row: SittingRow, summary: SummaryRow | None, places: Sequence[ItemStatisticsRow], now: datetime
) -> SittingStatistics:
    name = _name(row)
    scores = rows.distribution(summary) if summary else {}
    figures = score_figures(scores)
    n, full = figures.n if figures else 0, rows.paper_units(row, [place.full_mark for place in places])
    items = [Item(place.sums, place.full_mark * UNITS, full) for place in places]
    consistency = _consistency(name, n, items)
    spread = figures.deviation if figures else None
    return SittingStatistics(
        sitting=name,
        made_at=summary.items_made_at if summary else None,
        is_outdated=summary.items_outdated if summary else False,
        n=n,
        figures=figures,
        tens=in_tens(scores),
        seconds=summary.seconds if summary and n >= FEW else None,
        consistency=consistency,
        reliability=None if consistency is None else reliability(consistency),
        between_items=None if consistency is None else between_items(consistency, len(items)),
        error_ratio=None if consistency is None else error_ratio(consistency),
        standard_error=None if consistency is None or spread is None else standard_error(consistency, spread),
        items=_item_lines(session, name, places, items, now),
        overruled=rows.count_places(session, row.id) - len(places) if places else 0,
    )


def _consistency(sitting: SittingName, n: int, items: Sequence[Item]) -> Fraction | None:
    return None if sitting.own_papers or n < ENOUGH else internal_consistency(items)


def _item_lines(
    session: Session, sitting: SittingName, places: Sequence[ItemStatisticsRow], items: Sequence[Item], now: datetime
) -> tuple[ItemLine, ...]:
    known = rows.versions(session, [place.version_id for place in places])
    out = rows.out(session, [question.id for _, question in known.values()], now)
    accepted = marking.accepted_wordings(session, list(known))
    weights = zip(intended_weights(items), effective_weights(items), strict=True)
    found = []
    for place, item, (intended, effective) in zip(places, items, weights, strict=True):
        version, question = known[place.version_id]
        asked = with_wordings(version.question(), accepted.get(version.id, ()))
        is_out = question.id in out
        split = () if is_out or item.sums.n < ENOUGH else _split(asked, place.answers, item.sums.n)
        judged = [line.functions for line in split if line.functions is not None]
        found.append(
            ItemLine(
                position=place.position,
                question_id=question.public_id,
                version=version.number,
                type=version.type,
                stem=version.stem,
                figures=_figures([item], asked, sitting.multiple_rule),
                # Where papers differ, so do the weights of a question in them.
                intended_weight=None if sitting.own_papers else intended,
                effective_weight=effective if item.sums.n >= ENOUGH and not sitting.own_papers else None,
                seconds=place.seconds if item.sums.n >= FEW else None,
                idle=judged.count(False) if judged else None,
                is_out=is_out,
            )
        )
    return tuple(found)


def _name(row: SittingRow) -> SittingName:
    own_papers = row.drawing is Drawing.PER_PERSON
    return SittingName(row.public_id, row.topic, row.opens_at, row.pass_percent, row.multiple_rule, own_papers)


# Questions


def of_question(session: Session, actor: Actor, public_id: str, *, now: datetime) -> QuestionStatistics:
    """A question over all closed sittings that asked it, version by version.

    While a paper that asks it may still be answered, by whomever, neither its key nor how answers fall apart is told:
    editors take quizzes too.
    """
    require(actor, Action.STATISTICS_READ, Subject("question", public_id))
    row = bank.question_in_context(session, public_id)
    is_out = row.id in rows.out(session, [row.id], now)
    versions = [version for version, _ in bank.versions_of(session, row.id)]
    asked: dict[int, list[Asked]] = {}
    for each in rows.asked(session, row.id, now):
        asked.setdefault(each.version_id, []).append(each)
    accepted = marking.accepted_wordings(session, list(asked))
    newest_first = sorted(versions, key=lambda version: -version.number)
    return QuestionStatistics(
        id=row.public_id,
        set_id=row.question_set.public_id,
        set_name=row.question_set.name,
        stem=newest_first[0].stem,
        state=row.state,
        is_out=is_out,
        versions=tuple(
            _version(version, asked[version.id], accepted.get(version.id, ()), is_out)
            for version in newest_first
            if version.id in asked
        ),
    )


def _version(
    version: QuestionVersionRow, asked: Sequence[Asked], wordings: Sequence[tuple[int, str]], is_out: bool
) -> VersionStatistics:
    question = with_wordings(version.question(), wordings)
    # What is told of all and of all but two tells of the two.
    counted = [each for each in asked if each.item.sums.n >= FEW] or asked
    # The newest sitting's rule: what guessing earns is a hint, and rules rarely change.
    figures = _figures([each.item for each in counted], question, asked[0].sitting.multiple_rule)
    answers = [answer for each in counted for answer in each.answers]
    shown = not is_out and not figures.few
    times = [each.seconds for each in counted if each.seconds is not None and not figures.few]
    return VersionStatistics(
        number=version.number,
        stem=version.stem,
        type=version.type,
        question=None if is_out else version.question(),
        figures=figures,
        asked=tuple(_asked_line(each, question) for each in asked),
        split=_split(question, answers, figures.n) if shown else (),
        blank=sum(n for value, n in answers if not any(value)) if shown else 0,
        unlisted=figures.n - sum(n for _, n in answers) if shown else 0,
        seconds=(min(times), max(times)) if times else None,
    )


def _asked_line(asked: Asked, question: Question) -> AskedLine:
    sums = asked.item.sums
    return AskedLine(
        sitting=_name(asked.sitting),
        position=asked.position,
        full_mark=asked.item.full // UNITS,
        figures=_figures([asked.item], question, asked.sitting.multiple_rule),
        seconds=asked.seconds if sums.n >= FEW else None,
    )


# Their parts


def _figures(items: Sequence[Item], question: Question, rule: MultipleRule) -> ItemFigures:
    n = people(items)
    share = facility(items) if n >= FEW else None
    found = scatter(items)
    index = discrimination_index(found) if n >= ENOUGH else None
    return ItemFigures(
        n=n,
        facility=share,
        ease=None if share is None else ease(share),
        deviation=deviation(found) if n >= FEW else None,
        guessed=TYPES[question.type].guessed(question, rule),
        index=index,
        band=None if index is None else discrimination_band(index),
        efficiency=discriminative_efficiency(found) if n >= ENOUGH else None,
        point_biserial=point_biserial(items) if n >= ENOUGH else None,
    )


def _split(question: Question, answers: Sequence[tuple[Sequence[str], int]], n: int) -> tuple[SplitLine, ...]:
    """How n people's answers fall apart; nothing for what is written freely, which people mark."""
    kind = TYPES[question.type]
    if kind.is_marked_by_person:
        return ()
    # What was left blank is no wording of a blank and no order.
    given = [(kind.restored(value), times) for value, times in answers if any(value)]
    return tuple(_split_line(line, question, n) for line in split_lines(question, given, told=True))


def _split_line(line: Line, question: Question, n: int) -> SplitLine:
    is_distractor = TYPES[question.type].interaction is Interaction.CHOICE and line.right is False
    judged = functions(line.times, n) if is_distractor and n >= ENOUGH else None
    return SplitLine(line.mark, line.text, line.times, Fraction(line.times, n), line.right, judged)
