"""The roster: who works where, what they may do, what they oversee, and passwords for those who have none."""

from typing import Any

from flask import Blueprint
from flask import flash
from flask import redirect
from flask import render_template
from flask import request
from flask import url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField
from wtforms import SelectField
from wtforms import SelectMultipleField
from wtforms import StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired
from wtforms.validators import Length
from wtforms.validators import Regexp
from wtforms.widgets import CheckboxInput
from wtforms.widgets import ListWidget

from quizapp.core.errors import BadInput
from quizapp.core.roles import Action
from quizapp.core.roles import Role
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import passwords
from quizapp.services import people
from quizapp.services.people import PersonFacts
from quizapp.web import exports
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.forms import Form
from quizapp.web.forms import choices_of
from quizapp.web.tables import office as tables

bp = Blueprint("people", __name__, url_prefix="/people")
#: Everybody is staff; these are given.
GIVEN_ROLES = (Role.EDITOR, Role.ADMIN, Role.AUDITOR)
#: Longer than any name or number.
LONGEST_SEARCH = 50
#: A file lists more people than a page: the largest office and then some.
EXPORTED = 100_000
LEVEL = "　"


def _stripped(text: str | None) -> str:
    return (text or "").strip()


class CheckboxesField(SelectMultipleField):
    """Several of a list, each with a box of its own."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class PersonForm(Form):
    name = StringField(
        "姓名",
        [InputRequired("请填写姓名"), Length(max=50, message="姓名不超过 50 个字")],
        filters=[_stripped],
        render_kw={"autocomplete": "off"},
    )
    post = StringField(
        "职务",
        [Length(max=50, message="职务不超过 50 个字")],
        filters=[_stripped],
        description="显示在姓名旁边，不带任何权限。",
        render_kw={"autocomplete": "off"},
    )
    section = SelectField("科室", [InputRequired("请选择科室")], coerce=int)
    roles = CheckboxesField("角色", choices=choices_of(GIVEN_ROLES))
    oversees = CheckboxesField("分管科室", coerce=int)
    active = BooleanField("在用", default=True)

    def offer(self) -> None:
        """Fill the choices from the organisation tree."""
        self.section.choices = _tree()
        self.oversees.choices = self.section.choices

    def facts(self, staff_number: str) -> PersonFacts:
        return PersonFacts(
            staff_number=staff_number,
            name=self.name.data,
            post=self.post.data,
            section_id=self.section.data,
            roles=frozenset(Role(value) for value in self.roles.data or ()),
            oversees=frozenset(self.oversees.data or ()),
            active=bool(self.active.data),
        )


class NewPersonForm(PersonForm):
    staff_number = StringField(
        "工号",
        [
            InputRequired("请填写工号"),
            Length(max=32, message="工号不超过 32 个字符"),
            Regexp(r"[0-9A-Za-z._-]+\Z", message="工号只用字母、数字、点、横线和下划线"),
        ],
        filters=[_stripped],
        description="登录时使用，以后不能修改。",
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )


class SectionForm(Form):
    name = StringField(
        "科室名称",
        [InputRequired("请填写科室名称"), Length(max=50, message="科室名称不超过 50 个字")],
        filters=[_stripped],
        render_kw={"autocomplete": "off"},
    )


class NewSectionForm(SectionForm):
    parent = SelectField("上级", coerce=int, description="新科室设在它的下面。")

    def offer(self) -> None:
        """Fill the choices from the organisation tree; 0 stands for the top."""
        self.parent.choices = [*_tree(), SelectChoice(0, "（没有上级，设为最上层）")]


@bp.get("")
@needs(Action.PEOPLE_MANAGE)
def index() -> ResponseReturnValue:
    words = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    chosen = request.args.get("section", "")
    if exports.wanted():
        return exports.answer(tables.people(people.directory(db.session(), actor(), words, chosen, most=EXPORTED)))
    directory = people.directory(db.session(), actor(), words, chosen)
    return render_template("people/index.html", directory=directory, words=words, chosen=chosen)


@bp.get("/new")
@needs(Action.PEOPLE_MANAGE)
def new() -> ResponseReturnValue:
    form = NewPersonForm()
    form.offer()
    return render_template("people/new.html", form=form)


@bp.post("/new")
@needs(Action.PEOPLE_MANAGE)
def add() -> ResponseReturnValue:
    form = NewPersonForm()
    form.offer()
    if form.validate():
        password = passwords.one_time_password()
        hashed = passwords.hash_password(password)
        try:
            with writing() as session:
                added = people.add_person(session, actor(), form.facts(form.staff_number.data), hashed, now=now())
        except BadInput as bad:
            form.refuse(bad)
        else:
            return render_template("people/one_time_password.html", person=added, password=password, is_new=True)
    return render_template("people/new.html", form=form), 422


@bp.get("/<string:person_id>")
@needs(Action.PEOPLE_MANAGE)
def person(person_id: str) -> ResponseReturnValue:
    return render_template("people/person.html", **_person_page(person_id))


@bp.post("/<string:person_id>")
@needs(Action.PEOPLE_MANAGE)
def change(person_id: str) -> ResponseReturnValue:
    known = people.person_with_rights(db.session(), actor(), person_id)
    row_id, staff_number = known.id, known.staff_number
    form = PersonForm()
    form.offer()
    if form.validate():
        facts = form.facts(staff_number)
        try:
            with writing() as session:
                people.change_person(session, actor(), row_id, facts, now=now())
        except BadInput as bad:
            form.refuse(bad)
        else:
            flash(f"{facts.name}的信息已保存。")
            return redirect(url_for(".index"))
    return render_template("people/person.html", **_person_page(person_id, form)), 422


@bp.post("/<string:person_id>/password-reset")
@needs(Action.PEOPLE_MANAGE)
def reset_password(person_id: str) -> ResponseReturnValue:
    row_id = people.person_with_rights(db.session(), actor(), person_id).id
    password = passwords.one_time_password()
    hashed = passwords.hash_password(password)
    try:
        with writing() as session:
            held = people.reset_password(session, actor(), row_id, hashed, now=now())
    except BadInput as bad:
        page = _person_page(person_id)
        page["form"].refuse(bad)
        return render_template("people/person.html", **page), 422
    # Shown once, here: neither a redirect nor a notice in a cookie may carry it.
    return render_template("people/one_time_password.html", person=held, password=password, is_new=False)


def _person_page(person_id: str, form: PersonForm | None = None) -> dict[str, Any]:
    """What a person's page shows: the form as it was sent, or as the roster has it."""
    row = people.person_with_rights(db.session(), actor(), person_id)
    return {"person": row, "form": form or _form_of(row), "is_self": row.id == actor().person_id}


