"""Cleaning: what goes, what stays as it is, and the way back to the raw text."""

from itertools import pairwise
from time import process_time

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


# Rows of a page

LONG = (
    "办公室每月要开一次碰头会，把当月的要事排一排、理一理，谁牵头谁负责，谁主管谁落实，"
    "做到月初有安排、月中有检查、月末有小结。"
)
OTHER = (
    "各科室要把台账记清楚，来文登记到份，来电登记到人，交办登记到时限，"
    "做到件件有着落、事事有回音，年底统一归档，不留尾巴。"
)
THIRD = (
    "值班人员要坚守岗位，遇有突发情况，先口头报告，再书面续报，不得迟报、漏报、瞒报，"
    "报告的要素要齐全，处置的过程要留痕。"
)


def rows(*paragraphs: str, width: int = 24, indent: str = "", between: str = "") -> list[str]:
    """As a page sets them: broken at its width, no closing mark at the beginning of a row."""
    found = []
    for paragraph in paragraphs:
        text = indent + paragraph
        while text:
            end = width + (text[width : width + 1] in tuple("，。、；："))
            found.append(text[:end])
            text = text[end:]
        found += [between] if between else []
    return found


def paragraphs(raw: str) -> list[str]:
    clean = clean_text(raw)
    return [paragraph.of(clean.text) for paragraph in clean.paragraphs]


