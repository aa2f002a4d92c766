"""Which terms of the lexicon a speech says itself."""

from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.lexicon import Lexicon
from quizapp.core.lexicon import TermClass
from quizapp.core.lexicon_check import shared_terms
from quizapp.core.speech import Reading
from tests.core.hand_readings import clean
from tests.core.hand_readings import key_point
from tests.core.hand_readings import style_reading

TEXT = "要争当“两型”干部：一是钻研，二是亲民。抓好三项重点，即公文办理、“会务”保障、档案管理。"
TYPES = TermClass("X型干部", ("钻研型", "创新型"), form="*型")
TASKS = TermClass("职能", ("公务接待", "会务保障", "公文办理"))
DUTIES = TermClass("职责", ("公文办理", "值班值守"))
READING = Reading(
    clean(TEXT),
    (),
    (
        key_point(TEXT, "要争当", ["钻研", "亲民"], affix="型", name="“两型”干部"),
        key_point(TEXT, "抓好", ["公文办理", "“会务”保障", "档案管理"], name="三项重点"),
    ),
)
WORDS = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x4E08), min_size=1, max_size=3)


def told(lexicon: Lexicon) -> list[tuple[str, str, str | None]]:
    return [(each.term, each.term_class.name, each.point.name) for each in shared_terms(READING, lexicon)]


def test_a_term_is_found_in_every_class_in_the_order_of_the_speech() -> None:
    assert told(Lexicon((TYPES, TASKS, DUTIES))) == [
        ("钻研型", "X型干部", "“两型”干部"),
        ("公文办理", "职能", "三项重点"),
        ("公文办理", "职责", "三项重点"),
        ("会务保障", "职能", "三项重点"),
    ]


def test_a_term_is_found_by_what_the_item_says_without_its_affix() -> None:
    assert told(Lexicon((TermClass("品质", ("钻研", "亲和")),))) == [("钻研", "品质", "“两型”干部")]


def test_a_term_that_only_the_text_says_is_no_item() -> None:
    assert not told(Lexicon((TermClass("动词", ("争当", "抓好", "重点")),)))


@given(
    st.lists(st.lists(WORDS, min_size=1, max_size=4), max_size=4), st.lists(WORDS, min_size=2, max_size=4, unique=True)
)
def test_what_is_shared_is_what_both_have(classes: list[list[str]], items: list[str]) -> None:
    text = "三项重点：" + "、".join(items) + "。"
    reading = Reading(clean(text), (), (key_point(text, "三项重点：", items, name="三项重点"),))
    lexicon = Lexicon(tuple(TermClass(f"第{n}类", tuple(dict.fromkeys(each))) for n, each in enumerate(classes)))
    found = [(each.term, each.term_class) for each in shared_terms(reading, lexicon)]

    assert len(set(found)) == len(found)
    assert set(found) == {(term, each) for each in lexicon.classes for term in each.terms if term in items}


def test_an_empty_lexicon_shares_nothing() -> None:
    assert not list(shared_terms(style_reading(), Lexicon()))
