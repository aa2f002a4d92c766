"""The room: signing in, the leader's console, the big screen, and what boards and phones ask now and then.

Boards, the pulse of phones and the address in the QR code are public: a board shows its key (and numbers only), the
pulse says nothing but how far the room is, and the QR code leads to the sign-in.
"""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from datetime import timedelta
from typing import Any
from typing import TypeVar

import segno
from flask import Blueprint
from flask import Response
from flask import current_app
from flask import flash
from flask import json
from flask import jsonify
from flask import make_response
from flask import redirect
from flask import render_template
from flask import request
from flask import url_for
from flask.typing import ResponseReturnValue

from quizapp.core.attendance import Presence
from quizapp.core.errors import NotFound
from quizapp.core.errors import NotNow
from quizapp.core.roles import Action
from quizapp.core.room import Door
from quizapp.core.room import Screen
from quizapp.core.room import Stand
from quizapp.core.room import Step
from quizapp.core.room import seconds_until_next
from quizapp.core.states import SittingPhase
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import leading
from quizapp.services import room
from quizapp.services import signing_in
from quizapp.services.room import LONGEST_EXTENSION
from quizapp.services.room import NoWayBack
from quizapp.services.room import Press
from quizapp.services.room import PressedTooLate
from quizapp.services.room import Snapshot
from quizapp.services.signing_in import DoorShut
from quizapp.services.signing_in import NotExpected
from quizapp.services.signing_in import PassExpired
from quizapp.services.signing_in import WrongCode
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.access import public
from quizapp.web.filters import clock_time
from quizapp.web.filters import day_time

bp = Blueprint("room", __name__, url_prefix="/rooms/<string:sitting_id>")
DEVICE_KEPT = timedelta(days=400)
USUAL_MINUTES = 5
#: What can be shown at any hour.
WITHOUT_QUESTION = (Screen.SIGN_IN, Screen.PROGRESS, Screen.BLANK)
Word = TypeVar("Word", Screen, Step)
TOO_LATE = {
    (Press.START, SittingPhase.OPEN): "测验已经开始，不用再按。",
    (Press.START, SittingPhase.CLOSED): "测验已经结束，不能再开始。",
    (Press.POSTPONE, SittingPhase.OPEN): "测验已经开始，不能推迟；需要更多时间请用“延长”。",
    (Press.POSTPONE, SittingPhase.CLOSED): "测验已经结束，不能推迟。",
    (Press.EXTEND, SittingPhase.PLANNED): "测验还没有开始，不用延长；需要晚些开始请用“推迟”。",
    (Press.EXTEND, SittingPhase.CLOSED): "测验已经结束，不能延长。没有答完的人可以安排补学。",
    (Press.CLOSE, SittingPhase.PLANNED): "测验还没有开始，没有可收的试卷。",
}
#: Why a question is not put on the screen, or not at this step.
NO_QUESTION = {
    SittingPhase.PLANNED: "测验还没有开始，大屏暂不出示题目。",
    SittingPhase.OPEN: "大家还在作答，大屏暂不出示题目和解析。收卷后再讲评。",
    SittingPhase.CLOSED: "测验已经结束，不能再开放作答。讲评请从“出示题目”开始。",
}


# The console


@bp.get("")
@needs(Action.ROOM_LEAD)
def console(sitting_id: str) -> ResponseReturnValue:
    found = leading.console(db.session(), actor(), sitting_id, now=now())
    return render_template(
        "room/console.html",
        console=found,
        sitting=found.sitting,
        room=found.room,
        choices=found.choices,
        forward=found.forward,
        screens=WITHOUT_QUESTION,
        back=found.back,
        minutes=USUAL_MINUTES,
        most_minutes=LONGEST_EXTENSION,
    )


@bp.get("/snapshot")
@needs(Action.ROOM_LEAD)
def snapshot(sitting_id: str) -> ResponseReturnValue:
    """The numbers of the console, for its script."""
    room.sitting_to_lead(db.session(), actor(), sitting_id)
    moment = now()
    told = room.snapshot(db.session(), sitting_id, now=moment)
    return _changed_since(_numbers(told, moment) | {"moving": asdict(told.moving)}, moment)


@bp.post("/screen")
@needs(Action.ROOM_LEAD)
def show(sitting_id: str) -> ResponseReturnValue:
    return _shown(sitting_id, _member(Screen, request.form.get("screen", "")), None)


