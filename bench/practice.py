"""What are five questions a day worth? An office practises for half a year, as do others that choose otherwise.

Learners follow FSRS-6 as py-fsrs computes it, each with weights of their own that the site does not know: an own speed
of forgetting (log-normal, spread 0.35: one in twenty forgets nearly twice as fast as the defaults say). Every Friday a
sitting asks new key points, of which six in ten are known from the reading (before it, four in ten), and three older
ones drawn by lot; everybody sits it or makes it up. On five days a week five questions are practised, from all points
asked so far and the new ones of the coming sitting; a right answer in seven is marked unsure. Recall is the learner's
true one, on Monday and Thursday mornings, as a mean over the points that sittings have asked so far; "late" is the
second half of the weeks, "end" the last one. Minutes are taken at 25 seconds a question with its explanation.

What favours our choice: the learners forget by the very formulas it reckons with (all but the speed), every point is as
hard as any other before it is asked, practice is never skipped, and the weights of core/choosing.py were set by 40 of
these very people (another seed gives others; the margins were the same). The rows below the comparison let people skip
and guess. What does not favour it: nobody looks a speech up, or practises more. Margins are taken person by person,
with the 95 % interval; read them as the order of the policies under these assumptions, not as what an office will see.
The last line says what one's five cost the server.

    python -m bench.practice [people] [weeks] [seed]
"""

import sys
import tempfile
import time
from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Iterator
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from functools import partial
from math import exp
from math import sqrt
from pathlib import Path
from random import Random
from statistics import fmean
from statistics import median
from statistics import stdev
from typing import TypeVar

from fsrs import Card
from fsrs import Rating
from fsrs import Scheduler
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from bench.bell import move_in
from quizapp import create_app
from quizapp.cli import demo
from quizapp.core.choosing import Candidate
from quizapp.core.choosing import choose
from quizapp.core.memory import Memory
from quizapp.core.memory import elapsed_days
from quizapp.core.memory import grade_of
from quizapp.core.memory import rated
from quizapp.core.memory import recall
from quizapp.core.memory import recall_after
from quizapp.core.practice import DAILY
from quizapp.core.practice import DAYS_TO_CLEAR
from quizapp.core.roles import Actor
from quizapp.core.states import QuestionState
from quizapp.db.bank import QuestionRow
from quizapp.db.base import Base
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.practice import CardRow
from quizapp.services import daily

PEOPLE, WEEKS, SEED = 300, 26, "每周学测"
#: So many of them where the office differs, which takes a row each and two minutes in all.
PEOPLE_OTHERWISE = 100
#: Monday of the first week. Days are all that counts, so everything happens at one time of day.
MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
WORKING_DAYS, SITTING_DAY = 5, 4
#: The mornings on which recall is looked at: after the weekend, and towards the sitting.
LOOKED_AT = (0, 3)
SPREAD, FASTEST = 0.35, 3.0
KNOWN_AT_SITTING, KNOWN_BEFORE, UNSURE = 0.6, 0.4, 1 / 7
SECONDS_A_QUESTION = 25
#: So many people with so many cards each, and of how many cards those choose whose CPU is taken.
CROWD, CARDS_EACH, CARDS_OF_ONE, CHOOSERS = 20_000, 20, 300, 40

Row = TypeVar("Row", bound=Base)
Policy = Callable[[Sequence[Candidate[int]], datetime, Random], Sequence[int]]


@dataclass(frozen=True)
class Office:
    """What a week asks of everybody: new and older key points; the share of days on which somebody practises, and the
    share of what is forgotten that is guessed right (every second time marked unsure)."""

    new: int = 7
    older: int = 3
    diligence: float = 1.0
    lucky: float = 0.0
    seed: str = SEED


# Policies


def ours(candidates: Sequence[Candidate[int]], now: datetime, rng: Random) -> Sequence[int]:
    return choose(candidates, DAILY, now, str(rng.random()))


def by_chance(candidates: Sequence[Candidate[int]], now: datetime, rng: Random) -> Sequence[int]:
    return _first(candidates, now, lambda _: rng.random())


