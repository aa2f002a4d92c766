"""Headers on every response, CSRF on every unsafe request, and no foreign origin behind either."""

import secrets
from urllib.parse import urlsplit

from flask import Flask
from flask import Response
from flask import abort
from flask import current_app
from flask import g
from flask import request
from flask.sessions import SecureCookieSessionInterface
from flask.sessions import SessionMixin
from flask_wtf import CSRFProtect

csrf = CSRFProtect()
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
#: Files, the same for everybody.
STATIC = frozenset({"static", "bootstrap"})
#: Where programs read, who have a token and no cookie.
API = "/api/"

CSP = (
    "default-src 'none'; script-src 'self' 'nonce-{n}'; style-src 'self' 'nonce-{n}'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}


class CookieOfPages(SecureCookieSessionInterface):
    """Flask's own cookie, but for programs, and for files: theirs would make every browser fetch them again whenever it
    changes."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if request.endpoint not in STATIC and not is_api():
            super().save_session(app, session, response)


def init_app(app: Flask) -> None:
    app.session_interface = CookieOfPages()
    csrf.init_app(app)
    app.before_request(refuse_foreign_origin)
    app.after_request(add_headers)
    app.add_template_global(csp_nonce)


def is_api() -> bool:
    """Whether a program asks, at an address of programs; also where there is no such address."""
    return request.path.startswith(API)


def csp_nonce() -> str:
    """This response's nonce: 128 bits of chance."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def refuse_foreign_origin() -> None:
    """Refuse an unsafe request that a browser says comes from another site."""
    if request.method not in UNSAFE:
        return
    if is_from_another_site():
        abort(400)
    origin = request.headers.get("Origin")
    if origin is not None and not _is_own(origin):
        abort(400)


def is_from_another_site() -> bool:
    """Whether the browser says that another site, be it one of the same domain, made it ask."""
    return request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none")


def _is_own(origin: str) -> bool:
    """Whether the origin is this site; behind TLS, a page of the same name over plain HTTP is somebody else's."""
    parts = urlsplit(origin)
    return parts.netloc == request.host and (parts.scheme == "https" or not current_app.config["HTTPS"])


def add_headers(response: Response) -> Response:
    response.headers.update(HEADERS)
    response.headers.setdefault("Content-Security-Policy", CSP.replace("{n}", csp_nonce()))
    if current_app.config["HTTPS"]:
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if is_api() and response.status_code < 400:
        # It says for itself how long it may be kept; a token reads something else than another.
        response.vary.add("Authorization")
        return response
    # A file that is missing now may be there tomorrow: only files themselves are kept.
    if request.endpoint not in STATIC or response.status_code >= 400:
        response.headers["Cache-Control"] = "no-store"
        response.vary.add("Cookie")
    return response
