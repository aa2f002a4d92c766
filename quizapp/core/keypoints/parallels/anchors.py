"""What clauses share: the same characters at the same places, the words that they hinge on, how they are built.

The build of a clause is what remains of it when its content is left out: 以…为…, 把…的…, 能…的…, 先….
"""

import re
from collections.abc import Sequence

#: Says little about a clause when it is all that two of them share.
IDLE = frozenset("的了着过是在上中里")
#: Modals and adverbs that clauses hinge on.
_HINGES = frozenset("要能必须应不就先后更最")
#: How far the lengths of two clauses with a shared anchor may differ.
SPREAD = 3

#: What says nothing of how a clause is built: 把该归的归齐 is 把_的_.
_FORM_WORDS = "不没无未能要以把被对为是有的就都让靠变到了着先再者才敢越"
_CONTENT = re.compile(f"(?:“[^”]*”|[^{_FORM_WORDS}])+")
_BUILDING = frozenset(_FORM_WORDS)
#: How every other clause is built.
_COMMON_BUILDS = "_ _的_ 的_ _了 _是_ _有_ _为_ _要_ 要_ _到_ _用_ _对_ _与_ _能_ _的_是_的 是_的_ _是_的"
_COMMON = frozenset(_COMMON_BUILDS.split())
_BUILT_MIN = 5
#: Steps of one course: 先稳住场面，再查明原因，最后补救到位.
_STEP = re.compile("首先|先|再|然后|接着|最后")
_STEP_FIRST = frozenset("再然接最")


def is_alike(left: str, right: str) -> bool:
    """Say whether two clauses share an anchor: the same words at the same place, counted from either end."""
    spread = abs(len(left) - len(right))
    if spread > SPREAD:
        return False
    # 强化…，优化…：首词末字相同，也算同位。
    starts = (left[0] == right[0]) + (left[1:2] == right[1:2])
    if starts and (starts > 1 or spread < SPREAD):
        return True
    if left[-1] == right[-1] and (left[-2:] == right[-2:] or (spread < 2 and left[-1] not in IDLE)):
        return True
    if spread > 1:
        return False
    return len(set(left).intersection(right)) > spread and places_in_common(left, right) > spread


def places_in_common(left: str, right: str) -> int:
    """How many characters stand at the same place, counted from the better end."""
    same = same_places(left, right)
    return same if len(left) == len(right) else max(same, same_places(left[::-1], right[::-1]))


def same_places(left: str, right: str) -> int:
    """How many characters that say something stand at the same place, counted from the start."""
    return len([a for a, b in zip(left, right, strict=False) if a == b and a not in IDLE])


def build_of(clause: str) -> str:
    """The clause with a gap for what it says: 以零差错为目标 → 以_为_."""
    return _CONTENT.sub("_", clause)


def are_built_alike(left: str, right: str) -> bool:
    """Say whether two clauses are of one build: 能合并的合并，能套开的套开. A denial may stand before either."""
    if left == right or min(len(left), len(right)) < _BUILT_MIN or _BUILDING.isdisjoint(left):
        return False
    build, other = build_of(left), build_of(right)
    if build != other and build.lstrip("不") != other.lstrip("不"):
        return False
    # Where one word is all of the build, the lengths must agree.
    return build not in _COMMON and (len(left) == len(right) or len(build.replace("_", "")) > 1)


def are_steps(clauses: Sequence[str]) -> bool:
    """Say whether clauses tell one thing after the other."""
    return clauses[1][0] in _STEP_FIRST and all(map(_STEP.match, clauses))


def are_twins(left: str, right: str) -> bool:
    """Say whether two items of one length have two characters in common, at the same places."""
    if len(left) != len(right) or left == right:
        return False
    same = [a for a, b in zip(left, right, strict=True) if a == b]
    return len(same) > 1 and not IDLE.issuperset(same)


def has_anchor(clauses: Sequence[str]) -> bool:
    """Say whether all clauses share words at one place, counted from either end."""
    if set(clauses[0]).intersection(*clauses[1:]) <= IDLE:
        return False
    if _is_anchor(_shared(clauses), clauses):
        return True
    return _is_anchor(_shared([clause[::-1] for clause in clauses]), clauses)


def _shared(clauses: Sequence[str]) -> list[tuple[int, str]]:
    """The places, counted from the start, where all clauses have the same character."""
    return [
        (place, each[0])
        for place, each in enumerate(zip(*clauses, strict=False))
        if each[0] == each[1] and each[0] not in IDLE and each.count(each[0]) == len(each)
    ]


def _is_anchor(shared: Sequence[tuple[int, str]], clauses: Sequence[str]) -> bool:
    """One character inside clauses of different length is chance, unless such clauses hinge on it."""
    if len(shared) != 1:
        return len(shared) > 1
    place, character = shared[0]
    return place == 0 or character in _HINGES or len(set(map(len, clauses))) == 1
