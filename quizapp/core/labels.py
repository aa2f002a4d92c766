"""The Chinese word for every enum member that people read. A test holds that none is missing."""

from collections.abc import Mapping
from enum import StrEnum

from quizapp.core.api import Scope
from quizapp.core.api import TokenState
from quizapp.core.attendance import LeaveDecision
from quizapp.core.attendance import LeaveKind
from quizapp.core.attendance import MakeUpState
from quizapp.core.attendance import Presence
from quizapp.core.attendance import Way
from quizapp.core.comparison import Change
from quizapp.core.comparison import Reason
from quizapp.core.corrections import Verb
from quizapp.core.coverage import Covered
from quizapp.core.dealing import Drawing
from quizapp.core.desk import Facet
from quizapp.core.desk import Group
from quizapp.core.desk import Order
from quizapp.core.display import Contrast
from quizapp.core.display import Theme
from quizapp.core.display import TypeSize
from quizapp.core.drafts import Bloom
from quizapp.core.duplicates import Double
from quizapp.core.marking import DoubtReason
from quizapp.core.marking import NoticeKind
from quizapp.core.mastery import Standing as MasteryStanding
from quizapp.core.memory import Mastery
from quizapp.core.narrowing import Facet as Narrowing
from quizapp.core.narrowing import MistakeState
from quizapp.core.narrowing import Times
from quizapp.core.periods import PeriodKind
from quizapp.core.practice import Origin
from quizapp.core.practice import PracticeMode
from quizapp.core.question import Interaction
from quizapp.core.question import MultipleRule
from quizapp.core.question import TypeName
from quizapp.core.record import Grasp
from quizapp.core.regrading import Method
from quizapp.core.regrading import NoNewKey
from quizapp.core.reminders import ReminderKind
from quizapp.core.reminders import ReminderState
from quizapp.core.roles import Action
from quizapp.core.roles import Role
from quizapp.core.room import Screen
from quizapp.core.room import Step
from quizapp.core.rota import ChangeKind
from quizapp.core.rota import ChangeState
from quizapp.core.rota import HolidayPolicy
from quizapp.core.rota import Stage
from quizapp.core.rota import Standing
from quizapp.core.sitting import Mode
from quizapp.core.sitting import Pace
from quizapp.core.sitting import SittingKind
from quizapp.core.speech import Confidence
from quizapp.core.speech import EvidenceForm
from quizapp.core.speech import FactKind
from quizapp.core.speech import PointKind
from quizapp.core.speech import Rule
from quizapp.core.states import Arrival
from quizapp.core.states import AttemptState
from quizapp.core.states import BulletinMove
from quizapp.core.states import BulletinState
from quizapp.core.states import Closer
from quizapp.core.states import Decision
from quizapp.core.states import Hindrance
from quizapp.core.states import Move
from quizapp.core.states import QuestionState
from quizapp.core.states import Review
from quizapp.core.states import SittingMove
from quizapp.core.states import SittingPhase
from quizapp.core.statistics import Discrimination
from quizapp.core.statistics import Ease
from quizapp.core.statistics import Reliability
from quizapp.core.versions import Part

