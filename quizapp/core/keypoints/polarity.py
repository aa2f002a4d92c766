"""Tell faults and bans from demands: what is wrong or forbidden must not stand among what is asked for."""

import re
from collections.abc import Sequence

from quizapp.core.speech import Item
from quizapp.core.speech import Span

_FAULTS_LEAD = re.compile(
    r"(?:存在|面临|暴露|反映)[^。！？\n]{0,16}?(?:问题|不足|短板|差距|弱项|薄弱|现象|倾向)"
    r"|(?:问题|不足|差距|短板|弱项|薄弱环节)[^。！？\n]{0,8}?表现"
)
#: Words that a fault ends or is told with. “不图名”“不拖延”不是毛病：“不”字后面须是好的一面。
_GOOD = (
    "够|到位|强|严|高|足|过硬|顺畅|具体|细致|扎实|深入|深|清|实|紧密|紧|密|熟悉|了解|主动|作为|担当|落实|规范|平衡|充分|"
    "协调|完善|健全|及时|明显|明确|牢固|牢|准|快|好|多|大|得力|力|适应|优|敏锐|严密|严格|负责|配套|均衡|浓|合理|科学"
)
_FAULT = re.compile(
    rf"不(?:太|很|甚)?(?:{_GOOD})|还不|缺乏|欠缺|缺失|缺位|薄弱|滞后|差距|短板|不足|偏[低弱差少慢软松散]"
    r"|淡薄|松懈|推诿|扯皮|拖拉|敷衍|流于形式|形式主义|官僚主义|搞花架子|弄虚作假|虎头蛇尾|半途而废|照搬照抄|照抄照搬"
)
_BAN_WORDS = (
    "严禁|禁止|不得|不准|不许|不允许|防止|避免|杜绝|切忌|力戒|谨防|严防|克服|反对|决不能?|绝不能?|不能|不要|不可"
)
#: 补短板、缩小差距是要求，不是毛病。
_REMEDY = re.compile(r"(?:着力|切实|加快|努力|持续)?(?:补|弥补|缩小|消除|解决|破解|改进|整改|查找|查摆|正视|明)")
_BAN = re.compile(rf"(?:要|必须|坚决|切实|着力|努力|一定){{0,2}}(?:{_BAN_WORDS})")
#: What stands right before the first item and forbids all of them: 不能做虚功、图形式.
_BANNED_BEFORE = re.compile(rf"(?:{_BAN_WORDS})(?:出现|搞|再|有|把|让)?[“‘]?$")
_BEFORE = 12


def is_negative(text: str, lead: Span, items: Sequence[Item]) -> bool:
    """Say whether a finding tells faults or bans, not demands."""
    if tells_faults(lead.of(text), [item.text for item in items]):
        return True
    if not items:
        return False
    first = items[0].span.start
    return _BANNED_BEFORE.search(text[max(0, first - _BEFORE) : first]) is not None


def tells_faults(lead: str, texts: Sequence[str]) -> bool:
    """The same for bare wordings: what announces them, and each of them."""
    if _FAULTS_LEAD.search(lead):
        return True
    return bool(texts) and (all(map(is_fault, texts)) or all(map(_BAN.match, texts)))


def is_fault(text: str) -> bool:
    """Say whether a single wording tells a fault."""
    return _FAULT.search(text) is not None and _REMEDY.match(text) is None
