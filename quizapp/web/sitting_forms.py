"""The forms of planning a sitting and of choosing its topic."""

from collections.abc import Sequence
from datetime import UTC
from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from wtforms import DateTimeLocalField
from wtforms import Field
from wtforms import FieldList
from wtforms import IntegerField
from wtforms import SelectField
from wtforms import SelectMultipleField
from wtforms import StringField
from wtforms import TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired
from wtforms.validators import Length
from wtforms.validators import NumberRange
from wtforms.validators import Optional
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput
from wtforms.widgets import ListWidget

from quizapp.core.dealing import Drawing
from quizapp.core.periods import YEARS
from quizapp.core.question import MultipleRule
from quizapp.core.sitting import Mode
from quizapp.core.sitting import Pace
from quizapp.core.states import QuestionState
from quizapp.core.states import Review
from quizapp.db import bank
from quizapp.db import people
from quizapp.db import sittings as rows
from quizapp.db.base import db
from quizapp.db.people import PersonRow
from quizapp.db.sittings import SetAreas
from quizapp.db.sittings import SittingRow
from quizapp.services import sittings
from quizapp.services.sittings import SittingFacts
from quizapp.services.sittings import Topic
from quizapp.web.forms import Form
from quizapp.web.forms import choices_of

WHOLE_OFFICE = 0
MAX_BATCHES = 6
TOPIC_RULES = [InputRequired("请填写学习主题"), Length(max=100, message="主题不超过 100 字")]
AGENDA_HELP = "一行一项，学习记录照此生成，例如：领学讲话、交流发言、测验、讲评、业务工作部署。"


def _agenda() -> TextAreaField:
    return TextAreaField(
        "议程", [Length(max=2000, message="议程不超过 2000 字")], description=AGENDA_HELP, render_kw={"rows": 5}
    )


def _in_our_age(form: Form, field: Field) -> None:
    if field.data is not None and field.data.year not in YEARS:
        raise ValidationError("请核对年份")


def _moment(words: str, presence: InputRequired | Optional) -> DateTimeLocalField:
    return DateTimeLocalField(words, [presence, _in_our_age])


def _sets() -> SelectMultipleField:
    return SelectMultipleField("题集", coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput())


class SittingForm(Form):
    topic = StringField("学习主题", TOPIC_RULES)
    host = SelectField("主持科室", [InputRequired("请选择主持科室")], coerce=int)
    leader = SelectField("带学领导", [InputRequired("请选择带学领导")], coerce=int)
    scope = SelectField(
        "参加范围",
        coerce=int,
        default=WHOLE_OFFICE,
        description="选科室时，连同其下级科室一起参加。",
    )
    begins_at = _moment("学习开始时间", Optional())
    ends_at = _moment("学习结束时间", Optional())
    place = StringField("地点", [Length(max=100, message="地点不超过 100 字")])
    agenda = _agenda()
    opens_at = _moment("开始时间", InputRequired("请填写开始时间"))
    closes_at = _moment("结束时间", InputRequired("请填写结束时间"))
    mode = SelectField(
        "组织方式",
        choices=choices_of(Mode),
        default=Mode.INDIVIDUAL.value,
        description="统一作答：到结束时间全体同时收卷，不另计时长；分批作答：每批从本批开始时间起计时。",
    )
    starts = FieldList(
        _moment("开始时间", Optional()),
        label="各批开始时间",
        min_entries=MAX_BATCHES,
        max_entries=MAX_BATCHES,
    )
    pace = SelectField(
        "作答步调",
        choices=choices_of(Pace),
        default=Pace.WHOLE.value,
        description="逐题同步作答：由带学领导在现场一题一题开放，须统一作答、全体同一份试卷。",
    )
    duration = IntegerField(
        "作答时长（分钟）",
        [InputRequired("请填写作答时长"), NumberRange(1, 600, "时长应为 1 到 600 分钟")],
        default=20,
    )
    pass_percent = IntegerField(
        "合格线（满分的百分比）",
        [InputRequired("请填写合格线"), NumberRange(1, 100, "合格线应为 1 到 100")],
        default=60,
    )
    make_up_days = IntegerField(
        "补学期限（结束后几天内）",
        [Optional(), NumberRange(0, 60, "补学期限应为 0 到 60 天")],
        default=SittingFacts.make_up_days,
    )
    multiple_rule = SelectField(
        "多选题评分",
        choices=choices_of(MultipleRule),
        default=MultipleRule.PARTIAL.value,
    )
    review = SelectField(
        "成绩和解析",
        choices=choices_of(Review),
        default=Review.AT_ONCE.value,
        description="交卷后，得分和本人答案随时可看；这里定正确答案和解析何时可看。立即可看时，先交卷的人会先知道答案。",
    )
    drawing = SelectField(
        "出题方式",
        choices=choices_of(Drawing),
        default=Drawing.SAME.value,
        description="一人一卷：每人从试卷中各抽一部分题，题目不同，各题型的题数和满分相同。",
    )
    sets = _sets()

    def offer(self) -> None:
        """Fill the choices from the database."""
        session = db.session()
        sections = people.open_sections(session)
        self.host.choices = [SelectChoice(s.id, s.name) for s in sections]
        whole = SelectChoice(WHOLE_OFFICE, "全体人员")
        self.scope.choices = [whole, *(SelectChoice(s.id, s.name) for s in sections if s.parent_id is not None)]
        self.leader.choices = [_person_choice(leader) for leader in sittings.leaders(session)]
        self.sets.choices = [choice for _, choices in set_choices() for choice in choices]
        for number, start in enumerate(self.starts, start=1):
            start.label.text = f"第 {number} 批"

    def offer_as_is(self, sitting: SittingRow) -> None:
        """Fill the choices, and keep a host, leader or scope that is no longer offered until somebody chooses another:
        a page would show the first choice in its place, and saving would store that."""
        self.offer()
        _keep(self.host, SelectChoice(sitting.host_section_id, sitting.host_section.name))
        _keep(self.leader, _person_choice(sitting.leader))
        for section in people.sections(db.session()):
            if section.id == sitting.meeting.scope_section_id:
                _keep(self.scope, SelectChoice(section.id, section.name))

    def facts(self) -> SittingFacts:
        return SittingFacts(
            topic=self.topic.data.strip(),
            host_section_id=self.host.data,
            leader_id=self.leader.data,
            opens_at=to_utc(self.opens_at.data),
            closes_at=to_utc(self.closes_at.data),
            duration_minutes=self.duration.data,
            pass_percent=self.pass_percent.data,
            multiple_rule=MultipleRule(self.multiple_rule.data),
            set_ids=tuple(self.sets.data or ()),
            review=Review(self.review.data),
            drawing=Drawing(self.drawing.data),
            mode=Mode(self.mode.data),
            pace=Pace(self.pace.data),
            starts=tuple(to_utc(start) for start in self.starts.data if start is not None),
            scope_section_id=self.scope.data or None,
            begins_at=to_utc(self.begins_at.data) if self.begins_at.data else None,
            ends_at=to_utc(self.ends_at.data) if self.ends_at.data else None,
            place=(self.place.data or "").strip(),
            agenda=lines_of(self.agenda.data),
            make_up_days=SittingFacts.make_up_days if self.make_up_days.data is None else self.make_up_days.data,
        )


