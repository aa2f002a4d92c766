"""Evidence and polarity: which sentences can be asked after by their heading, and what tells faults from demands."""

from pathlib import Path

import pytest
from growth import grows_with_length_alone
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.keypoints.attribution import attributed
from quizapp.core.keypoints.definitions import definitions
from quizapp.core.keypoints.evidence import LONGEST
from quizapp.core.keypoints.evidence import SHORTEST
from quizapp.core.keypoints.evidence import evidence
from quizapp.core.keypoints.facts import facts
from quizapp.core.keypoints.mentions import mentions
from quizapp.core.keypoints.naming import set_names
from quizapp.core.keypoints.polarity import is_negative
from quizapp.core.keypoints.slogans import slogans
from quizapp.core.outline import read_lists
from quizapp.core.speech import Evidence
from quizapp.core.speech import EvidenceForm
from quizapp.core.speech import Item
from quizapp.core.speech import Span
from quizapp.core.text import clean_text

SHARED = Path(__file__).resolve().parents[2].parent / "shared"

SPEECH = "一、抓值班\n{}\n二、抓档案\n档案要全。"


def found(raw: str) -> tuple[Evidence, ...]:
    clean = clean_text(raw)
    return evidence(clean, read_lists(clean))


def said(body: str) -> list[str]:
    raw = SPEECH.format(body)
    return [each.span.of(clean_text(raw).text) for each in found(raw)]


TAKEN = {
    "a whole sentence": (
        "值班员必须熟记应急预案，随时核对通讯录。",
        ["值班员必须熟记应急预案，随时核对通讯录"],
    ),
    "what a modal governs in a long one": (
        "近年来天气多变，险情多发，群众十分关心，值班室压力很大，必须配齐骨干力量，定期组织应急演练，力争把险情处置在萌芽状态，"
        "守住防汛第一道关口，让群众放心。",
        ["必须配齐骨干力量，定期组织应急演练", "力争把险情处置在萌芽状态，守住防汛第一道关口，让群众放心"],
    ),
    "with the topic it governs": (
        "近年来天气多变，险情多发，群众十分关心，值班室压力很大，对突发险情，要立即核实来源，迅速上报指挥部；其余的照旧办理就行。",
        ["对突发险情，要立即核实来源，迅速上报指挥部"],
    ),
    "both halves of a pair": (
        "值班员既要熟记应急预案，又要随时核对通讯录。",
        ["值班员既要熟记应急预案，又要随时核对通讯录"],
    ),
}


@pytest.mark.parametrize(("body", "expected"), TAKEN.values(), ids=TAKEN)
def test_evidence_is_a_sentence_or_what_a_modal_governs(body, expected):
    assert said(body) == expected


REFUSED = {
    "too short": "要熟记应急预案。",
    "too long without a modal": "值班员熟记应急预案，随时核对通讯录，" * 3 + "毫不松懈。",
    "nothing of its own": "必须切实加强领导，认真抓好各项工作落实。",
    "a pronoun": "我们必须熟记应急预案，随时核对通讯录。",
    "a word that points back": "这些预案必须熟记，通讯录随时核对。",
    "half of a pair": "值班员不仅要熟记应急预案、核对通讯录。",
    "a connective at its head": "但是值班员必须熟记应急预案、核对通讯录。",
    "what follows from what": "由于险情多发，值班员必须熟记应急预案。",
    "a leader's words": "总书记要求值班员必须熟记应急预案。",
    "a mask": "XX局值班员必须熟记应急预案、核对通讯录。",
    "an open quotation": "值班员必须熟记“应急预案、核对通讯录。",
    "an ordinal inside": "值班员一要熟记应急预案，二要核对通讯录，三看天气预报。",
    "only how and where": "要通过熟记应急预案和核对通讯录等手段。",
    "an unfinished phrase": "值班员必须是熟记应急预案和核对通讯录的。",
    "a question": "值班员有没有熟记应急预案、核对通讯录？",
    "what announces a list": "值班员必须熟记下列应急预案和通讯录：防汛预案。",
    "a saying": "“人无远虑，必有近忧；事无预案，必有后患”。",
    "it stands twice": "值班员必须熟记应急预案，随时核对通讯录。另说一遍。值班员必须熟记应急预案，随时核对通讯录。",
    "all of what": "办公室都要熟记应急预案，随时核对通讯录。",
    "an object left behind": "要始终放在心上、牢牢抓在手中，熟记应急预案。",
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED)
def test_what_could_stand_anywhere_or_not_alone_is_no_evidence(body):
    assert said(body) == []


def test_words_outside_all_headings_are_no_evidence():
    assert not found("值班员必须熟记应急预案，随时核对通讯录。")


def test_a_heading_is_no_evidence_of_itself():
    raw = "一是值班员必须熟记应急预案，随时核对通讯录。二是档案员必须核对卷宗目录，及时归档入库。"
    assert not found(raw)


def test_evidence_names_its_innermost_heading():
    raw = "一、抓值班\n（一）抓预案\n值班员必须熟记应急预案，随时核对通讯录。\n（二）抓演练\n演练要真。"
    (each,) = found(raw)
    assert read_lists(clean_text(raw)).headings[each.heading].text == "抓预案"


