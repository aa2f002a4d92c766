"""Correcting a reading from its page: one form a correction, nothing lost, nothing half done, all of it taken back."""

import json
import re
from html import unescape
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from quizapp.core.corrections import Verb
from quizapp.core.corrections import heading_ref
from quizapp.core.corrections import point_ref
from quizapp.core.speech import Confidence
from quizapp.core.speech import PointKind
from quizapp.core.speech import Quote
from quizapp.core.speech import Rule
from quizapp.db.speeches import CorrectionRow
from quizapp.db.speeches import SpeechRow
from quizapp.services import readings
from quizapp.web.correction_forms import in_words
from quizapp.web.correction_forms import quote_in
from quizapp.web.point_list import key_of
from quizapp.web.views.corrections import DONE

SPEECH = """在全区办公室工作会议上的讲话

同志们：

一、提高认识

办公室工作无小事，一句话说不准，一件事办不细，就会影响全局。

二、争当“四勤”干部

大家要争当“四勤”干部。一是脑勤，遇事多想一层。二是腿勤，有事多跑一趟。三是手勤，听到就要记下。四是嘴勤，不懂就要请教。

三、做到“两个不让”

要做到“两个不让”。一是不让工作在手里断线，二是不让差错在眼前放过。

四、抓好落实

全区各级要高水平谋事、高效率办事，会后各科室要把责任落下去，把台账建起来，把进度报上来。
"""


class Desk:
    """An editor at the page of a speech, who fills in its forms as they stand there."""

    def __init__(self, browser, session, address):
        self.browser, self.session, self.address = browser, session, address

    @property
    def understanding(self):
        self.session.rollback()
        return readings.understanding_of(self.session, self.session.scalar(select(SpeechRow)))

    @property
    def points(self):
        return self.understanding.reading.points

    def page(self, query=""):
        return self.browser.get(self.address + query).get_data(as_text=True)

    def named(self, name):
        return next(point for point in self.points if point.name == name)

    def about(self, point):
        """What the hidden fields of the point's form hold, read from the page itself."""
        number = self.points.index(point) + 1
        form = self.page(f"?at={number}").split(f'id="point-{number}"')[1].split("</section>")[0]
        names = ("point-kind", "point-name", "point-items", "point-start")
        return {name: unescape(re.search(f'name="{name}" value="([^"]*)"', form)[1]) for name in names}

    def correct(self, verb, point=None, query="", **fields):
        form = {"verb": verb, **(self.about(point) if point else {}), **fields}
        return self.browser.submit(f"{self.address}/corrections{query}", form)

    def undo(self, number):
        return self.browser.submit(f"{self.address}/corrections/undo", {"correction": number})

    def relevel(self, heading, level):
        ref = heading_ref(heading)
        told = {"heading-marker": ref.marker, "heading-text": ref.text, "heading-start": ref.start, "level": level}
        return self.correct("level", **told)


@pytest.fixture
def desk(editor, session):
    answer = editor.submit("/speeches/new", {"file": (BytesIO(SPEECH.encode()), "讲话.txt"), "title": ""})
    return Desk(editor, session, answer.location)


@pytest.fixture
def four(desk):
    point = next(point for point in desk.points if point.kind is PointKind.NAMED and len(point.items) == 4)
    return SimpleNamespace(point=point, name=point.name, number=desk.points.index(point) + 1)


def test_the_page_sends_what_names_the_point(desk, four):
    assert desk.about(four.point) == {
        "point-kind": "named",
        "point-name": four.name,
        "point-items": json.dumps([item.text for item in four.point.items], ensure_ascii=False),
        "point-start": str(four.point.span.start),
    }


# Each correction


