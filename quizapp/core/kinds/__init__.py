"""The kinds of drafted question. Every module here but the `SHARED` is one kind, found by itself: a new kind is a new
file."""

from collections.abc import Iterable
from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from quizapp.core.kinds.base import Candidate
from quizapp.core.kinds.base import DraftingKind
from quizapp.core.kinds.base import Material

__all__ = ["KINDS", "Candidate", "DraftingKind", "Material", "registry"]


def registry(kinds: Iterable[DraftingKind]) -> Mapping[str, DraftingKind]:
    """The kinds by name, in the order of their names; each exactly once."""
    found: dict[str, DraftingKind] = {}
    for each in kinds:
        if each.name in found:
            raise LookupError(f"two modules draft {each.name}")
        found[each.name] = each
    return MappingProxyType({name: found[name] for name in sorted(found)})


#: Modules here that are no kind.
SHARED = ("base", "sets", "pairs", "passages")
KINDS = registry(
    import_module(f"{__name__}.{module.name}").KIND for module in iter_modules(__path__) if module.name not in SHARED
)
