"""Cleaning: what goes, what stays as it is, and the way back to the raw text."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.speech import CleanText
from quizapp.core.text import clean_text

BODY = "各位同事，下半年要把值班、信访和档案三件事办好。请大家抓紧。"


def sentences(clean: CleanText) -> list[str]:
    return [sentence.of(clean.text) for sentence in clean.sentences]


def broken(clean: CleanText) -> list[str]:
    return [sentences(clean)[index] for index in sorted(clean.broken_sentences)]


# Characters

SAME_TEXT = {
    "windows line breaks": "早会要短。\r\n晚会要实。",
    "old mac line breaks": "早会要短。\r晚会要实。",
    "line separators": "早会要短。\u2028晚会要实。",
    "empty lines": "早会要短。\n\n \n晚会要实。\n",
    "a byte order mark": "\ufeff早会要短。\n晚会要实。",
    "indents by ideographic spaces": "\u3000\u3000早会要短。\n\u3000\u3000晚会要实。",
    "no-break spaces": "早会\u00a0要短。\n晚会要实。\u00a0",
    "zero-width characters": "早\u200b会要短。\n晚会要实\u2060。",
    "control characters": "早会\x00要短。\n晚会要实。\x07",
}


@pytest.mark.parametrize("raw", SAME_TEXT.values(), ids=SAME_TEXT)
def test_invisible_differences_make_no_difference(raw):
    assert clean_text(raw).text == "早会要短。\n晚会要实。"


def test_a_lone_surrogate_becomes_a_character_that_can_be_stored():
    assert clean_text("会议\ud800纪要").text == "会议\ufffd纪要"


def test_nothing_is_read_from_nothing():
    assert clean_text("") == CleanText("", (), None, (), ())


# Spaces and punctuation

PUNCTUATION = {
    "commas and colons beside Chinese": ("会风要正,文风要实:少说空话", "会风要正，文风要实：少说空话"),
    "decimals and clock times stay": ("增长3.5个百分点,8:40签到", "增长3.5个百分点，8:40签到"),
    "a bracket follows its partner": ("表彰(ABC)小组", "表彰（ABC）小组"),
    "a numbering bracket follows its partner": ("(1)加强值班", "（1）加强值班"),
    "spaces between Chinese vanish": ("值班 室 要 亮灯", "值班室要亮灯"),
    "spaces between Latin words stay": ("使用 Open Office 软件", "使用Open Office软件"),
    "an English line is left alone": ('He said "yes", then left (early).', 'He said "yes", then left (early).'),
    "straight quotes are paired": ('做到"四清"和"五净"', "做到“四清”和“五净”"),
    "an odd straight quote is left alone": ('屏幕为27"规格', '屏幕为27"规格'),
}


@pytest.mark.parametrize(("raw", "expected"), PUNCTUATION.values(), ids=PUNCTUATION)
def test_punctuation_beside_chinese_is_full_width(raw, expected):
    assert clean_text(raw).text == expected


def test_typing_errors_of_the_source_are_kept():
    assert clean_text("要挥积极作用，责任责任到人。").text == "要挥积极作用，责任责任到人。"


# Hard wraps


def wrapped(*paragraphs: str, width: int = 30) -> str:
    rows = [text[i : i + width] for text in paragraphs for i in range(0, len(text), width)]
    return " ".join(rows)


def test_a_hard_wrapped_line_gets_its_paragraphs_back():
    first = "办公室每月要开一次碰头会，把当月的要事排一排、理一理，" * 6 + "谁牵头谁负责。"
    second = "各科室要把台账记清楚，做到件件有回音，" * 8 + "月底统一通报。"
    clean = clean_text(wrapped(first, second))
    assert [paragraph.of(clean.text) for paragraph in clean.paragraphs] == [first, second]


def test_a_few_spaces_are_no_hard_wrap():
    clean = clean_text("会前通知到位。 会中记录到位。 会后督办到位。")
    assert len(clean.paragraphs) == 1


# Residue, teaser, title


def test_web_residue_is_dropped():
    clean = clean_text(f"购物车\n我的足迹\n来源：政务网\n加入Vip免费下载 立即下载\n{BODY}\n上一篇：年终总结\n- 3 -")
    assert clean.text == BODY


def test_a_sentence_about_sources_is_no_residue():
    clean = clean_text("来源于群众，服务于群众。\n作者和读者都要用心。")
    assert len(clean.paragraphs) == 2


TITLE = "在全县档案工作推进会上的讲话"
TEASERS = {
    "title and opening": TITLE + BODY[:20] + "...",
    "opening only": BODY[:20] + "……",
    "indented": " " + TITLE + BODY[:20] + "...",
}


@pytest.mark.parametrize("teaser", TEASERS.values(), ids=TEASERS)
def test_a_teaser_above_the_text_is_dropped(teaser):
    assert clean_text(f"{teaser}\n{TITLE}\n{BODY}").text == f"{TITLE}\n{BODY}"


def test_a_teaser_under_the_title_is_dropped():
    assert clean_text(f"{TITLE}\n{BODY[:20]}...\n{BODY}").text == f"{TITLE}\n{BODY}"


def test_a_line_that_trails_off_stays_when_nothing_repeats_it():
    assert clean_text(f"这些年走过的路真不容易啊……\n{BODY}").text.startswith("这些年")


def test_the_title_is_the_short_first_line():
    assert clean_text(f"{TITLE}\n\n{BODY}").title == TITLE


REPEATED = {
    "on a line of its own": f"{TITLE}\n{BODY}",
    "before the body": f"{TITLE} {BODY}",
    "twice": f"{TITLE}{TITLE}{BODY}",
}


@pytest.mark.parametrize("body", REPEATED.values(), ids=REPEATED)
def test_a_repeated_title_is_said_once(body):
    assert clean_text(f"{TITLE}\n{body}").text == f"{TITLE}\n{BODY}"


UNTITLED = {
    "a sentence": f"{BODY}\n{BODY}x",
    "a greeting": f"同志们：\n{BODY}",
    "a numbered heading": f"一、认清形势\n{BODY}",
    "a single line": TITLE,
}


@pytest.mark.parametrize("raw", UNTITLED.values(), ids=UNTITLED)
def test_a_title_is_never_invented(raw):
    assert clean_text(raw).title is None


# Sentences, quotations, masks


def test_sentences_end_with_full_stops_and_their_closing_quotes():
    clean = clean_text("他说：“明天开会！”大家都到了。散会吧？好。")
    assert sentences(clean) == ["他说：“明天开会！”", "大家都到了。", "散会吧？", "好。"]


def test_a_full_stop_inside_a_quotation_ends_no_sentence():
    clean = clean_text("古人讲“勤者立。惰者废。”，这话不假。")
    assert sentences(clean) == ["古人讲“勤者立。惰者废。”，这话不假。"]


def test_an_unclosed_quotation_breaks_its_sentence_only():
    clean = clean_text("先说好的。按照“从严从紧的标准抓好“双值班”工作。再说差的。")
    assert broken(clean) == ["按照“从严从紧的标准抓好“双值班”工作。"]


def test_a_text_cut_off_breaks_its_last_sentence():
    assert broken(clean_text("台账要清。各科室还要认真做好信息报送和督查反馈工")) == [
        "各科室还要认真做好信息报送和督查反馈工"
    ]


def test_a_short_closing_line_is_not_cut_off():
    assert not clean_text(f"{BODY}\n谢谢大家").broken_sentences


def test_masked_characters_are_marked():
    clean = clean_text("☆书记和***主任到XX乡看望X市长联系的某市某某同志，○○村的事要办好。")
    assert [mask.of(clean.text) for mask in clean.masks] == ["☆", "***", "XX", "X", "某市", "某某", "○○"]


def test_ordinary_words_are_no_masks():
    assert not clean_text("在某种程度上，某个人的VIP卡和二○二五年的PPT都不重要。").masks


# Properties

FRAGMENTS = st.sampled_from(
    [
        *" \n“”\"'，。；：！？,;:!?()（）、…X☆*某一二三1",
        "...",
        "……",
        "办公",
        "讲话稿子",
        "题目题目题目",
        "abc",
        "\r\n",
        "\u3000",
        "\ud800",
    ]
)
ANY_TEXT = st.one_of(st.text(), st.lists(FRAGMENTS, max_size=60).map("".join))
WRAPPED_TEXT = st.lists(st.sampled_from(["会" * 20, "议" * 19 + "。", "abc", "纪要。", "x" * 21]), max_size=30).map(
    " ".join
)


@given(st.one_of(ANY_TEXT, WRAPPED_TEXT))
def test_the_way_back_leads_through_the_raw_text_in_order(raw):
    clean = clean_text(raw)
    assert len(clean.raw_offsets) == len(clean.text)
    assert all(before < after for before, after in pairwise(clean.raw_offsets))
    assert all(0 <= offset < len(raw) for offset in clean.raw_offsets)


@given(st.one_of(ANY_TEXT, WRAPPED_TEXT))
def test_words_are_the_same_on_both_ends_of_the_way(raw):
    clean = clean_text(raw)
    letters = [
        (char, raw[offset]) for char, offset in zip(clean.text, clean.raw_offsets, strict=True) if char.isalnum()
    ]
    assert all(char == source for char, source in letters)


@given(st.one_of(ANY_TEXT, WRAPPED_TEXT))
def test_cleaning_a_clean_text_changes_nothing(raw):
    text = clean_text(raw).text
    assert clean_text(text).text == text


@given(ANY_TEXT)
def test_sentences_make_up_the_paragraphs_and_paragraphs_the_text(raw):
    clean = clean_text(raw)
    assert "\n".join(paragraph.of(clean.text) for paragraph in clean.paragraphs) == clean.text
    for paragraph in clean.paragraphs:
        inside = [s for s in clean.sentences if paragraph.start <= s.start and s.end <= paragraph.end]
        assert "".join(sentence.of(clean.text) for sentence in inside) == paragraph.of(clean.text)
    assert all(0 <= index < len(clean.sentences) for index in clean.broken_sentences)


@given(ANY_TEXT)
def test_a_clean_text_can_be_stored(raw):
    clean_text(raw).text.encode("utf-8")
