"""错题本: one's own mistakes as a page, on paper and as a file."""

from collections.abc import Mapping
from enum import StrEnum
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
from quizapp.core.narrowing import MistakeState
from quizapp.core.narrowing import Times
from quizapp.core.practice import DAYS_TO_CLEAR
from quizapp.core.practice import Origin
from quizapp.core.practice import PracticeMode
from quizapp.core.question import TypeName
from quizapp.core.roles import Action
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.formats.mistakes_docx import Answers
from quizapp.formats.mistakes_docx import MistakesPaper
from quizapp.formats.mistakes_docx import write_mistakes
from quizapp.services import mistakes
from quizapp.services.mistakes import A_PAGE
from quizapp.services.mistakes import FACETS
from quizapp.services.mistakes import PRINTED
from quizapp.services.mistakes import Book
from quizapp.services.mistakes import Mistake
from quizapp.services.mistakes import Standing
from quizapp.services.mistakes import StillAsked
from quizapp.services.report_runs import Paging
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.files import FileKind
from quizapp.web.files import attachment
from quizapp.web.narrowing import Chip
from quizapp.web.narrowing import chips
from quizapp.web.narrowing import chosen_of
from quizapp.web.narrowing import query_of
from quizapp.web.tables import mistakes as tables
from quizapp.web.views.free_practice import new_run

bp = Blueprint("mistakes", __name__, url_prefix="/practice/mistakes")
FURTHEST = 9_999
#: What the values of facets are.
KINDS: Mapping[Facet, type[StrEnum]] = {
    Facet.STATE: MistakeState,
    Facet.TYPE: TypeName,
    Facet.ORIGIN: Origin,
    Facet.TIMES: Times,
}


@bp.get("")
@needs(Action.PRACTICE_OWN)
def index() -> ResponseReturnValue:
    chosen, asked = _chosen(), _page_asked()
    found = _book(chosen, first=(asked - 1) * A_PAGE, most=A_PAGE)
    pages = Paging.of(len(found.found), A_PAGE, asked)
    if pages.number != asked:
        found = _book(chosen, first=(pages.number - 1) * A_PAGE, most=A_PAGE)
    return render_template(
        "practice/mistakes.html",
        book=found,
        pages=pages,
        chosen=query_of(chosen),
        chips={facet: shown for facet in FACETS if (shown := _chips(found, chosen, facet))},
        is_cleared=chosen[Facet.STATE] == MistakeState.CLEARED,
        is_narrowed=len(chosen) > 1,
        run=new_run(PracticeMode.MISTAKES, chosen, found.to_practise) if found.to_practise else None,
        days_to_clear=DAYS_TO_CLEAR,
        standings=Standing,
    )


@bp.get("/print")
@needs(Action.PRACTICE_OWN)
def printed() -> ResponseReturnValue:
    chosen = _chosen()
    return render_template(
        "practice/mistakes_printed.html", paper=_paper(chosen), chosen=query_of(chosen), places=Answers
    )


@bp.get("/file")
@needs(Action.PRACTICE_OWN)
def file() -> ResponseReturnValue:
    return attachment(write_mistakes(_paper(_chosen())), f"错题本 {actor().name}", FileKind.DOCX)


@bp.post("/<string:question_id>/removal")
@needs(Action.PRACTICE_OWN)
def remove(question_id: str) -> ResponseReturnValue:
    try:
        with writing() as session:
            mistakes.remove(session, actor(), question_id, _zone(), now=now())
    except StillAsked:
        flash("这道题没有撤下，还可以练习：在不同的两天各答对一次，就会自动消除。", "error")
    else:
        flash("已移出。在“已消除”里还能看到这道题。")
    told: dict[str, Any] = query_of(_chosen())
    return redirect(url_for(".index", **told))


def _chosen() -> Chosen:
    """What the address says; without a word about it, what is not made good."""
    told = chosen_of(FACETS)
    state = told.get(Facet.STATE, "")
    return {**told, Facet.STATE: state if state in set(MistakeState) else MistakeState.OPEN.value}


def _page_asked() -> int:
    told = request.args.get("page", "")
    is_number = told.isascii() and told.isdecimal() and len(told) < 5
    return min(max(int(told), 1), FURTHEST) if is_number else 1


def _book(chosen: Chosen, *, first: int, most: int) -> Book:
    return mistakes.book(db.session(), actor(), chosen, first=first, most=most, now=now())


def _paper(chosen: Chosen) -> MistakesPaper:
    told = request.args.get("answers", "")
    answers = Answers(told) if told in {place.value for place in Answers} else Answers.END
    found = _book(chosen, first=0, most=PRINTED)
    narrowed_by = "；".join(_word(facet, value) for facet, value in chosen.items())
    return tables.paper(found, answers, actor().name, narrowed_by, now())


def _chips(found: Book, chosen: Chosen, facet: Facet) -> list[Chip]:
    """The values of a facet that has something to choose between."""
    order: list[str] = list(KINDS[facet]) if facet in KINDS else [line.facets[facet] for line in found.everything]
    is_state = facet is Facet.STATE
    shown = chips(found.everything, chosen, facet, order, lambda value: _word(facet, value), must_choose=is_state)
    return shown if len(shown) > 1 or (facet in chosen and not is_state) else []


def _word(facet: Facet, value: str) -> str:
    """A value as people read it; what no facet knows stands as it is."""
    enum = KINDS.get(facet)
    return label(enum(value)) if enum is not None and value in set(enum) else value


@bp.app_template_filter("key_later")
def key_later(mistake: Mistake) -> str:
    """Why the key of a mistake is not told, and until when about."""
    return tables.until(mistake).strip("（）")


def _zone() -> ZoneInfo:
    return ZoneInfo(current_app.config["OFFICE_ZONE"])