@bp.post("/question")
@needs(Action.ROOM_LEAD)
def choose(sitting_id: str) -> ResponseReturnValue:
    """Put a question on the screen, at the beginning or at the step that was pressed."""
    position = request.form.get("position", "")
    if not (position.isascii() and position.isdecimal() and len(position) < 5):
        raise NotFound("question", position)
    stand = Stand(int(position), _member(Step, request.form.get("step") or Step.READ.value))
    return _shown(sitting_id, Screen.QUESTION, stand)


def _shown(sitting_id: str, screen: Screen, stand: Stand | None) -> ResponseReturnValue:
    try:
        with writing() as session:
            room.show(session, actor(), sitting_id, screen, stand, now=now())
    except NoWayBack:
        flash("这道题已经讲过，不能再让大家作答。收卷后可以再讲。", "error")
    except NotNow as early_or_late:
        if early_or_late.state not in NO_QUESTION:
            raise
        flash(NO_QUESTION[SittingPhase(early_or_late.state)], "error")
    return _back_to_console(sitting_id)


@bp.post("/freeze")
@needs(Action.ROOM_LEAD)
def freeze(sitting_id: str) -> ResponseReturnValue:
    with writing() as session:
        room.freeze(session, actor(), sitting_id, request.form.get("frozen") == "1", now=now())
    return _back_to_console(sitting_id)


@bp.post("/start")
@needs(Action.ROOM_LEAD)
def start(sitting_id: str) -> ResponseReturnValue:
    return _pressed(sitting_id, lambda s: room.start(s, actor(), sitting_id, seen=_seen(), now=now()))


@bp.post("/postponement")
@needs(Action.ROOM_LEAD)
def postpone(sitting_id: str) -> ResponseReturnValue:
    return _pressed(sitting_id, lambda s: room.postpone(s, actor(), sitting_id, _minutes(), seen=_seen(), now=now()))


@bp.post("/extension")
@needs(Action.ROOM_LEAD)
def extend(sitting_id: str) -> ResponseReturnValue:
    return _pressed(sitting_id, lambda s: room.extend(s, actor(), sitting_id, _minutes(), seen=_seen(), now=now()))


@bp.post("/closing")
@needs(Action.ROOM_LEAD)
def close(sitting_id: str) -> ResponseReturnValue:
    return _pressed(sitting_id, lambda s: room.close(s, actor(), sitting_id, now=now()))


def _pressed(sitting_id: str, press: Callable[[Any], object]) -> ResponseReturnValue:
    if _minutes() not in range(1, LONGEST_EXTENSION + 1):
        flash(f"分钟数应为 1 到 {LONGEST_EXTENSION} 的整数，时间没有改动。", "error")
        return _back_to_console(sitting_id)
    try:
        with writing() as session:
            press(session)
    except PressedTooLate as late:
        flash(TOO_LATE[late.press, late.phase], "error")
    return _back_to_console(sitting_id)


def _minutes() -> int:
    """The minutes of the form; 0 where they are no number."""
    text = request.form.get("minutes", str(USUAL_MINUTES)).strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0


def _seen() -> datetime | None:
    """The time that the pressed button would have changed, as its page knew it."""
    try:
        seen = datetime.fromisoformat(request.form.get("seen", ""))
    except ValueError:
        return None
    return seen if seen.tzinfo else None


def _back_to_console(sitting_id: str) -> ResponseReturnValue:
    return redirect(url_for(".console", sitting_id=sitting_id))


def _member(words: type[Word], text: str) -> Word:
    try:
        return words(text)
    except ValueError:
        raise NotFound("screen", text) from None


# The roll


@bp.get("/roll")
@needs(Action.ATTENDANCE_TICK)
def roll(sitting_id: str) -> ResponseReturnValue:
    """The people whom the actor may tick, of all their sections or of one."""
    chosen = request.args.get("section") or None
    sitting, sections = leading.roll(db.session(), actor(), sitting_id, chosen)
    return render_template("room/roll.html", sitting=sitting, sections=sections, chosen=chosen)


