"""Facts: figures, times, deadlines, who is responsible, what system is tried – by fixed patterns, nothing guessed."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from typing import NamedTuple

import rjieba

from quizapp.core.keypoints.evidence import SoundSentences
from quizapp.core.outline import Outline
from quizapp.core.speech import CleanText
from quizapp.core.speech import Confidence
from quizapp.core.speech import FactKind
from quizapp.core.speech import Item
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import PointKind
from quizapp.core.speech import Rule
from quizapp.core.speech import Span

_DIGIT = "[一二三四五六七八九]"
_SMALL = r"(?:\d{1,3}|[一二两三四五六七八九十]{1,3})"
_MONTH = r"(?:\d{1,2}|十[一二]|[一二三四五六七八九十])月"
_DAY = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})[日号]"
_QUARTER = r"(?:[一二三四1-4]季度|本季度|每?季度)"
_ABOUT = "(?:以上|以下|以内|左右)?"
_REGION = "全(?:[国省市县区州盟镇]|系统|行业)"

_DAY_PART = "(?:凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|每晚|夜间)"
_CLOCK = (
    rf"(?:{_DAY_PART}(?:\d{{1,2}}|[一二两三四五六七八九十]{{1,3}})[点时：:](?:\d{{1,2}}分?|半|整|一刻|三刻|[一二三四五]?十[一二三四五六七八九]?分?)?"
    r"|\d{1,2}[点时]\d{1,2}分?|\d{1,2}[点时](?:半|整|钟|(?=之?[前后]|以[前后]))|[012]?\d[:：][0-5]\d)(?:钟|整)?(?:之[前后]|以[前后]|[前后](?!进|提|来|续))?"
)
_BY = r"(?:之前|以前|前(?!后|往|来|期|段|[一二三四五六七八九十\d]))"
_LASTING = f"{_SMALL}(?:个?(?:工作日|自然日|小时|月|星期)|分钟|天|日|周|年)"
_FINISHES = "(?:登记|办[结理复]|反馈|报[送告]|上报|[答回]复|回应|归档|[转交]办|处[理置]|整改|清[零运]|到[岗位])"
#: “今年”“明年”留在答案外面：从今年（7月）起。
_DEADLINE = (
    rf"(?:\d{{4}}年)?{_MONTH}(?:份|底|初|末|[上中下]旬|{_DAY})?{_BY}"
    rf"|[今明]年[底末]{_BY}"
    rf"|(?:\d{{4}}年|本)?(?:年[底末中]|[本下当]?月[底末]|{_QUARTER}[末底]|本?周末|[上下]半年|(?:当月)?{_DAY}){_BY}"
    rf"|{_LASTING}(?:之内|以内|内(?![部容设涵外地参需在控化]))"
    rf"|当[日天](?={_FINISHES})"
    r"|(?<![\d一二两三四五六七八九十几数多半来近千百])年内"
    r"|(?<=到)\d{4}年(?:底|末|年底)?"
    rf"|\d{{4}}年(?:{_BY}|[底末](?:之?前)?)"
)
#: 提前五天, 临近时限三天: what is asked is the number of days.
_AHEAD = rf"(?:(?<=提前)|(?<=[时期]限)|(?<=[逾超限]期)){_LASTING}"
_OF_MONTH = f"(?:份|底|初|末|[上中下]旬|{_DAY})"
_DATE = rf"(?:\d{{4}}年{_MONTH}|(?<=[今明去本当]年){_MONTH}|\d{{1,2}}月){_OF_MONTH}?(?!内)|{_MONTH}{_OF_MONTH}"
_EVERY = (
    r"每(?:个?(?:工作日|季度|月|周|星期)|半年|半个?月|两周|[两三]天|(?:[二两三四五六八]|\d{1,2})个?小时"
    r"|(?:[二三四五]?十|\d{1,2})分钟|天|日|年|季|旬)"
)
_WEEKDAY = r"每(?:周|个?星期)[一二三四五六日天](?![次个篇期场轮遍条份件天家名]|小时)"
_POINT_OF = (
    rf"(?:{_EVERY}(?:[月年季周][初末底]|[初末底](?![一-龥]?率)|[上中下]旬|年[初末底]|{_DAY})|{_WEEKDAY})"
    "(?:之前|以前|前)?"
)
_TIME_OF = rf"(?:{_WEEKDAY}|每[天日晚])(?:{_CLOCK})"
#: What a number of times is said of.
_PERIOD = rf"(?:{_EVERY}|全年|[今明本]年|{_SMALL}个?(?:月|星期|周|年|天)内)"
_TIMES = (
    rf"(?P<number>{_SMALL})(?P<unit>[人场班车台批户件家]?次|轮|篇|期|场|遍|条|项|件|小时|个小时|天|节课|堂课){_ABOUT}"
)
_BOUND = r"不少于|不得少于|不低于|不超过|不得超过|不多于|至少|最多"
_FREQUENCY = (
    rf"(?P<period>{_PERIOD})(?P<between>[^，。；：！？、“”（）\n每第的\d一]{{0,12}}?)(?P<bound>{_BOUND})?"
    rf"(?P<times>{_TIMES})"
)
_WORKS = (
    "通报|调度|[报呈]送|上报|汇报|检查|召开|开展|组织|排查|听取|研究|汇总|更新|公[布示]|考核|清[点查退]|巡[查检]|督[查导办]|评[比选]"
    "|点评|走访|下访|抽查|核查|会商|分析|报告|测试|培训|轮[换训]|盘点|维护|检测|演练|比对|梳理|学习"
)
_REGULAR = (
    rf"{_EVERY}[一-龥]{{2}}(?=、每)|(?<=、){_EVERY}[一-龥]{{2}}(?=[，。；！])"
    rf"|{_EVERY}(?=(?:都?要|必须|应当?|集中|定期){{0,2}}(?:{_WORKS}))"
)
_SAID_OF_RANK = r"(?=[，。；！、”（）的行先\n]|$)"
_RANK = (
    rf"{_REGION}(?:前{_SMALL}[名位强]?{_SAID_OF_RANK}|第{_SMALL}(?:[名位]|方阵|梯队)?{_SAID_OF_RANK}|首位|榜首)"
    rf"|前{_SMALL}[名强](?![制度])|(?<=[居列排名])第{_SMALL}位?{_SAID_OF_RANK}|第{_SMALL}名"
    rf"|(?<![今此以之先前随最然])后{_SMALL}[名位]"
)
_PERCENT = (
    rf"百分之[一二三四五六七八九十点零]{{1,6}}{_ABOUT}|\d{{1,5}}(?:\.\d{{1,3}})?(?:%|％|‰|个百分点){_ABOUT}"
    rf"|{_DIGIT}成(?:以上|左右|多)|(?<=[了少多降长高增加过占到达])[两一二三四五六七八九]成(?=[，。；、！以左]|$)"
)
_HAN_NUMBER = rf"{_DIGIT}[十百千][一二三四五六七八九十百千零]{{0,6}}"
_AMOUNT = (
    r"(?:\d{1,8}(?:\.\d{1,4})?[多余]?(?:万亿|[百千]?亿|[百千]?万|[百千])?|"
    rf"(?:{_HAN_NUMBER}|[一二两三四五六七八九十])[多余]?(?:万亿|[百千]?亿|[百千]?万)|{_HAN_NUMBER})"
    rf"[多余]?(?:人民币|美|欧)?元{_ABOUT}(?![旦宵素老勋帅件])"
)
#: 这些量词数的是看得见的东西，不用来数“三个方面”一类的条目。
_OF_THINGS = (
    "户|家|所|座|台|套|辆|起|宗|栋|幢|艘|支|卷|册|名|位(?!数)|人|例|架|株|头|平方公里|平方米|公里|公顷|亩|吨|千瓦"
)
_UNIT = (
    rf"[人件户家车场台班批例]次|{_OF_THINGS}|[个项条](?![月小点大方层百种类])|件|篇|期|场|次|份|处|间|张|块|页|封|笔|本|批|米"
    "|(?:摄氏)?[度分](?=以[上下])|℃"
)
_THING = (
    "(?:项目|企业|乡镇|镇街|街道|社区|村|部门|单位|科室|岗|工程|案[件子]?|窗口|[网站试]点|小区|家庭|[农住]户"
    "|中心|园区|基地|平台|支部|专班|工作组|学校|医院|能手|标兵|典型|干部|人员|个人|队伍?|路段|水库|隐患点)"
)
_NUMBER = rf"(?:\d{{2,8}}(?:\.\d{{1,2}})?|\d\.\d{{1,2}}|{_HAN_NUMBER})[多余]?[万亿]?[多余]?|\d[多余]?[万亿]"
_FEW = "(?:[二三四五六七八九]?十[一二三四五六七八九]?|[两三四五六七八九])"
#: What a small number in words must follow to be a figure: 联系三户企业, and not 八位代表发了言.
_ASSIGNING = (
    "联系 包联 包保 包抓 帮扶 结对 评选 评出 选树 选派 表彰 培育 培养 打造 建成 新建 新增 创建 推出 拿出 引进 招引 "
    "开工 实施 办好 办成 储备 整治 确定 配备 组建 抽调 抽查 走访 慰问"
)
_ASSIGNS = "|".join(f"(?<={verb})" for verb in _ASSIGNING.split())
_BOUNDED = "|".join(f"(?<={bound})" for bound in _BOUND.split("|"))
_COUNT = (
    rf"(?:{_NUMBER})(?:{_UNIT}){_ABOUT}"
    rf"|(?:[2-9]|1(?=[起例宗]))(?:{_OF_THINGS}|场(?!硬仗|战|攻坚)){_ABOUT}"
    rf"|[2-9](?:个|项|条|件|处|份|篇|批|期)(?=[，。；、！）]|$|[一-龥]{{0,4}}?{_THING})"
    rf"|(?={_FEW}(?:{_OF_THINGS}|[个项条件场处]))(?:{_ASSIGNS}){_FEW}(?:{_OF_THINGS}|(?:个|项|条|件|场|处)(?=[一-龥]{{0,4}}?{_THING}))"
    rf"|(?<=、){_FEW}[户名](?=[一-龥])"
    rf"|(?={_LASTING}|[2-9])(?:{_BOUNDED}|(?<=最多[一-龥])|(?<=连续)|(?<=累计))"
    rf"(?:{_LASTING}|[2-9](?:{_UNIT}))(?!内)"
)
_QUOTED_SYSTEM = r"“[^“”，。\n]{2,10}”[^，。；：！？、“”（）《》\n的]{0,4}?(?:制度|机制|制)(?![一-龥])"
_WORDED = r"[^，。；：！？、“”（）《》\n.的和与及]"
_SYSTEM = (
    r"(?:试行|推行|实行|施行|探索建立|建立健全|建立)了?“?"
    rf"(?P<system>{_WORDED}{{2,12}}?(?:制度?|机制))(?![一-龥])"
    rf"|(?:执行|落实|坚持)好?“?(?P<kept>{_WORDED}{{2,12}}?(?:制度|(?<!体)制))(?![一-龥])"
)
#: What any fact may begin with, and then what each kind may: most places of a text fail here at once.
#: 一 begins most of what is no figure (一个, 一是, 一些), so the character behind it is looked at too.
_FIRST = (
    r"(?=[\d二两三四五六七八九十百每前后全第今明本当下上早中傍晚凌清夜年月周季“]"
    "|一[一二两三四五六七八九十百千万亿零多余年月日号周天季成元个工自小星分]|[试推实施执]行|建立|探索建|落实|坚持)"
)
_IF_NUMERAL = r"(?=[\d一二两三四五六七八九十百])"
_BEHIND = r"(?<![-–—~～\d.第几数好前十百千万亿点])"
_FACT = re.compile(
    rf"{_FIRST}(?:(?=[试推实施探建执落坚])(?:{_SYSTEM})|(?P<quoted>{_QUOTED_SYSTEM})"
    rf"|(?=每)(?:(?P<hour>{_TIME_OF})|(?P<pointed>{_POINT_OF}))|(?=[\d一二两三四五六七八九十每全今明本]){_FREQUENCY}"
    rf"|(?=每)(?P<regular>{_REGULAR})|(?=[全前第后])(?P<rank>{_RANK})|{_IF_NUMERAL}(?P<ahead>{_AHEAD})"
    rf"|{_BEHIND}(?:(?P<time>{_CLOCK})|(?P<deadline>{_DEADLINE})"
    rf"|{_IF_NUMERAL}(?:(?P<percent>{_PERCENT})|(?P<amount>{_AMOUNT})|(?P<date>{_DATE})|(?P<count>{_COUNT}))))"
)
_KIND_OF = {
    "system": FactKind.SYSTEM,
    "kept": FactKind.SYSTEM,
    "quoted": FactKind.SYSTEM,
    "hour": FactKind.TIME,
    "pointed": FactKind.FREQUENCY,
    "times": FactKind.FREQUENCY,
    "regular": FactKind.FREQUENCY,
    "time": FactKind.TIME,
    "ahead": FactKind.DEADLINE,
    "deadline": FactKind.DEADLINE,
    "percent": FactKind.PERCENT,
    "amount": FactKind.AMOUNT,
    "date": FactKind.DATE,
    "count": FactKind.COUNT,
    "rank": FactKind.RANK,
}
_ONE = frozenset(["一", "1"])
#: 次、轮、遍只数遍数，“每季度走访一次”问的是整句；期、篇、项数的是东西。
_ONLY_TIMES = frozenset(["次", "轮", "遍"])
_MODAL = re.compile("要|必须|应|须")
#: 泛指的制度和承办人，问不出东西。
_ANY_SYSTEM = re.compile(
    r"(?:各|相关|有关|一|长效|良好|科学|相应|健全|完善|规章|规范|具体|严格|管理制度|工作制度|工作机制$|内部|岗位|基本|党的"
    r"|国家|好|这|该|上级|法律|[^“]{0,2}责任制$)"
)
_ANY_AGENT = re.compile(
    r"(?:.*(?:的|哪|自己|这|那)|[\d一二两三四五六七八九十]+[个名位家])|.*(?:同志|等|是)$|(?:各单位|各部门|各级.*|有关部门|相关部门|责任单位"
    r"|领导|领导干部|干部|(?:工作)?人员|单位|部门)$"
)
_NO_FACT_BEFORE = re.compile(r"(?:第|星期|周|初|不是|并非|比如|例如|好像|如同|截至|截止)$")

# Who is responsible

#: What the name of an office, or of whoever heads one, ends with.
_OFFICE = (
    "局(?![部面势])|(?<![督交承主协经申统会查举督])办|委|室|科|处"
    "|(?<![全局])部|厅|院|(?<!重)组|队|站|(?<!场)所|股|馆|中心|政府|党支部|支部|专班|街道|乡镇|社区|公司"
)
_HEAD = "领导|负责人|负责同志|书记|[科局镇乡县市区院校厅]长|主任|秘书长|单位|部门|班子成员|网格员|干部|人员|学校|企业"
_DUTIES = (
    "负总责|负责(?!人|同志)|牵头(?!单位|部门|科室)|主办(?!单位|部门|科室|方)|承办(?!单位|部门|科)|协办|主管(?!部门|单位)|组织实施|督办(?!科)"
    "|审核(?!科|组|中心)|汇总|审批(?!局|办|科|中心)|包保|包联|包抓|把关|问责|认领|办理|验收(?!组)|会同"
)
#: Where a name ends: what is done begins, or how and when.
_DOES = (
    rf"{_DUTIES}|共同|统一(?!战线)|具体|直接|分别|逐|每|在(?!编)|按|于|及时|定期|严肃|挂牌|下发|核查(?!组)|检查(?!院|组|站|队)"
    "|组织(?!部|科|处|人事)|研究(?!室|院|所|中心)|制定|开展|跟踪|统筹(?!办|局|科)|后(?!勤)|再|并|报(?!社)|给|向|(?<!机)要(?!素)"
    "|将|从|以|不(?!动产)|也|(?<![首成])都|进行|实施|提出|会商|交办|通报|收集|安排|带|发放|出具|限期|集中|轮流"
)
_BY_WHOM = re.compile(
    r"由(?<![自理缘事因来不经]由)(?!于|此|来|衷|我|你|他|她|大家|谁|专人|专门|各自)"
    rf"(?P<run>(?:(?!{_DOES})[^，。；：！？“”（）\n\t由把对]){{2,18}})"
)
_NAMED = re.compile(rf".{{1,17}}(?:{_OFFICE}|{_HEAD})(?=[^，。；：！？、“”（）\n])")
_DUTY = re.compile(rf"(?:共同|统一|具体|直接|分别)?(?:{_DUTIES})")
_BECOMES = re.compile("[变改转升降成扩减增]|被动|单一")
_LEADS = re.compile(
    r"(?<![^，。；：\n])(?P<agent>[^，。；：！？“”（）\n由把对]{1,12}[科室局办委部处厅院会站所队组股])(?:负责)?牵头(?=[，。；、负会组制落抓]|$)"
)
#: An office that opens its clause, before what it does to whom or how often: 财务科对支出实行审核.
_ACTS = re.compile("[对每](?<=[局办委室科处厅院队站].)")
_ACTS_ON = re.compile(
    rf"对(?=[^，。；：！？\n]{{2,24}}?(?:实行|统一|逐[一户个项]))|{_EVERY}(?=[一-龥]{{0,6}}一次|{_WORKS})"
)
_OPENS = re.compile(r"(?!各|有关|相关|每|要|把|对|在)[^，。；：！？、“”（）\n由把对要的]{1,12}")

#: So many facts, no more than so many characters each, are a crowd.
_CROWD, _CROWDED = 6, 4

# Tables

_OFFICE_COLUMN = re.compile("(?:责任|牵头|主办|承办|主责|落实)(?:单位|部门|科室|人)")

# The stretch that a question can be asked of

_BREAK = re.compile(r"[，；：。！？\t]")
_STRETCH_LONGEST = 90
_CLAUSES_AT_MOST = 6
#: A clause with no more than this beside the answer says nothing: “10月底前，”.
_ROOM = 1
#: 从今年7月起: what stands beside the answer says nothing either.
_SAYS_NOTHING = re.compile(r"[从自到至在于今明去本年起始间，]*")
#: A line that only dates the speech.
_DATELINE = re.compile(r"[（(]?[\d〇○零一二三四五六七八九十年月日号.\s-]+[）)]?")
_HANGING = re.compile(
    r"[，、\s]*(?:其中|这|那|其(?!次|[他余])|他|她|它|并|而|但|也|还|同时|此外|另外|因此|所以|于是|从而|以及)"
)
_ADVERBS = re.compile(
    r"(?:今年|明年|去年|近年来|近期|目前|当前|今后|下一步|同时|特别是?|力争|确保|务必|要|必须|应当?|一定|继续|严格|努力|争取"
    r"|已经?|共|全面|预计|计划|到|截至|自|从|于|在|按照|每[天日周月季年]|原则上|\d+年|\d+月份?|[一二三四五六七八九十]+月份?|底|前|，)+"
)
_NO_SUBJECT = re.compile(r"由|对|把|将|以|为|给|向|让|使")
_SUBJECT_TAGS = frozenset("nrs")
_SKIPPED_TAGS = frozenset("dtcxmqfbuyi")


class _Found(NamedTuple):
    start: int
    end: int
    kind: FactKind


def facts(clean: CleanText, outline: Outline) -> tuple[KeyPoint, ...]:
    """Find what the speech fixes in figures, days and offices, in the order of the text."""
    sound, stretches, tables = SoundSentences(clean), _Stretches(clean.text), _Tables(clean)
    found = {*_by_pattern(clean.text), *_by_whom(clean.text), *_by_lead(clean.text), *_by_act(clean.text), *tables}
    body, points = _body_start(clean), []
    for start, end, kind in _apart(sorted(found)):
        sentence, answer, row = sound.at(start), Span(start, end), tables.row_at(start)
        if sentence is None or sentence.end < end or start < body or _numbers_heading(outline, answer):
            continue
        span = stretches.around(answer, sentence) if row is None else None if sound.is_masked(row) else row
        if span is not None and not _DATELINE.fullmatch(span.of(clean.text)):
            points.append(_point(clean, outline, kind, answer, span, row or sentence))
    return tuple(points)


def _apart(found: Sequence[_Found]) -> Iterator[_Found]:
    """Leave out what stands in a crowd of figures: that is no sentence, and each would cost as much as in one."""
    for number, each in enumerate(found):
        if number < _CROWD or each.start - found[number - _CROWD].start > _CROWD * _CROWDED:
            yield each


def _body_start(clean: CleanText) -> int:
    """A title's figures are not said by the speech."""
    return clean.paragraphs[0].end if clean.title is not None and clean.paragraphs else 0


