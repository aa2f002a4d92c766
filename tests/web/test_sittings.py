"""Planning and composing: what lacks is named, what is locked stays, nobody outside sees anything."""

import re
from collections.abc import Callable
from collections.abc import Iterator

import pytest
from conftest import Browser
from conftest import Clock
from conftest import Office
from conftest import Person
from factories import CANARY
from factories import sitting_facts
from flask import Flask
from sqlalchemy.orm import Session
from stocked import stocked_set

from quizapp.core.dealing import Drawing
from quizapp.core.question import TypeName
from quizapp.db import sittings as rows
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.people import PersonRow
from quizapp.db.people import SectionRow
from quizapp.services import sittings
from quizapp.services.bank import retire

set_id = stocked_set()
ClientOf = Callable[[Person], Browser]


@pytest.fixture
def planned(app: Flask, office: Office, clock: Clock, set_id: int) -> Iterator[str]:
    """The public id of a sitting hosted by 秘书科 whose paper is still to be composed."""
    with app.app_context():
        with writing() as session:
            facts = sitting_facts(set_id, host=office.secretariat, leader=office.deputy.id, opens_at=clock())
            public_id = sittings.plan_sitting(session, office.editor.actor, facts, now=clock()).public_id
        yield public_id
        db.session.remove()


def spec(**counts: int) -> dict[str, object]:
    form: dict[str, object] = {}
    for name in TypeName:
        form[f"count-{name.value}"] = counts.get(name.value, 0)
        form[f"mark-{name.value}"] = 5
    return form


def versions(public_id: str) -> list[int]:
    db.session.rollback()
    return versions_in(db.session(), public_id)


def test_an_editor_plans_a_sitting_through_the_form(
    app: Flask, office: Office, client_of: ClientOf, set_id: int
) -> None:
    form = plan_form(office, sets=[set_id])
    browser = client_of(office.editor)
    answer = browser.submit("/sittings/new", form)
    assert answer.status_code == 302
    page = browser.get(answer.location).get_data(as_text=True)
    assert "11月27日（周五） 15:00" in page
    assert "<dd>交卷后立即可看</dd>" in page
    assert "<dd>全体同一份试卷</dd>" in page
    answer = browser.submit("/sittings/new", form | {"review": "never", "drawing": "per_person"})
    page = browser.get(answer.location).get_data(as_text=True)
    assert "<dd>不提供</dd>" in page
    assert "<dd>一人一卷</dd>" in page
    page = browser.get(f"{answer.location}/plan").get_data(as_text=True)
    assert '<option selected value="never">' in page
    assert '<option selected value="per_person">' in page
    assert browser.submit("/sittings/new", form | {"review": "whenever"}).status_code == 422
    refused = browser.submit("/sittings/new", form | {"closes_at": "2026-11-27T14:00", "sets": []})
    assert refused.status_code == 422
    assert "结束时间应晚于开始时间" in refused.get_data(as_text=True)


def test_too_few_questions_is_said_with_what_lacks_and_the_old_paper_stays(
    planned: str, office: Office, client_of: ClientOf
) -> None:
    browser = client_of(office.editor)
    browser.submit(f"/sittings/{planned}/paper", spec(single_choice=2))
    before = versions(planned)
    answer = browser.submit(f"/sittings/{planned}/paper", spec(single_choice=5, fill_in=4))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "单选题不足：需要 5 题，所选题集只有 3 题，还差 2 题" in page
    assert "填空题不足：需要 4 题，所选题集只有 3 题，还差 1 题" in page
    assert versions(planned) == before


@pytest.mark.parametrize("bad", ["-1", "一", "1.5", "99999", "2 or 1=1"])
def test_a_count_that_is_no_whole_number_is_named(planned: str, office: Office, client_of: ClientOf, bad: str) -> None:
    form = spec() | {"count-single_choice": bad}
    answer = client_of(office.editor).submit(f"/sittings/{planned}/paper", form)
    assert answer.status_code == 422
    assert "单选题题数" in answer.get_data(as_text=True)


