"""Scanning a text for patterns that fail at most places."""

import re
from collections.abc import Iterator


class Scanner:
    """Finds what any of several patterns does, the first in order winning where two do at one place.

    With each pattern stand all the characters that it can begin with. Those are sought at the speed of the machine, and
    at each only the patterns are tried that can begin so.
    """

    def __init__(self, *forms: tuple[str, str]):
        firsts = sorted({first for begins, _ in forms for first in begins})
        self._candidate = re.compile(f"[{''.join(firsts)}]")
        self._patterns = {
            first: re.compile("|".join(pattern for begins, pattern in forms if first in begins)) for first in firsts
        }

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """All that is found, from left to right, none inside another."""
        end = 0
        for candidate in self._candidate.finditer(text):
            start = candidate.start()
            match = self._patterns[text[start]].match(text, start) if start >= end else None
            if match is not None:
                end = match.end()
                yield match
