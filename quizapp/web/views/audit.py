"""The audit trail as the auditor reads it."""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask import Blueprint
from flask import render_template
from flask import request
from flask.typing import ResponseReturnValue

from quizapp.core.api import Scope
from quizapp.core.display import Contrast
from quizapp.core.display import Theme
from quizapp.core.display import TypeSize
from quizapp.core.labels import label
from quizapp.core.regrading import Method
from quizapp.core.roles import Action
from quizapp.core.roles import Role
from quizapp.db import people
from quizapp.db.base import db
from quizapp.services import audit
from quizapp.web import exports
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.filters import office_time
from quizapp.web.tables import office as tables

bp = Blueprint("audit", __name__, url_prefix="/audit")
A_PAGE = 100
#: A file holds more than a page, and yet not all of a trail of years.
EXPORTED = 20_000
#: A longer trail is checked when asked for, not each time it is opened.
CHECKED_UNASKED = 20_000

#: What was done, in the office's words.
VERBS = {
    "account:display": "调整显示",
    # What older rows say; the trail is never rewritten.
    "account:large-type": "调整字号",
    "answer:marked": "评阅简答题",
    "answer:remarked": "改动评阅结果",
    "answer:unmarked": "撤销评阅",
    "attempt:started": "开始作答",
    "attempt:submitted": "交卷",
    "attempt:entered": "录入纸质答卷",
    "attendance:corrected": "更正签到",
    "attendance:signed": "签到",
    "attendance:ticked": "代为签到",
    "bulletin:changed": "修改通报",
    "bulletin:drafted": "起草通报",
    "bulletin:issued": "签发通报",
    "bulletin:refreshed": "刷新通报数据",
    "bulletin:removed": "删除通报草稿",
    "bulletin:returned": "退回通报",
    "bulletin:submitted": "通报送签",
    "calendar:renewed": "更换日历订阅地址",
    "clock:jumped": "服务器时钟跳变",
    "doubt:answered": "答复疑问",
    "doubt:raised": "提出疑问",
    "leave:approved": "准假",
    "leave:asked": "请假",
    "leave:declined": "不准假",
    "leave:withdrawn": "撤回请假",
    "make-up:assigned": "安排补学",
    "make-up:started": "开始补学测验",
    "minutes:changed": "修改学习记录",
    "minutes:made": "生成学习记录",
    "paper:drawn": "抽题组卷",
    "paper:locked": "锁定试题",
    "paper:moved": "调整题序",
    "paper:swapped": "更换试题",
    "paper:unlocked": "取消锁定试题",
    "password:changed": "修改本人密码",
    "password:reset": "重置他人密码",
    "person:added": "新增人员",
    "person:changed": "修改人员",
    "plan:added": "新增学习计划",
    "plan:changed": "修改学习计划",
    "plan:retired": "停用学习计划",
    "question-set:loaded": "导入题集",
    "question:approved": "审核通过试题",
    "question:approved-many": "批量审核通过试题",
    "question:corrected": "修改试题",
    "question:key-checked": "核对疑似错误的答案",
    "question:merged": "合并试题",
    "question:retired": "停用试题",
    "question:sent_back": "退回试题",
    "question:withdrawn": "撤销审核处理",
    "regrade:decided": "更正答案",
    "regrade:finished": "更正后重新计分",
    "regrade:withdrawn": "撤回更正",
    "recognition:added": "登记学时认定",
    "recognition:changed": "修改学时认定",
    "recognition:withdrawn": "撤销学时认定",
    "refused": "越权访问被拒绝",
    "reminder:retried": "重发提醒",
    "reminder:sent": "提醒未作答人员",
    "room:closed": "提前收卷",
    "room:extended": "延长作答时间",
    "room:postponed": "推迟开始作答",
    "room:shown": "切换大屏",
    "room:started": "现场开始作答",
    "rota:asked": "申请对调轮值",
    "rota:changed": "调整轮值",
    "rota:decided": "答复对调申请",
    "rota:withdrawn": "撤回轮值调整",
    "score:adjusted": "调整个人得分",
    "score:adjustment-withdrawn": "撤回个人得分调整",
    "section:added": "新增科室",
    "section:merged": "科室并入其他科室",
    "section:renamed": "科室改名",
    "sign-in": "登录",
    "sign-in:failed": "登录失败",
    "sign-out": "退出登录",
    "sitting:changed": "修改学习场次",
    "sitting:planned": "安排学习场次",
    "sitting:prepared": "开始准备轮值学习",
    "sitting:returned": "退回试卷",
    "sitting:submitted": "试卷送审",
    "sitting:published": "发布学习场次",
    "speech:drafted": "从讲话拟题",
    "token:made": "生成接口令牌",
    "token:revoked": "停用接口令牌",
    "speech:loaded": "上传讲话",
    "speech:corrected": "更正讲话要点",
    "speech:correction-undone": "撤销更正",
    "speech:text-adopted": "启用讲话新文本",
    "speech:text-discarded": "放弃讲话新文本",
    "speech:text-proposed": "上传讲话新文本",
    "speech:titled": "修改讲话标题",
    "wording:accepted": "认可填法",
    "wording:rescored": "重新计分",
    "wording:withdrawn": "撤回认可的填法",
}
#: Facts that are stored by a word of these.
WORDS: Mapping[str, type[StrEnum]] = {
    "contrast": Contrast,
    "method": Method,
    "roles": Role,
    "scopes": Scope,
    "theme": Theme,
    "type_size": TypeSize,
}
#: The facts kept beside it.
FACTS = {
    "active": "在用",
    "added": "新增",
    "adjusted": "加减分",
    "again": "重新生成",
    "answer": "答复",
    "answers": "答案份数",
    "attempts": "核对答卷数",
    "authority": "认定单位",
    "before": "原为",
    "blank": "第几空",
    "changed": "更新",
    "conclusion": "结论",
    "contrast": "对比度",
    "day": "日期",
    "document": "依据文件",
    "due": "截止",
    "expires": "有效期至",
    "followed": "是否跟随",
    "frozen": "冻结",
    "ids": "试题编号",
    "into": "并入",
    "kind": "类别",
    "large": "大字号",
    "late": "逾时",
    "left_out": "未通过",
    "method": "处理方式",
    "minutes": "分钟",
    "moved": "转入人数",
    "name": "姓名",
    "no_longer_pass": "由及格变不及格人数",
    "now_pass": "由不及格变及格人数",
    "office": "采用的时间",
    "other_day": "对调日期",
    "oversees": "分管",
    "own": "本人参加了这一场",
    "parts": "修改的部分",
    "people": "发卷人数",
    "person": "人员",
    "points": "答到的采分点",
    "position": "题号",
    "post": "职务",
    "questions": "题数",
    "reason": "原因",
    "reminded": "提醒人数",
    "roles": "角色",
    "scopes": "可读取的内容",
    "scores_changed": "得分变化人数",
    "screen": "大屏",
    "section": "科室",
    "sha256": "文件校验值",
    "sitting": "学习场次",
    "step": "步骤",
    "takers": "作答人次",
    "theme": "配色",
    "title": "标题",
    "type_size": "字号",
    "version": "版本",
    "versions": "试题版本",
    "wall": "服务器时钟",
    "way": "方式",
    "wording": "填法",
    "year": "年度",
}