@bp.post("/roll/<string:person_id>")
@needs(Action.ATTENDANCE_TICK)
def tick(sitting_id: str, person_id: str) -> ResponseReturnValue:
    try:
        with writing() as session:
            row = signing_in.tick(session, actor(), sitting_id, person_id, now=now())
            is_there = row.presence is Presence.PRESENT
        if not is_there:
            flash("这次签到已被更正，没有改动。需要改回请到考勤页更正。", "error")
    except DoorShut as shut:
        flash(_door_words(shut.door, shut.window.opens_at) + "签到结束后请到考勤页更正。", "error")
    if request.form.get("back") == "console":
        return _back_to_console(sitting_id)
    return redirect(url_for(".roll", sitting_id=sitting_id, section=request.form.get("section") or None))


# The big screen


@bp.get("/board")
@needs(Action.ROOM_LEAD)
def open_board(sitting_id: str) -> ResponseReturnValue:
    """To the board's own address, which stays good when whoever opened it has signed out."""
    room.sitting_to_lead(db.session(), actor(), sitting_id)
    key = signing_in.board_key(_secret(), sitting_id)
    return redirect(url_for(".board", sitting_id=sitting_id, key=key))


@bp.get("/boards/<string:key>")
@public
def board(sitting_id: str, key: str) -> ResponseReturnValue:
    told, moment = _told_to_board(sitting_id, key)
    return render_template("room/board.html", key=key, **_screen_of(told, sitting_id, moment))


@bp.get("/boards/<string:key>/screen")
@public
def screen(sitting_id: str, key: str) -> ResponseReturnValue:
    """What the board shows, for its script to put in the place of what it showed.

    Never older than what the board was told: it asks only once, and would keep an old picture.
    """
    told, moment = _told_to_board(sitting_id, key, room.newest_snapshot)
    return render_template("room/_screen.html", **_screen_of(told, sitting_id, moment))


@bp.get("/boards/<string:key>/snapshot")
@public
def board_snapshot(sitting_id: str, key: str) -> ResponseReturnValue:
    told, moment = _told_to_board(sitting_id, key)
    numbers = _numbers(told, moment) | {"code": "", "qr": ""}
    if _shows_code(told, moment):
        numbers["code"] = signing_in.code(_secret(), sitting_id, moment)
        numbers["qr"] = signing_in.qr_token(_secret(), sitting_id, moment)
    return _changed_since(numbers, moment)


def _told_to_board(
    sitting_id: str, key: str, snapshot_of: Callable[..., Snapshot] = room.snapshot
) -> tuple[Snapshot, datetime]:
    if not signing_in.is_board_key(_secret(), sitting_id, key):
        raise NotFound("board", sitting_id)
    moment = now()
    return snapshot_of(db.session(), sitting_id, now=moment), moment


def _shows_code(told: Snapshot, moment: datetime) -> bool:
    return told.screen is Screen.SIGN_IN and told.window.door(moment) is Door.OPEN


def _screen_of(told: Snapshot, sitting_id: str, moment: datetime) -> dict[str, Any]:
    """What the templates of the board need."""
    shown = None
    if told.screen is Screen.QUESTION:
        shown = room.question_on_screen(db.session(), sitting_id, now=moment)
    found = {"told": told, "sitting_id": sitting_id, "phase": told.phase(moment), "seconds": told.seconds(moment)}
    found |= {"shown": shown, "door": told.window.door(moment)}
    if _shows_code(told, moment):
        found["code"] = signing_in.code(_secret(), sitting_id, moment)
        found["picture"] = _picture(sitting_id, moment)
    return found


def _picture(sitting_id: str, moment: datetime) -> str:
    token = signing_in.qr_token(_secret(), sitting_id, moment)
    address = url_for(".enter", sitting_id=sitting_id, c=token, _external=True)
    return segno.make(address, error="m", micro=False).svg_data_uri(border=2)


# What is asked now and then


@bp.get("/pulse")
@public
def pulse(sitting_id: str) -> ResponseReturnValue:
    """How far the room is, for phones: asked by everybody at once, so it costs the database nothing."""
    moment = now()
    told = room.snapshot(db.session(), sitting_id, now=moment)
    phase = told.phase(moment)
    again = seconds_until_next(phase, told.pace, told.opens_at, moment)
    return _changed_since({"version": told.version, "phase": phase.value, "again": again}, moment)


def _numbers(told: Snapshot, moment: datetime) -> dict[str, Any]:
    counted = [asdict(section) | {"absent": section.absent} for section in (*told.sections, told.total)]
    return {
        "version": told.version,
        "phase": told.phase(moment).value,
        "screen": told.screen.value,
        "frozen": told.is_frozen,
        "opens_at": _milliseconds(told.opens_at),
        "closes_at": _milliseconds(told.closes_at),
        "answered": told.answered,
        "sections": counted[:-1],
        "total": counted[-1],
    }