PAGES = {
    "indented": rows(LONG, OTHER, THIRD, indent="\u3000\u3000"),
    "apart by empty lines": rows(LONG, OTHER, THIRD, between=" "),
    "neither, each ending on a short row": rows(LONG, OTHER, THIRD),
    "of another width": rows(LONG, OTHER, THIRD, indent="  ", width=19),
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_rows_of_a_page_become_paragraphs_again(page):
    assert paragraphs("\n".join(page)) == [LONG, OTHER, THIRD]


def test_a_numbered_row_begins_a_paragraph():
    page = rows(LONG, f"一、{OTHER}", f"（二）{THIRD}")
    assert paragraphs("\n".join(page)) == [LONG, f"一、{OTHER}", f"（二）{THIRD}"]


def test_a_full_row_that_ends_a_sentence_goes_on_unless_the_next_is_indented():
    full = "把该记的都记下来，把该办的事都办到位，一件也不落下。"
    assert len(full) == 26
    page = rows(LONG + LONG, width=26, indent="\u3000\u3000")
    assert paragraphs("\n".join([*page, "\u3000\u3000" + full[2:], full, *page]))[1] == full[2:] + full


def test_figures_take_half_a_character_on_a_page():
    text = "今年1月至12月共办文1250件、办会320次、办事2800件，差错率由2.5%降到了0.8%，" * 2 + "成绩来之不易。"
    page, row = [], ""
    for char in "\u3000\u3000" + text:
        row += char
        if len(row.encode("gbk")) >= 48:
            page.append(row)
            row = ""
    assert paragraphs("\n".join([*rows(LONG, OTHER, indent="\u3000\u3000"), *page, row]))[2] == text


def test_words_of_latin_rows_stay_apart():
    page = [*rows(LONG + OTHER, width=24), "各科室统一使用办公软件，版本一律采用open", "source软件"]
    assert paragraphs("\n".join(page))[-1].endswith("open source软件")


NO_ROWS = {
    "headings of one length": [f"{number}、把第{number}季度的几项重点工作抓紧抓实" for number in "一二三四五六七八"],
    "sentences of one length": ["每天早上八点半之前要到岗签到做好准备。"] * 3
    + ["每天下午五点半之后要关灯锁门再离开。"] * 5,
    "lines of a table": [f"{number}\t值班科室\t联系电话和值班人员名单\t备注" for number in range(1, 9)],
    "slogans": ["坚持把学习贯穿始终不放松不懈怠", "坚持把落实贯穿始终不走样不变形"] * 4,
}


@pytest.mark.parametrize("lines", NO_ROWS.values(), ids=NO_ROWS)
def test_lines_that_only_look_alike_stay_apart(lines):
    assert paragraphs("\n".join(lines)) == lines


PAGE_NUMBERS = ["— 3 —", "- 3 -", "第3页 共10页", "第 3 页", "3/10", "·3·", "Page 3 of 10", "共10页，第3页", "第三页"]


@pytest.mark.parametrize("number", PAGE_NUMBERS)
def test_a_page_number_in_the_middle_of_a_paragraph_is_dropped(number):
    page = rows(LONG, OTHER, indent="\u3000\u3000")
    assert paragraphs("\n".join([*page[:2], number, *page[2:]])) == [LONG, OTHER]


HEADERS = {
    "beside page numbers": ["— 1 —", "县政府办公室学习资料"],
    "with the page's number in it": ["县政府办公室学习资料 第{}页"],
    "at page breaks": ["\x0c县政府办公室学习资料"],
    "in the middle of a clause": ["县政府办公室学习资料"],
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_a_header_that_comes_on_every_page_is_dropped(header):
    page = rows(LONG, OTHER, THIRD, indent="\u3000\u3000")
    raw = page[:1] + [line.format(1) for line in header] + page[1:4] + [line.format(2) for line in header] + page[4:]
    assert paragraphs("\n".join(raw)) == [LONG, OTHER, THIRD]


def test_a_title_that_comes_on_every_page_is_kept_once():
    page = rows(LONG, OTHER, THIRD, indent="\u3000\u3000")
    raw = "\n".join([TITLE, *page[:2], "— 1 —", TITLE, *page[2:5], "— 2 —", TITLE, *page[5:]])
    assert paragraphs(raw) == [TITLE, LONG, OTHER, THIRD]


def test_a_line_said_twice_is_no_header():
    raw = f"提高认识\n{BODY}\n提高认识\n{BODY}\n"
    assert paragraphs(raw).count("提高认识") == 2


# Tables


def test_the_cells_of_a_row_stay_apart_and_are_sentences_of_their_own():
    clean = clean_text(f"{BODY}\n\t科室 \t\t 负责人\t\n秘书科\t李明\n{BODY}")
    assert [p.of(clean.text) for p in clean.paragraphs] == [BODY, "科室\t负责人", "秘书科\t李明", BODY]
    assert sentences(clean)[2:4] == ["科室\t", "负责人"]


NUMBERED = {
    "一、\t认清形势": "一、认清形势",
    "（1）\t认清形势": "（1）认清形势",
    "1.\t认清形势": "1.认清形势",
    "①\t认清": "①认清",
}


@pytest.mark.parametrize(("raw", "text"), NUMBERED.items(), ids=NUMBERED)
def test_a_tab_behind_an_ordinal_makes_no_cells(raw, text):
    assert clean_text(raw).text == text


def test_the_number_of_a_row_is_a_cell():
    assert clean_text("1\t李明\t秘书科").text == "1\t李明\t秘书科"


# What a scan does to words


def test_a_circle_among_numerals_is_a_nought_and_no_mask():
    clean = clean_text("二○二四年三月，二OO八年的一○三号文件，○○村的事。")
    assert clean.text == "二〇二四年三月，二〇〇八年的一〇三号文件，○○村的事。"
    assert [mask.of(clean.text) for mask in clean.masks] == ["○○"]


def test_a_number_taken_apart_is_whole_again():
    assert clean_text("在 2 0 2 4 年 ， 办 理 1 2 3 4 件 。").text == "在2024年，办理1234件。"


def test_corner_brackets_stay_and_hold_their_sentence():
    clean = clean_text("他說：「明天開會。大家都到。」的要求很清楚。散會。")
    assert sentences(clean) == ["他說：「明天開會。大家都到。」的要求很清楚。", "散會。"]


# Residue, teaser, title

RESIDUE = [
    "发布时间：2024-03-05 10:20",
    "来源：县政府办公室",
    "信息来源：某县政府网 发布时间：2024-03-05 浏览次数：128 次",
    "【字体：大 中 小】 打印 关闭",
    "[打印本页] [关闭窗口]",
    "字体：[大 中 小]",
    "当前位置：首页 > 政务公开 > 领导讲话",
    "您的位置：首页 » 讲话",
    "责任编辑：张小文",
    "上一篇：关于做好汛期值班工作的通知",
    "分享到：微信 微博",
    "打印",
    "返回列表",
    "扫一扫在手机打开当前页",
]


@pytest.mark.parametrize("line", RESIDUE)
def test_a_line_of_the_web_page_is_dropped(line):
    assert clean_text(f"{BODY}\n{line}\n{BODY}x。").text == f"{BODY}\n{BODY}x。"


STATED = [
    "时间：2024年3月5日",
    "主持：要开好每周的例会。",
    "打印材料要双面打印。",
    "编辑好每一期信息，",
    "位置：三楼会议室",
]


@pytest.mark.parametrize("line", STATED)
def test_a_line_of_the_speech_is_no_residue(line):
    assert line in paragraphs(f"{BODY}\n{line}\n{BODY}x。")


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
    "a greeting without a colon": f"各位代表\n{BODY}",
    "a date": f"2024年3月5日\n{BODY}",
    "a row of a table": f"科室\t负责人\n{BODY}",
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


def test_a_signature_is_not_cut_off():
    assert not clean_text(f"{BODY}\n县政府办公室综合科二科三科\n2024年3月5日").broken_sentences


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
        "\t",
        "\x0c",
        "一、",
        "2 0 2 4年",
        "— 3 —\n",
        "来源：",
        "打印",
        "「」",
        "二○二四年",
    ]
)
ANY_TEXT = st.one_of(st.text(), st.lists(FRAGMENTS, max_size=60).map("".join))
WRAPPED_TEXT = st.lists(st.sampled_from(["会" * 20, "议" * 19 + "。", "abc", "纪要。", "x" * 21]), max_size=30).map(
    " ".join
)
PAGE_ROWS = st.sampled_from(
    [
        *rows(LONG, OTHER, THIRD, indent="\u3000\u3000"),
        "— 3 —",
        "县政府办公室学习资料",
        "",
        TITLE,
        "一、认清形势",
        "\x0c县政府办公室学习资料",
        BODY[:20] + "……",
        BODY,
    ]
)
PAGED_TEXT = st.lists(PAGE_ROWS, max_size=40).map("\n".join)