def test_a_locked_question_survives_drawing_again(planned: str, office: Office, client_of: ClientOf) -> None:
    browser = client_of(office.chief)
    browser.submit(f"/sittings/{planned}/paper", spec(single_choice=2, true_false=1))
    kept = versions(planned)[1]
    browser.submit(f"/sittings/{planned}/paper/2/lock", {"locked": "1"})
    for _ in range(5):
        browser.submit(f"/sittings/{planned}/paper", spec(single_choice=2, true_false=1))
        assert kept in versions(planned)


def test_swapping_changes_one_place_and_keeps_the_type(planned: str, office: Office, client_of: ClientOf) -> None:
    browser = client_of(office.chief)
    browser.submit(f"/sittings/{planned}/paper", spec(single_choice=2, multiple_choice=1))
    before = versions(planned)
    browser.submit(f"/sittings/{planned}/paper/1/swap")
    after = versions(planned)
    assert after[0] not in before
    assert after[1:] == before[1:]


def test_swapping_where_the_sets_hold_nothing_else_says_so(planned: str, office: Office, client_of: ClientOf) -> None:
    browser = client_of(office.editor)
    browser.submit(f"/sittings/{planned}/paper", spec(single_choice=3))
    answer = browser.submit(f"/sittings/{planned}/paper/1/swap")
    assert answer.status_code == 422
    assert "没有其他单选题可换" in answer.get_data(as_text=True)


def test_an_empty_paper_is_not_published(planned: str, office: Office, client_of: ClientOf) -> None:
    answer = client_of(office.deputy).submit(f"/sittings/{planned}/publication")
    assert answer.status_code == 422
    assert "还没有组卷" in answer.get_data(as_text=True)


# Papers of one's own


def own_spec(each: int, **counts: int) -> dict[str, object]:
    return spec(**counts) | {f"each-{name}": each for name in counts}


@pytest.fixture
def own_papers(planned: str, clock: Clock, office: Office) -> str:
    """The sitting, planned for papers of one's own."""
    with writing() as session:
        row = rows.sitting_by_public_id(session, planned)
        facts = sitting_facts(
            row.sets[0].set_id,
            host=office.secretariat,
            leader=office.deputy.id,
            opens_at=clock(),
            drawing=Drawing.PER_PERSON,
        )
        sittings.change_sitting(session, office.editor.actor, planned, facts, now=clock())
    return planned


def test_only_papers_of_ones_own_ask_how_many_one_person_gets(
    planned: str, office: Office, client_of: ClientOf
) -> None:
    page = client_of(office.editor).get(f"/sittings/{planned}").get_data(as_text=True)
    assert "每人抽" not in page


def test_the_usual_paper_of_ones_own_is_some_of_a_larger_one(
    own_papers: str, office: Office, client_of: ClientOf
) -> None:
    page = client_of(office.editor).get(f"/sittings/{own_papers}").get_data(as_text=True)
    asked = dict(re.findall(r'name="((?:count|each)-fill_in)" value="(\d+)"', page))
    assert asked == {"count-fill_in": "3", "each-fill_in": "2"}, "three are in the bank, two are the usual"


def test_the_page_says_how_many_questions_and_points_one_person_gets(
    own_papers: str, office: Office, client_of: ClientOf
) -> None:
    browser = client_of(office.chief)
    answer = browser.submit(f"/sittings/{own_papers}/paper", own_spec(2, single_choice=3, fill_in=3))
    assert answer.status_code == 302
    page = browser.get(f"/sittings/{own_papers}").get_data(as_text=True)
    assert "共 6 题，每人抽 4 题，满分 20 分" in page
    assert 'name="each-fill_in" value="2"' in page
    assert client_of(office.deputy).submit(f"/sittings/{own_papers}/publication").status_code == 302


UNFAIR = {
    "nothing": (0, "每人抽：每人至少 1 题"),
    "more than there are": (4, "单选题每人抽：每人题数应为 0 到 3"),
    "no number": ("两", "单选题每人抽：请填写整数"),
}


