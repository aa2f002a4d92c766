"""The coverage of a speech: which paragraphs and key points have been asked about, and what to do next."""

from collections import Counter
from enum import StrEnum

from flask import Blueprint
from flask import render_template
from flask import request
from flask.typing import ResponseReturnValue

from quizapp.core.coverage import Covered
from quizapp.core.coverage import Use
from quizapp.core.roles import Action
from quizapp.core.speech import SET_KINDS
from quizapp.db.base import db
from quizapp.services import coverage
from quizapp.services.coverage import PointCover
from quizapp.web import exports
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.tables import study as tables

bp = Blueprint("coverage", __name__, url_prefix="/speeches/<string:speech_id>/coverage")


class Next(StrEnum):
    """What an editor can do next about a key point."""

    DRAFT = "draft"
    NOT_DRAFTED = "not_drafted"  # drafting gave nothing, or does not draft from this kind
    REVIEW = "review"
    ASK = "ask"
    ASK_AGAIN = "ask_again"
    MAY_RETIRE = "may_retire"
    RETIRED = "retired"


@bp.get("")
@needs(Action.SPEECH_LOAD)
def page(speech_id: str) -> ResponseReturnValue:
    found = coverage.coverage(db.session(), actor(), speech_id, now=now())
    wanted = _wanted()
    narrowed = [point for point in found.points if wanted is None or point.use.covered is wanted]
    if exports.wanted():
        called = found.speech.title or found.speech.filename
        if exports.chosen("points", "paragraphs") == "paragraphs":
            return exports.answer(tables.covered_paragraphs(called, found.paragraphs))
        return exports.answer(tables.covered_points(called, narrowed))
    return render_template(
        "coverage/page.html",
        coverage=found,
        states=Covered,
        wanted=wanted,
        points=[(point, next_step(point, found.speech.drafted_at is not None)) for point in narrowed],
        point_counts=Counter(point.use.covered for point in found.points),
        paragraph_counts=Counter(paragraph.use.covered for paragraph in found.paragraphs),
        steps=Next,
    )


def _wanted() -> Covered | None:
    """The status that the list is narrowed to; what is none shows all."""
    told = request.args.get("covered", "")
    return Covered(told) if told in set(Covered) else None


def next_step(point: PointCover, drafted: bool) -> Next:
    """What to do about a key point, from what became of its questions."""
    if point.use.covered is Covered.NO_QUESTION:
        return Next.DRAFT if not drafted and point.point.kind in SET_KINDS else Next.NOT_DRAFTED
    if point.use.waiting:
        return Next.REVIEW
    if not point.use.approved:
        return Next.RETIRED
    return {Covered.NEVER_ASKED: Next.ASK, Covered.KNOWN: Next.MAY_RETIRE}.get(point.use.covered, Next.ASK_AGAIN)


@bp.app_template_filter("questions_in")
def questions_in(use: Use) -> int:
    """How many questions stand on something, in the bank or on the desk."""
    return use.approved + use.waiting
