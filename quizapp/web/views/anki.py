"""A question set as cards for Anki: what is in them, what is not, and the two files."""

from flask import Blueprint
from flask import redirect
from flask import render_template
from flask import url_for
from flask.typing import ResponseReturnValue

from quizapp.core.roles import Action
from quizapp.db.base import db
from quizapp.formats.anki import LOST
from quizapp.formats.anki import write_apkg
from quizapp.formats.anki import write_text
from quizapp.services.anki import Cards
from quizapp.services.anki import cards_of_set
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.files import FileKind
from quizapp.web.files import attachment

bp = Blueprint("anki", __name__, url_prefix="/question-sets/<string:set_id>/anki")


@bp.get("")
@needs(Action.QUESTION_READ)
def page(set_id: str) -> ResponseReturnValue:
    return render_template("anki/page.html", cards=_cards(set_id), lost=LOST)


@bp.get("/package")
@needs(Action.QUESTION_READ)
def package(set_id: str) -> ResponseReturnValue:
    cards = _cards(set_id)
    if not cards.deck.cards:
        return _says_why(set_id)
    return attachment(write_apkg(cards.deck, now()), f"{cards.deck.name} Anki", FileKind.APKG)


@bp.get("/text")
@needs(Action.QUESTION_READ)
def text(set_id: str) -> ResponseReturnValue:
    cards = _cards(set_id)
    if not cards.deck.cards:
        return _says_why(set_id)
    return attachment(write_text(cards.deck), f"{cards.deck.name} Anki", FileKind.TXT)


def _cards(set_id: str) -> Cards:
    return cards_of_set(db.session(), actor(), set_id, now=now())


def _says_why(set_id: str) -> ResponseReturnValue:
    """An old address of a set that has nothing to give any more."""
    return redirect(url_for(".page", set_id=set_id))
