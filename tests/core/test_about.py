"""What a text states of itself, and what it does not."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.about import about
from quizapp.core.speech import About
from quizapp.core.text import clean_text

TITLE = "在全县档案工作推进会上的讲话"
BODY = "同志们：\n档案工作要抓紧。各科室都要把台账理清楚。\n下面讲三点意见。\n要早。\n要细。\n要实。\n请大家抓好落实。"
SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "speeches"


def stated(*head: str, body: str = BODY, tail: tuple[str, ...] = ()) -> About:
    return about(clean_text("\n".join([*head, body, *tail])))


# The date

DATES = {
    "in brackets under the title": "（2024年3月5日）",
    "in half-width brackets": "(2024年3月5日)",
    "in Chinese numerals": "二〇二四年三月五日",
    "with a circle for nought": "（二○二四年三月五日）",
    "with hyphens": "2024-03-05",
    "with points": "2024.3.5",
    "with blanks": "2024 年 3 月 5 日",
    "with the time of day": "2024年3月5日上午",
    "with the day of the week": "2024年3月5日（星期二）",
    "labelled": "时间：2024年3月5日",
}


@pytest.mark.parametrize("line", DATES.values(), ids=DATES)
def test_a_date_on_a_line_of_its_own_is_when_it_was_held(line):
    assert stated(TITLE, line).held_on == date(2024, 3, 5)


@pytest.mark.parametrize("line", DATES.values(), ids=DATES)
def test_a_date_signs_the_text_at_its_end(line):
    assert stated(TITLE, tail=(line,)).held_on == date(2024, 3, 5)


def test_a_date_can_stand_in_the_title():
    assert stated(f"{TITLE}（2024年11月20日）").held_on == date(2024, 11, 20)


NUMERALS = {"二〇二三年十月十日": (10, 10), "二〇二三年十一月二十日": (11, 20), "二〇二三年十二月三十一日": (12, 31)}


@pytest.mark.parametrize(("line", "day"), NUMERALS.items(), ids=NUMERALS)
def test_tens_are_read(line, day):
    assert stated(TITLE, line).held_on == date(2023, *day)


NO_DATES = {
    "a year and a month": "2024年3月",
    "a year": "2024年",
    "no such day": "2024年2月30日",
    "no such month": "2024-13-05",
    "an event of that day": "学习贯彻2024年3月5日会议精神的几点意见",
}


@pytest.mark.parametrize("line", NO_DATES.values(), ids=NO_DATES)
def test_no_date_is_made_up(line):
    assert stated(TITLE, line).held_on is None


def test_a_date_inside_the_speech_is_not_when_it_was_held():
    assert stated(TITLE, body=f"同志们：\n2024年3月5日\n{BODY}").held_on is None


def test_the_day_a_page_was_published_is_not_when_it_was_held():
    assert stated(TITLE, "发布时间：2024-03-05").held_on is None


# The speaker

SPEAKERS = {
    "offices and a name": ("市委常委、秘书长 周明远", "市委常委、秘书长 周明远"),
    "no blank between": ("县委副书记、县长周明远", "县委副书记、县长周明远"),
    "a name of two characters set wide": ("县长　李　明", "县长 李明"),
    "a section and a name": ("综合科 李明", "综合科 李明"),
    "a name alone": ("周明远", "周明远"),
    "a name in brackets": ("（周明远）", "周明远"),
    "a name of four characters": ("副市长 欧阳明德", "副市长 欧阳明德"),
    "a comrade": ("周明远同志", "周明远同志"),
    "labelled": ("讲话人：周明远", "周明远"),
    "with the date": ("县长 周明远 2024年3月5日", "县长 周明远"),
}


@pytest.mark.parametrize(("line", "speaker"), SPEAKERS.values(), ids=SPEAKERS)
def test_the_line_under_the_title_names_the_speaker(line, speaker):
    assert stated(TITLE, line).speaker == speaker


def test_the_speaker_may_stand_under_the_date():
    found = stated(TITLE, "（2024年3月5日）", "市委书记 周明远")
    assert (found.speaker, found.held_on) == ("市委书记 周明远", date(2024, 3, 5))


def test_the_title_may_name_who_speaks():
    assert stated("县政府办主任在全县档案工作推进会上的讲话").speaker == "县政府办主任"


SIGNED = {
    "a section and a name over the date": (("综合科 李明", "2024年3月5日"), "综合科 李明"),
    "on one line with the date": (("综合科 李明 2024年3月5日",), "综合科 李明"),
    "a name over the date": (("李明", "2024年3月5日"), "李明"),
}


@pytest.mark.parametrize(("tail", "speaker"), SIGNED.values(), ids=SIGNED)
def test_a_signature_names_the_speaker(tail, speaker):
    assert stated("表态发言", tail=tail).speaker == speaker


NOBODY = {
    "a masked name": "市委常委、秘书长 张某某",
    "a masked name alone": "张某某",
    "crosses for a name": "县长 周××",
    "circles for a name": "县长 ○○○",
    "an office": "县政府办公室",
    "a subtitle": "——在全县档案工作推进会上的发言",
    "a meeting": "全县档案工作推进会",
    "a section": "综合科",
}


@pytest.mark.parametrize("line", NOBODY.values(), ids=NOBODY)
def test_nobody_is_named_who_is_not(line):
    assert stated(TITLE, line).speaker is None


@pytest.mark.parametrize("line", ["谢谢大家", "谢谢", "完毕"])
def test_thanks_are_no_signature(line):
    assert stated(TITLE, tail=(line, "2024年3月5日")).speaker is None


def test_who_is_spoken_of_is_not_who_speaks():
    assert stated(TITLE, body=f"同志们：\n刚才，县长周明远作了部署。\n县长周明远\n{BODY}").speaker is None


# The occasion

OCCASIONS = {
    "a title": ((TITLE,), "全县档案工作推进会"),
    "a title with the speaker": (("县长周明远在全县档案工作推进会上的讲话",), "全县档案工作推进会"),
    "a title with a kind of speech": (("在全县档案工作推进会上的表态发言",), "全县档案工作推进会"),
    "a subtitle": (("凝心聚力抓档案", "——在全县档案工作推进会上的讲话"), "全县档案工作推进会"),
    "a title with the date": ((f"{TITLE}（2024年3月5日）",), "全县档案工作推进会"),
}


@pytest.mark.parametrize(("head", "occasion"), OCCASIONS.values(), ids=OCCASIONS)
def test_the_title_names_the_occasion(head, occasion):
    assert stated(*head).occasion == occasion


CALLED = {
    "called today": ("今天召开的全市安全生产工作会议，主要任务是部署工作。", "全市安全生产工作会议"),
    "we call it": ("今天，我们在这里召开全市安全生产工作会议，很有必要。", "全市安全生产工作会议"),
    "what it is": ("今天举行的全市读书班开班式是一次再动员。", "全市读书班开班式"),
    "another meeting": ("今天，我们传达学习上周召开的全市安全生产工作会议精神。", None),
    "a past one": ("去年召开的全市安全生产工作会议，大家还记得。", None),
    "no name": ("今天，我们召开一次会议，主要是通气。", None),
    "the first of its kind": ("今天召开的第一次全体会议，意义很大。", None),
}


@pytest.mark.parametrize(("sentence", "occasion"), CALLED.values(), ids=CALLED)
def test_the_first_sentences_name_the_occasion_only_plainly(sentence, occasion):
    assert stated(body=f"同志们：\n{sentence}\n{BODY}").occasion == occasion


def test_a_meeting_without_a_name_is_no_occasion():
    assert stated("在会上的讲话").occasion is None


# All of it


def test_nothing_is_stated_by_nothing():
    assert about(clean_text("")) == About()


def test_a_plain_text_states_nothing_of_itself():
    assert stated() == About()


@pytest.mark.skipif(not SHARED.exists(), reason="the sample speeches are not kept with the code")
def test_the_sample_speeches_state_what_a_reader_finds():
    found = {path.name[:3]: about(clean_text(path.read_text("utf-8"))) for path in sorted(SHARED.glob("*.txt"))}
    assert {key: (each.speaker, each.occasion, each.held_on) for key, each in found.items()} == {
        "000": (None, "全市政府系统办公室主任会议", None),
        "001": (None, "市政府办公室科级以上干部会议", None),
        "002": (None, None, None),
        "003": ("县政府办主任", "全县政办系统工作座谈会", None),
        "004": (None, "全市办公室会议", None),
    }


LINES = st.sampled_from(
    [
        TITLE,
        "（2024年3月5日）",
        "2024年2月30日",
        "县长 周明远",
        "张某某",
        "同志们：",
        BODY,
        "今天召开的全市会议，好。",
        "综合科 李明",
        "",
    ]
)


@given(st.one_of(st.text(), st.lists(LINES, max_size=8).map("\n".join)))
def test_everything_stated_stands_in_the_text(raw):
    clean = clean_text(raw)
    found = about(clean)
    assert found.title == clean.title
    for words in (found.occasion, found.speaker):
        assert words is None or words.replace(" ", "") in clean.text.replace(" ", "")
    if found.held_on is not None:
        assert str(found.held_on.day) in clean.text or "日" in clean.text