def _form_of(row: Any) -> PersonForm:
    facts = people.facts_of(row)
    form = PersonForm(
        formdata=None,
        name=facts.name,
        post=facts.post,
        section=facts.section_id,
        roles=sorted(facts.roles),
        oversees=sorted(facts.oversees),
        active=facts.active,
    )
    form.offer()
    return form


@bp.get("/sections/new")
@needs(Action.PEOPLE_MANAGE)
def new_section() -> ResponseReturnValue:
    form = NewSectionForm()
    form.offer()
    return render_template("people/new_section.html", form=form)


@bp.post("/sections/new")
@needs(Action.PEOPLE_MANAGE)
def add_section() -> ResponseReturnValue:
    form = NewSectionForm()
    form.offer()
    if form.validate():
        try:
            with writing() as session:
                people.add_section(session, actor(), form.name.data, form.parent.data or None, now=now())
        except BadInput as bad:
            form.refuse(bad)
        else:
            flash(f"科室“{form.name.data}”已新增。")
            return redirect(url_for(".index"))
    return render_template("people/new_section.html", form=form), 422


@bp.get("/sections/<string:section_id>")
@needs(Action.PEOPLE_MANAGE)
def section(section_id: str) -> ResponseReturnValue:
    row = people.section(db.session(), actor(), section_id)
    return render_template("people/section.html", section=row, form=SectionForm(name=row.name))


@bp.post("/sections/<string:section_id>")
@needs(Action.PEOPLE_MANAGE)
def rename_section(section_id: str) -> ResponseReturnValue:
    form = SectionForm()
    if form.validate():
        try:
            with writing() as session:
                row = people.section(session, actor(), section_id)
                people.rename_section(session, actor(), row, form.name.data, now=now())
        except BadInput as bad:
            form.refuse(bad)
        else:
            flash("科室名称已保存。")
            return redirect(url_for(".index"))
    row = people.section(db.session(), actor(), section_id)
    return render_template("people/section.html", section=row, form=form), 422


def _tree() -> list[SelectChoice]:
    """The organisation tree as choices, indented by level."""
    tree = people.section_tree(db.session(), actor())
    return [SelectChoice(row.id, LEVEL * depth + row.name) for row, depth in tree]