def wrong_first(candidates: Sequence[Candidate[int]], now: datetime, rng: Random) -> Sequence[int]:
    """Mistakes that are not made good, then anything, both by chance."""
    return _first(candidates, now, lambda each: rng.random() - each.wrong)


def weakest_first(candidates: Sequence[Candidate[int]], now: datetime, rng: Random) -> Sequence[int]:
    """What many programs do: the lowest predicted recall first, new points last."""
    return _first(candidates, now, lambda each: 1.0 if each.memory is None else recall(each.memory, now))


def nothing(candidates: Sequence[Candidate[int]], now: datetime, rng: Random) -> Sequence[int]:
    return ()


def _first(
    candidates: Sequence[Candidate[int]], now: datetime, key: Callable[[Candidate[int]], float]
) -> Sequence[int]:
    open_today = [each for each in candidates if each.memory is None or elapsed_days(each.memory, now)]
    return [each.subject for each in sorted(open_today, key=key)[:DAILY]]


POLICIES: dict[str, Policy] = {
    "our choice": ours,
    "weakest first": weakest_first,
    "wrong ones first": wrong_first,
    "random": by_chance,
    "no practice": nothing,
}


# Learners


@dataclass
class Life:
    """What came of one person: questions practised, mean recall by week, and what of the sittings was known."""

    reviews: int = 0
    recalls: list[float] = field(default_factory=list)
    predicted: list[float] = field(default_factory=list)
    known_new: list[bool] = field(default_factory=list)
    known_older: list[bool] = field(default_factory=list)


@dataclass
class Learner:
    """One person: what is truly remembered (`cards`), and what the site takes to be (`memories`, `mistakes`)."""

    fsrs: Scheduler
    rng: Random
    lucky: float
    cards: dict[int, Card] = field(default_factory=dict)
    memories: dict[int, Memory] = field(default_factory=dict)
    #: By point, the days on which it was right since it was wrong.
    mistakes: dict[int, int] = field(default_factory=dict)

    def answer(self, point: int, known_unasked: float, now: datetime) -> bool:
        """Answer a question; whether the point was known, which luck is not."""
        card = self.cards.get(point) or Card(0, due=now)
        chance = self.fsrs.get_card_retrievability(card, now) if card.last_review else known_unasked
        is_known = self.rng.random() < chance
        is_lucky = not is_known and self.rng.random() < self.lucky
        is_unsure = self.rng.random() < (0.5 if is_lucky else UNSURE)
        truth = grade_of(is_known, is_unsure)
        self.cards[point], _ = self.fsrs.review_card(card, Rating(truth), now)
        self._rate(point, is_known or is_lucky, is_unsure, now)
        return is_known

    def _rate(self, point: int, is_right: bool, is_unsure: bool, now: datetime) -> None:
        """What the site makes of it: only the first answer of a day rates."""
        memory = self.memories.get(point)
        if memory is not None and not elapsed_days(memory, now):
            return
        self.memories[point] = rated(memory, grade_of(is_right, is_unsure), now)
        if not is_right:
            self.mistakes[point] = 0
        elif point in self.mistakes:
            self.mistakes[point] += 1
            if self.mistakes[point] == DAYS_TO_CLEAR:
                del self.mistakes[point]

    def candidates(self, points: int, coming: frozenset[int]) -> list[Candidate[int]]:
        return [
            Candidate(point, self.memories.get(point), point in self.mistakes, point in coming)
            for point in range(points)
        ]

    def mean_recall(self, points: int, now: datetime) -> tuple[float, float]:
        """The true one of the points asked so far, and the predicted one."""
        asked = [(self.cards[point], self.memories[point]) for point in range(points)]
        true = fmean(recall_after((now - card.last_review).days, card.stability) for card, _ in asked)  # type: ignore[operator, arg-type]
        return true, fmean(recall(memory, now) for _, memory in asked)


def learner(number: int, office: Office) -> Learner:
    """The same person under every policy, as far as speed goes."""
    rng = Random(f"{office.seed}:{number}")
    speed = min(exp(rng.gauss(0, SPREAD)), FASTEST)
    weights = list(Scheduler().parameters)
    # The stability of first answers, and what is left after a lapse: the weights that are amounts of days.
    for index in (0, 1, 2, 3, 11):
        weights[index] *= speed
    return Learner(Scheduler(weights, learning_steps=(), relearning_steps=(), enable_fuzzing=False), rng, office.lucky)


