"""Who may read: a token in the Authorization header, the scope a resource asks for, and not too often."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from typing import TypeVar

from flask import Response
from flask import g
from flask import request
from flask.typing import ResponseReturnValue

from quizapp.core.api import REQUESTS
from quizapp.core.api import WINDOW
from quizapp.core.api import Scope
from quizapp.core.api import TokenState
from quizapp.core.labels import label
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import api_tokens
from quizapp.services.api_tokens import Caller
from quizapp.services.api_tokens import NoToken
from quizapp.services.api_tokens import Quota
from quizapp.services.api_tokens import Spent
from quizapp.web.access import now
from quizapp.web.api.problems import Refused

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
REALM = 'Bearer realm="api"'
#: A header that is longer than any token was not written by us.
LONGEST_TOKEN = 100
WHY = {
    None: "请求头 Authorization 里的令牌不正确，请核对是否完整。",
    TokenState.EXPIRED: "令牌已过期，请向管理员申请新的令牌。",
    TokenState.REVOKED: "令牌已停用，请向管理员申请新的令牌。",
}


def needs_scope(scope: Scope) -> Callable[[View], View]:
    """Declare what a token must be allowed to read to get this."""

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            caller = _caller()
            _count(caller)
            if scope not in caller.scopes:
                raise _without(scope)
            return view(*args, **kwargs)

        guarded.scope = scope  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return declare


def needs_no_token(view: View) -> View:
    """Declare that any program may have this."""
    view.scope = None  # type: ignore[attr-defined]
    return view


def tell_quota(answer: Response) -> Response:
    """Say how many more requests the token has (draft-ietf-httpapi-ratelimit-headers)."""
    quota: Quota | None = g.get("quota")
    if quota is not None:
        answer.headers["RateLimit-Policy"] = f'"token";q={REQUESTS};w={_window()}'
        answer.headers["RateLimit"] = f'"token";r={quota.left};t={quota.seconds}'
    return answer


def _caller() -> Caller:
    try:
        return api_tokens.recognise(db.session(), _token(), now=now())
    except NoToken as unknown:
        raise _unknown(unknown) from unknown


def _token() -> str:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        detail = "请在请求头里写 Authorization: Bearer 令牌；不要写在网址里。"
        raise Refused(401, "需要令牌", detail, {"WWW-Authenticate": REALM})
    return token.strip()[:LONGEST_TOKEN]


def _count(caller: Caller) -> None:
    try:
        with writing() as session:
            g.quota = api_tokens.count(session, caller, now=now())
    except NoToken as unknown:
        raise _unknown(unknown) from unknown
    except Spent as spent:
        g.quota = Quota(0, spent.seconds)
        detail = f"每个令牌 {_window()} 秒内最多 {REQUESTS} 次，请在 {spent.seconds} 秒后再读。"
        raise Refused(429, "读取太频繁", detail, {"Retry-After": str(spent.seconds)}) from spent


def _unknown(error: NoToken) -> Refused:
    return Refused(401, "令牌无效", WHY[error.reason], {"WWW-Authenticate": f'{REALM}, error="invalid_token"'})


def _without(scope: Scope) -> Refused:
    challenge = f'{REALM}, error="insufficient_scope", scope="{scope.value}"'
    detail = f"这个令牌不能读取“{label(scope)}”（{scope.value}），请向管理员申请。"
    return Refused(403, "令牌没有这项权限", detail, {"WWW-Authenticate": challenge})


def _window() -> int:
    return int(WINDOW.total_seconds())
