"""A page's table as a file: the page's own address with `?as=xlsx` or `?as=csv`.

The page asks for the permission, loads and filters as always, and only its answer is another one; so a file holds
nothing that the page would not show:

    if exports.wanted():
        return exports.answer(overview_table(found))

A page with several tables names them in its links, and asks `exports.chosen("sections", "people")` which is meant.
"""

from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Flask
from flask import Response
from flask import current_app
from flask import request
from flask import url_for

from quizapp.core.errors import NotFound
from quizapp.formats.tables import Table
from quizapp.formats.tables import write_csv
from quizapp.formats.tables import write_xlsx
from quizapp.web.access import now
from quizapp.web.files import FileKind
from quizapp.web.files import attachment
from quizapp.web.filters import office_time

#: What asks for a file in an address.
PARAMETER = "as"
#: What says which of a page's tables, where it has several.
WHICH = "of"
#: The kinds that a table can be had as.
KINDS = (FileKind.XLSX, FileKind.CSV)


def init_app(app: Flask) -> None:
    app.add_template_global(export_address)


def wanted() -> FileKind | None:
    """The file that the address asks for; None where it asks for the page.

    :raise NotFound: if it asks for a file that there is none of
    """
    named = request.args.getlist(PARAMETER)
    if not named:
        return None
    found = [kind for kind in KINDS if [kind.ending] == named]
    if not found:
        raise NotFound("export", request.full_path)
    return found[0]


def chosen(first: str, *others: str) -> str:
    """Which of its tables the address asks for, the first where it does not say.

    :raise NotFound: if it asks for one that there is not
    """
    named = request.args.get(WHICH, first)
    if named not in (first, *others):
        raise NotFound("export", request.full_path)
    return named


def answer(table: Table) -> Response:
    """The table as the file that the address asks for."""
    kind, zone = wanted(), ZoneInfo(current_app.config["OFFICE_ZONE"])
    content = write_csv(table, zone) if kind is FileKind.CSV else write_xlsx(table, zone, now())
    kind = kind or FileKind.XLSX
    return attachment(content, f"{table.title} {office_time(now()):%Y-%m-%d}", kind)


def export_address(ending: str, which: str = "") -> str:
    """This page's own address, with its filters, asking for one of its tables as a file."""
    assert request.endpoint is not None
    filters = [(name, value) for name, value in request.args.items(multi=True) if name not in (PARAMETER, WHICH)]
    asked = [(WHICH, which)] if which else []
    path = url_for(request.endpoint, **(request.view_args or {}))
    return f"{path}?{urlencode([*filters, *asked, (PARAMETER, ending)])}"
