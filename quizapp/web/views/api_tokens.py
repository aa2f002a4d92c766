"""对外接口: the tokens that the office's other systems read with."""

from datetime import date
from datetime import datetime
from datetime import time
from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint
from flask import current_app
from flask import flash
from flask import redirect
from flask import render_template
from flask import request
from flask import url_for
from flask.typing import ResponseReturnValue
from wtforms import DateField
from wtforms import SelectMultipleField
from wtforms import StringField
from wtforms.validators import InputRequired
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput
from wtforms.widgets import ListWidget

from quizapp.core.api import LONGEST_LIFE
from quizapp.core.api import REQUESTS
from quizapp.core.api import Scope
from quizapp.core.errors import BadInput
from quizapp.core.roles import Action
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import api_tokens
from quizapp.services.api_tokens import LONGEST_NAME
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.filters import office_time
from quizapp.web.forms import Form
from quizapp.web.forms import choices_of

bp = Blueprint("api_tokens", __name__, url_prefix="/api-tokens")


def _stripped(text: str | None) -> str:
    return (text or "").strip()


class TokenForm(Form):
    name = StringField(
        "系统名称",
        [InputRequired("请填写系统名称"), Length(max=LONGEST_NAME, message=f"系统名称不超过 {LONGEST_NAME} 个字")],
        filters=[_stripped],
        description="哪个系统来读取，例如“机关人事系统”。",
        render_kw={"autocomplete": "off", "maxlength": LONGEST_NAME},
    )
    scopes = SelectMultipleField(
        "可读取的内容",
        [InputRequired("请至少选择一项可读取的内容")],
        choices=choices_of(Scope),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    expires_on = DateField(
        "有效期至",
        [InputRequired("请选择有效期")],
        description="到这一天结束为止，最长一年。到期前请生成新的令牌换上。",
        render_kw={"class": "date-input"},
    )


@bp.get("")
@needs(Action.API_MANAGE)
def index() -> ResponseReturnValue:
    form = TokenForm(formdata=None, expires_on=_last_day())
    return _page(form)


@bp.post("")
@needs(Action.API_MANAGE)
def make() -> ResponseReturnValue:
    form = TokenForm()
    if form.validate():
        scopes, expires_at = api_tokens.scopes_named(form.scopes.data or ()), _end_of(form.expires_on.data)
        try:
            with writing() as session:
                token = api_tokens.make(session, actor(), form.name.data, scopes, expires_at, now=now())
        except BadInput as bad:
            form.refuse(bad)
        else:
            # Shown once, here: neither a redirect nor a notice in a cookie may carry it.
            return render_template("api_tokens/made.html", token=token, name=form.name.data, address=_address())
    return _page(form), 422


@bp.post("/<string:token_id>/revocation")
@needs(Action.API_MANAGE)
def revoke(token_id: str) -> ResponseReturnValue:
    with writing() as session:
        name = api_tokens.revoke(session, actor(), token_id, now=now())
    flash(f"“{name}”的令牌已停用，它现在起不能再读取。")
    return redirect(url_for(".index"))


def _page(form: TokenForm) -> str:
    return render_template(
        "api_tokens/index.html",
        form=form,
        tokens=api_tokens.listing(db.session(), actor(), now=now()),
        address=_address(),
        requests=REQUESTS,
        first_day=office_time(now()).date().isoformat(),
        last_day=_last_day().isoformat(),
    )


def _address() -> str:
    return f"{request.host_url.rstrip('/')}/api/v1"


def _last_day() -> date:
    """The last day that a token made today may have."""
    return office_time(now() + LONGEST_LIFE).date() - timedelta(days=1)


def _end_of(day: date) -> datetime:
    """When a day of the office ends."""
    return datetime.combine(day, time.max.replace(microsecond=0), ZoneInfo(current_app.config["OFFICE_ZONE"]))


@bp.app_template_filter("full_day")
def full_day(moment: datetime) -> str:
    """2027年11月20日"""
    local = office_time(moment)
    return f"{local.year}年{local.month}月{local.day}日"