def live(person: Learner, policy: Policy, office: Office, weeks: int) -> Life:
    """The sittings' older questions are the same for everybody."""
    lot, found = Random(office.seed), Life()
    for week in range(weeks):
        asked = week * office.new
        older, new = lot.sample(range(asked), min(office.older, asked)), range(asked, asked + office.new)
        seen: list[tuple[float, float]] = []
        for weekday in range(WORKING_DAYS if asked else 0):
            now = MONDAY + timedelta(weeks=week, days=weekday)
            if weekday in LOOKED_AT:
                seen.append(person.mean_recall(asked, now))
            found.reviews += practise(person, policy, office, asked + office.new, frozenset([*older, *new]), now)
        now = MONDAY + timedelta(weeks=week, days=SITTING_DAY)
        found.known_older += [person.answer(point, KNOWN_AT_SITTING, now) for point in older]
        found.known_new += [person.answer(point, KNOWN_AT_SITTING, now) for point in new]
        if seen:
            found.recalls.append(fmean(true for true, _ in seen))
            found.predicted.append(fmean(predicted for _, predicted in seen))
    return found


def practise(
    person: Learner, policy: Policy, office: Office, points: int, coming: frozenset[int], now: datetime
) -> int:
    """One day's five; how many were answered."""
    if policy is nothing or person.rng.random() >= office.diligence:
        return 0
    chosen = policy(person.candidates(points, coming), now, person.rng)
    for point in chosen:
        person.answer(point, KNOWN_BEFORE, now)
    return len(chosen)


def everybody(policy: Policy, office: Office, people: int, weeks: int) -> list[Life]:
    with ProcessPoolExecutor() as pool:
        return list(pool.map(partial(life, policy, office, weeks), range(people), chunksize=5))


def life(policy: Policy, office: Office, weeks: int, number: int) -> Life:
    return live(learner(number, office), policy, office, weeks)


# What came of it


