"""Attribution: whose words a finding is, how far a quotation goes, and what stays the speaker's own."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.keypoints import key_points
from quizapp.core.keypoints.attribution import attributed
from quizapp.core.keypoints.definitions import definitions
from quizapp.core.keypoints.mentions import mentions
from quizapp.core.keypoints.naming import set_names
from quizapp.core.keypoints.slogans import slogans
from quizapp.core.outline import read_lists
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import PointKind
from quizapp.core.text import clean_text

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
GOLD = SHARED / "gold" / "gold_seeds.yaml"


def findings(raw: str) -> tuple[KeyPoint, ...]:
    clean = clean_text(raw)
    outline = read_lists(clean)
    sets = key_points(clean, outline)
    named = mentions(clean, outline, set_names(clean), sets)
    return attributed(clean, [*sets, *named, *slogans(clean, outline), *definitions(clean, outline)])


def sources(raw: str) -> list[str | None]:
    return [point.attributed_to for point in findings(raw)]


QUOTED = {
    "the highest leader": ("习近平总书记指出，“摸清底数是做好统计的前提”。", "习近平总书记"),
    "where he said it": ("习近平总书记在基层考察时强调，摸清底数是做好统计的前提。", "习近平总书记"),
    "what he gave is named": ("习近平总书记提出的要求很明确，他在座谈时提出“四个坚持”。", None),
    "a name he gave": ("习近平总书记在座谈时，明确提出“四个坚持”的要求。", "习近平总书记"),
    "long ago": ("毛主席曾说过，“没有计划就没有主动权”。", "毛主席"),
    "a secretary with a name": ("省委书记王建国多次强调，摸清底数是做好统计的前提。", "省委书记王建国"),
    "a mayor": ("张市长要求，树立“急事马上办，难事合力办”的理念。", "张市长"),
    "a leader without a name": ("市委主要领导强调，摸清底数是做好统计的前提。", "市委主要领导"),
    "a congress": ("党的二十大报告指出，摸清底数是做好统计的前提。", "党的二十大报告"),
    "the state council": ("国务院强调，摸清底数是做好统计的前提。", "国务院"),
    "rules of the centre": ("中央八项规定明确要求“轻车简从下基层，务实高效办实事”。", "中央八项规定"),
    "a document": ("《信访工作条例》规定，摸清底数是做好统计的前提。", "《信访工作条例》"),
    "the ancients": ("古人云：“人无远虑，必有近忧；事无预案，必有后患。”", "古人"),
    "a saying": ("俗话说，“磨刀不误砍柴工”。", "俗话"),
    "another office that is quoted": ("市政府要求：“急事马上办，难事合力办。”", "市政府"),
    "what he instructed": ("习近平总书记关于树立“急事马上办，难事合力办”理念的重要指示，要落实。", "习近平总书记"),
}


@pytest.mark.parametrize(("raw", "who"), QUOTED.values(), ids=QUOTED)
def test_a_finding_is_told_as_the_words_of_whom_it_is_quoted_from(raw, who):
    told = sources(raw)
    assert told
    assert set(told) <= {who} or who is None


OWN = {
    "the speaker": "我强调，摸清底数是做好统计的前提。",
    "the speaker's office": "我们要求，摸清底数是做好统计的前提。",
    "an office that only asks": "市政府办要求摸清底数，底数是做好统计的前提。",
    "a demand in passing": "按照市委主要领导要求，摸清底数是做好统计的前提。",
    "to carry out": "落实市委部署要求，摸清底数是做好统计的前提。",
    "after the quotation": "习近平总书记指出，“作风建设永远在路上”，我们要牢记，摸清底数是做好统计的前提。",
    "the next sentence": "习近平总书记强调要改进作风。摸清底数是做好统计的前提。",
    "the sentence before": "摸清底数是做好统计的前提。习近平总书记强调要改进作风。",
    "a title only": "学习《信访工作条例》，摸清底数是做好统计的前提。",
    "one who is only named": "张市长很关心统计，摸清底数是做好统计的前提。",
}


@pytest.mark.parametrize("raw", OWN.values(), ids=OWN)
def test_everything_else_is_the_speakers_own(raw):
    told = sources(raw)
    assert told
    assert set(told) == {None}


def test_a_quotation_that_goes_on_takes_the_next_sentence_with_it():
    raw = "习近平总书记指出，改进作风要抓常。他强调，摸清底数是做好统计的前提。作风是队伍的生命线。"
    assert sources(raw) == ["习近平总书记", None]


def test_a_list_that_another_announces_is_his():
    raw = "习近平总书记强调要做到“两个带头”：一是带头学习；二是带头落实。"
    assert {point.attributed_to for point in findings(raw) if point.kind is PointKind.NAMED} == {"习近平总书记"}


def test_a_list_of_the_speakers_own_is_not_his_whose_words_it_carries_out():
    raw = "按照习近平总书记提出的“四个坚持”要求，要做到“两个带头”：一是带头学习；二是带头落实。"
    told = {point.name: point.attributed_to for point in findings(raw)}
    assert told == {"四个坚持": "习近平总书记", "两个带头": None}


def test_nothing_but_the_source_changes():
    raw = "要做到“两个带头”：一是带头学习；二是带头落实。"
    clean = clean_text(raw)
    points = key_points(clean, read_lists(clean))
    assert attributed(clean, points) == points


PIECES = st.lists(
    st.sampled_from(
        [
            *"“”，；。：《》我他说的\n",
            "习近平总书记",
            "强调",
            "指出",
            "在会上",
            "张市长",
            "市政府",
            "古人云",
            "四个坚持",
            "督查是工作的保障",
        ]
    ),
    max_size=40,
).map("".join)


@given(st.one_of(PIECES, st.text(max_size=120)))
def test_every_source_is_named_as_the_text_names_it(raw):
    clean = clean_text(raw)
    outline = read_lists(clean)
    before = [*mentions(clean, outline, set_names(clean), ()), *definitions(clean, outline)]
    after = attributed(clean, before)
    assert [point.span for point in after] == [point.span for point in before]
    assert all(point.attributed_to is None or point.attributed_to in clean.text for point in after)


# The sample speeches

needs_speeches = pytest.mark.skipif(not GOLD.exists(), reason="the sample speeches are not kept with the code")


@cache
def seeds() -> list[dict[str, Any]]:
    return yaml.safe_load(GOLD.read_text("utf-8"))["seeds"]


@needs_speeches
def test_the_sources_in_the_sample_speeches_are_these_and_no_others():
    told = {
        (seed["id"], point.attributed_to, point.name or point.items[0].text)
        for seed in seeds()
        for point in findings((SHARED / "speeches" / seed["file"]).read_text("utf-8"))
        if point.attributed_to
    }
    print(f"attributed findings: {len(told)}")
    assert told == {
        ("002", "习近平总书记", "五个坚持"),
        ("003", "习近平总书记", "五个坚持"),
        ("004", "毛主席", "没有调查就没有发言权"),
        ("004", "俗话", "权不压众"),
        ("004", "俗话", "好话当钱使"),
    }
