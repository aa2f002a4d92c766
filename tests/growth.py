"""Time may grow with the length of a text and no faster: two lengths compared in one run, never seconds told."""

from collections.abc import Callable
from time import process_time

SHORT, TIMES = 10_000, 10
#: Ten times the length may take forty times as long before it is called more than linear; a quadratic text takes 100.
SLACK = 4
#: Below a millisecond the clock itself is what is measured.
LEAST = 0.001


def grows_with_length_alone(prepare: Callable[[int], Callable[[], object]]) -> bool:
    """Whether the work that `prepare` sets up for a length takes time in proportion to it, near enough."""

    def seconds(length: int) -> float:
        work = prepare(length)
        begun = process_time()
        work()
        return process_time() - begun

    short = min(seconds(SHORT) for _ in range(3))
    long = min(seconds(SHORT * TIMES) for _ in range(2))
    return long < SLACK * TIMES * max(short, LEAST)
