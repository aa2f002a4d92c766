"""Merging a section into another."""

from flask import Blueprint
from flask import flash
from flask import redirect
from flask import render_template
from flask import url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from quizapp.core.errors import BadInput
from quizapp.core.roles import Action
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.people import SectionRow
from quizapp.services import people
from quizapp.services import sections
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.filters import office_time
from quizapp.web.forms import Form

bp = Blueprint("sections", __name__, url_prefix="/people/sections")


class MergeForm(Form):
    into = SelectField("并入", [InputRequired("请选择并入哪个科室")])

    def offer(self, section: SectionRow) -> None:
        """Every section in use but this one."""
        tree = people.section_tree(db.session(), actor())
        known = [SelectChoice(row.public_id, "　" * depth + row.name) for row, depth in tree if row.id != section.id]
        self.into.choices = [SelectChoice("", "请选择"), *known]


@bp.get("/<string:section_id>/merger")
@needs(Action.PEOPLE_MANAGE)
def ask(section_id: str) -> ResponseReturnValue:
    section = people.section(db.session(), actor(), section_id)
    form = MergeForm()
    form.offer(section)
    return render_template("people/merge.html", section=section, form=form)


@bp.post("/<string:section_id>/merger")
@needs(Action.PEOPLE_MANAGE)
def merge(section_id: str) -> ResponseReturnValue:
    section = people.section(db.session(), actor(), section_id)
    form, name = MergeForm(), section.name
    form.offer(section)
    if form.validate():
        moment = now()
        try:
            with writing() as session:
                into = sections.merge(
                    session, actor(), section_id, form.into.data, now=moment, today=office_time(moment).date()
                ).name
        except BadInput as bad:
            form.refuse(bad)
        else:
            flash(f"“{name}”已并入“{into}”：人员已转入，以往的成绩和签到仍记在原科室名下。")
            return redirect(url_for("people.index"))
    section = people.section(db.session(), actor(), section_id)
    return render_template("people/merge.html", section=section, form=form), 422