@given(st.one_of(ANY_TEXT, WRAPPED_TEXT, PAGED_TEXT))
def test_the_way_back_leads_through_the_raw_text_in_order(raw):
    clean = clean_text(raw)
    assert len(clean.raw_offsets) == len(clean.text)
    assert all(before < after for before, after in pairwise(clean.raw_offsets))
    assert all(0 <= offset < len(raw) for offset in clean.raw_offsets)


@given(st.one_of(ANY_TEXT, WRAPPED_TEXT, PAGED_TEXT))
def test_words_are_the_same_on_both_ends_of_the_way(raw):
    clean = clean_text(raw)
    letters = [
        (char, raw[offset]) for char, offset in zip(clean.text, clean.raw_offsets, strict=True) if char.isalnum()
    ]
    assert all(char == source or (char == "〇" and source in "○◯OＯ") for char, source in letters)


@given(st.one_of(ANY_TEXT, WRAPPED_TEXT, PAGED_TEXT))
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


# Cost

NASTY = {
    "one line": "会",
    "line breaks": "\n",
    "lines of one character": "会\n",
    "spaces": " ",
    "a space after each character": "会 ",
    "opening quotes": "“",
    "quoted full stops": "“会。”的",
    "half-width commas": "会,",
    "half-width brackets": "(会",
    "tabs": "会\t",
    "digits apart": "1 ",
    "masks": "某",
    "teasers": "会议会议会议会议会议……\n",
    "labels": "信息来源：",
    "one line again and again": "会议纪要\n",
    "page numbers": "— 3 —\n",
}


@pytest.mark.parametrize("unit", NASTY.values(), ids=NASTY)
def test_cleaning_costs_no_more_than_the_length_of_the_text(unit):
    def seconds(length: int) -> float:
        raw = unit * (length // len(unit))
        start = process_time()
        clean_text(raw)
        return process_time() - start

    short, long = (min(seconds(length) for _ in range(3)) for length in (4_000, 40_000))
    assert long < 40 * max(short, 0.001)


# Scans


SCANNED_STOPS = {
    "ends a sentence": ("听了很受启发.下面讲三点.", "听了很受启发。下面讲三点。"),
    "a decimal": ("增长3.5个百分点", "增长3.5个百分点"),
    "a number before a heading": ("1.抓落实", "1.抓落实"),
    "a Chinese number before a heading": ("十一.抓落实", "十一.抓落实"),
    "the name of a file": ("见附件.docx", "见附件.docx"),
    "dots that go on": ("各单位...", "各单位..."),
}


@pytest.mark.parametrize(("raw", "text"), SCANNED_STOPS.values(), ids=SCANNED_STOPS)
def test_a_half_width_stop_after_a_word_ends_a_sentence(raw: str, text: str) -> None:
    assert clean_text(raw).text == text


def test_a_header_over_the_title_is_no_title() -> None:
    page = "　　要把归档的事做在平时，不能等到年底再来突击，更不能等到人走了才想起来，\n"
    raw = (
        "全县档案会议材料\n在全县档案会议上的讲话\n"
        + page
        + "— 1 —\n全县档案会议材料\n"
        + page
        + "— 2 —\n全县档案会议材料\n"
        + page
    )
    clean = clean_text(raw)
    assert clean.title == "在全县档案会议上的讲话"
    assert "材料" not in clean.text
