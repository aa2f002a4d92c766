"""How a set's items are shown: a slot with the affix of the name (勤奋型), the bare slot, or the whole item."""

import re
from typing import NamedTuple

from quizapp.core.keypoints.naming import SetName
from quizapp.core.keypoints.templates import Template

_ROLES = frozenset(["定位", "角色", "身份", "职能", "位置", "功能", "作用"])
_IS = re.compile(r"(?:是|为|当好|充当)[“]?$")
_TOPIC = re.compile(r"(?:而言|来说|来讲|方面|上)(?=，)")
#: Affixes that make a word for a kind.
_KINDS = ("型", "性", "化", "式")
#: What may follow an affix that closes its phrase.
_CLOSES = "”，、；：。"


class View(NamedTuple):
    """A slot, and by how many characters what is shown reaches beyond it. `ahead` and `behind` lie in the anchors."""

    slot: int
    ahead: int = 0
    behind: int = 0


def view_of(name: SetName, template: Template) -> View | None:
    """Choose the slot that a name speaks of; None when the items are shown whole (思想上畅通, 位置十分重要)."""
    views = (_affixed(name, template), _within(name, template), _prefixed(name, template), _role(name, template))
    if template.anchors == ("“", "”"):
        return quoted_view(template)
    return next((view for view in views if view is not None and template.is_good(view.slot)), None)


def quoted_view(template: Template) -> View | None:
    """The bare slot of unnamed items that differ in nothing but a quoted term (作为“{参谋部}”)."""
    if len(template.slots) != 1 or not template.is_good(0):
        return None
    quoted = template.anchors[0].endswith("“") and template.anchors[1].startswith("”")
    return View(0) if quoted else None


def topic_view(slot: int, template: Template) -> View:
    """A slot, as the whole clause where that is a topic (就{全局工作}而言)."""
    topic = _TOPIC.match(template.anchors[slot + 1])
    before = template.anchors[0]
    if topic is None or slot or "，" in before:
        return View(slot)
    return View(slot, len(before), topic.end())


def _affixed(name: SetName, template: Template) -> View | None:
    """“五型”: the core stands right after the slot and closes the phrase. “表率”: after 的, and is left out.

    三种精神: after a quoted slot (“{绣花}”精神)."""
    for slot in template.slots:
        after = template.anchors[slot + 1]
        if name.core and template.anchors[slot].endswith("“") and after.startswith("”" + name.core):
            return View(slot)
        length = _affix(name, after)
        if length and _closes(name, template, slot, length):
            return View(slot, 0, length)
        if name.core and after.startswith("的" + name.core) and _closes(name, template, slot, len(name.core) + 1):
            return View(slot)
    return None


def _affix(name: SetName, after: str) -> int:
    """How long the affix is that an anchor begins with: the core, and a word for a kind behind it (朴{实型})."""
    if not name.core or not after.startswith(name.core):
        return 0
    return len(name.core) + _kind(after[len(name.core) :])


def _kind(after: str) -> int:
    return int(after[:1] in _KINDS and after[1:2] == "”")


def _within(name: SetName, template: Template) -> View | None:
    """The values hold the core themselves: “四型” where 学习型 is one word, “四实” with 朴实, “四勤” with 勤学善思."""
    for slot in template.slots if name.core else ():
        values, before = template.values(slot), template.anchors[slot]
        ends = all(value.endswith(name.core) for value in values)
        opens = all(value.startswith(name.core) for value in values) and before[-1:] in ("", "，", "“")
        length = _kind(template.anchors[slot + 1])
        if (ends or opens) and _closes(name, template, slot, length):
            return View(slot, 0, length)
    return None


def _closes(name: SetName, template: Template, slot: int, length: int) -> bool:
    """Say whether the affix ends its phrase, and the slot is the only one of its clause before it."""
    rest = template.anchors[slot + 1][length:]
    noun = (name.full or "").rpartition("”")[2]
    last = slot == len(template.slots) - 1
    ends = (last and not rest) or rest[:1] in tuple(_CLOSES) or bool(noun and rest.startswith(noun))
    return ends and (slot == 0 or "，" in template.anchors[slot])


def _prefixed(name: SetName, template: Template) -> View | None:
    """“五戒”: the core stands before a quoted slot (戒“{懒}”), or before a slot that ends the clause (戒{懒}).

    “四勤”: it opens the clause (勤学善思，…), or the quotation (“勤{学}型”)."""
    for slot in template.slots:
        before = template.anchors[slot]
        if name.core and before.endswith(name.core + "“"):
            return View(slot)
        opens = (slot == 0 and before == name.core) or before.endswith("，" + name.core)
        if name.core and opens and _ends_clause(template, slot):
            return View(slot, len(name.core))
        if name.core and before.endswith("“" + name.core) and "”" in template.anchors[slot + 1]:
            return View(slot, len(name.core), template.anchors[slot + 1].index("”"))
    return None


def _ends_clause(template: Template, slot: int) -> bool:
    after = template.anchors[slot + 1]
    return after.startswith("，") or (not after and slot == len(template.slots) - 1)


def _role(name: SetName, template: Template) -> View | None:
    """“四个定位”: 办公室主任是{指挥员}."""
    slot = len(template.slots) - 1
    is_role = name.core in _ROLES and _IS.search(template.anchors[slot]) is not None
    return View(slot) if is_role and template.anchors[slot + 1] in ("", "”") else None