@pytest.mark.parametrize(("each", "sentence"), UNFAIR.values(), ids=UNFAIR)
def test_what_one_person_cannot_get_is_named(
    own_papers: str, office: Office, client_of: ClientOf, each: int, sentence: str
) -> None:
    answer = client_of(office.chief).submit(f"/sittings/{own_papers}/paper", own_spec(each, single_choice=3))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert sentence in page
    assert f'name="each-single_choice" value="{each}"' in page, "what was sent is still there"
    assert versions(own_papers) == []


def test_papers_of_ones_own_are_not_published_before_somebody_says_how_many(
    planned: str, office: Office, client_of: ClientOf, clock: Clock, request: pytest.FixtureRequest
) -> None:
    browser = client_of(office.editor)
    browser.submit(f"/sittings/{planned}/paper", spec(single_choice=2))
    request.getfixturevalue("own_papers")
    assert "请在上面填写“每人抽”" in browser.get(f"/sittings/{planned}").get_data(as_text=True)
    answer = client_of(office.deputy).submit(f"/sittings/{planned}/publication")
    assert answer.status_code == 422
    assert "还没有定每人抽几题" in answer.get_data(as_text=True)


TOO_MUCH = {
    "no questions": ({}, "题数：一份试卷应有 1 到 200 题"),
    "no points": ({"single_choice": 1}, "单选题每题分值："),
}


@pytest.mark.parametrize(("counts", "sentence"), TOO_MUCH.values(), ids=TOO_MUCH)
def test_what_is_wrong_with_a_specification_is_said_in_words(
    planned: str, office: Office, client_of: ClientOf, counts: dict[str, int], sentence: str
) -> None:
    form = spec(**counts) | {"mark-single_choice": 0}
    page = client_of(office.editor).submit(f"/sittings/{planned}/paper", form).get_data(as_text=True)
    assert sentence in page


def test_once_published_the_paper_is_final_and_shows_no_key_until_it_closes(
    planned: str, office: Office, client_of: ClientOf, clock: Clock
) -> None:
    browser = client_of(office.chief)
    browser.submit(f"/sittings/{planned}/paper", spec(fill_in=2, single_choice=1))
    assert f"{CANARY}空" in browser.get(f"/sittings/{planned}").get_data(as_text=True)
    assert client_of(office.deputy).submit(f"/sittings/{planned}/publication").status_code == 302
    page = browser.get(f"/sittings/{planned}").get_data(as_text=True)
    assert f"{CANARY}空" not in page
    assert "✓ 答案" not in page
    before = versions(planned)
    assert browser.submit(f"/sittings/{planned}/paper", spec(single_choice=1)).status_code == 409
    assert versions(planned) == before
    clock.advance(hours=3)
    assert f"{CANARY}空" in client_of(office.chief).get(f"/sittings/{planned}").get_data(as_text=True)


def test_a_question_corrected_meanwhile_is_named_and_can_be_swapped_out(
    planned: str, office: Office, client_of: ClientOf, clock: Clock
) -> None:
    browser = client_of(office.editor)
    browser.submit(f"/sittings/{planned}/paper", spec(single_choice=2))
    with writing() as session:
        version = session.get_one(QuestionVersionRow, versions_in(session, planned)[0])
        question = session.get_one(QuestionRow, version.question_id)
        retire(session, office.editor.actor, question.public_id, version.number, now=clock())
    answer = client_of(office.deputy).submit(f"/sittings/{planned}/publication")
    assert re.search("第 1 题.*已被修改或停用", answer.get_data(as_text=True))
    assert browser.submit(f"/sittings/{planned}/paper/1/swap").status_code == 302
    assert client_of(office.deputy).submit(f"/sittings/{planned}/publication").status_code == 302


@pytest.mark.parametrize("who", ["staff", "stranger", "finance_chief", "admin", "auditor"])
def test_who_neither_edits_nor_oversees_the_host_finds_nothing(
    planned: str, office: Office, client_of: ClientOf, who: str
) -> None:
    browser = client_of(getattr(office, who))
    assert browser.get(f"/sittings/{planned}").status_code == 404
    assert browser.submit(f"/sittings/{planned}/paper", spec(single_choice=1)).status_code == 404
    assert versions(planned) == []