def _numbers_heading(outline: Outline, answer: Span) -> bool:
    index = outline.heading_at(answer.start)
    return index is not None and answer.start < outline.headings[index].span.start


def _by_pattern(text: str) -> Iterator[_Found]:
    for match in _FACT.finditer(text):
        group = match.lastgroup if match.lastgroup in _KIND_OF else _group(match)
        span = _times(match) if group == "times" else match.span(group)
        if span is not None and not _is_empty(text, group, *span):
            yield _Found(*span, _KIND_OF[group])


def _group(match: re.Match[str]) -> str:
    return next(group for group in _KIND_OF if match[group] is not None)


def _times(match: re.Match[str]) -> tuple[int, int] | None:
    """The answer of a frequency, for which the rest of the clause leaves one right wording only.

    每周一次 and 每季度检查一次 whole: “一次” alone could hardly be asked. 每天检查两次, 每年不少于四次: the number.
    每周要集中排查一次: the period, for what stands between says more than how often.
    """
    once = match["number"] in _ONE and match["unit"] in _ONLY_TIMES
    regular = match["period"][0] == "每"
    if once and not regular:
        return None
    if once and _MODAL.search(match["between"]):
        return match.span("period")
    joined = once or (regular and not match["between"] and not match["bound"])
    return (match.start("period"), match.end("times")) if joined else match.span("times")


