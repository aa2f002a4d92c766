"""Correcting what was read of a speech, and taking a correction back."""

from collections.abc import Collection
from collections.abc import Sequence
from typing import Any

from flask import Blueprint
from flask import abort
from flask import flash
from flask import redirect
from flask import request
from flask import url_for
from flask.typing import ResponseReturnValue

from quizapp.core.corrections import Add
from quizapp.core.corrections import Confirm
from quizapp.core.corrections import Correction
from quizapp.core.corrections import Delete
from quizapp.core.corrections import Merge
from quizapp.core.corrections import Rename
from quizapp.core.corrections import Retype
from quizapp.core.corrections import SetLevel
from quizapp.core.corrections import Split
from quizapp.core.corrections import Verb
from quizapp.core.errors import BadInput
from quizapp.core.roles import Action
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import Reading
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import readings
from quizapp.services import speeches
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.correction_forms import Malformed
from quizapp.web.correction_forms import correction_from
from quizapp.web.correction_forms import refused
from quizapp.web.point_list import AT_ONCE
from quizapp.web.point_list import Wanted
from quizapp.web.point_list import lines_of
from quizapp.web.point_list import point_list
from quizapp.web.point_list import wanted_from
from quizapp.web.views.speeches import show

bp = Blueprint("corrections", __name__, url_prefix="/speeches/<string:speech_id>/corrections")

PointCorrection = Confirm | Rename | Retype | Split | Merge | Add | Delete
DONE = {
    Verb.CONFIRM: "已标为核对无误。",
    Verb.RENAME: "名称已改。",
    Verb.RETYPE: "类型已改。",
    Verb.SPLIT: "已拆成两个要点。",
    Verb.MERGE: "两个要点已合并。",
    Verb.ADD: "要点已添加。",
    Verb.DELETE: "要点已删除。",
    Verb.LEVEL: "标题级别已改。",
}
TO_UNDO = "如需恢复，可在“更正记录”中撤销。"


@bp.post("")
@needs(Action.SPEECH_LOAD)
def correct(speech_id: str) -> ResponseReturnValue:
    """Apply one correction; the address keeps the filter under which it was made."""
    before = _reading(speech_id)
    try:
        correction = correction_from(request.form, before)
        with writing() as session:
            readings.correct(session, actor(), speech_id, correction, now=now())
    except Malformed:
        abort(400)
    except BadInput as error:
        return show(speech_id, refused=refused(request.form, error, _reading(speech_id)), status=422)
    flash(f"{DONE[correction.verb]}{TO_UNDO}")
    return redirect(_back(speech_id, correction, before, _reading(speech_id)))


@bp.post("/undo")
@needs(Action.SPEECH_LOAD)
def undo(speech_id: str) -> ResponseReturnValue:
    told = request.form.get("correction", "")
    if not (told.isascii() and told.isdigit() and len(told) < 10):
        abort(400)
    with writing() as session:
        readings.undo(session, actor(), speech_id, int(told), now=now())
    flash("这条更正已撤销，其他更正不变。")
    return redirect(url_for("speeches.page", speech_id=speech_id, _anchor="corrections"))


def _reading(speech_id: str) -> Reading:
    return readings.understanding_of(db.session(), speeches.speech(db.session(), actor(), speech_id)).reading


# Back to the same place


def _back(speech_id: str, correction: Correction, before: Reading, after: Reading) -> str:
    wanted = wanted_from(request.args)
    if isinstance(correction, SetLevel):
        return _address(speech_id, wanted, f"outline-{correction.heading.required(after.outline)}")
    place = _place_after(correction, frozenset(before.points), after.points)
    # A point that was just added is shown, whatever the list was filtered by.
    return _at_point(speech_id, place, Wanted() if isinstance(correction, Add) else wanted, after)


def _place_after(correction: PointCorrection, known: Collection[KeyPoint], points: Sequence[KeyPoint]) -> int | None:
    """The number of the point that a correction made, or of the one nearest to what it did away with."""
    start = correction.passage.start if isinstance(correction, Add) else correction.point.start
    fresh = [number for number, point in enumerate(points, start=1) if point not in known]
    among = fresh if fresh and correction.verb is not Verb.DELETE else range(1, len(points) + 1)
    return min(among, key=lambda number: abs(points[number - 1].span.start - start), default=None)


def _at_point(speech_id: str, number: int | None, wanted: Wanted, reading: Reading) -> str:
    """The page of the list that has a point; a filter stays, and leads to the next point that fits it."""
    fitting = [line.number for line in point_list(lines_of(reading), wanted, 1).fitting]
    if number is None or not fitting:
        return _address(speech_id, wanted, "points")
    place = next((place for place, each in enumerate(fitting) if each >= number), len(fitting) - 1)
    return _address(speech_id, wanted, f"point-{fitting[place]}", place // AT_ONCE * AT_ONCE + 1)


def _address(speech_id: str, wanted: Wanted, anchor: str, first: int = 1) -> str:
    query: dict[str, Any] = {**wanted.query(), **({"from": first} if first > 1 else {})}
    return url_for("speeches.page", speech_id=speech_id, _anchor=anchor, **query)
