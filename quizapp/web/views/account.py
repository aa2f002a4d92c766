"""Signing in and out, one's own password, how the pages look to oneself."""

from enum import StrEnum
from typing import TypeVar
from urllib.parse import unquote

from flask import Blueprint
from flask import Response
from flask import current_app
from flask import flash
from flask import make_response
from flask import redirect
from flask import render_template
from flask import request
from flask import session as cookie
from flask import url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import PasswordField
from wtforms import StringField
from wtforms.validators import InputRequired
from wtforms.validators import Length

from quizapp.core.display import Contrast
from quizapp.core.display import Display
from quizapp.core.display import Theme
from quizapp.core.display import TypeSize
from quizapp.core.errors import BadInput
from quizapp.core.reminders import LONGEST_EMAIL
from quizapp.core.roles import Action
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import passwords
from quizapp.services import reminders
from quizapp.services import sign_in as doors
from quizapp.services.sign_in import ChangedSince
from quizapp.services.sign_in import TooManyFailures
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.access import public
from quizapp.web.access import signed_in
from quizapp.web.forms import Form

Choice = TypeVar("Choice", bound=StrEnum)
bp = Blueprint("account", __name__)
WRONG = "工号或密码不正确。请检查后重试；忘记密码请联系管理员重置。"


class SignInForm(Form):
    staff_number = StringField(
        "工号",
        [InputRequired("请填写工号"), Length(max=32, message="工号不超过 32 个字符")],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        "密码",
        [InputRequired("请填写密码"), Length(max=passwords.LONGEST, message="密码过长")],
        render_kw={"autocomplete": "current-password"},
    )


class PasswordForm(Form):
    current = PasswordField(
        "现在的密码", [InputRequired("请填写现在的密码")], render_kw={"autocomplete": "current-password"}
    )
    new = PasswordField(
        "新密码",
        [InputRequired("请填写新密码"), Length(max=passwords.LONGEST, message="密码不能超过 128 个字符")],
        description="至少 10 个字符，含大写字母、小写字母、数字、符号中的三类；或用 15 个字符以上的长句。",
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        "再输一遍新密码", [InputRequired("请再输一遍新密码")], render_kw={"autocomplete": "new-password"}
    )


class EmailForm(Form):
    email = StringField(
        "电子邮箱",
        description="有学测未作答、补学或轮值准备临近截止时，提醒发到这里。不需要邮件提醒可留空。",
        render_kw={"type": "email", "autocomplete": "email", "maxlength": LONGEST_EMAIL},
    )


@bp.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(url_for("home.index"))
    return render_template("account/sign_in.html", form=SignInForm(), next=request.args.get("next", ""))


@bp.post("/sign-in")
@public
def enter() -> ResponseReturnValue:
    form = SignInForm()
    if not form.validate():
        return _sign_in_again(form, 422)
    number, ip, moment = form.staff_number.data.strip(), request.remote_addr or "", now()
    try:
        known = doors.credentials(db.session(), number, ip, moment)
    except TooManyFailures as held:
        form.form_errors = ["密码错误次数过多，请 15 分钟后再试，或联系管理员重置密码。"]
        return _sign_in_again(form, 429 if held.address else 422)
    db.session.rollback()
    if not passwords.password_matches(known.password_hash, form.password.data) or known.person_id is None:
        with writing() as session:
            doors.record_failure(session, number, ip, moment)
        form.form_errors = [WRONG]
        return _sign_in_again(form, 422)
    renewed = passwords.hash_password(form.password.data) if passwords.outdated(known.password_hash or "") else None
    try:
        with writing() as session:
            token = doors.open_session(
                session, known.person_id, ip, moment, checked=known.password_hash, rehashed=renewed
            )
    except ChangedSince:
        form.form_errors = [WRONG]
        return _sign_in_again(form, 422)
    cookie.clear()
    return _with_token(redirect(safe_target(request.form.get("next", ""))), token)


def _sign_in_again(form: SignInForm, status: int) -> ResponseReturnValue:
    return render_template("account/sign_in.html", form=form, next=request.form.get("next", "")), status


@bp.post("/sign-out")
@needs(Action.ACCOUNT_OWN)
def sign_out() -> ResponseReturnValue:
    with writing() as session:
        doors.sign_out(session, signed_in(), now())
    cookie.clear()
    answer = make_response(redirect(url_for("account.sign_in")))
    answer.delete_cookie(
        current_app.config["SIGN_IN_COOKIE_NAME"],
        secure=current_app.config["HTTPS"],
        httponly=True,
        samesite="Lax",
    )
    # What the quiz page kept in this browser for unsent answers goes with the person.
    answer.headers["Clear-Site-Data"] = '"storage"'
    return answer