def _is_empty(text: str, group: str, start: int, end: int) -> bool:
    """Whether the match says nothing that could be asked."""
    if group in ("system", "kept"):
        return _ANY_SYSTEM.match(text, start, end) is not None
    return _NO_FACT_BEFORE.search(text[max(0, start - 2) : start]) is not None


def _by_whom(text: str) -> Iterator[_Found]:
    """由人事科负责, 由县纪委严肃问责: the office is what ends like one, whatever it is to do."""
    for found in _BY_WHOM.finditer(text):
        start, end = found.span("run")
        if not _DUTY.match(text, end):
            named = _NAMED.match(text, start, min(end + 1, len(text)))
            end = named.end() if named else start
        if end > start and not _BECOMES.match(text, end) and not _ANY_AGENT.match(text, start, end):
            yield _Found(start, end, FactKind.AGENT)


def _by_lead(text: str) -> Iterator[_Found]:
    """发改局牵头，财政局配合: the office opens the clause."""
    at = text.find("牵头")
    while at >= 0:
        start = _clause_start(text, at, 16)
        found = _LEADS.match(text, start, min(len(text), at + 3)) if start is not None else None
        if found is not None and not _ANY_AGENT.match(found["agent"]):
            yield _Found(*found.span("agent"), FactKind.AGENT)
        at = text.find("牵头", at + 2)