def test_the_list_holds_only_sittings_one_may_compose(
    app: Flask, planned: str, office: Office, client_of: ClientOf
) -> None:
    assert "“五型”干部学测" in client_of(office.deputy).get("/sittings").get_data(as_text=True)
    assert "“五型”干部学测" not in client_of(office.finance_chief).get("/sittings").get_data(as_text=True)


def versions_in(session: Session, public_id: str) -> list[int]:
    row = rows.sitting_by_public_id(session, public_id)
    return [place.version_id for place in rows.paper(session, row.id)]


# The plan


def plan_form(office: Office, **changes: object) -> dict[str, object]:
    return {
        "topic": "“三服务”学测",
        "host": office.secretariat,
        "leader": office.deputy.id,
        "opens_at": "2026-11-27T15:00",
        "closes_at": "2026-11-27T17:00",
        "duration": 20,
        "pass_percent": 60,
        "multiple_rule": "partial",
    } | changes


def test_batches_and_the_meeting_are_planned_and_shown_again(office: Office, client_of: ClientOf) -> None:
    browser = client_of(office.editor)
    around = {
        "mode": "batched",
        "starts-0": "2026-11-27T15:40",
        "starts-3": "2026-11-27T15:00",
        "scope": office.secretariat,
        "begins_at": "2026-11-27T14:00",
        "ends_at": "2026-11-27T17:30",
        "place": "三楼会议室",
        "agenda": "领学讲话\r\n\r\n 测验 ",
        "make_up_days": 3,
    }
    answer = browser.submit("/sittings/new", plan_form(office, **around))
    page = browser.get(answer.location).get_data(as_text=True)
    assert "11月27日（周五） 14:00 至 17:30，三楼会议室" in page
    assert "分批作答，按批收卷（11月27日（周五） 15:00、11月27日（周五） 15:40）" in page
    assert "领学讲话；测验" in page
    assert "结束后 3 天内" in page
    form = browser.get(f"{answer.location}/plan").get_data(as_text=True)
    assert 'name="starts-0" type="datetime-local" value="2026-11-27 15:00:00"' in form
    assert f'<option selected value="{office.secretariat}">秘书科</option>' in form
    assert "三楼会议室" in form


REFUSED_PLANS = {
    "a batch after closing": (
        {"mode": "batched", "starts-0": "2026-11-27T17:00"},
        "各批开始时间：各批的开始时间应在开始时间和结束时间之间",
    ),
    "the first year of all": ({"opens_at": "0001-01-01T00:00"}, "请核对年份"),
    "a year half typed": ({"closes_at": "0026-11-27T17:00"}, "请核对年份"),
    "a batch in another age": ({"mode": "batched", "starts-0": "0001-01-01T00:00"}, "请核对年份"),
    "half a meeting": ({"begins_at": "2026-11-27T14:00"}, "学习时间：请同时填写"),
    "a year of make-up": ({"make_up_days": 366}, "补学期限应为 0 到 60 天"),
    "one by one in batches": ({"pace": "by_question"}, "作答步调：逐题同步作答须统一作答"),
}


@pytest.mark.parametrize(("changes", "sentence"), REFUSED_PLANS.values(), ids=REFUSED_PLANS)
def test_a_plan_that_cannot_be_is_refused_and_stays_as_typed(
    office: Office, client_of: ClientOf, changes: dict[str, object], sentence: str
) -> None:
    answer = client_of(office.editor).submit("/sittings/new", plan_form(office, **changes))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert sentence in page
    assert all(f'value="{typed}"' in page for typed in changes.values())