@bp.get("/password")
@needs(Action.ACCOUNT_OWN)
def password() -> ResponseReturnValue:
    return render_template("account/password.html", form=PasswordForm(), forced=signed_in().must_change_password)


@bp.post("/password")
@needs(Action.ACCOUNT_OWN)
def change_password() -> ResponseReturnValue:
    form, held = PasswordForm(), signed_in()
    if not form.validate() or not _new_password_is_good(form):
        return render_template("account/password.html", form=form, forced=held.must_change_password), 422
    fresh = passwords.hash_password(form.new.data)
    with writing() as session:
        token = doors.change_own_password(session, held, fresh, now())
    cookie.clear()
    flash("密码已修改，其他设备上的登录都已退出。")
    return _with_token(redirect(url_for("home.index")), token)


def _new_password_is_good(form: PasswordForm) -> bool:
    """Judge the new password and check the current one; the form carries what is wrong."""
    if form.new.data != form.again.data:
        form.again.errors = ["两次输入的新密码不一致"]
        return False
    if form.new.data == form.current.data:
        form.new.errors = ["新密码不能与现在的密码相同"]
        return False
    found = doors.password_faults(db.session(), actor(), form.new.data)
    if found:
        form.new.errors = found
        return False
    held = doors.own_password_hash(db.session(), actor())
    db.session.rollback()
    if not passwords.password_matches(held, form.current.data):
        form.current.errors = ["现在的密码不正确"]
        return False
    return True


@bp.get("/account")
@needs(Action.ACCOUNT_OWN)
def page() -> ResponseReturnValue:
    form = EmailForm(formdata=None, email=reminders.own_email(db.session(), actor()))
    return render_template("account/page.html", form=form)


@bp.post("/account/email")
@needs(Action.ACCOUNT_OWN)
def change_email() -> ResponseReturnValue:
    form = EmailForm()
    if not form.validate():
        return render_template("account/page.html", form=form), 422
    try:
        with writing() as session:
            kept = reminders.remember_email(session, actor(), form.email.data or "", now=now())
    except BadInput as refused:
        form.email.errors = [problem.message for problem in refused.problems]
        return render_template("account/page.html", form=form), 422
    flash("已保存。提醒将发到这个邮箱。" if kept else "已保存。不再向您发送邮件提醒。")
    return redirect(url_for(".page"))


@bp.post("/display")
@needs(Action.ACCOUNT_OWN)
def display() -> ResponseReturnValue:
    held = signed_in().display
    wanted = Display(
        type_size=_chosen("type_size", held.type_size),
        theme=_chosen("theme", held.theme),
        contrast=_chosen("contrast", held.contrast),
    )
    with writing() as session:
        doors.remember_display(session, actor(), wanted, now())
    return redirect(safe_target(request.form.get("next", "")))


def _chosen(name: str, held: Choice) -> Choice:
    """What was chosen for this setting; what is no choice leaves it as it was."""
    value = request.form.get(name, "")
    return type(held)(value) if value in set(type(held)) else held


@bp.app_template_global()
def display_choices() -> list[tuple[str, str, type[StrEnum]]]:
    """(name, words, what may be chosen) of each display setting."""
    return [("type_size", "字号", TypeSize), ("theme", "配色", Theme), ("contrast", "对比度", Contrast)]


@bp.app_template_global()
def display_classes(display: Display) -> str:
    """What the stylesheet calls a person's choices; what is left to the device has no name."""
    chosen = {
        "large-type": display.type_size is TypeSize.LARGE,
        f"theme-{display.theme}": display.theme is not Theme.SYSTEM,
        "contrast-high": display.contrast is Contrast.HIGH,
    }
    return " ".join(name for name, wanted in chosen.items() if wanted)


def _with_token(answer: ResponseReturnValue, token: str) -> Response:
    """Put the sign-in token into its cookie: no expiry, for the server decides when a session ends."""
    response = make_response(answer)
    response.set_cookie(
        current_app.config["SIGN_IN_COOKIE_NAME"],
        token,
        secure=current_app.config["HTTPS"],
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


def safe_target(target: str) -> str:
    """The address to go on to: a path of this site, else the home page."""
    plain = unquote(target)
    fine = plain.startswith("/") and not plain.startswith(("//", "/\\")) and "\\" not in plain
    if not fine or any(ord(c) < 33 for c in plain) or "%" in plain:
        return url_for("home.index")
    return target
