"""Tokens of other systems: made and revoked by administrators, kept as digests, counted exactly."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from at_once import one_after_the_other
from conftest import Clock
from conftest import Office
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.api import LONGEST_LIFE
from quizapp.core.api import REQUESTS
from quizapp.core.api import WINDOW
from quizapp.core.api import Scope
from quizapp.core.api import TokenState
from quizapp.core.errors import BadInput
from quizapp.core.errors import NotAllowed
from quizapp.core.errors import NotFound
from quizapp.db.api_tokens import ApiTokenRow
from quizapp.db.audit import AuditRow
from quizapp.db.engine import writing
from quizapp.services import api_tokens
from quizapp.services.api_tokens import NoToken
from quizapp.services.api_tokens import Spent

Make = Callable[..., str]
YEAR = timedelta(days=365)


@pytest.fixture
def make(session: Session, office: Office, clock: Clock) -> Make:
    def made(name: str = "机关人事系统", scopes: frozenset[Scope] = frozenset(Scope), life: timedelta = YEAR) -> str:
        with writing() as write:
            return api_tokens.make(write, office.admin.actor, name, scopes, clock() + life, now=clock())

    return made


def row(session: Session) -> ApiTokenRow:
    return session.scalars(select(ApiTokenRow).execution_options(populate_existing=True)).one()


def revoke(office: Office, session: Session, clock: Clock) -> None:
    public_id = row(session).public_id
    with writing() as write:
        api_tokens.revoke(write, office.admin.actor, public_id, now=clock())


def test_a_token_is_256_bits_and_kept_as_its_digest_only(make: Make, session: Session) -> None:
    tokens = {make(f"系统{number}") for number in range(20)}
    assert all(token.startswith("xc_") and len(token) >= 3 + 43 for token in tokens)
    assert len(tokens) == 20
    kept = repr([vars(each) for each in session.scalars(select(ApiTokenRow))])
    kept += repr([(each.subject, each.detail) for each in session.scalars(select(AuditRow))])
    assert not [token for token in tokens if token in kept or token.removeprefix("xc_") in kept]


def test_a_token_is_recognised_until_it_expires_or_is_revoked(
    make: Make, session: Session, office: Office, clock: Clock
) -> None:
    token = make(scopes=frozenset({Scope.SITTINGS_READ}), life=timedelta(days=1))
    caller = api_tokens.recognise(session, token, now=clock())
    assert (caller.name, caller.scopes) == ("机关人事系统", {Scope.SITTINGS_READ})
    with pytest.raises(NoToken) as expired:
        api_tokens.recognise(session, token, now=clock() + timedelta(days=1))
    assert expired.value.reason is TokenState.EXPIRED
    revoke(office, session, clock)
    with pytest.raises(NoToken) as revoked:
        api_tokens.recognise(session, token, now=clock())
    assert revoked.value.reason is TokenState.REVOKED


@pytest.mark.parametrize("wrong", ["", "xc_", "xc_" + "A" * 43, "长", "\x00", "' OR 1=1 --"])
def test_what_is_no_token_is_not_recognised(make: Make, session: Session, clock: Clock, wrong: str) -> None:
    token = make()
    for text in (wrong, token + wrong, token[:-1], token.upper(), " " + token):
        if text != token:
            with pytest.raises(NoToken):
                api_tokens.recognise(session, text, now=clock())


REFUSED = {
    "a past day": (timedelta(), "有效期"),
    "more than a year": (LONGEST_LIFE + timedelta(seconds=1), "有效期"),
}


@pytest.mark.parametrize(("life", "words"), REFUSED.values(), ids=REFUSED)
def test_a_token_lives_for_a_year_at_most(make: Make, life: timedelta, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        make(life=life)


def test_a_token_reads_something(make: Make) -> None:
    with pytest.raises(BadInput, match="至少选择一项"):
        make(scopes=frozenset())


@pytest.mark.parametrize("name", ["", "长" * 51])
def test_a_token_has_a_name(make: Make, name: str) -> None:
    with pytest.raises(BadInput, match="系统名称"):
        make(name)


def test_a_system_has_one_token_that_works_and_the_name_is_free_again_afterwards(
    make: Make, session: Session, office: Office, clock: Clock
) -> None:
    make()
    with pytest.raises(BadInput, match="已有一个没有停用的令牌"):
        make()
    revoke(office, session, clock)
    assert make()


def test_only_administrators_make_see_and_revoke(make: Make, session: Session, office: Office, clock: Clock) -> None:
    make()
    public_id = row(session).public_id
    for person in office.everybody():
        if person == office.admin:
            continue
        for ask in (
            lambda who=person.actor: api_tokens.listing(session, who, now=clock()),
            lambda who=person.actor: api_tokens.revoke(session, who, public_id, now=clock()),
            lambda who=person.actor: api_tokens.make(
                session, who, "新", {Scope.PEOPLE_READ}, clock() + YEAR, now=clock()
            ),
        ):
            with pytest.raises(NotAllowed):
                ask()
    with pytest.raises(NotFound):
        api_tokens.revoke(session, office.admin.actor, "no-such-token", now=clock())
    assert row(session).revoked_at is None


def test_making_and_revoking_are_in_the_trail_once(make: Make, session: Session, office: Office, clock: Clock) -> None:
    make(scopes=frozenset({Scope.PEOPLE_READ}))
    revoke(office, session, clock)
    revoke(office, session, clock)
    trail = [each for each in session.scalars(select(AuditRow)) if each.verb.startswith("token:")]
    assert [(each.verb, each.subject, each.person_name) for each in trail] == [
        ("token:made", "机关人事系统", "白管理"),
        ("token:revoked", "机关人事系统", "白管理"),
    ]
    assert trail[0].detail["scopes"] == ["people:read"]


def test_the_list_says_of_a_token_all_but_itself(make: Make, session: Session, office: Office, clock: Clock) -> None:
    old = make("旧系统", life=timedelta(days=1))
    clock.advance(days=2)
    new = make("新系统", frozenset({Scope.SCORES_READ}))
    lines = api_tokens.listing(session, office.admin.actor, now=clock())
    assert [(line.name, line.state, line.made_by) for line in lines] == [
        ("新系统", TokenState.ACTIVE, "白管理"),
        ("旧系统", TokenState.EXPIRED, "白管理"),
    ]
    assert old not in repr(lines) and new not in repr(lines)


# Counting


def count(token: str, clock: Clock) -> int:
    with writing() as session:
        caller = api_tokens.recognise(session, token, now=clock())
        return api_tokens.count(session, caller, now=clock()).left


def test_a_window_has_so_many_requests_and_the_next_as_many_again(make: Make, session: Session, clock: Clock) -> None:
    token = make()
    assert [count(token, clock) for _ in range(REQUESTS)] == list(reversed(range(REQUESTS)))
    clock.advance(seconds=20)
    with pytest.raises(Spent) as spent:
        count(token, clock)
    assert spent.value.seconds == 40
    assert row(session).window_requests == REQUESTS
    clock.advance(seconds=40)
    assert count(token, clock) == REQUESTS - 1


def test_each_token_has_requests_of_its_own(make: Make, clock: Clock) -> None:
    first, second = make("甲"), make("乙")
    count(first, clock)
    assert count(first, clock) == REQUESTS - 2
    assert count(second, clock) == REQUESTS - 1


def test_a_clock_that_is_set_back_shuts_nobody_out(make: Make, session: Session, clock: Clock) -> None:
    token = make()
    for _ in range(REQUESTS):
        count(token, clock)
    clock.advance(seconds=-(WINDOW.total_seconds() + 1))
    assert count(token, clock) == REQUESTS - 1


def test_use_is_remembered(make: Make, session: Session, clock: Clock) -> None:
    token = make()
    assert row(session).last_used_at is None
    clock.advance(minutes=3)
    count(token, clock)
    assert row(session).last_used_at == clock()


def test_a_token_revoked_since_it_was_recognised_counts_no_more(
    make: Make, session: Session, office: Office, clock: Clock
) -> None:
    caller = api_tokens.recognise(session, make(), now=clock())
    revoke(office, session, clock)
    with pytest.raises(NoToken), writing() as write:
        api_tokens.count(write, caller, now=clock())
    assert row(session).window_requests == 0


@pytest.mark.parametrize("on_postgres", [True], ids=["postgresql"], indirect=True)
def test_of_two_who_make_a_token_for_the_same_system_one_is_told(
    app: Flask, session: Session, office: Office, clock: Clock
) -> None:
    def make_it(write: Session) -> object:
        return api_tokens.make(write, office.admin.actor, "人事", {Scope.PEOPLE_READ}, clock() + YEAR, now=clock())

    with pytest.raises(BadInput, match="已有一个没有停用的令牌"):
        one_after_the_other(app, make_it, make_it)
