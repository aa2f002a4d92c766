"""Pages of leave."""

import re
from collections.abc import Callable

import pytest
from conftest import Browser
from conftest import Clock
from conftest import Office
from conftest import Person

ClientOf = Callable[[Person], Browser]


def ask(browser: Browser, sitting: str, **form: str) -> str:
    """Ask for leave; the page that follows."""
    answer = browser.submit(f"/sittings/{sitting}/leave", {"kind": "duty", "reason": "下乡"} | form)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return browser.get(answer.location).get_data(as_text=True)


def waiting(browser: Browser) -> str:
    """The id of the leave that waits on the approvers' page."""
    found = re.search(r"/leave/([\w-]{22})/decision", browser.get("/leave").get_data(as_text=True))
    assert found
    return found[1]


def test_leave_is_asked_for_and_given(sitting: str, office: Office, client_of: ClientOf) -> None:
    staff, chief = client_of(office.staff), client_of(office.chief)
    assert "提出请假" in staff.get(f"/sittings/{sitting}/leave").get_data(as_text=True)
    page = ask(staff, sitting)
    assert "请假已提交，等待审批" in page
    assert "待审批" in page
    queue = chief.get("/leave").get_data(as_text=True)
    assert "陆干部" in queue
    assert "下乡" in queue
    answer = chief.submit(f"/leave/{waiting(chief)}/decision", {"decision": "approved"})
    assert "已准假：陆干部" in chief.get(answer.location).get_data(as_text=True)
    page = staff.get(f"/sittings/{sitting}/leave").get_data(as_text=True)
    assert "已准假" in page
    assert "查看补学任务" in page
    assert "提出请假" not in page


def test_leave_can_be_taken_back_while_it_waits(sitting: str, office: Office, client_of: ClientOf) -> None:
    staff = client_of(office.staff)
    found = re.search(r"/leave/([\w-]{22})/withdrawal", ask(staff, sitting))
    assert found
    answer = staff.submit(f"/leave/{found[1]}/withdrawal")
    assert "请假已撤回" in staff.get(answer.location).get_data(as_text=True)
    assert "没有等待审批的请假" in client_of(office.chief).get("/leave").get_data(as_text=True)
    ask(staff, sitting)
    chief = client_of(office.chief)
    public_id = waiting(chief)
    chief.submit(f"/leave/{public_id}/decision", {"decision": "approved"})
    answer = staff.submit(f"/leave/{public_id}/withdrawal")
    assert "没有撤回：顾科长已于" in staff.get(answer.location).get_data(as_text=True)


def test_the_second_approver_is_told_who_was_first(sitting: str, office: Office, client_of: ClientOf) -> None:
    chief, deputy = client_of(office.chief), client_of(office.deputy)
    ask(client_of(office.staff), sitting)
    public_id = waiting(deputy)
    chief.submit(f"/leave/{public_id}/decision", {"decision": "approved"})
    answer = deputy.submit(f"/leave/{public_id}/decision", {"decision": "declined", "reason": "人手不够"})
    assert answer.status_code == 409
    page = answer.get_data(as_text=True)
    assert "顾科长已于" in page
    assert "结果是“已准假”，您的操作没有生效" in page


def test_declining_without_a_reason_is_refused(sitting: str, office: Office, client_of: ClientOf) -> None:
    chief = client_of(office.chief)
    ask(client_of(office.staff), sitting)
    path = f"/leave/{waiting(chief)}/decision"
    answer = chief.submit(path, {"decision": "declined", "reason": ""})
    assert answer.status_code == 422
    assert "不准假的理由：请填写" in answer.get_data(as_text=True)
    assert chief.submit(path, {"decision": "declined", "reason": "请调整时间"}).status_code == 302
    assert "未准假" in client_of(office.staff).get(f"/sittings/{sitting}/leave").get_data(as_text=True)


def test_a_reason_that_cannot_be_kept_stays_written(sitting: str, office: Office, client_of: ClientOf) -> None:
    chief = client_of(office.chief)
    ask(client_of(office.staff), sitting)
    answer = chief.submit(f"/leave/{waiting(chief)}/decision", {"decision": "declined", "reason": "长" * 201})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "不超过 200 字，现有 201 字" in page
    assert f'value="{"长" * 201}"' in page


@pytest.mark.parametrize("decision", ["", "waiting", "maybe"])
def test_what_is_no_decision_decides_nothing(sitting: str, office: Office, client_of: ClientOf, decision: str) -> None:
    chief = client_of(office.chief)
    ask(client_of(office.staff), sitting)
    public_id = waiting(chief)
    answer = chief.submit(f"/leave/{public_id}/decision", {"decision": decision, "reason": "人手不够"})
    assert answer.status_code == 422
    assert "请选择准假或不准假" in answer.get_data(as_text=True)
    assert waiting(chief) == public_id


BAD = {
    "no kind": ({"kind": ""}, "请从列出的类别中选择请假类别"),
    "a kind that is none": ({"kind": "holiday"}, "请从列出的类别中选择请假类别"),
    "another kind without saying which": ({"kind": "other", "reason": ""}, "类别选“其他”时请写明事由"),
    "a reason too long": ({"reason": "长" * 201}, "事由不超过 200 字"),
}


@pytest.mark.parametrize(("change", "sentence"), BAD.values(), ids=BAD)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    sitting: str, office: Office, client_of: ClientOf, change: dict[str, str], sentence: str
) -> None:
    form = {"kind": "duty", "reason": "下乡"} | change
    answer = client_of(office.staff).submit(f"/sittings/{sitting}/leave", form)
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)
    assert "没有等待审批的请假" in client_of(office.chief).get("/leave").get_data(as_text=True)


def test_long_after_the_study_the_page_says_whom_to_ask(
    sitting: str, office: Office, client_of: ClientOf, clock: Clock
) -> None:
    clock.advance(days=1)
    staff = client_of(office.staff)
    assert "现在提出的按“补假”登记" in staff.get(f"/sittings/{sitting}/leave").get_data(as_text=True)
    clock.advance(days=3)
    staff = client_of(office.staff)
    assert "不能再补假" in staff.get(f"/sittings/{sitting}/leave").get_data(as_text=True)
    answer = staff.submit(f"/sittings/{sitting}/leave", {"kind": "duty", "reason": ""})
    assert answer.status_code == 422
    assert "不能再补假" in answer.get_data(as_text=True)


def test_a_chief_enters_leave_for_their_own_people_only(sitting: str, office: Office, client_of: ClientOf) -> None:
    chief = client_of(office.chief)
    path = f"/sittings/{sitting}/leave/{office.colleague.public_id}"
    assert "登记请假：丁干部" in chief.get(path).get_data(as_text=True)
    assert chief.submit(path, {"kind": "sick", "reason": ""}).status_code == 302
    assert "已准假" in chief.get(path).get_data(as_text=True)
    again = chief.submit(path, {"kind": "sick", "reason": ""})
    assert again.status_code == 422
    assert "已经准假" in again.get_data(as_text=True)
    for person in (office.stranger, office.chief):
        path = f"/sittings/{sitting}/leave/{person.public_id}"
        assert chief.get(path).status_code == 404
        assert chief.submit(path, {"kind": "sick", "reason": ""}).status_code == 404
