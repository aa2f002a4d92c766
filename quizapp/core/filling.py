"""Which questions can count for which demand, when each counts for one only: a small maximum flow."""

from collections import defaultdict
from collections import deque
from collections.abc import Hashable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

#: For each node, what more can be sent on to its neighbours.
Network = defaultdict[Hashable, dict[Hashable, int]]
SINK = "sink"


@dataclass(frozen=True)
class Pool:
    """So many questions that no demand tells apart: the demands they fit, by number from 0, and the room they share.

    A pool without a room takes up none.
    """

    size: int
    fits: frozenset[int]
    room: Hashable = None


def met(demands: Sequence[int], pools: Sequence[Pool], rooms: Mapping[Hashable, int]) -> tuple[int, ...]:
    """How many questions each demand can have at most, earlier ones served first; no room takes more than it holds."""
    network = _network(pools, rooms) if demands else defaultdict(dict)
    found = []
    for number, demand in enumerate(demands):
        # What an earlier demand has been given may be exchanged on the way, but is never taken from it.
        network["source"] = {("demand", number): demand}
        found.append(_send(network, "source"))
    return tuple(found)


def _network(pools: Sequence[Pool], rooms: Mapping[Hashable, int]) -> Network:
    network: Network = defaultdict(dict)
    for number, pool in enumerate(pools):
        for demand in sorted(pool.fits):
            network["demand", demand]["pool", number] = pool.size
        network["pool", number][SINK if pool.room is None else ("room", pool.room)] = pool.size
    for room, size in rooms.items():
        network["room", room][SINK] = max(size, 0)
    return network


def _send(network: Network, source: Hashable) -> int:
    """Send as much as the network takes, along one free path after another."""
    sent = 0
    while path := _path(network, source):
        amount = min(network[here][there] for here, there in pairwise(path))
        for here, there in pairwise(path):
            network[here][there] -= amount
            network[there][here] = network[there].get(here, 0) + amount
        sent += amount
    return sent


def _path(network: Network, source: Hashable) -> list[Hashable]:
    """A shortest path on which something can still be sent; empty where there is none."""
    came_from: dict[Hashable, Hashable] = {source: source}
    waiting = deque([source])
    while waiting and SINK not in came_from:
        here = waiting.popleft()
        for there in [node for node, spare in network[here].items() if spare and node not in came_from]:
            came_from[there] = here
            waiting.append(there)
    if SINK not in came_from:
        return []
    path: list[Hashable] = [SINK]
    while path[-1] != source:
        path.append(came_from[path[-1]])
    return path[::-1]