#: By enum class first: members of different enums may share a stored word (approved, closed) yet read differently.
LABELS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    Bloom: {
        Bloom.REMEMBER: "识记",
        Bloom.UNDERSTAND: "理解",
        Bloom.APPLY: "应用",
        Bloom.ANALYSE: "分析",
    },
    Interaction: {
        Interaction.CHOICE: "选择",
        Interaction.TEXT: "填写",
        Interaction.MATCH: "连线",
        Interaction.ORDER: "排序",
        Interaction.ESSAY: "作答",
    },
    Scope: {
        Scope.PEOPLE_READ: "人员和科室",
        Scope.SCORES_READ: "各科室成绩",
        Scope.SITTINGS_READ: "学习场次",
        Scope.STATISTICS_READ: "试题统计",
    },
    TokenState: {
        TokenState.ACTIVE: "在用",
        TokenState.EXPIRED: "已过期",
        TokenState.REVOKED: "已停用",
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
        TypeName.MATCHING: "匹配题",
        TypeName.ORDERING: "排序题",
        TypeName.SHORT_ANSWER: "简答题",
    },
    Role: {
        Role.STAFF: "干部",
        Role.EDITOR: "编辑",
        Role.ADMIN: "管理员",
        Role.AUDITOR: "审计员",
    },
    Action: {
        Action.ACCOUNT_OWN: "管理本人账号",
        Action.ANSWER_MARK: "评阅简答题",
        Action.ANSWER_REMARK: "改动评阅结果",
        Action.API_MANAGE: "管理对外接口",
        Action.ATTEMPT_TAKE: "作答",
        Action.ATTENDANCE_CORRECT: "更正签到",
        Action.ATTENDANCE_TICK: "代为签到",
        Action.AUDIT_READ: "查看审计记录",
        Action.BULLETIN_ISSUE: "签发通报",
        Action.BULLETIN_READ: "查看通报",
        Action.BULLETIN_WRITE: "起草通报",
        Action.LEAVE_ASK: "请假",
        Action.LEAVE_DECIDE: "审批请假",
        Action.MAKE_UP_DO: "补学",
        Action.MINUTES_WRITE: "整理学习记录",
        Action.PAPER_COMPOSE: "组卷",
        Action.PAPER_ENTER: "录入纸质答卷",
        Action.PEOPLE_MANAGE: "管理人员与科室",
        Action.PLAN_MANAGE: "管理学习计划",
        Action.PUBLIC: "公开",
        Action.QUESTION_CORRECT: "修改试题",
        Action.QUESTION_LOAD: "导入题集",
        Action.QUESTION_READ: "查看题库",
        Action.QUESTION_REVIEW: "审核拟题",
        Action.RECOGNITION_MANAGE: "登记学时认定",
        Action.RECORD_OWN: "查看本人学习档案",
        Action.PRACTICE_OWN: "本人练习",
        Action.REMINDER_READ: "查看提醒发送情况",
        Action.REMINDER_SEND: "提醒未作答的人",
        Action.REPORT_READ: "查看成绩",
        Action.ROOM_JOIN: "签到",
        Action.ROOM_LEAD: "主持现场",
        Action.ROTA_CHANGE: "调整轮值",
        Action.ROTA_READ: "查看轮值表",
        Action.SCORE_ADJUST: "调整个人得分",
        Action.SCORE_REGRADE: "更正答案并重新计分",
        Action.SITTING_APPROVE: "审批试卷",
        Action.SITTING_PLAN: "安排学习场次",
        Action.SPEECH_LOAD: "上传讲话",
        Action.SPEECH_READ: "查看讲话",
        Action.STATISTICS_READ: "查看试题统计",
    },
    TypeSize: {
        TypeSize.STANDARD: "标准",
        TypeSize.LARGE: "大",
    },
    Theme: {
        Theme.SYSTEM: "跟随系统",
        Theme.LIGHT: "浅色",
        Theme.DARK: "深色",
    },
    Contrast: {
        Contrast.STANDARD: "标准",
        Contrast.HIGH: "高",
    },
    DoubtReason: {
        DoubtReason.KEY_WRONG: "答案有误",
        DoubtReason.UNCLEAR: "题意不清",
        DoubtReason.TWO_KEYS: "有两个答案",
        DoubtReason.OTHER: "其他",
    },
    NoticeKind: {
        NoticeKind.WORDING_ACCEPTED: "填法已被认可",
        NoticeKind.WORDING_WITHDRAWN: "填法不再认可",
        NoticeKind.MARKED: "简答题已评阅",
        NoticeKind.MARK_CHANGED: "评阅结果有改动",
        NoticeKind.DOUBT_ANSWERED: "疑问已答复",
        NoticeKind.KEY_CORRECTED: "答案已更正",
        NoticeKind.GRANTED: "已送分",
        NoticeKind.VOIDED: "已作废",
        NoticeKind.REGRADE_WITHDRAWN: "更正已撤回",
        NoticeKind.ADJUSTED: "得分已调整",
        NoticeKind.ADJUSTMENT_WITHDRAWN: "得分调整已撤回",
    },
    PointKind: {
        PointKind.NAMED: "有名称的要点",
        PointKind.COUNTED: "有数目的要点",
        PointKind.HEADINGS: "并列标题",
        PointKind.PAIRSET: "对应要点",
        PointKind.PARALLEL: "并列表述",
        PointKind.SLOGAN: "警句口号",
        PointKind.DEFINITION: "定性表述",
        PointKind.FACT: "数字与时限",
        PointKind.MENTION: "只提名称",
    },
    FactKind: {
        FactKind.TIME: "时刻",
        FactKind.DATE: "日期",
        FactKind.DEADLINE: "时限",
        FactKind.FREQUENCY: "频次",
        FactKind.RANK: "位次",
        FactKind.PERCENT: "比例",
        FactKind.AMOUNT: "数额",
        FactKind.COUNT: "数量",
        FactKind.AGENT: "责任单位",
        FactKind.SYSTEM: "制度",
    },
    Rule: {
        Rule.LEAD: "紧接在名称后面逐条列出",
        Rule.HEADING: "上一级标题点明，下面逐条展开",
        Rule.NAMELY: "名称后面用“即”“包括”或冒号列明",
        Rule.APPOSED: "各项在前，名称在后",
        Rule.ANNOUNCED: "先说几句话（几点），随即列出",
        Rule.NUMERALS: "名称中的数字分别指明",
        Rule.SIBLINGS: "同一级标题并列，没有统一名称",
        Rule.LISTED: "先有引出的话，随后逐项列出，没有序号",
        Rule.CLAUSES: "句式相同的分句，前后对应",
        Rule.FRAME: "固定句式，前后对应",
        Rule.EXPLAINED: "先并列提出，再逐项解释",
        Rule.ENUMERATED: "顿号并列",
        Rule.ANCHORED: "句式相同的并列分句",
        Rule.HALVES: "引号内前后对仗",
        Rule.COPULA: "“……是……的根本（关键、保障）”一类的定性",
        Rule.FIGURE: "数字带单位，所在分句意思完整",
        Rule.OFFICE: "写明由谁负责或实行什么制度",
        Rule.NO_ITEMS: "只提到名称，没有列出各项",
        Rule.MISCOUNTED: "列出的项数与名称所说的不符",
        Rule.EDITOR: "编辑确定",
    },
    Verb: {
        Verb.CONFIRM: "核对无误",
        Verb.RENAME: "改名称",
        Verb.RETYPE: "改类型",
        Verb.SPLIT: "拆分",
        Verb.MERGE: "合并",
        Verb.ADD: "添加",
        Verb.DELETE: "删除",
        Verb.LEVEL: "改标题级别",
    },
    Confidence: {
        Confidence.HIGH: "有把握",
        Confidence.MEDIUM: "较有把握",
        Confidence.LOW: "待核对",
    },
    Covered: {
        Covered.NO_QUESTION: "没有试题",
        Covered.WAITING: "有题待审",
        Covered.NEVER_ASKED: "从未考过",
        Covered.ASKED: "已考",
        Covered.KNOWN: "普遍掌握",
    },
    Change: {
        Change.SAME: "未改",
        Change.REMOVED: "删去",
        Change.ADDED: "新增",
    },
    Reason: {
        Reason.QUOTE_GONE: "引用的原句已不在新文本中",
        Reason.POINT_CHANGED: "所依据的要点在新文本中有改动",
    },
    EvidenceForm: {
        EvidenceForm.DEMAND: "要求",
        EvidenceForm.STATEMENT: "论述",
        EvidenceForm.FAULT: "现象",
    },
    QuestionState: {
        QuestionState.IN_REVIEW: "待审核",
        QuestionState.SENT_BACK: "已退回",
        QuestionState.APPROVED: "已入库",
        QuestionState.RECHECK: "需复核",
        QuestionState.RETIRED: "已停用",
    },
    Move: {
        Move.APPROVE: "通过",
        Move.SEND_BACK: "退回",
        Move.CORRECT: "修改",
        Move.RECHECK: "交复核",
        Move.RETIRE: "停用",
        Move.MERGE: "合并",
        Move.WITHDRAW: "撤销",
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
        SittingMove.HAND_IN: "交卷",
        SittingMove.REGRADE: "更正答案、调整得分",
    },
    AttemptState: {
        AttemptState.NOT_STARTED: "未作答",
        AttemptState.IN_PROGRESS: "作答中",
        AttemptState.CLOSED: "已交卷",
    },
    Arrival: {
        Arrival.SAVED: "已保存",
        Arrival.LATE: "断网补传，计入",
        Arrival.OLDER: "另一处已有更新的答案，未采用",
        Arrival.TOO_LATE: "截止后收到，留存备查，不计入",
    },
    Review: {
        Review.AT_ONCE: "交卷后立即可看",
        Review.AFTER_CLOSING: "全部结束后可看",
        Review.NEVER: "不提供",
    },
    Drawing: {
        Drawing.SAME: "全体同一份试卷",
        Drawing.PER_PERSON: "一人一卷",
    },
    SittingKind: {
        SittingKind.WEEKLY: "集中学习",
        SittingKind.MAKE_UP: "补学",
        SittingKind.MOCK: "模拟测试",
    },
    Mode: {
        Mode.TOGETHER: "统一作答，同时收卷",
        Mode.BATCHED: "分批作答，按批收卷",
        Mode.INDIVIDUAL: "规定时段内各自作答",
    },
    Pace: {
        Pace.WHOLE: "整卷作答",
        Pace.BY_QUESTION: "逐题同步作答",
    },
    HolidayPolicy: {
        HolidayPolicy.SKIP: "遇节假日停学一次",
        HolidayPolicy.MOVE: "遇节假日改到当周工作日",
    },
    ChangeKind: {
        ChangeKind.SWAP: "对调",
        ChangeKind.SUBSTITUTE: "替换带学领导",
        ChangeKind.SKIP: "停学一次",
        ChangeKind.EXTRA: "加学一次",
    },
    ChangeState: {
        ChangeState.ASKED: "待对方同意",
        ChangeState.STANDS: "已生效",
        ChangeState.DECLINED: "对方未同意",
        ChangeState.WITHDRAWN: "已撤回",
    },
    Standing: {
        Standing.HELD: "按期",
        Standing.MOVED: "改期",
        Standing.EXTRA: "加学",
        Standing.HOLIDAY: "放假停学",
        Standing.SKIPPED: "停学",
    },
    Stage: {
        Stage.TOPIC: "待选题",
        Stage.PAPER: "待组卷",
        Stage.APPROVAL: "待审批",
        Stage.PUBLISHED: "已发布",
    },
    Screen: {
        Screen.SIGN_IN: "签到",
        Screen.PROGRESS: "作答进度",
        Screen.QUESTION: "题目",
        Screen.BLANK: "空白",
    },
    Step: {
        Step.READ: "出示题目",
        Step.ANSWER: "作答",
        Step.SPLIT: "看选择分布",
        Step.EXPLAIN: "看解析",
    },
    Grasp: {Grasp.GRASPED: "掌握", Grasp.PARTLY: "基本掌握", Grasp.WEAK: "薄弱"},
    MasteryStanding: {
        MasteryStanding.STRONG: "牢固",
        MasteryStanding.FADING: "待巩固",
        MasteryStanding.WEAK: "薄弱",
        MasteryStanding.ANEW: "重新开始",
        MasteryStanding.UNSEEN: "还没练过",
    },
    Mastery: {Mastery.STRONG: "牢固", Mastery.FADING: "待巩固", Mastery.WEAK: "薄弱"},
    Presence: {
        Presence.PRESENT: "已到",
        Presence.LEAVE: "请假",
        Presence.ABSENT: "未到",
    },
    Way: {
        Way.QR: "扫码",
        Way.CODE: "签到码",
        Way.TICK: "代签",
        Way.PAPER: "纸质签到",
        Way.ANSWERED: "已作答",
        Way.CORRECTED: "更正",
    },
    LeaveKind: {
        LeaveKind.DUTY: "公出",
        LeaveKind.TRAINING: "培训",
        LeaveKind.SICK: "病假",
        LeaveKind.PERSONAL: "事假",
        LeaveKind.ANNUAL: "年休假",
        LeaveKind.OTHER: "其他",
    },
    LeaveDecision: {
        LeaveDecision.WAITING: "待审批",
        LeaveDecision.APPROVED: "已准假",
        LeaveDecision.DECLINED: "未准假",
    },
    MakeUpState: {
        MakeUpState.DUE: "待补",
        MakeUpState.DONE: "已补",
        MakeUpState.OVERDUE: "逾期",
    },
    ReminderKind: {
        ReminderKind.TAKE: "尚未作答",
        ReminderKind.TOPIC_DUE: "选题截止",
        ReminderKind.PAPER_DUE: "组卷截止",
        ReminderKind.APPROVAL_DUE: "试卷待审批",
        ReminderKind.SWAP_ASKED: "有人申请对调",
        ReminderKind.MAKE_UP_DUE: "补学待完成",
    },
    ReminderState: {
        ReminderState.WAITING: "待发送",
        ReminderState.SENT: "已发送",
        ReminderState.FAILED: "发送失败",
    },
    PeriodKind: {
        PeriodKind.WEEK: "周",
        PeriodKind.MONTH: "月",
        PeriodKind.QUARTER: "季度",
        PeriodKind.YEAR: "年",
    },
    BulletinState: {
        BulletinState.DRAFT: "草稿",
        BulletinState.SUBMITTED: "待签发",
        BulletinState.ISSUED: "已印发",
    },
    BulletinMove: {
        BulletinMove.WRITE: "修改",
        BulletinMove.SUBMIT: "送签",
        BulletinMove.RETURN: "退回",
        BulletinMove.ISSUE: "签发",
        BulletinMove.REMOVE: "删除",
    },
    Closer: {
        Closer.PERSON: "本人交卷",
        Closer.SERVER: "到时自动交卷",
    },
    Decision: {
        Decision.APPROVED: "通过",
        Decision.SENT_BACK: "退回",
        Decision.MERGED: "合并",
        Decision.WITHDRAWN: "撤销",
    },
    Hindrance: {
        Hindrance.CHANGED: "已有更新的版本",
        Hindrance.DECIDED: "已有人作了处理",
        Hindrance.NOT_OPENED: "这一版您还没有打开看过",
        Hindrance.OWN: "这一版由您修改，须由另一位编辑审核",
        Hindrance.ON_PAPER: "已编入发布的试卷",
    },
    Double: {
        Double.SAME: "题干和答案都相同",
        Double.ALIKE: "答案相同，题干相近",
        Double.SAME_POINT: "同一要点、同一题型",
    },
    Group: {
        Group.RECHECK: "需复核",
        Group.DOUBTED: "有疑问",
        Group.SUSPECT: "疑似答案错误",
        Group.WAITING: "待审核",
        Group.SENT_BACK: "已退回",
    },
    Facet: {
        Facet.GROUP: "状态",
        Facet.SET: "题集",
        Facet.TYPE: "题型",
        Facet.KIND: "拟题种类",
        Facet.HEADING: "标题",
        Facet.DIFFICULTY: "难度",
    },
    Order: {
        Order.SPEECH: "按讲话顺序",
        Order.WORTH: "按入选价值",
    },
    Ease: {
        Ease.VERY_EASY: "很容易",
        Ease.EASY: "较易",
        Ease.MODERATE: "适中",
        Ease.HARD: "较难",
        Ease.VERY_HARD: "很难",
    },
    Discrimination: {
        Discrimination.VERY_GOOD: "很好",
        Discrimination.ADEQUATE: "合适",
        Discrimination.WEAK: "偏弱",
        Discrimination.VERY_WEAK: "很弱",
        Discrimination.NEGATIVE: "疑似答案错误",
    },
    Reliability: {
        Reliability.SATISFACTORY: "良好",
        Reliability.FAIR: "尚可",
        Reliability.UNSATISFACTORY: "偏低",
    },
    Method: {
        Method.NEW_KEY: "按新答案",
        Method.GRANT: "送分",
        Method.VOID: "作废",
    },
    NoNewKey: {
        NoNewKey.BY_PEOPLE: "简答题由人按采分点评阅，没有可以直接替换的答案；评阅有误的，请在“阅卷”里改动评阅结果。",
        NoNewKey.NO_NEWER: "这道题还没有改过：请到审题页修改答案，由另一位编辑审核通过后，再回到这里。",
        NoNewKey.NOT_APPROVED: "改过的版本还没有审核通过：请另一位编辑审核通过后，再回到这里。",
        NoNewKey.ASKS_OTHER: "审核通过的新版本改了题型、选项、左列或空数，已交的答案对不上：请只改答案，重新送审。",
        NoNewKey.SAME_KEY: "审核通过的新版本与现在计分用的答案相同。",
    },
    PracticeMode: {
        PracticeMode.DAILY: "今日五题",
        PracticeMode.MISTAKES: "错题本",
        PracticeMode.FREE: "自由练习",
        PracticeMode.RECITATION: "背诵卡",
    },
    Origin: {
        Origin.SITTING: "集中学习",
        Origin.PRACTICE: "练习",
    },
    Narrowing: {
        Narrowing.STATE: "状态",
        Narrowing.SPEECH: "讲话",
        Narrowing.SET: "讲话题集",
        Narrowing.HEADING: "标题",
        Narrowing.POINT: "要点",
        Narrowing.TYPE: "题型",
        Narrowing.DIFFICULTY: "难度",
        Narrowing.ORIGIN: "来自",
        Narrowing.TIMES: "次数",
    },
    MistakeState: {MistakeState.OPEN: "未消除", MistakeState.CLEARED: "已消除"},
    Times: {Times.ONCE: "错过一次", Times.AGAIN: "错过两次以上"},
    Part: {
        Part.STEM: "题干",
        Part.OPTIONS: "选项",
        Part.KEY: "答案",
        Part.BLANKS: "各空",
        Part.PAIRS: "对应",
        Part.ORDER: "顺序",
        Part.POINTS: "采分点",
        Part.EXPLANATION: "解析",
        Part.DIFFICULTY: "难度",
    },
}


def label(member: StrEnum) -> str:
    """The word people read for an enum member."""
    return LABELS[type(member)][member]