def _person_choice(person: PersonRow) -> SelectChoice:
    return SelectChoice(person.id, f"{person.name}（{person.post}）")


def _keep(field: SelectField, choice: SelectChoice) -> None:
    if choice.value not in {offered.value for offered in field.choices}:
        field.choices += [choice]


def planned(sitting: SittingRow) -> dict[str, Any]:
    """What the form shows of a sitting as it is planned now."""
    meeting = sitting.meeting
    return {
        "topic": sitting.topic,
        "host": sitting.host_section_id,
        "leader": sitting.leader_id,
        "scope": meeting.scope_section_id or WHOLE_OFFICE,
        "begins_at": to_office(meeting.begins_at) if meeting.begins_at else None,
        "ends_at": to_office(meeting.ends_at) if meeting.ends_at else None,
        "place": meeting.place,
        "agenda": meeting.agenda,
        "opens_at": to_office(sitting.opens_at),
        "closes_at": to_office(sitting.closes_at),
        "mode": sitting.mode.value,
        "starts": [to_office(batch.starts_at) for batch in sitting.batches],
        "pace": sitting.pace.value,
        "duration": sitting.duration_minutes,
        "pass_percent": sitting.pass_percent,
        "make_up_days": meeting.make_up_days,
        "multiple_rule": sitting.multiple_rule.value,
        "review": sitting.review.value,
        "drawing": sitting.drawing.value,
        "sets": [chosen.set_id for chosen in sitting.sets],
    }


class TopicForm(Form):
    topic = StringField("学习主题", TOPIC_RULES)
    sets = _sets()
    emphasis = SelectMultipleField(
        "重点", widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), validate_choice=False
    )
    agenda = _agenda()
    #: The sets to choose from, by the speech that their questions name.
    by_speech: Sequence[tuple[str, Sequence[SelectChoice]]] = ()
    #: What can be emphasised: the parts of the sets that are chosen.
    areas: Sequence[SetAreas] = ()

    def offer(self) -> None:
        """Fill the choices from the database."""
        self.by_speech = set_choices()
        self.sets.choices = [choice for _, choices in self.by_speech for choice in choices]
        self.emphasis.choices = []
        offered = {choice.value for choice in self.sets.choices}
        self.areas = rows.areas(db.session(), offered.intersection(self.sets.data or ()))

    def chosen(self) -> Topic:
        return Topic(
            topic=self.topic.data.strip(),
            set_ids=tuple(self.sets.data or ()),
            emphasis=tuple(self.emphasis.data or ()),
            agenda=lines_of(self.agenda.data),
        )


def set_choices() -> list[tuple[str, list[SelectChoice]]]:
    """The question sets by the speech that they name; those that name none come last."""
    session = db.session()
    named = bank.speeches_named(session)
    found = [
        (
            named.get(row.id, ""),
            SelectChoice(row.id, f"{row.name}（已入库 {counts.get(QuestionState.APPROVED, 0)} 题）"),
        )
        for row, counts in bank.sets_with_counts(session)
    ]
    in_order = sorted(found, key=lambda each: (each[0] == "", each[0]))
    return [(speech, [choice for _, choice in group]) for speech, group in groupby(in_order, key=lambda each: each[0])]


def lines_of(text: str | None) -> str:
    """The lines that say something."""
    return "\n".join(line.strip() for line in (text or "").splitlines() if line.strip())


def to_utc(local: datetime) -> datetime:
    return local.replace(tzinfo=ZoneInfo(current_app.config["OFFICE_ZONE"])).astimezone(UTC)


def to_office(moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(current_app.config["OFFICE_ZONE"])).replace(tzinfo=None)
