"""Files that people take away: never shown in the page, kept under a name they can read."""

from enum import Enum
from urllib.parse import quote

from flask import Response

#: What no file name may hold somewhere, beside what cannot be printed.
NOT_IN_NAMES = frozenset('<>:"|?*/\\')
LONGEST_NAME = 80


class FileKind(Enum):
    """(the ending of the name, the media type)."""

    XLSX = ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    CSV = ("csv", "text/csv; charset=utf-8")
    DOCX = ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
    TXT = ("txt", "text/plain; charset=utf-8")
    #: Has no registered type; phones go by the name.
    APKG = ("apkg", "application/octet-stream")

    @property
    def ending(self) -> str:
        return self.value[0]

    @property
    def media_type(self) -> str:
        return self.value[1]


def attachment(content: bytes, name: str, kind: FileKind) -> Response:
    """The file to be kept under this name and the ending of its kind."""
    made = Response(content, content_type=kind.media_type)
    made.headers["Content-Disposition"] = _disposition(name, kind.ending)
    # Should a browser show it after all, it runs nothing and belongs to no site.
    made.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return made


def _disposition(name: str, ending: str) -> str:
    """To be kept under this name: as RFC 6266 has it, and as RFC 8187 for names beyond ASCII."""
    kept = "".join(c for c in name if c.isprintable() and c not in NOT_IN_NAMES).strip(" .")[:LONGEST_NAME]
    return f"attachment; filename=\"export.{ending}\"; filename*=UTF-8''{quote(f'{kept}.{ending}', safe='')}"