def _by_act(text: str) -> Iterator[_Found]:
    """财务科对支出实行双人审核, 信访局每月通报: the office opens the clause."""
    for found in _ACTS.finditer(text):
        end = found.start()
        start = _clause_start(text, end, 14)
        if start is None or not _ACTS_ON.match(text, end):
            continue
        if _OPENS.fullmatch(text, start, end) and not _ANY_AGENT.match(text, start, end):
            yield _Found(start, end, FactKind.AGENT)


def _clause_start(text: str, position: int, within: int) -> int | None:
    """Where the clause begins, if that is so near."""
    low = max(0, position - within)
    start = 1 + max(text.rfind(mark, low, position) for mark in "，。；：\n")
    return start if start > low or low == 0 else None


class _Tables:
    """The rows of tables: paragraphs one after the other, of as many cells apart by tabs."""

    def __init__(self, clean: CleanText):
        self._text = clean.text
        lines = [span for span in clean.paragraphs if "\t" in span.of(clean.text)] if "\t" in clean.text else []
        self._rows = [span for table in self._apart(lines) for span in table[1:]]
        self._starts = [span.start for span in self._rows]
        self._offices = [found for table in self._apart(lines) for found in self._column(table)]

    def __iter__(self) -> Iterator[_Found]:
        return iter(self._offices)

    def row_at(self, position: int) -> Span | None:
        """The row that a position stands in; the head of a table is none."""
        index = bisect_right(self._starts, position) - 1
        return self._rows[index] if index >= 0 and position < self._rows[index].end else None

    def _apart(self, lines: Sequence[Span]) -> Iterator[list[Span]]:
        """The lines of each table; a line alone is none, and neither is one that a marker opens."""
        table: list[Span] = []
        for line in lines:
            if table and not (line.start <= table[-1].end + 1 and self._width(line) == self._width(table[-1])):
                yield from [table] if len(table) > 1 else []
                table = []
            table.append(line)
        yield from [table] if len(table) > 1 else []

    def _width(self, line: Span) -> int:
        return self._text.count("\t", line.start, line.end)

    def _column(self, table: Sequence[Span]) -> Iterator[_Found]:
        """The offices that the head of the table says stand in one of its columns."""
        heads = table[0].of(self._text).split("\t")
        for column in (index for index, head in enumerate(heads) if _OFFICE_COLUMN.search(head)):
            for row in table[1:]:
                cells = row.of(self._text).split("\t")
                start = row.start + sum(len(cell) + 1 for cell in cells[:column])
                if len(cells[column]) > 1:
                    yield _Found(start, start + len(cells[column]), FactKind.AGENT)


