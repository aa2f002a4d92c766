"""Errors carry facts; the edge (a page, a command) chooses the words."""

from dataclasses import dataclass
from enum import StrEnum


class QuizError(Exception):
    """Anything a person can be told about in one clear sentence."""


class NotFound(QuizError):
    """The thing is not there, or the actor may not know that it is: both look the same from outside."""

    def __init__(self, kind: str, ref: object):
        super().__init__(kind, ref)
        self.kind, self.ref = kind, ref


class NotAllowed(NotFound):
    """The actor may not do this to that. A page shows it exactly as a missing thing; the audit trail knows better."""


class NotNow(QuizError):
    """The thing exists and the actor may touch it, but not in its present state."""

    def __init__(self, state: StrEnum, move: StrEnum):
        super().__init__(state, move)
        self.state, self.move = state, move


@dataclass(frozen=True)
class Problem:
    """One thing wrong with an input, with its place. `place` is a line, a row, or a path such as `questions[3].key`."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}：{self.message}" if self.place else self.message


class BadInput(QuizError):
    """A file or form that cannot be taken; nothing of it was stored.

    `source` names the file; `problems` are never empty and are in the order of the input.
    """

    def __init__(self, source: str, problems: list[Problem]):
        super().__init__(source, problems)
        self.source, self.problems = source, problems

    def __str__(self) -> str:
        return "；".join(f"{self.source} {problem}" if self.source else str(problem) for problem in self.problems)