def test_a_point_is_renamed_and_the_page_comes_back_to_it(desk, four):
    answer = desk.correct("rename", four.point, name="手勤")
    page = desk.page()

    assert answer.status_code == 302
    assert answer.location == f"{desk.address}#point-{four.number}"
    assert desk.points[four.number - 1].name == "手勤"
    assert "名称已改。如需恢复，可在“更正记录”中撤销。" in page
    assert f"{four.number}. 手勤" in page
    assert "✓ 已核对" in page


def test_a_point_is_given_another_kind(desk, four):
    desk.correct("retype", four.point, kind="parallel")

    assert desk.points[four.number - 1].kind is PointKind.PARALLEL


def test_a_point_is_split_at_an_item(desk, four):
    answer = desk.correct("split", four.point, at="2")

    assert [len(point.items) for point in desk.points[four.number - 1 : four.number + 1]] == [2, 2]
    assert answer.location.endswith(f"#point-{four.number}")


def test_two_points_are_merged(desk, four):
    desk.correct("split", four.point, at="2")
    first, second = desk.points[four.number - 1 : four.number + 1]
    desk.correct("merge", second, other=key_of(point_ref(first)))

    merged = desk.points[four.number - 1]
    assert [item.text for item in merged.items] == [item.text for item in four.point.items]


def test_the_points_offered_for_merging_are_others_of_the_speech(desk, four):
    desk.correct("split", four.point, at="2")
    first, second = (point_ref(point) for point in desk.points[four.number - 1 : four.number + 1])
    form = desk.page().split(f'id="point-{four.number}-other"')[1].split("</select>")[0]

    assert key_of(second) in form
    assert key_of(first) not in form


def test_a_point_is_deleted_and_the_page_comes_back_to_its_neighbour(desk, four):
    count = len(desk.points)
    answer = desk.correct("delete", four.point)

    assert len(desk.points) == count - 1
    assert four.point not in desk.points
    assert re.search(r"#point-\d+$", answer.location)


def test_a_point_is_confirmed(desk, four):
    desk.correct("confirm", four.point)

    assert desk.points[four.number - 1].rule is Rule.EDITOR
    assert "已标为核对无误" in desk.page()


def test_a_doubtful_point_shows_that_it_is_and_how_to_settle_it(desk):
    doubtful = next(point for point in desk.points if point.confidence is not Confidence.HIGH)
    number = desk.points.index(doubtful) + 1

    def card():
        return desk.page().split(f'id="point-{number}"')[1].split("</section>")[0]

    assert "✓ 核对无误" in card()
    desk.correct("confirm", doubtful)
    assert "核对无误" not in card()
    assert "✓ 已核对" in card()


def test_a_heading_is_given_another_level(desk):
    heading = desk.understanding.reading.outline[1]
    answer = desk.relevel(heading, 2)

    assert answer.location == f"{desk.address}#outline-1"
    assert desk.understanding.reading.outline[1].level == 2
    assert 'id="outline-1"' in desk.page()


def test_a_heading_offers_the_levels_it_may_have_and_only_where_it_is_asked_for(desk):
    assert 'name="level"' not in desk.page()
    form = desk.page("?heading=1").split('id="outline-1-level"')[1].split("</select>")[0]

    assert re.findall(r'<option value="(\d)"( selected)?', form) == [("1", " selected"), ("2", "")]


PASSAGE = "把责任落下去，把台账建起来，把进度报上来"
ITEMS = "把责任落下去\n把台账建起来\n把进度报上来"


def test_a_selected_passage_becomes_a_point(desk):
    start = desk.understanding.reading.clean.text.index("一句话说不准")
    fields = {"kind": "named", "name": "全局", "passage": "一句话说不准，一件事办不细", "start": start}
    answer = desk.correct("add", items="一句话说不准\n一件事办不细", **fields)

    added = desk.points[int(answer.location.rpartition("-")[2]) - 1]
    assert [item.text for item in added.items] == ["一句话说不准", "一件事办不细"]
    assert added.rule is Rule.EDITOR
    assert added.span.start == start