def _point(clean: CleanText, outline: Outline, kind: FactKind, answer: Span, span: Span, sentence: Span) -> KeyPoint:
    said = answer.of(clean.text)
    by_office = kind in (FactKind.AGENT, FactKind.SYSTEM)
    return KeyPoint(
        kind=PointKind.FACT,
        name=None,
        full_name=None,
        count=1,
        items=(Item(said, said, answer),),
        span=span,
        lead=Span(sentence.start, span.start),
        heading=outline.heading_at(span.start),
        rule=Rule.OFFICE if by_office else Rule.FIGURE,
        complete=True,
        confidence=Confidence.HIGH,
        fact=kind,
    )


@dataclass
class _Stretches:
    """Finds the clauses around an answer from the one that has a subject on. Each clause is tagged once."""

    text: str
    _known: dict[int, bool] = field(default_factory=dict)

    def around(self, answer: Span, sentence: Span) -> Span | None:
        """The clause of the answer, with those before it that it leans on; None where it cannot be asked."""
        outer = self._bracketed(answer, sentence)
        end = self._end(outer.end, sentence)
        if end - outer.start > _STRETCH_LONGEST:
            return None
        start = self._start(outer.start, sentence)
        if self._leans_on(answer, start, end, sentence):
            end = self._end(end + 1, sentence)
        for _ in range(_CLAUSES_AT_MOST):
            if end - start > _STRETCH_LONGEST:
                return None
            if start == sentence.start or self.text[start - 1] in "；：" or self._may_open(start, answer, end):
                break
            start = self._start(start - 1, sentence)
        start = self._after_ordinal(start, answer)
        asked = end - start <= _STRETCH_LONGEST and not self._is_bare(answer, start, end)
        return Span(start, end) if asked and _stands_alone(self.text[start:end]) else None

    def _bracketed(self, answer: Span, sentence: Span) -> Span:
        """The brackets that an answer stands in, else the answer itself."""
        low = max(sentence.start, answer.start - _STRETCH_LONGEST)
        opening = self.text.rfind("（", low, answer.start)
        if opening < 0 or self.text.find("）", opening, answer.start) >= 0:
            return answer
        closing = self.text.find("）", answer.end, min(sentence.end, answer.end + _STRETCH_LONGEST))
        return answer if closing < 0 else Span(opening, closing + 1)

    def _end(self, position: int, sentence: Span) -> int:
        """The end of the clause; marks inside brackets end none."""
        limit = min(sentence.end, position + _STRETCH_LONGEST + 1)
        for found in _BREAK.finditer(self.text, position, limit):
            if self.text.count("（", position, found.start()) == self.text.count("）", position, found.start()):
                return found.start()
        return limit

    def _start(self, position: int, sentence: Span) -> int:
        low = max(sentence.start, position - _STRETCH_LONGEST - 1)
        return max([low, *[self.text.rfind(mark, low, position) + 1 for mark in "，；："]])

    def _is_bare(self, answer: Span, start: int, end: int) -> bool:
        beside = self.text[start : answer.start] + self.text[answer.end : end]
        return len(beside) <= _ROOM or _SAYS_NOTHING.fullmatch(beside) is not None

    def _leans_on(self, answer: Span, start: int, end: int, sentence: Span) -> bool:
        """Whether the next clause says what the answer is of: 10月底前，…; 每季度走访一次 says it itself."""
        says_what = self.text[answer.end - 1] == "次" and start > sentence.start
        more = end + 1 < sentence.end and self.text[end] in "，："
        return more and not says_what and self._is_bare(answer, start, end)

    def _may_open(self, start: int, answer: Span, end: int) -> bool:
        """Whether a stretch may begin with this clause: it says more than the answer, and points to nothing before."""
        if start not in self._known:
            clause = self.text[start : min(end, start + _STRETCH_LONGEST)]
            self._known[start] = _HANGING.match(clause) is None and _has_subject(clause)
        return self._known[start] and not self._is_bare(answer, start, end)

    def _after_ordinal(self, start: int, answer: Span) -> int:
        found = _ORDINAL.match(self.text, start, answer.start)
        return found.end() if found else start


_ORDINAL = re.compile(
    r"(?:(?:首先|其次|再次|最后)，|[（(][一二三四五六七八九十\d]{1,3}[）)]|[一二三四五六七八九十]{1,3}(?:是|要(?!求)|、)|第[一二三四五六七八九十]{1,3}[，、]|\d{1,2}[.．、](?!\d)|[①-⑳])"
)


def _stands_alone(text: str) -> bool:
    balanced = all(text.count(opening) == text.count(closing) for opening, closing in ("“”", "（）", "《》"))
    return balanced and _HANGING.match(text) is None


def _has_subject(clause: str) -> bool:
    """Whether a noun or a pronoun comes before the first verb, adverbs and times aside."""
    if _NO_SUBJECT.match(clause):
        return False
    found = _ADVERBS.match(clause)
    for word, tag in rjieba.tag(clause[found.end() if found else 0 :][:24]):
        if tag[0] in _SUBJECT_TAGS or tag == "vn":
            return len(word) > 1 or tag[0] != "r"
        if tag[0] not in _SKIPPED_TAGS:
            return False
    return False