def _changed_since(facts: dict[str, Any], moment: datetime) -> ResponseReturnValue:
    """The facts with the server's time; nothing but a word where the page knows them already."""
    version = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]
    if request.if_none_match.contains(version):
        return "", 304
    answer = jsonify(facts | {"server": _milliseconds(moment)})
    answer.set_etag(version)
    return answer


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


# Signing in


@bp.get("/enter")
@public
def enter(sitting_id: str) -> ResponseReturnValue:
    """Where the QR code leads: the scan is checked at once, and then serves while its person signs in to the site."""
    room.snapshot(db.session(), sitting_id, now=now())  # under an address that never was, there is nothing
    device = _device() or secrets.token_urlsafe(16)
    given = signing_in.pass_after_scan(_secret(), sitting_id, request.args.get("c", ""), device, now())
    return _with_device(redirect(url_for(".sign_in", sitting_id=sitting_id, scanned=given or "0")), device)


@bp.get("/sign-in")
@needs(Action.ROOM_JOIN)
def sign_in(sitting_id: str) -> ResponseReturnValue:
    return _sign_in_page(sitting_id, request.args.get("scanned", ""))


@bp.post("/sign-in")
@needs(Action.ROOM_JOIN)
def sign(sitting_id: str) -> ResponseReturnValue:
    given = request.form.get("scanned", "")
    try:
        fault = _sign_by_pass(sitting_id, given) if given else _sign_by_code(sitting_id)
    except PassExpired:
        fault = "二维码已过期，没有签上。请重新扫大屏上的二维码，或输入大屏上的 6 位签到码。"
    except (DoorShut, NotExpected):
        fault = ""
    if fault:
        return _sign_in_page(sitting_id, "", fault), 422
    return redirect(url_for(".sign_in", sitting_id=sitting_id))


def _sign_by_pass(sitting_id: str, given: str) -> str:
    with writing() as session:
        signing_in.sign_by_pass(session, actor(), sitting_id, given, _device(), secret=_secret(), now=now())
    return ""


def _sign_by_code(sitting_id: str) -> str:
    digits = "".join(request.form.get("code", "").split())
    with writing() as session:
        wrong = signing_in.sign_by_code(session, actor(), sitting_id, digits, _device(), secret=_secret(), now=now())
    return "" if wrong is None else _code_words(wrong)


def _code_words(wrong: WrongCode) -> str:
    if wrong.again_at is not None:
        return f"签到码错误次数过多，请在 {clock_time(wrong.again_at)} 后再试，或直接扫码，或请科长代签。"
    return f"签到码不对，没有签上。请看大屏上现在的 6 位数字再输一次，还可以试 {wrong.left} 次。"


def _sign_in_page(sitting_id: str, scanned: str, fault: str = "") -> Response:
    found, moment, device = signing_in.arriving(db.session(), actor(), sitting_id, now=now()), now(), _device()
    serves = signing_in.is_pass(_secret(), sitting_id, scanned, device, moment)
    if scanned and not serves and not fault:
        fault = "二维码已过期。请重新扫大屏上的二维码，或输入大屏上的 6 位签到码。"
    page = render_template(
        "room/sign_in.html",
        arriving=found,
        sitting=found.sitting,
        scanned=scanned if serves else "",
        fault=fault,
        door_words=_door_words(found.door, found.window.opens_at),
    )
    return _with_device(page, device or secrets.token_urlsafe(16))


def _door_words(door: Door, opens_at: datetime) -> str:
    if door is Door.NOT_YET:
        return f"签到还没有开始，{day_time(opens_at)} 起可以签到。"
    return "签到已经结束。" if door is Door.OVER else ""


def _device() -> str:
    """The name that this browser keeps."""
    return request.cookies.get(_device_cookie(), "")[:64]


def _device_cookie() -> str:
    return "__Host-device" if current_app.config["HTTPS"] else "device"


def _with_device(answer: ResponseReturnValue, name: str) -> Response:
    response = make_response(answer)
    response.set_cookie(
        _device_cookie(),
        name,
        max_age=DEVICE_KEPT,
        secure=current_app.config["HTTPS"],
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


def _secret() -> str:
    secret: str = current_app.config["SECRET_KEY"]
    return secret
