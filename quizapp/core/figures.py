"""Numbers, shares and clock times in all their spellings, written one way: 12000 for 一万二千, 5% for 百分之五.

What could be two numbers stays as it is: 十一五 (the plan), 三百五, 一万五, 七八十, 两三 (about so many).
"""

import re

DIGITS = str.maketrans("零〇一二两三四五六七八九", "001223456789")
NUMERALS = "0123456789零〇一二两三四五六七八九十百千万亿"

_DIGIT = "[0-9零〇一二两三四五六七八九]"
_RUN = re.compile(f"[{NUMERALS}]+")
_SPELLINGS = str.maketrans({"廿": "二十", "卄": "二十", "卅": "三十", "∶": ":", "−": "-"})
# 壹佰伍拾 on a receipt; 陆 and 伍 alone are names.
_FORMAL = re.compile("[壹贰叁肆伍陆柒捌玖][拾佰仟萬億万亿][壹贰叁肆伍陆柒捌玖拾佰仟萬億万亿零]*")
_FORMAL_SIGNS = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟萬億", "一二三四五六七八九十百千万亿")
# People type the 〇 of 二〇二四年 as a circle or a letter.
_ROUND_ZERO = re.compile("(?<=[一二三四五六七八九])[○◯o]+(?=[一二三四五六七八九年])")
_THOUSANDS = re.compile(r"(?<![0-9])(?<![0-9][,.])[1-9][0-9]{0,2}(?:,[0-9]{3})+(?![0-9]|,[0-9])")

# 两三 and 七八 are "about so many", though 一二 begins 一二·九.
_ABOUT = frozenset(["一两", "两三", "二三", "三四", "三五", "四五", "五六", "六七", "七八", "八九"])
_ABOUT_WITH_UNIT = re.compile("[一二两三四五六七八九]{2,}[十百千万亿]|十两")
_BELOW_MYRIAD = re.compile("(?!.*[百千][1-9]$)(?:([1-9])千)?(?:0?([1-9])百)?(?:0?([1-9]?)(十))?(?:0?([1-9]))?")
# The units in what follows 亿 or 万 that leave no doubt what it counts: 一万五百, but not 一万五.
_LEAVE_NO_DOUBT = {"亿": frozenset("万"), "万": frozenset("百十")}

_SHARE = re.compile(f"(?<![{NUMERALS}%‰‱])([百千万])分之([0-9]+)(?:[.点]([0-9]+))?(?![{NUMERALS}.:%‰‱])")
_WHOLE = re.compile(f"(?<![{NUMERALS}%‰‱])百分之?百(?![{NUMERALS}分.:%‰‱])")
_SHARE_SIGNS = {"百": "%", "千": "‰", "万": "‱"}
_TENTHS = re.compile(rf"(?<![0-9.])(?:10|[1-9])成(?:[1-9](?![{NUMERALS}.:]))?")
_SCALED = re.compile(f"(?<![{NUMERALS}.])((?:{_DIGIT}|[十百千])+)[.点]({_DIGIT}+)(万亿|亿|万)(?![{NUMERALS}])")
# Behind a point digits are told one by one: 点七八 is .78, not "about seven or eight".
_DECIMALS = re.compile(f"(?<=[{NUMERALS}][.点]){_DIGIT}+(?![{NUMERALS}])")
_SCALES = {"万": 4, "亿": 8, "万亿": 12}
_POINT = re.compile(f"(?<![0-9.:])([0-9]+)点([0-9]+)(?![{NUMERALS}.:])")

_PARTS_OF_DAY = "凌晨|清晨|早晨|早上|上午|中午|下午|傍晚|晚上"
#: For each part of the day the hours it can name on a dial of twelve, and what to add to them.
_DIAL = {
    **dict.fromkeys(["凌晨", "清晨", "早晨", "早上"], (range(1, 12), 0)),
    "上午": (range(1, 13), 0),
    "中午": (range(11, 13), 0),
    **dict.fromkeys(["下午", "傍晚"], (range(1, 12), 12)),
    "晚上": (range(5, 12), 12),
}
# 一时 is "for a while", and no clock time.
_TIME = re.compile(
    rf"(?<![{NUMERALS}.:])(?P<part>(?:{_PARTS_OF_DAY})*)(?P<hour>2[0-4]|[01]?[0-9])"
    r"(?:[点时:](?P<minutes>[0-5][0-9])(?![0-9:])分?|[点时](?:(?P<minute>[0-9])分|(?P<half>半)|(?P<quarter>[13])刻)"
    rf"|点[钟整]?|时整|(?<!(?<![0-9])1)(?<!01)时)(?![{NUMERALS}分])"
)