FORMS = {
    "a demand": ("值班员必须熟记应急预案，随时核对通讯录。", EvidenceForm.DEMAND),
    "a statement": ("应急预案凝结着几十年防汛抢险的经验教训。", EvidenceForm.STATEMENT),
    "a fault": ("有的值班员脱岗溜号，通讯录常年无人核对。", EvidenceForm.FAULT),
}


@pytest.mark.parametrize(("body", "form"), FORMS.values(), ids=FORMS)
def test_the_form_tells_demands_from_statements_and_faults(body, form):
    assert [each.form for each in found(SPEECH.format(body))] == [form]


def test_what_stands_under_a_fault_is_a_fault():
    raw = "存在以下问题：一是值班力量不强。通讯录常年无人核对，险情迟报漏报多发。二是档案管理不严。"
    assert [each.form for each in found(raw)] == [EvidenceForm.FAULT]


PIECES = st.lists(
    st.sampled_from(
        [
            *"“”，；。：！？（）☆的\n",
            "一、",
            "一是",
            "要核对通讯录",
            "必须熟记应急预案",
            "随时上报险情",
            "我们",
            "既要",
            "对",
        ]
    ),
    max_size=60,
).map("".join)


@given(st.one_of(PIECES, st.text(max_size=120)))
def test_evidence_is_short_enough_specific_and_stands_once(raw):
    clean = clean_text(raw)
    outline = read_lists(clean)
    for each in evidence(clean, outline):
        words = each.span.of(clean.text)
        assert SHORTEST <= len(words) <= LONGEST
        assert clean.text.count(words) == 1
        assert each.specificity >= 3
        assert outline.heading_at(each.span.start) == outline.heading_at(each.span.end - 1) == each.heading


# Polarity


def items(text: str, *pieces: str) -> list[Item]:
    spans = [Span(text.index(piece), text.index(piece) + len(piece)) for piece in pieces]
    return [Item(span.of(text), span.of(text), span) for span in spans]


NEGATIVE = {
    "told as problems": ("工作中存在三方面问题：学习少、调研少。", ("学习少", "调研少")),
    "each is a fault": ("抓得不具体、不细致、不扎实。", ("不具体", "不细致", "不扎实")),
    "lacking": ("责任心缺失、担当精神不足。", ("责任心缺失", "担当精神不足")),
    "each is a ban": ("严禁公车私用，不得违规吃喝。", ("严禁公车私用", "不得违规吃喝")),
    "banned together": ("办事不能做虚功、图形式。", ("做虚功", "图形式")),
    "to be avoided": ("坚决避免急功近利、心浮气躁。", ("急功近利", "心浮气躁")),
}


@pytest.mark.parametrize(("text", "pieces"), NEGATIVE.values(), ids=NEGATIVE)
def test_faults_and_bans_are_negative(text, pieces):
    found = items(text, *pieces)
    assert is_negative(text, Span(0, found[0].span.start), found)


POSITIVE = {
    "plain demands": ("要做到说实话、办实事。", ("说实话", "办实事")),
    "what is not sought": ("要不图名、不图利。", ("不图名", "不图利")),
    "nothing left undone": ("确保公文不拖延、信息不误时。", ("公文不拖延", "信息不误时")),
    "faults to be mended": ("要补齐短板、缩小差距。", ("补齐短板", "缩小差距")),
    "one ban among demands": ("要守纪律，严禁公车私用。", ("守纪律", "严禁公车私用")),
    "nothing at all": ("要抓落实。", ()),
}


@pytest.mark.parametrize(("text", "pieces"), POSITIVE.values(), ids=POSITIVE)
def test_demands_are_not_negative(text, pieces):
    found = items(text, *pieces)
    assert not is_negative(text, Span(0, found[0].span.start if found else 0), found)


# Any length

LONG = {
    "opening marks": "“",
    "closing marks": "”",
    "quoted names": "“三服务”",
    "one verb": "是",
    "digits": "1",
    "numerals": "一",
    "months": "1月",
    "clauses": "要，",
    "brackets": "（",
    "titles": "习近平总书记",
    "documents": "《",
    "offices": "由",
    "one sentence again and again": "值班员必须熟记应急预案，随时核对通讯录。",
}


@pytest.mark.parametrize("piece", LONG.values(), ids=LONG)
def test_no_text_is_slow_to_read(piece):
    def prepare(length):
        clean = clean_text((piece * (length // len(piece) + 1))[:length])
        outline = read_lists(clean)
        return lambda: everything(clean, outline)

    assert grows_with_length_alone(prepare)


def everything(clean, outline):
    points = [point for finder in (slogans, definitions, facts) for point in finder(clean, outline)]
    attributed(clean, [*points, *mentions(clean, outline, set_names(clean), ())])
    evidence(clean, outline)


# The sample speeches


@pytest.mark.skipif(not SHARED.exists(), reason="the sample speeches are not kept with the code")
def test_the_sample_speeches_give_a_few_pieces_of_evidence_each_thousand_characters():
    speeches = [path.read_text("utf-8") for path in sorted((SHARED / "speeches").glob("*.txt"))]
    counts = [len(found(speech)) for speech in speeches]
    share = 1000 * sum(counts) / sum(map(len, speeches))
    print(f"evidence: {counts}, {share:.1f} in a thousand characters")
    assert all(counts)
    assert 2 <= share <= 8
