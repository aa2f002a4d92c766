"""The Chinese word for every enum member that people read. A test holds that none is missing."""

from collections.abc import Mapping
from enum import StrEnum

from quizapp.core.drafts import Kind
from quizapp.core.question import Interaction
from quizapp.core.question import MultipleRule
from quizapp.core.question import TypeName
from quizapp.core.roles import Action
from quizapp.core.roles import Role
from quizapp.core.speech import SetKind
from quizapp.core.states import AttemptState
from quizapp.core.states import Closer
from quizapp.core.states import Decision
from quizapp.core.states import Move
from quizapp.core.states import QuestionState
from quizapp.core.states import SittingMove
from quizapp.core.states import SittingPhase

#: By enum class first: members of different enums may share a stored word (approved, closed) yet read differently.
LABELS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    Kind: {
        Kind.SET_MC: "要点多选",
        Kind.SET_CLOZE: "要点填空",
        Kind.PAIR_SC: "对应单选",
        Kind.PAIR_TF: "对应判断",
    },
    Interaction: {
        Interaction.CHOICE: "选择",
        Interaction.TEXT: "填写",
    },
    MultipleRule: {
        MultipleRule.ALL_OR_NOTHING: "全对得分",
        MultipleRule.PARTIAL: "少选得部分分、错选不得分",
    },
    TypeName: {
        TypeName.SINGLE_CHOICE: "单选题",
        TypeName.MULTIPLE_CHOICE: "多选题",
        TypeName.TRUE_FALSE: "判断题",
        TypeName.FILL_IN: "填空题",
    },
    Role: {
        Role.STAFF: "干部",
        Role.EDITOR: "编辑",
        Role.ADMIN: "管理员",
        Role.AUDITOR: "审计员",
    },
    Action: {
        Action.ACCOUNT_OWN: "管理本人账号",
        Action.ATTEMPT_TAKE: "作答",
        Action.AUDIT_READ: "查看审计记录",
        Action.PAPER_COMPOSE: "组卷",
        Action.PEOPLE_MANAGE: "管理人员与科室",
        Action.PUBLIC: "公开",
        Action.QUESTION_CORRECT: "修改试题",
        Action.QUESTION_LOAD: "导入题集",
        Action.QUESTION_READ: "查看题库",
        Action.QUESTION_REVIEW: "审核拟题",
        Action.REPORT_READ: "查看成绩",
        Action.SITTING_PLAN: "安排学习场次",
        Action.SPEECH_LOAD: "上传讲话",
        Action.SPEECH_READ: "查看讲话",
    },
    SetKind: {
        SetKind.NAMED: "有名称的要点",
        SetKind.COUNTED: "有数目的要点",
        SetKind.HEADINGS: "并列标题",
    },
    QuestionState: {
        QuestionState.IN_REVIEW: "待审核",
        QuestionState.SENT_BACK: "已退回",
        QuestionState.APPROVED: "已入库",
        QuestionState.RETIRED: "已停用",
    },
    Move: {
        Move.APPROVE: "通过",
        Move.SEND_BACK: "退回",
        Move.CORRECT: "修改",
        Move.RETIRE: "停用",
    },
    SittingPhase: {
        SittingPhase.COMPOSING: "组卷中",
        SittingPhase.PLANNED: "未开始",
        SittingPhase.OPEN: "进行中",
        SittingPhase.CLOSED: "已结束",
    },
    SittingMove: {
        SittingMove.COMPOSE: "组卷",
        SittingMove.START: "开始作答",
        SittingMove.ANSWER: "答题",
    },
    AttemptState: {
        AttemptState.NOT_STARTED: "未作答",
        AttemptState.IN_PROGRESS: "作答中",
        AttemptState.CLOSED: "已交卷",
    },
    Closer: {
        Closer.PERSON: "本人交卷",
        Closer.SERVER: "到时自动交卷",
    },
    Decision: {
        Decision.APPROVED: "通过",
        Decision.SENT_BACK: "退回",
    },
}


def label(member: StrEnum) -> str:
    """The word people read for an enum member."""
    return LABELS[type(member)][member]
