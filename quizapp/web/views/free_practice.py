"""自由练习: choosing what to practise, and a run of it, question by question; one's mistakes are practised so too."""

from secrets import token_hex
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint
from flask import current_app
from flask import flash
from flask import redirect
from flask import render_template
from flask import request
from flask import url_for
from flask.typing import ResponseReturnValue

from quizapp.core.labels import label
from quizapp.core.narrowing import Chosen
from quizapp.core.narrowing import Facet
from quizapp.core.narrowing import narrowed
from quizapp.core.practice import PracticeMode
from quizapp.core.question import TypeName
from quizapp.core.roles import Action
from quizapp.core.types import BadResponse
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import free_practice
from quizapp.services import mistakes
from quizapp.services.free_practice import FACETS
from quizapp.services.free_practice import FEWEST
from quizapp.services.free_practice import MOST
from quizapp.services.free_practice import NONE
from quizapp.services.free_practice import SEED
from quizapp.services.free_practice import UNDER
from quizapp.services.free_practice import USUAL
from quizapp.services.free_practice import Line
from quizapp.services.free_practice import Progress
from quizapp.services.free_practice import Run
from quizapp.services.practising import Explained
from quizapp.services.practising import Given
from quizapp.services.practising import Reserved
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.narrowing import Chip
from quizapp.web.narrowing import chips
from quizapp.web.narrowing import chosen_of
from quizapp.web.narrowing import query_of
from quizapp.web.practised import given_by_form

bp = Blueprint("free_practice", __name__, url_prefix="/practice")
NUMBERS = (FEWEST, USUAL, 15, 20, 30, MOST)
#: What narrows a run, by what is practised.
FACETS_OF = {PracticeMode.FREE: FACETS, PracticeMode.MISTAKES: mistakes.FACETS}
NOT_ANSWERED = "还没有作答。不会也没关系，点“不会”继续，也可以先跳过。"
NOT_NOW = "这道题刚被选进一场没有结束的学测，或者已经撤下，现在不能练习。刚才的作答没有记录，已换成别的题。"
ANSWERED_BEFORE = "这道题在另一个页面已经作答，以先提交的为准，下面是当时的答案。"


@bp.get("/free")
@needs(Action.PRACTICE_OWN)
def index() -> ResponseReturnValue:
    lines = free_practice.lines(db.session(), actor(), now=now())
    chosen = chosen_of(FACETS)
    found = narrowed(lines, chosen)
    return render_template(
        "practice/free.html",
        total=len(lines),
        found=len(found),
        chips={facet: shown for facet in FACETS if (shown := _chips(lines, chosen, facet))},
        chosen=query_of(chosen),
        numbers=NUMBERS,
        usual=USUAL,
        seed=_seed(),
        at_random=new_run(PracticeMode.FREE, chosen, min(len(found), USUAL)),
    )


def _chips(lines: list[Line], chosen: Chosen, facet: Facet) -> list[Chip]:
    """The values of a facet that has something to choose between; headings and key points only of one set."""
    one_set = Facet.SET in chosen or len({line.facets[Facet.SET] for line in lines}) == 1
    if facet in (Facet.HEADING, Facet.POINT) and not one_set:
        return []
    words = _words(lines, facet)
    shown = chips(
        lines, chosen, facet, words, lambda value: words.get(value, "现在没有可练的题"), under=UNDER.get(facet, ())
    )
    return shown if len(shown) > 1 or facet in chosen else []


def _words(lines: list[Line], facet: Facet) -> dict[str, str]:
    """The word for each value of a facet, in the order in which people look for them."""
    if facet is Facet.TYPE:
        return {name.value: label(name) for name in TypeName}
    if facet is Facet.DIFFICULTY:
        return {"1": "1（易）", "2": "2", "3": "3", "4": "4", "5": "5（难）"}
    if facet is Facet.SET:
        return {line.facets[facet]: line.set_name for line in lines}
    by_start = sorted(lines, key=lambda line: line.start)
    told = {line.facets[facet]: line.point if facet is Facet.POINT else line.facets[facet] for line in by_start}
    bare = told.pop(NONE, None)
    return told if bare is None else told | {NONE: "不属于任何要点" if facet is Facet.POINT else "没有标题"}


# A run


@bp.get("/run")
@needs(Action.PRACTICE_OWN)
def run() -> ResponseReturnValue:
    asked = run_of_address()
    if asked is None:
        return redirect(url_for(".index"))
    found = _standing(asked)
    if not found.places:
        return render_template("practice/run_empty.html", run=asked, modes=PracticeMode)
    number = _number(found)
    if number is None:
        return redirect(url_for(".result", **query_of_run(asked)))
    return _question_page(found, number)