PASTED = {
    "as it stands": "一件事办不细，就会影响全局",
    "with blanks before and after": "\n　一件事办不细，就会影响全局  ",
    "broken over lines": "一件事办不细，\r\n就会影响全局",
    "with blanks between": "一件事 办不细， 就会影响全局",
}


@pytest.mark.parametrize("passage", PASTED.values(), ids=PASTED)
def test_a_pasted_passage_is_found_by_its_words(desk, passage):
    answer = desk.correct(
        "add", kind="named", name="全局", passage=passage, items="一件事办不细\r\n\r\n就会影响全局\r\n"
    )

    assert answer.status_code == 302
    assert [item.text for item in desk.named("全局").items] == ["一件事办不细", "就会影响全局"]


def test_words_that_stand_twice_are_taken_where_they_were_selected():
    text = "甲乙。\n丙丁甲 乙。"

    assert quote_in(text, "甲乙", 0) == Quote("甲乙", 0)
    assert quote_in(text, "甲乙", 6) == Quote("甲 乙", 6)
    assert quote_in(text, "甲丙", 0) is None


def test_an_added_point_is_shown_whatever_the_list_was_filtered_by(desk):
    answer = desk.correct(
        "add", query="?kind=fact", kind="named", name="全局", passage="办不细，就会影响全局", items="办不细"
    )

    assert "kind=" not in answer.location


def test_a_filter_stays_after_a_correction(desk, four):
    answer = desk.correct("rename", four.point, query="?kind=named&words=%E5%8B%A4", name="手勤")

    assert answer.location.startswith(f"{desk.address}?kind=named&words=")
    assert answer.location.endswith(f"#point-{four.number}")


def test_a_point_that_no_longer_fits_the_filter_gives_way_to_the_next_that_does(desk):
    doubtful = [n for n, point in enumerate(desk.points, start=1) if point.confidence is not Confidence.HIGH]
    sure = desk.points[doubtful[0] - 1].confidence
    same = [n for n in doubtful if desk.points[n - 1].confidence is sure]
    answer = desk.correct("confirm", desk.points[same[0] - 1], query=f"?sure={sure}")

    assert answer.location.endswith(f"#point-{same[1]}" if len(same) > 1 else "#points")


def test_a_correction_that_leaves_nothing_to_show_comes_back_to_the_list(desk, four):
    answer = desk.correct("delete", four.point, query="?words=%E5%98%B4%E5%8B%A4")

    assert answer.location.endswith("#points")


# What is refused


def itself(four):
    return {"other": key_of(point_ref(four.point))}


def what_is_there(four):
    items = "\n".join(item.text for item in four.point.items)
    passage = SPEECH[SPEECH.index("一是脑勤") : SPEECH.index("就要请教")]
    return {"kind": "named", "name": "四勤", "passage": passage, "items": items, "start": four.point.span.start}


#: verb, what is filled in, the field that is pointed at, words of the sentence.
REFUSED = {
    "no name": ("rename", {"name": ""}, "name", "请填写名称"),
    "a name that the speech does not say": ("rename", {"name": "五勤"}, "name", "五勤"),
    "a name without end": ("rename", {"name": "长" * 101}, "name", "100 个字"),
    "a kind that asks for pairs": ("retype", {"kind": "pairset"}, "kind", "成对"),
    "nowhere to split": ("split", {"at": ""}, "at", "请选择"),
    "a split before the first": ("split", {"at": "0"}, "at", "请选第 2 项"),
    "a split behind the last": ("split", {"at": "4"}, "at", "请选第 2 项"),
    "a split that leaves one alone": ("split", {"at": "1"}, "at", "至少 2"),
    "nobody to merge with": ("merge", {"other": ""}, "other", "请选择"),
    "a merger with what is gone": ("merge", {"other": "0" * 16}, "other", "刷新"),
    "a merger with itself": ("merge", itself, "other", "请另选"),
    "no passage": ("add", {"kind": "named", "name": "手勤"}, "passage", "请从正文里选取"),
    "a passage of somebody else": ("add", {"kind": "named", "name": "手勤", "passage": "子虚乌有"}, "passage", "没有"),
    "a passage without end": ("add", {"kind": "parallel", "passage": "字" * 5001}, "passage", "5000"),
    "an item of somebody else": ("add", {"kind": "parallel", "passage": PASSAGE, "items": "把\n乌有"}, "items", "乌有"),
    "items without end": ("add", {"kind": "parallel", "passage": PASSAGE, "items": "把\n" * 101}, "items", "100"),
    "too few items": ("add", {"kind": "parallel", "passage": PASSAGE, "items": "把责任"}, "items", "至少 2"),
    "a named set without its name": ("add", {"kind": "named", "passage": PASSAGE, "items": ITEMS}, "kind", "名称"),
    "what is there already": ("add", what_is_there, "passage", "已有"),
}


