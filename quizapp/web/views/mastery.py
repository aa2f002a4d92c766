"""掌握度: one's own map of key points, that of a section for those who oversee it, and the office's for editors."""

from dataclasses import dataclass
from dataclasses import replace
from typing import Any

from flask import Blueprint
from flask import render_template
from flask import request
from flask import url_for
from flask.typing import ResponseReturnValue

from quizapp.core.coverage import ANSWERS_NEEDED
from quizapp.core.coverage import KNOWN_FROM
from quizapp.core.mastery import FORGOTTEN_BELOW
from quizapp.core.mastery import Standing
from quizapp.core.memory import FADING_FROM
from quizapp.core.memory import STRONG_FROM
from quizapp.core.narrowing import Facet
from quizapp.core.reports import FEW
from quizapp.core.roles import Action
from quizapp.db.base import db
from quizapp.services import mastery
from quizapp.services.mastery import Figure
from quizapp.services.mastery import OwnTopic
from quizapp.services.mastery import SpeechMap
from quizapp.services.report_runs import Paging
from quizapp.web import exports
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.tables import mastery as tables

bp = Blueprint("mastery", __name__)
#: Speeches on one page of a map: a quarter's.
SPEECHES_SHOWN = 12
#: How many lines a list on a page has; its file has them all.
LINES_SHOWN = 50
#: What the words for a recall mean.
THRESHOLDS = {"strong_from": STRONG_FROM, "fading_from": FADING_FROM, "few": FEW}


@bp.get("/practice/mastery")
@needs(Action.PRACTICE_OWN)
def own() -> ResponseReturnValue:
    found = mastery.own_map(db.session(), actor(), now=now())
    wanted = _wanted()
    narrowed = [_only(each, wanted) for each in found.speeches]
    speeches = [each for each in narrowed if each.headings]
    if exports.wanted():
        return exports.answer(tables.own_map(speeches))
    return render_template(
        "mastery/own.html",
        found=found,
        now=now(),
        states=Standing,
        wanted=wanted,
        **_page_of(speeches),
        **THRESHOLDS,
    )


@bp.get("/practice/mastery/speeches/<string:speech_id>/points/<int:number>")
@needs(Action.PRACTICE_OWN)
def point(speech_id: str, number: int) -> ResponseReturnValue:
    found = mastery.own_point(db.session(), actor(), speech_id, number, now=now())
    asked: dict[str, Any] = {Facet.POINT.value: found.matter.key_point_id}
    return _topic_page(found, url_for("free_practice.index", **asked))


@bp.get("/practice/mastery/questions/<string:question_id>")
@needs(Action.PRACTICE_OWN)
def question(question_id: str) -> ResponseReturnValue:
    found = mastery.own_question(db.session(), actor(), question_id, now=now())
    asked: dict[str, Any] = {Facet.SET.value: found.source.question_set} if found.source.question_set else {}
    return _topic_page(found, url_for("free_practice.index", **asked))


def _topic_page(found: OwnTopic, practise: str) -> str:
    return render_template("mastery/topic.html", topic=found, practise=practise, now=now(), states=Standing)


@bp.get("/reports/sections/<string:section_id>/mastery")
@needs(Action.REPORT_READ)
def section(section_id: str) -> ResponseReturnValue:
    found = mastery.section_map(db.session(), actor(), section_id, now=now())
    if exports.wanted():
        return exports.answer(tables.section_map(found))
    return render_template(
        "mastery/section.html",
        found=found,
        section=found.at.section,
        states=Standing,
        shown_lines=found.weakest[:LINES_SHOWN],
        **_page_of(found.speeches),
        **THRESHOLDS,
    )


@bp.get("/statistics/mastery")
@needs(Action.STATISTICS_READ)
def office() -> ResponseReturnValue:
    found = mastery.office(db.session(), actor())
    if exports.wanted():
        if exports.chosen("points", "questions") == "questions":
            return exports.answer(tables.known(found.known))
        return exports.answer(tables.forgotten(found.forgotten))
    return render_template(
        "mastery/office.html",
        found=found,
        at_most=LINES_SHOWN,
        forgotten_below=FORGOTTEN_BELOW,
        known_from=KNOWN_FROM,
        answers_needed=ANSWERS_NEEDED,
        few=FEW,
    )


def _wanted() -> Standing | None:
    """What the map is narrowed to; what is no standing shows all."""
    said = request.args.get("standing", "")
    return Standing(said) if said in set(Standing) else None


def _only(each: SpeechMap[Figure], wanted: Standing | None) -> SpeechMap[Figure]:
    if wanted is None:
        return each
    cells = [(name, [cell for cell in found if cell.figure.standing is wanted]) for name, found in each.headings]
    return replace(each, headings=[(name, found) for name, found in cells if found])


def _page_of(speeches: Any) -> dict[str, Any]:
    pages = Paging.of(len(speeches), SPEECHES_SHOWN, request.args.get("page", 1, type=int))
    first = (pages.number - 1) * SPEECHES_SHOWN
    return {"pages": pages, "speeches": [_Shown(each) for each in speeches[first : first + SPEECHES_SHOWN]]}


@dataclass(frozen=True)
class _Shown:
    """A speech's map as it is drawn; `strip` has a piece for each standing: where it begins and how wide it is, in
    percent."""

    map: SpeechMap[Any]

    @property
    def strip(self) -> list[tuple[Standing, float, float, int]]:
        counts, whole, pieces, begins = self.map.counts, len(self.map.cells), [], 0.0
        for standing in Standing:
            if count := counts.get(standing, 0):
                pieces.append((standing, begins, 100 * count / whole, count))
                begins += 100 * count / whole
        return pieces