@bp.post("/run/answers")
@needs(Action.PRACTICE_OWN)
def answer() -> ResponseReturnValue:
    asked = run_of_address()
    if asked is None:
        return redirect(url_for(".index"))
    try:
        given = given_by_form(request.form, asked.mode)
        if "give-up" not in request.form:
            if not given.raw:
                raise BadResponse(NOT_ANSWERED)
            to_judge = free_practice.to_judge(db.session(), actor(), asked, given, now=now())
            if to_judge is not None and given.said_right is None:
                return _judging_page(asked, given, to_judge)
        with writing() as session:
            kept = free_practice.answer(session, actor(), asked, _given(given), _zone(), now=now())
    except Reserved:
        flash(NOT_NOW, "error")
        return redirect(url_for(".run", **query_of_run(asked)))
    except BadResponse as bad:
        return _refused(asked, bad)
    if not kept:
        flash(ANSWERED_BEFORE, "error")
    shown_at = given.sequence if asked.at_once or not kept else None
    return redirect(url_for(".run", **query_of_run(asked), at=shown_at))


@bp.get("/run/result")
@needs(Action.PRACTICE_OWN)
def result() -> ResponseReturnValue:
    asked = run_of_address()
    if asked is None:
        return redirect(url_for(".index"))
    found = _standing(asked)
    return render_template(
        "practice/run_result.html",
        standing=found,
        answered=free_practice.results(db.session(), found),
        query=query_of_run(asked),
        again=query_of_run(Run(asked.mode, asked.chosen, asked.number, asked.at_once, _seed())),
        modes=PracticeMode,
    )


def _given(given: Given) -> Given:
    """As it is to be held: whoever gave up gave nothing."""
    if "give-up" not in request.form:
        return given
    return Given(
        id=given.id,
        version=given.version,
        seed=given.seed,
        mode=given.mode,
        raw=[],
        is_unsure=given.is_unsure,
        page=given.page,
        sequence=given.sequence,
    )


def _standing(asked: Run) -> Progress:
    return free_practice.standing(db.session(), actor(), asked, now=now())


def _number(found: Progress) -> int | None:
    """The question that the address asks for; without one the next to answer, None where all are answered."""
    told = request.args.get("at", "")
    numbers = [place.number for place in found.places]
    if told.isascii() and told.isdecimal() and len(told) < 4 and int(told) in numbers:
        return int(told)
    return found.next_after(0)


def _question_page(found: Progress, number: int, fault: str = "") -> str:
    shown = free_practice.shown(db.session(), found, number)
    return render_template(
        "practice/run.html",
        standing=found,
        shown=shown,
        practised=shown.practised,
        page=found.run.page,
        number=number,
        following=found.next_after(number),
        query=query_of_run(found.run),
        fault=fault,
        given=request.form.getlist(f"q{number}") if fault else [],
        is_unsure="unsure" in request.form,
        modes=PracticeMode,
    )


def _refused(asked: Run, bad: BadResponse) -> ResponseReturnValue:
    """The question with what was sent, and what is wrong with it."""
    found = _standing(asked)
    told = request.form.get("number", "")
    number = next((place.number for place in found.places if str(place.number) == told), None)
    if number is None:
        flash(bad.reason, "error")
        return redirect(url_for(".run", **query_of_run(asked)))
    return _question_page(found, number, bad.reason), 422


def _judging_page(asked: Run, given: Given, explained: Explained) -> ResponseReturnValue:
    """What a short answer should have said, beside what it says: its person judges it."""
    return render_template(
        "practice/run_judging.html",
        run=asked,
        given=given,
        explained=explained,
        query=query_of_run(asked),
        total=asked.number,
        modes=PracticeMode,
    )


# The address of a run


def run_of_address() -> Run | None:
    """The run that the address says; None where it says none."""
    told = request.args.get("mode", "")
    mode = PracticeMode(told) if told in set(PracticeMode) else None
    seed, number = request.args.get("seed", ""), request.args.get("number", "")
    if mode not in FACETS_OF or not SEED.fullmatch(seed):
        return None
    if not (number.isascii() and number.isdecimal() and len(number) < 4 and 0 < int(number) <= MOST):
        return None
    return Run(mode, chosen_of(FACETS_OF[mode]), int(number), request.args.get("when") != "end", seed)


def query_of_run(run: Run) -> dict[str, Any]:
    """The part of an address that says the run."""
    when = "each" if run.at_once else "end"
    told = {"mode": run.mode.value, "number": str(run.number), "when": when, "seed": run.seed}
    return told | query_of(run.chosen)


def new_run(mode: PracticeMode, chosen: Chosen, number: int) -> dict[str, Any]:
    """The address of a run that nobody has begun, with answers shown at once."""
    return query_of_run(Run(mode, chosen, min(number, MOST), at_once=True, seed=_seed()))


def _seed() -> str:
    return free_practice.new_seed(token_hex(4), now())


def _zone() -> ZoneInfo:
    return ZoneInfo(current_app.config["OFFICE_ZONE"])