@pytest.mark.parametrize(("verb", "fields", "field", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_is_refused_at_its_field_and_what_was_typed_stays(desk, four, verb, fields, field, words):
    fields = fields(four) if callable(fields) else fields
    field = f"add-{field}" if verb == "add" else f"point-{four.number}-{field}"
    before = desk.points
    answer = desk.correct(verb, None if verb == "add" else four.point, **fields)
    page = answer.get_data(as_text=True)

    assert answer.status_code == 422
    summary = page.split('id="errors"')[1].split("</div>")[0]
    assert f'href="#{field}"' in summary
    assert words in unescape(summary)
    assert f'id="{field}"' in page
    opened = page.split(f'id="{field}"')[0].rpartition("<details")[2].split(">")[0]
    assert opened.endswith(" open")
    for name in ("name", "passage"):
        assert not fields.get(name) or fields[name] in unescape(page)
    assert desk.points == before
    assert not desk.session.scalar(select(CorrectionRow))


def test_a_level_that_skips_one_is_refused_at_its_heading(desk):
    answer = desk.relevel(desk.understanding.reading.outline[1], 5)
    page = answer.get_data(as_text=True)

    assert answer.status_code == 422
    assert 'href="#outline-1-level"' in page
    assert "这里可选第 1 至第 2 级" in page


def test_a_point_that_somebody_else_changed_meanwhile_says_so(desk, four):
    told = desk.about(four.point)
    desk.correct("rename", four.point, name="手勤")
    answer = desk.correct("delete", **told)

    assert answer.status_code == 422
    assert "要点清单里已没有这个要点，请刷新页面后再改" in answer.get_data(as_text=True)


def test_a_refused_correction_is_shown_even_when_its_point_is_on_a_later_page_of_the_list(desk, four):
    answer = desk.correct("rename", four.point, query="?words=%E5%86%B3%E6%97%A0", name="")

    assert f'id="point-{four.number}-name"' in answer.get_data(as_text=True)


MALFORMED = {
    "no verb": {"verb": ""},
    "an unknown verb": {"verb": "explode"},
    "no kind": {"point-kind": ""},
    "an unknown kind": {"point-kind": "nonsense"},
    "items that are no JSON": {"point-items": "甲，乙"},
    "items that are no list": {"point-items": '{"a": 1}'},
    "items that are no words": {"point-items": "[1, null]"},
    "items nested without end": {"point-items": "[" * 100_000},
    "a place that is no number": {"point-start": "x"},
    "a place before the text": {"point-start": "-1"},
    "a number without end": {"point-start": "9" * 5000},
    "no name at all": {"point-name": None},
    "nothing to retype to": {"verb": "retype", "kind": "nonsense"},
    "a split at no number": {"verb": "split", "at": "zwei"},
    "an added kind that is none": {"verb": "add", "kind": "nonsense", "passage": PASSAGE},
    "an offset that is no number": {"verb": "add", "kind": "named", "passage": PASSAGE, "start": "NaN"},
    "a heading without words": {"verb": "level", "level": "1"},
    "a level that is no number": {
        "verb": "level",
        "heading-marker": "一、",
        "heading-text": "提高认识",
        "heading-start": "0",
        "level": "x",
    },
}


@pytest.mark.parametrize("changes", MALFORMED.values(), ids=MALFORMED)
def test_what_no_page_sends_is_a_bad_request(desk, four, changes):
    form = {"verb": "confirm", **desk.about(four.point), **changes}
    answer = desk.correct(**{name: value for name, value in form.items() if value is not None})

    assert answer.status_code == 400
    assert not desk.session.scalar(select(CorrectionRow))


def test_words_with_half_a_character_name_no_point(desk, four):
    answer = desk.correct("confirm", **{**desk.about(four.point), "point-items": r'["\ud800"]'})

    assert answer.status_code == 422


# The list of corrections


def test_every_correction_is_listed_with_who_made_it_and_when(desk, four, office):
    desk.correct("rename", four.point, name="手勤")
    listed = unescape(desk.page()).split('id="corrections"')[1]

    assert f"“{four.name}” 改名称为“手勤”" in listed
    assert f"11月20日（周五） 14:00，{office.editor.name}" in listed
    assert "重新读取原文" in listed


def test_every_verb_has_words_for_what_it_did_and_for_the_list(desk, four):
    text = desk.understanding.reading.clean.text
    desk.correct("confirm", four.point)
    desk.correct("rename", desk.named(four.name), name="手勤")
    desk.correct("split", desk.named("手勤"), at="2")
    first, second = desk.points[four.number - 1 : four.number + 1]
    desk.correct("merge", first, other=key_of(point_ref(second)))
    desk.correct("retype", desk.points[four.number - 1], kind="parallel")
    desk.correct("delete", desk.points[four.number - 1])
    desk.correct(
        "add", kind="named", name="全局", passage="办不细，就会影响全局", start=text.index("办不"), items="办不细"
    )
    desk.relevel(desk.understanding.reading.outline[1], 2)

    made = [readings.from_stored(row.detail) for row in desk.understanding.corrections]
    assert {each.verb for each in made} == set(Verb) == set(DONE)
    page = unescape(desk.page())
    assert all(in_words(each) in page for each in made)
    assert len({in_words(each) for each in made}) == len(made)


def test_a_correction_is_taken_back_and_the_others_stay(desk, four):
    desk.correct("rename", four.point, name="手勤")
    desk.relevel(desk.understanding.reading.outline[1], 2)
    first = desk.understanding.corrections[0]
    answer = desk.undo(first.id)

    assert answer.location == f"{desk.address}#corrections"
    assert desk.named(four.name)
    assert desk.understanding.reading.outline[1].level == 2
    assert "这条更正已撤销" in desk.page()


def test_a_correction_is_taken_back_once(desk, four):
    desk.correct("rename", four.point, name="手勤")
    number = desk.understanding.corrections[0].id
    desk.undo(number)

    assert desk.undo(number).status_code == 404


@pytest.mark.parametrize("number", ["", "x", "-1", "1.5", "9" * 30], ids=["none", "a word", "less", "broken", "huge"])
def test_what_is_no_number_takes_nothing_back(desk, number):
    assert desk.undo(number).status_code == 400


def test_a_correction_of_another_speech_is_not_taken_back(desk, four, editor):
    desk.correct("rename", four.point, name="手勤")
    number = desk.understanding.corrections[0].id
    other = SPEECH.replace("全区", "全市")
    address = editor.submit("/speeches/new", {"file": (BytesIO(other.encode()), "另.txt"), "title": ""}).location

    assert editor.submit(f"{address}/corrections/undo", {"correction": number}).status_code == 404


def test_lost_corrections_stand_first_and_say_what_to_do(desk, four):
    desk.correct("rename", four.point, name="手勤")
    desk.correct("rename", desk.named("手勤"), name="嘴勤")
    desk.relevel(desk.understanding.reading.outline[1], 2)
    desk.undo(desk.understanding.corrections[0].id)
    page = unescape(desk.page())
    listed = page.split('id="corrections"')[1]

    assert "有 1 条更正找不到原处，没有起作用" in page.split('id="text-heading"')[0]
    assert listed.index("“手勤” 改名称为“嘴勤”") < listed.index("改为第 2 级")
    assert "需要的，在要点上重新更正；不需要的，点“撤销”" in listed
    assert listed.count("✗ 找不到原处") == 1


def test_a_lost_correction_is_gone_once_it_is_taken_back(desk, four):
    desk.correct("rename", four.point, name="手勤")
    desk.correct("rename", desk.named("手勤"), name="嘴勤")
    first, second = desk.understanding.corrections
    desk.undo(first.id)
    desk.undo(second.id)

    assert "找不到原处" not in desk.page()


def test_corrections_survive_reading_the_file_again(desk, four):
    desk.correct("rename", four.point, name="手勤")
    readings.read.cache_clear()

    assert desk.named("手勤")


def test_questions_are_drafted_from_what_was_corrected(desk, four):
    desk.correct("delete", four.point)
    desk.browser.submit(desk.address + "/drafts")
    sets = desk.page()

    assert "上次拟题" in sets
    assert four.name not in [point.name for point in desk.points]


# Who may


@pytest.mark.parametrize("who", ["staff", "chief", "director", "admin", "auditor"])
def test_only_editors_correct(client_of, office, desk, four, who):
    told = desk.about(four.point)
    stranger = client_of(getattr(office, who))

    assert stranger.submit(f"{desk.address}/corrections", {"verb": "delete", **told}).status_code == 404
    assert stranger.submit(f"{desk.address}/corrections/undo", {"correction": "1"}).status_code == 404
    assert four.point in desk.points


def test_a_speech_that_is_not_there_has_nothing_to_correct(editor):
    assert editor.submit("/speeches/no-such-speech/corrections", {"verb": "delete"}).status_code == 404
    assert editor.submit("/speeches/no-such-speech/corrections/undo", {"correction": "1"}).status_code == 404


def test_a_name_of_markup_is_shown_as_text(desk, four):
    page = desk.correct("rename", four.point, name="<b>勤</b>").get_data(as_text=True)

    assert "<b>勤</b>" not in page
    assert "&lt;b&gt;勤&lt;/b&gt;" in page


# Speeches of others, where they are at hand

SHARED = Path(__file__).parents[2].parent / "shared" / "speeches"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the speeches of others are not at hand")
def test_every_point_of_every_speech_can_be_named_by_its_page(editor, session):
    for path in sorted(SHARED.glob("*.txt")):
        answer = editor.submit("/speeches/new", {"file": (BytesIO(path.read_bytes()), path.name), "title": "讲话"})
        desk = Desk(editor, session, answer.location)
        session.rollback()
        row = session.scalar(select(SpeechRow).where(SpeechRow.public_id == answer.location.rpartition("/")[2]))
        reading = readings.understanding_of(session, row).reading
        page = "".join(desk.page(f"?from={first}") for first in range(1, len(reading.points) + 1, 100))
        forms = re.findall(
            r'name="point-kind" value="([^"]*)">\s*<input type="hidden" name="point-name" value="([^"]*)">\s*'
            r'<input type="hidden" name="point-items" value="([^"]*)">\s*'
            r'<input type="hidden" name="point-start" value="(\d+)"',
            page,
        )
        told = {
            (PointKind(kind), unescape(name) or None, tuple(json.loads(unescape(items))), int(start))
            for kind, name, items, start in forms
        }
        assert told == {(ref.kind, ref.name, ref.items, ref.start) for ref in map(point_ref, reading.points)}
