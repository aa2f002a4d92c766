"""The question types. Every module here but `base` is one type, found by itself: a new type is a new file."""

from collections.abc import Iterable
from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from quizapp.core.question import TypeName
from quizapp.core.types.base import BadResponse
from quizapp.core.types.base import QuestionType

__all__ = ["TYPES", "BadResponse", "QuestionType", "registry"]


def registry(types: Iterable[QuestionType]) -> Mapping[TypeName, QuestionType]:
    """The types by name, in the order of `TypeName`, which is the order of a paper; each name exactly once."""
    found: dict[TypeName, QuestionType] = {}
    for question_type in types:
        if question_type.name in found:
            raise LookupError(f"two question types are named {question_type.name}")
        found[question_type.name] = question_type
    if missing := set(TypeName) - found.keys():
        raise LookupError(f"no module in {__name__} for {', '.join(sorted(missing))}")
    return MappingProxyType({name: found[name] for name in TypeName})


TYPES = registry(
    import_module(f"{__name__}.{module.name}").TYPE for module in iter_modules(__path__) if module.name != "base"
)