def late(person: Life) -> float:
    return fmean(person.recalls[len(person.recalls) // 2 :])


HEAD = f"{'':<30}{'late':>7}{'end':>7}{'predicted':>11}{'new':>7}{'older':>7}{'a week':>8}{'minutes':>9}"


def print_row(name: str, people: Sequence[Life], weeks: int) -> None:
    reviews = fmean(person.reviews for person in people) / weeks
    columns = (
        f"{fmean(map(late, people)):>7.3f}{fmean(person.recalls[-1] for person in people):>7.3f}",
        f"{fmean(person.predicted[-1] for person in people):>11.3f}",
        f"{fmean(fmean(person.known_new) for person in people):>7.3f}",
        f"{fmean(fmean(person.known_older) for person in people):>7.3f}",
        f"{reviews:>8.1f}{reviews * SECONDS_A_QUESTION / 60:>9.1f}",
    )
    print(f"{name:<30}" + "".join(columns), flush=True)


def print_margin(name: str, people: Sequence[Life], others: Sequence[Life]) -> None:
    margins = [late(one) - late(other) for one, other in zip(people, others, strict=True)]
    interval = 1.96 * stdev(margins) / sqrt(len(margins))
    better = sum(margin > 0 for margin in margins)
    print(f"our choice over {name}: {fmean(margins):+.3f} ± {interval:.3f} late, better for {better} of {len(margins)}")


def compare(office: Office, people: int, weeks: int) -> None:
    points = office.new * weeks
    print(
        f"{people} people, {weeks} weeks, {office.new} new key points a week ({points} in the end)\n"
        "recall late, at the end, as the site predicts it then; known at the sitting of new and of older points;\n"
        f"questions practised by one person in a week, and their minutes\n\n{HEAD}"
    )
    found = {}
    for name, policy in POLICIES.items():
        found[name] = everybody(policy, office, people, weeks)
        print_row(name, found[name], weeks)
    print()
    for name in ("random", "wrong ones first", "weakest first"):
        print_margin(name, found["our choice"], found[name])


OTHERWISE = {
    "5 new points a week": Office(new=5),
    "6 new points a week": Office(new=6),
    "8 new points a week": Office(new=8),
    "10 new points a week": Office(new=10),
    "four days in five": Office(diligence=0.8),
    "the same, 6 new points": Office(new=6, diligence=0.8),
    "a quarter guessed right": Office(lucky=0.25),
}


def print_otherwise(people: int, weeks: int, seed: str) -> None:
    print(f"\nour choice where the office differs, {people} people\n{HEAD}")
    for name, office in OTHERWISE.items():
        print_row(name, everybody(ours, replace(office, seed=seed), people, weeks), weeks)


# What it costs


def print_cost() -> None:
    """CPU of one person's five: read from among everybody's cards, chosen, and a question found for each."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app({"QUIZAPP_INSTANCE": folder})
        with app.app_context():
            db.create_all()
            demo.load(Path(folder), UTC, lambda _: None)
            actors = move_in(CROWD)
            choosers = actors[-1 :: -(CROWD // CHOOSERS)]
            remember(actors, choosers, write_questions(), Random(SEED))
            cpu_of_choice(choosers[0])  # every statement is compiled once
            taken = [cpu_of_choice(chooser) for chooser in choosers]
            db.session.remove()
            db.engine.dispose()
    print(
        f"\n{CROWD:,} people with {CARDS_EACH} cards each, those who choose with {CARDS_OF_ONE}: "
        f"{median(taken) * 1000:.1f} ms CPU for one's five, at most {max(taken) * 1000:.1f}"
    )


def write_questions() -> Sequence[int]:
    """As many questions as somebody has cards, after those that the demonstration has approved; their ids."""
    with writing() as session:
        approved = select(QuestionRow).where(QuestionRow.state == QuestionState.APPROVED)
        like = session.scalars(approved.options(joinedload(QuestionRow.version))).all()
        rows = []
        for number in range(CARDS_OF_ONE):
            one = like[number % len(like)]
            row = copied(one, fingerprint=f"bench {number}", version_id=None, key_point_id=None)
            session.add(row)
            session.flush()
            row.version = copied(one.version, question_id=row.id)
            rows.append(row)
        session.flush()
        return [row.id for row in rows]


def copied(row: Row, **changes: object) -> Row:
    """A new row like this one."""
    names = {column.name for column in type(row).__table__.columns} - {"id", "public_id"}
    return type(row)(**{name: getattr(row, name) for name in names} | changes)


def remember(actors: Sequence[Actor], choosers: Sequence[Actor], questions: Sequence[int], rng: Random) -> None:
    many = {actor.person_id for actor in choosers}
    with writing() as session:
        for start in range(0, len(actors), 1000):
            people = [actor.person_id for actor in actors[start : start + 1000]]
            session.execute(insert(CardRow), [row for person in people for row in _cards(person, many, questions, rng)])


def _cards(person: int, many: Collection[int], questions: Sequence[int], rng: Random) -> Iterator[dict[str, object]]:
    now = datetime.now(UTC)
    for question in questions if person in many else rng.sample(questions, CARDS_EACH):
        rated_at = now - timedelta(days=rng.randrange(1, 90))
        yield {
            "person_id": person,
            "question_id": question,
            "stability": rng.uniform(0.2, 90),
            "difficulty": rng.uniform(1, 10),
            "rated_at": rated_at,
            "rated_on": rated_at.date(),
        }


def cpu_of_choice(actor: Actor) -> float:
    """Seconds, as a page spends them: in a session of its own."""
    db.session.remove()
    start = time.process_time()
    five = daily.choose_five(db.session(), actor, UTC, now=datetime.now(UTC))
    taken = time.process_time() - start
    assert five is not None and len(five.version_ids) == DAILY
    return taken


def main(people: int = PEOPLE, weeks: int = WEEKS, seed: str = SEED) -> None:
    compare(Office(seed=seed), people, weeks)
    print_otherwise(min(people, PEOPLE_OTHERWISE), weeks, seed)
    print_cost()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]), *sys.argv[3:4])  # type: ignore[arg-type]
