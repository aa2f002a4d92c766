"""The resources: an address, the scope it needs, what it gives, one service."""

from collections.abc import Callable
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import time
from datetime import timedelta
from functools import wraps
from typing import Any
from typing import TypeVar
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Blueprint
from flask import Response
from flask import current_app
from flask import json
from flask import request
from flask import url_for

from quizapp.core.api import Scope
from quizapp.core.errors import BadInput
from quizapp.core.errors import Problem
from quizapp.core.states import SittingPhase
from quizapp.db.base import db
from quizapp.services import api
from quizapp.services.api import Asked
from quizapp.services.api import Batch
from quizapp.web.access import now
from quizapp.web.api import parameters
from quizapp.web.api.guard import needs_no_token
from quizapp.web.api.guard import needs_scope
from quizapp.web.api.guard import tell_quota
from quizapp.web.api.openapi import ROOT
from quizapp.web.api.openapi import Declared
from quizapp.web.api.openapi import document
from quizapp.web.api.parameters import PAGING
from quizapp.web.api.parameters import Parameter
from quizapp.web.api.parameters import day
from quizapp.web.api.parameters import flag
from quizapp.web.api.parameters import identifier
from quizapp.web.api.parameters import one_of
from quizapp.web.api.schema import written

View = TypeVar("View", bound=Callable[..., Any])
bp = Blueprint("api", __name__, url_prefix=ROOT)
bp.after_request(tell_quota)

SHOWN = [SittingPhase.PLANNED, SittingPhase.OPEN, SittingPhase.CLOSED]
#: A longer time is read year by year.
LONGEST = timedelta(days=366)
JSON = "application/json"


def get(address: str) -> Callable[[View], View]:
    """Put a view under an address that takes nothing but GET and HEAD."""
    return bp.route(address, methods=["GET"], provide_automatic_options=False)


def gives(
    words: str, item: Any, *declared: Parameter, paged: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Response]]:
    """Declare what a view gives and which parameters it takes; it is handed those, and its value is written as JSON."""
    taken = (*declared, *PAGING) if paged else declared

    def declare(view: Callable[..., Any]) -> Callable[..., Response]:
        @wraps(view)
        def answering(**in_path: str) -> Response:
            asked = parameters.read(taken, request.args.to_dict(flat=False))
            given = view(asked, **in_path)
            return _page(given) if paged else _answer(written(given))

        answering.declared = Declared(words, item, taken, paged)  # type: ignore[attr-defined]
        return answering

    return declare


@get("/openapi.json")
@needs_no_token
def openapi() -> Response:
    parameters.read((), request.args.to_dict(flat=False))
    return _answer(document(current_app))


@get("/people")
@needs_scope(Scope.PEOPLE_READ)
@gives(
    "人员名册",
    api.Person,
    identifier("section", "只要这个科室的（不含下级），科室的编号"),
    flag("active", "只要在用的，或只要停用的"),
    paged=True,
)
def people(asked: dict[str, Any]) -> Batch[api.Person]:
    return api.people(db.session(), _batch(asked), section_id=asked["section"], active=asked["active"])


@get("/sections")
@needs_scope(Scope.PEOPLE_READ)
@gives("科室，以 parent_id 连成一棵树", api.Section, paged=True)
def sections(asked: dict[str, Any]) -> Batch[api.Section]:
    return api.sections(db.session(), _batch(asked))


@get("/sittings")
@needs_scope(Scope.SITTINGS_READ)
@gives(
    "已发布的学习场次，不含补学",
    api.Sitting,
    one_of("phase", "只要这个状态的", SHOWN),
    day("from", "测验从这一天起（含）"),
    day("to", "测验到这一天止（含）"),
    paged=True,
)
def sittings(asked: dict[str, Any]) -> Batch[api.Sitting]:
    since, until = _period(asked)
    return api.sittings(db.session(), _batch(asked), phase=asked["phase"], since=since, until=until, now=now())


@get("/sittings/<string:sitting_id>/sections")
@needs_scope(Scope.SCORES_READ)
@gives("一个已结束的场次里各科室的成绩", api.SectionScores, paged=True)
def sitting_sections(asked: dict[str, Any], sitting_id: str) -> Batch[api.SectionScores]:
    return api.scores_of_sitting(db.session(), _batch(asked), sitting_id, now=now())


@get("/sittings/<string:sitting_id>/statistics")
@needs_scope(Scope.STATISTICS_READ)
@gives("一个已结束的场次的试卷统计，不含题干和答案", api.PaperStatistics)
def sitting_statistics(asked: dict[str, Any], sitting_id: str) -> api.PaperStatistics:
    return api.statistics_of_sitting(db.session(), sitting_id, now=now())


@get("/questions/<string:question_id>/statistics")
@needs_scope(Scope.STATISTICS_READ)
@gives("一道考过的题的统计，不含题干和答案", api.QuestionStatistics)
def question_statistics(asked: dict[str, Any], question_id: str) -> api.QuestionStatistics:
    return api.statistics_of_question(db.session(), question_id, now=now())


@get("/scores")
@needs_scope(Scope.SCORES_READ)
@gives(
    "一段时间里各科室的成绩，已结束的场次合计，一人一场计一次",
    api.SectionScores,
    day("from", "测验从这一天起（含）", required=True),
    day("to", "测验到这一天止（含），与起始日期相隔不超过一年", required=True),
    paged=True,
)
def scores(asked: dict[str, Any]) -> Batch[api.SectionScores]:
    since, until = _period(asked)
    assert since is not None and until is not None
    if until - since > LONGEST:
        raise BadInput("", [Problem("to", "与 from 相隔不能超过一年")])
    return api.scores_over(db.session(), _batch(asked), since, until, now=now())


def _batch(asked: dict[str, Any]) -> Asked:
    return Asked(asked["limit"], asked["cursor"])


def _period(asked: dict[str, Any]) -> tuple[datetime | None, datetime | None]:
    """From the beginning of one day of the office to the end of another.

    :raise BadInput: if it ends before it begins
    """
    first, last = asked["from"], asked["to"]
    if first and last and last < first:
        raise BadInput("", [Problem("to", "不能早于 from")])
    return first and _begins(first), last and _begins(last + timedelta(days=1))


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(current_app.config["OFFICE_ZONE"])).astimezone(UTC)


def _page(batch: Batch[Any]) -> Response:
    following = None
    if batch.cursor is not None:
        kept = [(name, value) for name, value in request.args.items() if name != "cursor"]
        assert request.endpoint is not None
        path = url_for(request.endpoint, **(request.view_args or {}))
        following = f"{path}?{urlencode([*kept, ('cursor', batch.cursor)])}"
    answer = _answer({"items": written(batch.items), "next": following})
    if following:
        answer.headers["Link"] = f'<{following}>; rel="next"'
    return answer


def _answer(body: Any) -> Response:
    """The body with a tag of its content; who has it already is told so."""
    answer = Response(json.dumps(body, ensure_ascii=False, separators=(",", ":")), content_type=JSON)
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.add_etag()
    answer.make_conditional(request)
    return answer
