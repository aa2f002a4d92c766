"""Whether an answer that arrives after the bell was given before it, and how often a page should ask again.

A phone that lost its network keeps answers and sends them when it can. Its own clock is not trusted for what time it
is, only for how long things took: it says how long after its last word from the server the answer was given, and how
long after that word it is sending. Where the second agrees with the server's clock, the first is believed.
"""

from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta

#: A request may travel and wait at the write gate for this long, and clocks tick a little differently.
LONGEST_JOURNEY = timedelta(seconds=15)
AHEAD_AT_MOST = timedelta(seconds=2)

#: Between two questions for the newest state, while another page answers the same paper.
SECONDS_SHARED = 3
#: What the server can spare for those who only ask again, in requests a second.
ASKED_A_SECOND = 100
SECONDS_ALONE = range(5, 61)


@dataclass(frozen=True)
class DeviceClock:
    """What a device says of an answer: the server's time at its last word from it, and how long after that it was
    given and sent, by a clock that runs on."""

    synced: datetime
    given: timedelta
    sent: timedelta

    @property
    def given_at(self) -> datetime:
        return self.synced + self.given


def is_late_but_counts(clock: DeviceClock | None, deadline: datetime, now: datetime, grace: timedelta) -> bool:
    """Whether an answer that arrives after the deadline was given before it, and soon enough to count."""
    return clock is not None and now <= deadline + grace and clock.given_at <= deadline and _agrees(clock, now)


def _agrees(clock: DeviceClock, now: datetime) -> bool:
    """Whether the device measured the same time since its last word from the server as the server did."""
    journey = now - (clock.synced + clock.sent)
    return timedelta(0) <= clock.given <= clock.sent and -AHEAD_AT_MOST <= journey <= LONGEST_JOURNEY


def seconds_until_next(answering: int, *, shared: bool) -> int:
    """How long a page waits before it asks for the newest state, `answering` being how many papers are open.

    So long as the office is small every page knows within seconds; when thousands answer at once, those alone at their
    paper ask less often, and saving stays quick for all.
    """
    if shared:
        return SECONDS_SHARED
    return min(max(answering // ASKED_A_SECOND, SECONDS_ALONE.start), SECONDS_ALONE.stop - 1)