def test_changing_a_plan_keeps_whom_it_names_though_they_are_offered_no_more(
    planned: str, office: Office, client_of: ClientOf, clock: Clock
) -> None:
    with writing() as session:
        rows.sitting_by_public_id(session, planned).meeting.scope_section_id = office.finance
        for section_id in (office.secretariat, office.finance):
            session.get_one(SectionRow, section_id).closed_at = clock()
        session.get_one(PersonRow, office.deputy.id).active = False
    browser = client_of(office.editor)
    page = browser.get(f"/sittings/{planned}/plan").get_data(as_text=True)
    chosen = {
        name: re.findall(r'<option selected value="(\d+)"', select)
        for name, select in re.findall(r'<select [^>]*name="(host|leader|scope)".*?>(.*?)</select>', page, re.DOTALL)
    }
    kept = {"host": office.secretariat, "leader": office.deputy.id, "scope": office.finance}
    assert chosen == {name: [str(id_)] for name, id_ in kept.items()}
    answer = browser.submit(f"/sittings/{planned}/plan", plan_form(office, **kept))
    assert answer.status_code == 302
    row = rows.sitting_by_public_id(db.session(), planned)
    assert (row.host_section_id, row.leader_id, row.meeting.scope_section_id) == tuple(kept.values())
    assert row.topic == "“三服务”学测"


# The topic


def test_a_chief_chooses_sets_then_emphasis(planned: str, office: Office, client_of: ClientOf) -> None:
    browser = client_of(office.chief)
    set_id = set_of(planned)
    first = browser.submit(
        f"/sittings/{planned}/topic",
        {"topic": "文风会风", "sets": [set_id], "agenda": "领学讲话", "then": "emphasis"},
    )
    assert first.location.endswith("/topic#emphasis")
    page = browser.get(first.location).get_data(as_text=True)
    assert "《测试讲话》" in page
    refs = re.findall(r'name="emphasis" value="([^"]+)"', page)
    assert len(refs) == 3
    form = {"topic": "文风会风", "sets": [set_id], "agenda": "领学讲话", "emphasis": [refs[1]]}
    assert browser.submit(f"/sittings/{planned}/topic", form).location.endswith(f"/sittings/{planned}")
    page = browser.get(f"/sittings/{planned}/topic").get_data(as_text=True)
    assert re.findall(r'name="emphasis" value="([^"]+)" checked', page) == [refs[1]]
    assert "文风会风" in browser.get(f"/sittings/{planned}").get_data(as_text=True)


def set_of(public_id: str) -> int:
    db.session.rollback()
    return rows.sitting_by_public_id(db.session(), public_id).sets[0].set_id


NO_TOPICS = {
    "nothing said": ({"topic": ""}, "请填写学习主题"),
    "no set": ({"topic": "文风"}, "请至少选择一个题集"),
    "a set that no database can number": ({"topic": "文风", "sets": "9" * 30}, "题集"),
}


