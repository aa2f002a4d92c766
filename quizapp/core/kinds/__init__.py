"""The kinds of drafted question. Every module here but the `SHARED` is one kind, found by itself."""

from collections.abc import Iterable
from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from quizapp.core.drafts import Kind
from quizapp.core.kinds.base import Candidate
from quizapp.core.kinds.base import DraftingKind
from quizapp.core.kinds.base import Material

__all__ = ["KINDS", "Candidate", "DraftingKind", "Material", "registry"]


def registry(kinds: Iterable[DraftingKind]) -> Mapping[Kind, DraftingKind]:
    """The kinds by name, in the order of `Kind`; each exactly once."""
    found: dict[Kind, DraftingKind] = {}
    for each in kinds:
        if each.kind in found:
            raise LookupError(f"two modules draft {each.kind}")
        found[each.kind] = each
    if missing := set(Kind) - found.keys():
        raise LookupError(f"no module in {__name__} for {', '.join(sorted(missing))}")
    return MappingProxyType({kind: found[kind] for kind in Kind})


#: Modules here that are no kind.
SHARED = ("base", "sets", "pairs")
KINDS = registry(
    import_module(f"{__name__}.{module.name}").KIND for module in iter_modules(__path__) if module.name not in SHARED
)
