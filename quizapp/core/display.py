"""How a person wants the pages to look."""

from dataclasses import dataclass
from enum import StrEnum


class TypeSize(StrEnum):
    STANDARD = "standard"
    LARGE = "large"


class Theme(StrEnum):
    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Contrast(StrEnum):
    STANDARD = "standard"
    HIGH = "high"


@dataclass(frozen=True)
class Display:
    """One person's choice; whoever has made none sees what their device asks for."""

    type_size: TypeSize = TypeSize.STANDARD
    theme: Theme = Theme.SYSTEM
    contrast: Contrast = Contrast.STANDARD
