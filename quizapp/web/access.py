"""Who is asking, what they may ask, and what time it is."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import wraps
from secrets import token_hex
from typing import Any
from typing import TypeVar

from flask import Flask
from flask import Request
from flask import current_app
from flask import g
from flask import jsonify
from flask import redirect
from flask import request
from flask import url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager
from flask_login import UserMixin
from flask_login import current_user
from sqlalchemy.exc import OperationalError

from quizapp.core.errors import NotAllowed
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import allowed
from quizapp.core.roles import may_ask
from quizapp.db.base import db
from quizapp.db.engine import GateBusy
from quizapp.db.engine import writing
from quizapp.services import sign_in
from quizapp.services.sign_in import SignedIn
from quizapp.web import clock as clocks
from quizapp.web.security import STATIC
from quizapp.web.security import is_api

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
login_manager = LoginManager()
#: Pages that work while a password set by someone else still has to be changed.
WITHOUT_OWN_PASSWORD = frozenset({"account.password", "account.change_password", "account.sign_out"})


class User(UserMixin):
    """What Flask-Login hands out as current_user."""

    def __init__(self, signed_in: SignedIn):
        self.signed_in = signed_in

    def get_id(self) -> str:
        return self.signed_in.public_id


def init_app(app: Flask) -> None:
    login_manager.init_app(app)
    # Our sessions are rows; Flask-Login neither writes a cookie nor signs a phone out when its address changes.
    login_manager.session_protection = None
    clocks.init_app(app)
    app.before_request(touch_session)
    app.add_template_global(may)
    app.add_template_global(may_page)


@login_manager.request_loader
def load_user(request: Request) -> User | None:
    token = request.cookies.get(current_app.config["SIGN_IN_COOKIE_NAME"])
    # A second call means that the first one failed: the error page must not ask the same database again.
    if not token or request.endpoint in STATIC or is_api() or "asked_who" in g:
        return None
    g.asked_who = True
    signed_in = sign_in.resume(db.session(), token, request.remote_addr or "", now())
    return User(signed_in) if signed_in else None


def touch_session() -> None:
    """Remember now and then that the session is in use."""
    if request.endpoint in STATIC | {None} or is_api() or not current_user.is_authenticated:
        return
    held = signed_in()
    if now() - held.last_seen_at > sign_in.TOUCH_EVERY:
        # Whoever only looks is not turned away because this could not be noted; the next page will.
        with suppress(GateBusy, OperationalError), writing() as session:
            sign_in.touch(session, held.token_sha256, now())


def now() -> datetime:
    """The office's time, in UTC; tests set CLOCK."""
    clock: Callable[[], datetime] | None = current_app.config.get("CLOCK")
    moment: datetime = clock() if clock else current_app.extensions["clock"].now()
    return moment


def signed_in() -> SignedIn:
    held: SignedIn = current_user.signed_in
    return held


def actor() -> Actor:
    """The person asking; only on pages that need a permission."""
    return signed_in().actor


def may(action: str, **facts: Any) -> bool:
    """For templates: whether the person may do this to an object with these facts."""
    return current_user.is_authenticated and allowed(actor(), Action(action), Subject("object", **facts))


def may_page(action: str) -> bool:
    """For menus: whether the person could be allowed this at all."""
    return current_user.is_authenticated and may_ask(actor(), Action(action))


def public(view: View) -> View:
    """Declare that anybody may ask for this page."""
    view.action = Action.PUBLIC  # type: ignore[attr-defined]
    return view


def needs(action: Action) -> Callable[[View], View]:
    """Declare the permission of a page and ask for the role; the object is asked about in the service."""

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            if not current_user.is_authenticated:
                return _ask_to_sign_in()
            if signed_in().must_change_password and request.endpoint not in WITHOUT_OWN_PASSWORD:
                return redirect(url_for("account.password"))
            if not may_ask(actor(), action):
                raise NotAllowed("page", request.path)
            return view(*args, **kwargs)

        guarded.action = action  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return declare


def _ask_to_sign_in() -> ResponseReturnValue:
    if wants_json():
        return jsonify(error="signed-out", message="登录已过期，请重新登录；未保存的答案留在本机。"), 401
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("account.sign_in", next=target))


def wants_json() -> bool:
    """Whether a script asked, not a person following a link."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return request.is_json or best == "application/json"


def request_id() -> str:
    """A short name for this request, shown on error pages and in the log."""
    if "request_id" not in g:
        g.request_id = token_hex(4)
    name: str = g.request_id
    return name