def in_figures(text: str) -> str:
    """The text with its numbers, shares and clock times written one way; doing it twice changes nothing."""
    usual = _FORMAL.sub(lambda formal: formal[0].translate(_FORMAL_SIGNS), text)
    rounded = _ROUND_ZERO.sub(lambda zeros: "〇" * len(zeros[0]), usual)
    decimals = _DECIMALS.sub(lambda digits: digits[0].translate(DIGITS), _SCALED.sub(_scaled, rounded))
    numbers = _RUN.sub(lambda run: _number(run[0]), decimals)
    shares = _TENTHS.sub(_tenths, _SHARE.sub(_share, _WHOLE.sub("100%", numbers)))
    return _POINT.sub(r"\1.\2", _TIME.sub(_clock_time, shares))


def with_usual_signs(text: str) -> str:
    """The text with rare signs for numerals replaced by the usual ones, and without commas between thousands."""
    return _THOUSANDS.sub(lambda number: number[0].replace(",", ""), text.translate(_SPELLINGS))


def _number(run: str) -> str:
    digits = run.translate(DIGITS)
    if digits.isdecimal():
        return run if run in _ABOUT else digits
    value = None if _ABOUT_WITH_UNIT.search(run) else _value(digits, "亿")
    return run if value is None else str(value)


def _value(said: str, unit: str) -> int | None:
    """What digits with units up to this one say; None where that is nothing, or not certain."""
    high, found, low = said.partition(unit)
    below, size = (_below_myriad, 10**4) if unit == "万" else (_with_myriads, 10**8)
    if not found:
        return below(said)
    times, rest = below(high), below(low.removeprefix("0")) if low else 0
    if times is None or rest is None or not _is_certain(low, rest, unit, size):
        return None
    return times * size + rest


def _with_myriads(said: str) -> int | None:
    return _value(said, "万")


def _is_certain(low: str, rest: int, unit: str, size: int) -> bool:
    in_place = low.startswith("0") or rest * 10 >= size or not _LEAVE_NO_DOUBT[unit].isdisjoint(low)
    return rest < size and (not low or in_place)


def _below_myriad(said: str) -> int | None:
    if said.isdecimal():
        return int(said) if len(said) <= 12 else None
    places = _BELOW_MYRIAD.fullmatch(said) if said else None
    if not places:
        return None
    thousands, hundreds, tens, ten, ones = places.groups()
    tens = (tens or "1") if ten else "0"
    return int(thousands or 0) * 1000 + int(hundreds or 0) * 100 + int(tens) * 10 + int(ones or 0)


def _share(share: re.Match[str]) -> str:
    of, whole, decimals = share.groups()
    return whole + (f".{decimals}" if decimals else "") + _SHARE_SIGNS[of]


def _scaled(number: re.Match[str]) -> str:
    """1.2万 in full, by moving the point."""
    run, decimals, scale = number.groups()
    whole, places = _number(run), _SCALES[scale]
    if not whole.isdecimal():
        return number[0]
    decimals = decimals.translate(DIGITS).ljust(places, "0")
    rest = decimals[places:].rstrip("0")
    return ((whole + decimals[:places]).lstrip("0") or "0") + (f".{rest}" if rest else "")


def _tenths(tenths: re.Match[str]) -> str:
    whole, _, half = tenths[0].partition("成")
    return f"{whole}{half or 0}%"


def _clock_time(time: re.Match[str]) -> str:
    hour, minutes = int(time["hour"]), int(time["minutes"] or time["minute"] or 0)
    minutes = 30 if time["half"] else 15 * int(time["quarter"]) if time["quarter"] else minutes
    part = re.search(f"(?:{_PARTS_OF_DAY})?$", time["part"])
    on_dial, added = _DIAL.get(part[0] if part else "", (range(0), 0))
    if time["part"] and hour not in on_dial and not _is_past_noon(hour, added):
        return f"{time['part']}{hour}:{minutes:02}"
    return f"{hour + added * (hour in on_dial)}:{minutes:02}"


def _is_past_noon(hour: int, added: int) -> bool:
    """下午14:30 says it twice."""
    return added == 12 and 13 <= hour <= 23
