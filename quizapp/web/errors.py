"""Errors become pages: what happened, what was kept, what to do. Never a redirect, never a stack trace."""

from flask import Flask
from flask import current_app
from flask import jsonify
from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.exceptions import SecurityError

from quizapp.core.errors import BadInput
from quizapp.core.errors import NotAllowed
from quizapp.core.errors import NotFound
from quizapp.core.errors import NotNow
from quizapp.core.labels import label
from quizapp.db.engine import GateBusy
from quizapp.db.engine import writing
from quizapp.services import audit
from quizapp.services.api import NotClosed
from quizapp.services.attempts import BetweenBatches
from quizapp.services.bank import ChangedMeanwhile
from quizapp.web import access
from quizapp.web.api.problems import SENTENCES as API_SENTENCES
from quizapp.web.api.problems import Refused
from quizapp.web.api.problems import problem
from quizapp.web.api.problems import refusal
from quizapp.web.filters import office_time
from quizapp.web.security import is_api

SENTENCES = {
    400: ("请求无法识别", "页面可能已经过期。请返回上一页，刷新后再试；已保存的答案都在。"),
    404: ("没有找到这个页面", "它可能不存在，或者不在您的查看范围内。"),
    405: ("操作方式不对", "请从页面上的按钮进入。"),
    409: ("现在不能这样做", "内容已经发生变化，请刷新页面后再试。"),
    413: ("文件太大", "上传的内容超过 20 MB，没有保存。请压缩或拆分后重新上传。"),
    429: ("操作太频繁", "请稍后再试。"),
    500: ("系统出错了", "问题已记录，已保存的内容都在。请稍后再试；如反复出现，请把下面的编号告诉管理员。"),
    503: ("系统正忙", "刚才的操作没有保存。请过几秒再试，已保存的答案都在。"),
}


def init_app(app: Flask) -> None:
    app.register_error_handler(Refused, refusal)
    app.register_error_handler(NotClosed, not_closed)
    app.register_error_handler(NotFound, not_found)
    app.register_error_handler(NotNow, not_now)
    app.register_error_handler(BetweenBatches, between_batches)
    app.register_error_handler(ChangedMeanwhile, changed_meanwhile)
    app.register_error_handler(BadInput, bad_input)
    app.register_error_handler(GateBusy, busy)
    app.register_error_handler(OperationalError, busy)
    app.register_error_handler(DataError, unknown_text)
    app.register_error_handler(CSRFError, bad_csrf)
    app.register_error_handler(SecurityError, untrusted_host)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, unexpected)


def page(status: int, title: str = "", sentence: str = "") -> ResponseReturnValue:
    """The one error page, or the same facts for a script."""
    known = SENTENCES.get(status, SENTENCES[400 if status < 500 else 500])
    named = {"incident": access.request_id()} if status >= 500 else {}
    if is_api():
        return problem(status, *API_SENTENCES.get(status, known), **named)
    title, sentence = title or known[0], sentence or known[1]
    if access.wants_json():
        return jsonify(error=title, message=sentence, **named), status
    body = render_template("error.html", title=title, sentence=sentence, status=status, incident=access.request_id())
    return body, status


def not_found(error: NotFound) -> ResponseReturnValue:
    if isinstance(error, NotAllowed):
        try:
            _record_refusal(error)
        except (GateBusy, OperationalError) as fault:
            return busy(fault)
    return page(404)


def _record_refusal(error: NotAllowed) -> None:
    if not current_user.is_authenticated:
        return
    with writing() as session:
        audit.record(session, access.actor(), "refused", f"{error.kind} {error.ref}", access.now())


def not_now(error: NotNow) -> ResponseReturnValue:
    return page(409, sentence=f"当前状态是“{label(error.state)}”，不能“{label(error.move)}”。请刷新页面查看最新状态。")


def between_batches(error: BetweenBatches) -> ResponseReturnValue:
    if error.next_start is None:
        return page(409, "各批作答都已结束", "您没有赶上任何一批。请向科长说明，由科长安排补学。")
    when = f"{office_time(error.next_start):%H:%M}"
    return page(409, "这一批已经收卷", f"下一批 {when} 开始，到时从首页进入即可。")


def changed_meanwhile(error: ChangedMeanwhile) -> ResponseReturnValue:
    return page(409, sentence=f"这道题刚被改成第 {error.version} 版，请刷新页面，看过新版本后再操作。")


def not_closed(error: NotClosed) -> ResponseReturnValue:
    return page(409)


def bad_input(error: BadInput) -> ResponseReturnValue:
    if is_api():
        faults = [{"name": fault.place, "reason": fault.message} for fault in error.problems]
        return problem(400, "参数不正确", str(error), parameters=faults)
    return page(422, "内容有误，没有保存", str(error))


def busy(error: Exception) -> ResponseReturnValue:
    current_app.logger.warning("busy %s: %s", access.request_id(), error)
    answer = current_app.make_response(page(503))
    answer.headers["Retry-After"] = "2"
    return answer


def unknown_text(error: DataError) -> ResponseReturnValue:
    """PostgreSQL holds no text with a NUL, so nothing there is called that."""
    return page(404)


def bad_csrf(error: CSRFError) -> ResponseReturnValue:
    return page(400)


def http_error(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or error.code is None or error.code < 400:
        return error
    answer = current_app.make_response(page(error.code))
    if isinstance(error, MethodNotAllowed):
        answer.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return answer


def untrusted_host(error: SecurityError) -> ResponseReturnValue:
    """Answer without a page: there is no address that links could be built from."""
    if is_api():
        return problem(400, "域名不正确", "本站不以这个域名提供服务。")
    return current_app.response_class("本站不以这个域名提供服务。\n", 400, mimetype="text/plain")


def unexpected(error: Exception) -> ResponseReturnValue:
    current_app.logger.error("incident %s", access.request_id(), exc_info=error)
    return page(500)