@dataclass(frozen=True)
class AuditLine:
    """One row of the trail in words."""

    number: int
    at: datetime
    person: str
    ip: str
    verb: str
    subject: str
    facts: tuple[str, ...]


@bp.get("")
@needs(Action.AUDIT_READ)
def index() -> ResponseReturnValue:
    before = request.args.get("before", type=_row_number)
    if exports.wanted():
        lines = _lines(audit.newest(db.session(), actor(), before=before, limit=EXPORTED))
        return exports.answer(tables.trail(lines, EXPORTED))
    rows = audit.newest(db.session(), actor(), before=before, limit=A_PAGE + 1)
    checked = before is None and (not rows or rows[0].id <= CHECKED_UNASKED or "check" in request.args)
    return render_template(
        "audit/index.html",
        lines=_lines(rows[:A_PAGE]),
        older=rows[A_PAGE - 1].id if len(rows) > A_PAGE else None,
        before=before,
        checked=checked,
        broken=audit.broken_links(db.session(), actor()) if checked else [],
    )


def _row_number(text: str) -> int:
    """A row's number in an address; ValueError for what no table holds."""
    number = int(text)
    if not 0 < number < 2**63:
        raise ValueError(text)
    return number


@bp.app_template_filter("audit_time")
def audit_time(moment: datetime) -> str:
    """A moment to the second, in the office's zone: 2026-11-22 14:30:05"""
    return office_time(moment).strftime("%Y-%m-%d %H:%M:%S")


def _lines(rows: Sequence[Any]) -> list[AuditLine]:
    sections = {row.id: row.name for row in people.sections(db.session())}
    return [_line(row, sections) for row in rows]


def _line(row: Any, sections: Mapping[int, str]) -> AuditLine:
    return AuditLine(
        number=row.id,
        at=row.at,
        person=row.person_name,
        ip=row.ip,
        verb=VERBS.get(row.verb, row.verb),
        subject=row.subject,
        facts=tuple(_facts(row.detail, sections)),
    )


def _facts(detail: Mapping[str, Any], sections: Mapping[int, str]) -> Iterator[str]:
    """The facts of a row; of what was before and after, only what differs."""
    before, after = detail.get("before"), detail.get("after")
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in after:
            if before.get(name) != after[name]:
                old, new = _words(name, before.get(name), sections), _words(name, after[name], sections)
                yield f"{FACTS.get(name, name)}：{old} → {new}"
        return
    for name, value in detail.items():
        yield f"{FACTS.get(name, name)}：{_words(name, value, sections)}"


def _words(name: str, value: Any, sections: Mapping[int, str]) -> str:
    """A stored value as people read it."""
    if isinstance(value, list):
        return "、".join(_words(name, item, sections) for item in value) or "无"
    if isinstance(value, bool):
        return "是" if value else "否"
    if name in ("section", "oversees"):
        return sections.get(value, f"科室 {value}")
    if name in WORDS:
        return label(WORDS[name](value)) if value in set(WORDS[name]) else str(value)
    return str(value) if value not in (None, "") else "无"