@pytest.mark.parametrize(("form", "sentence"), NO_TOPICS.values(), ids=NO_TOPICS)
def test_a_topic_that_says_nothing_is_refused(
    planned: str, office: Office, client_of: ClientOf, form: dict[str, str], sentence: str
) -> None:
    answer = client_of(office.chief).submit(f"/sittings/{planned}/topic", form | {"agenda": "领学讲话"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert sentence in page
    assert "领学讲话</textarea>" in page


# Quotas


def quota(number: int, count: object, **others: object) -> dict[str, object]:
    return {f"quota-{field}-{number}": value for field, value in ({"count": count} | others).items()}


def test_a_quota_is_sent_kept_and_shown_with_three_empty_lines_more(
    planned: str, office: Office, client_of: ClientOf
) -> None:
    browser = client_of(office.chief)
    page = browser.get(f"/sittings/{planned}").get_data(as_text=True)
    assert len(re.findall(r'name="quota-count-\d+"', page)) == 3
    heading = re.findall(r'value="(heading:[^"]+)"', page)[0]
    form = spec(single_choice=2, fill_in=1) | quota(2, 2, area=heading, type="", difficulty="2")
    form |= {"missed": "30", "rest": "4"}
    assert browser.submit(f"/sittings/{planned}/paper", form).status_code == 302
    page = browser.get(f"/sittings/{planned}").get_data(as_text=True)
    assert 'name="quota-count-1" value="2"' in page
    assert f'<option value="{heading}" selected>' in page
    assert len(re.findall(r'name="quota-count-\d+"', page)) == 4
    assert 'name="missed" value="30"' in page
    assert 'name="rest" value="4"' in page


def test_a_quota_that_cannot_be_filled_is_named_in_words_and_stays_as_typed(
    planned: str, office: Office, client_of: ClientOf
) -> None:
    form = spec(single_choice=3) | quota(1, 1, type="single_choice") | quota(2, 2, difficulty="5")
    answer = client_of(office.chief).submit(f"/sittings/{planned}/paper", form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "第 2 条细目要求（难度 5）不能满足：需要 2 题，与其他要求一起最多 0 题，还差 2 题" in page
    assert 'name="quota-count-2" value="2"' in page
    assert versions(planned) == []


BAD_QUOTAS = {
    "no number": (quota(1, "", type="fill_in"), "第 1 条细目要求：请填写题数"),
    "no whole number": (quota(1, "两"), "第 1 条细目要求的题数：请填写整数"),
    "no such type": (quota(1, 1, type="riddle"), "第 1 条细目要求：请从列表中选择题型和难度"),
    "no such difficulty": (quota(1, 1, difficulty="6"), "第 1 条细目要求：请从列表中选择题型和难度"),
    "more than the paper": (quota(1, 4), "细目要求：各条合计至少 4 题，多于试卷的 3 题"),
    "nothing of something": (quota(1, 0), "第 1 条细目要求：题数应为 1 到 200"),
    "more than all": ({"missed": "101"}, "近期失分题占比：应为 0 到 100"),
    "two years": ({"rest": "104"}, "近几周不重复：应为 0 到 52 周"),
}


@pytest.mark.parametrize(("changes", "sentence"), BAD_QUOTAS.values(), ids=BAD_QUOTAS)
def test_a_wish_that_makes_no_sense_is_named(
    planned: str, office: Office, client_of: ClientOf, changes: dict[str, object], sentence: str
) -> None:
    answer = client_of(office.chief).submit(f"/sittings/{planned}/paper", spec(single_choice=3) | changes)
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)
    assert versions(planned) == []


def test_no_more_lines_are_shown_than_are_read(planned: str, office: Office, client_of: ClientOf) -> None:
    form = spec(single_choice=3)
    for number in range(1, 31):
        form |= quota(number, 1)
    page = client_of(office.chief).submit(f"/sittings/{planned}/paper", form).get_data(as_text=True)
    assert re.findall(r'name="quota-count-(\d+)" value="1"', page) == [str(number) for number in range(1, 31)]
    assert len(re.findall(r'name="quota-count-\d+"', page)) == 30


# The order


def test_questions_are_moved_up_and_down_and_to_a_number(planned: str, office: Office, client_of: ClientOf) -> None:
    browser = client_of(office.chief)
    browser.submit(f"/sittings/{planned}/paper", spec(single_choice=3, true_false=1))
    a, b, c, d = versions(planned)
    browser.submit(f"/sittings/{planned}/paper/2/position", {"to": "1"})
    assert versions(planned) == [b, a, c, d]
    assert browser.submit(f"/sittings/{planned}/paper/1/position", {"to": "3"}).location.endswith("#p3")
    assert versions(planned) == [a, c, b, d]


def form_of(page: str, path: str) -> dict[str, object]:
    """What the first form that goes there sends, but for its token; its first button is tapped."""
    found = re.search(rf'<form method="post"[^>]* action="{re.escape(path)}".*?</form>', page, re.DOTALL)
    assert found is not None
    fields = re.findall(r'<(?:input type="hidden"|button)[^>]*? name="(\w+)" value="([^"]*)"', found[0])
    return {name: value for name, value in fields if name != "csrf_token"}


def test_a_tap_that_comes_twice_moves_a_question_once(planned: str, office: Office, client_of: ClientOf) -> None:
    browser = client_of(office.chief)
    browser.submit(f"/sittings/{planned}/paper", spec(single_choice=3))
    a, b, c = versions(planned)
    up = f"/sittings/{planned}/paper/2/position"
    sent = form_of(browser.get(f"/sittings/{planned}").get_data(as_text=True), up)
    for _ in range(2):
        assert browser.submit(up, sent).status_code == 302
    assert versions(planned) == [b, a, c]


def test_an_old_page_acts_on_the_question_it_showed(planned: str, office: Office, client_of: ClientOf) -> None:
    browser = client_of(office.chief)
    browser.submit(f"/sittings/{planned}/paper", spec(single_choice=2))
    a, b = versions(planned)
    old = browser.get(f"/sittings/{planned}").get_data(as_text=True)
    browser.submit(f"/sittings/{planned}/paper/2/position", {"to": "1"})
    lock, swap = (f"/sittings/{planned}/paper/1/{action}" for action in ("lock", "swap"))
    assert browser.submit(lock, form_of(old, lock)).status_code == 302
    db.session.rollback()
    places = rows.paper(db.session(), rows.sitting_by_public_id(db.session(), planned).id)
    assert [(place.version_id, place.locked) for place in places] == [(b, False), (a, True)]
    assert browser.submit(swap, form_of(old, swap)).status_code == 302
    first, new = versions(planned)
    assert first == b
    assert new != a
    for path in (lock, swap):
        answer = browser.submit(path, form_of(old, path))
        assert answer.status_code == 422
        assert "第 1 题：这道题已经不在试卷上" in answer.get_data(as_text=True)
    assert versions(planned) == [b, new]


BAD_PLACES = {
    "another type's place": "4",
    "no number": "前面",
    "nothing": "",
    "a fraction": "1.5",
    "a huge number": "99999",
}


@pytest.mark.parametrize("to", BAD_PLACES.values(), ids=BAD_PLACES)
def test_a_place_that_is_none_is_refused_in_words(planned: str, office: Office, client_of: ClientOf, to: str) -> None:
    browser = client_of(office.chief)
    browser.submit(f"/sittings/{planned}/paper", spec(single_choice=3, true_false=1))
    before = versions(planned)
    answer = browser.submit(f"/sittings/{planned}/paper/1/position", {"to": to})
    assert answer.status_code == 422
    assert "第 1 题：" in answer.get_data(as_text=True)
    assert versions(planned) == before


def test_the_balance_shows_each_question_once_and_adds_up(planned: str, office: Office, client_of: ClientOf) -> None:
    browser = client_of(office.chief)
    browser.submit(f"/sittings/{planned}/paper", spec(single_choice=3, true_false=2))
    page = browser.get(f"/sittings/{planned}").get_data(as_text=True)
    assert sorted(re.findall(r'class="balance-cell balance-\d" href="#p(\d)"', page)) == ["1", "2", "3", "4", "5"]
    foot = re.findall(r"<tfoot>.*?</tfoot>", page)[0]
    assert re.findall(r'class="number">(\d+)<', foot) == ["3", "2", "5", "5"]


# Approval


def test_a_paper_goes_from_its_section_to_its_leader_and_back(
    planned: str, office: Office, client_of: ClientOf
) -> None:
    chief, deputy = client_of(office.chief), client_of(office.deputy)
    assert "组卷、送审" in chief.get("/sittings").get_data(as_text=True)
    chief.submit(f"/sittings/{planned}/paper", spec(single_choice=2))
    page = chief.get(f"/sittings/{planned}").get_data(as_text=True)
    assert ">送审<" in page
    assert "批准发布" not in page
    chief.submit(f"/sittings/{planned}/submission")
    assert "等带学领导审批" in chief.get("/sittings").get_data(as_text=True)
    assert "去审批" in deputy.get("/sittings").get_data(as_text=True)
    assert "批准发布" in deputy.get(f"/sittings/{planned}").get_data(as_text=True)
    deputy.submit(f"/sittings/{planned}/return", {"reason": "第 2 题太偏"})
    assert "按退回意见修改" in chief.get("/sittings").get_data(as_text=True)
    assert "退回原因：第 2 题太偏" in chief.get(f"/sittings/{planned}").get_data(as_text=True)
    assert deputy.submit(f"/sittings/{planned}/return", {"reason": "再改"}).status_code == 422


def test_a_return_that_is_refused_keeps_the_reason_that_was_typed(
    planned: str, office: Office, client_of: ClientOf
) -> None:
    chief, deputy = client_of(office.chief), client_of(office.deputy)
    chief.submit(f"/sittings/{planned}/paper", spec(single_choice=2))
    chief.submit(f"/sittings/{planned}/submission")
    answer = deputy.submit(f"/sittings/{planned}/return", {"reason": "长" * 301})
    assert answer.status_code == 422
    assert f"{'长' * 301}</textarea>" in answer.get_data(as_text=True)
    # A browser counts a line break as one character and sends two.
    two_lines = f"{'长' * 150}\r\n{'长' * 149}"
    assert deputy.submit(f"/sittings/{planned}/return", {"reason": two_lines}).status_code == 302


def test_changing_what_was_submitted_says_that_it_must_be_submitted_again(
    planned: str, office: Office, client_of: ClientOf
) -> None:
    browser = client_of(office.chief)
    browser.submit(f"/sittings/{planned}/paper", spec(single_choice=2))
    browser.submit(f"/sittings/{planned}/submission")
    answer = browser.submit(f"/sittings/{planned}/paper/1/swap", follow_redirects=True)
    assert "送审已自动撤回" in answer.get_data(as_text=True)
    assert ">送审<" in browser.get(f"/sittings/{planned}").get_data(as_text=True)


def test_a_paper_that_lacks_something_is_not_submitted_and_every_lack_is_named(
    planned: str, office: Office, client_of: ClientOf
) -> None:
    browser = client_of(office.chief)
    assert ">送审<" not in browser.get(f"/sittings/{planned}").get_data(as_text=True)
    answer = browser.submit(f"/sittings/{planned}/submission")
    assert answer.status_code == 422
    assert "试卷：还没有组卷" in answer.get_data(as_text=True)


def test_the_paper_a_leader_read_is_the_paper_that_is_approved(
    planned: str, office: Office, client_of: ClientOf
) -> None:
    chief, deputy = client_of(office.chief), client_of(office.deputy)
    chief.submit(f"/sittings/{planned}/paper", spec(single_choice=2))
    chief.submit(f"/sittings/{planned}/submission")
    [seen] = re.findall(r'name="seen" value="(\w+)"', deputy.get(f"/sittings/{planned}").get_data(as_text=True))
    chief.submit(f"/sittings/{planned}/paper/1/swap")
    answer = deputy.submit(f"/sittings/{planned}/publication", {"seen": seen})
    assert answer.status_code == 422
    assert "您打开页面以后试卷或安排有改动" in answer.get_data(as_text=True)


@pytest.fixture
def led_by_another(planned: str, office: Office, clock: Clock) -> str:
    """The sitting, led by somebody who oversees nothing of its host section."""
    with writing() as session:
        facts = sitting_facts(
            rows.sitting_by_public_id(session, planned).sets[0].set_id,
            host=office.secretariat,
            leader=office.finance_chief.id,
            opens_at=clock(),
        )
        sittings.change_sitting(session, office.editor.actor, planned, facts, now=clock())
    return planned


def test_a_leader_of_elsewhere_reads_the_paper_and_changes_nothing_of_it(
    led_by_another: str, office: Office, client_of: ClientOf
) -> None:
    client_of(office.chief).submit(f"/sittings/{led_by_another}/paper", spec(single_choice=2))
    browser = client_of(office.finance_chief)
    assert "等主持科室送审" in browser.get("/sittings").get_data(as_text=True)
    page = browser.get(f"/sittings/{led_by_another}").get_data(as_text=True)
    assert "主持科室还没有送审" in page
    assert "✓ 答案" in page
    assert not {"重新抽题", "换一题", "批准发布", "锁定<"} & set(re.findall("重新抽题|换一题|批准发布|锁定<", page))
    for path in ("paper", "paper/1/swap", "paper/1/lock", "paper/1/position", "submission", "topic"):
        assert browser.submit(f"/sittings/{led_by_another}/{path}", {"to": "2"}).status_code == 404
    client_of(office.chief).submit(f"/sittings/{led_by_another}/submission")
    assert browser.submit(f"/sittings/{led_by_another}/publication").status_code == 302
