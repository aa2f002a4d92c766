"""flask lexicon …"""

from collections.abc import Iterable
from collections.abc import Iterator
from pathlib import Path

import click
from flask.cli import AppGroup

from quizapp.core.errors import BadInput
from quizapp.core.stems import nested
from quizapp.db.base import db
from quizapp.formats.speech_files import MAX_BYTES
from quizapp.services.lexicon import Shared
from quizapp.services.lexicon import shared_with_file
from quizapp.services.lexicon import shared_with_library

lexicon = AppGroup("lexicon", help="词表。")


@lexicon.command("check")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(files: tuple[Path, ...]) -> None:
    """列出词表里哪些词本来就是讲话要点的条目：写明文件时查这些文件，不写时查库里的全部讲话（只读）。

    这只是提醒，退出码仍为 0：讲话里出现过的词，不会用作这篇讲话的干扰项；但一类词被讲话用去太多，剩下可用的就少了。
    """
    found = _in_files(files) if files else shared_with_library(db.session())
    click.echo("\n".join(_told(found)))


def _in_files(files: Iterable[Path]) -> Iterator[Shared]:
    for file in dict.fromkeys(files):
        try:
            with file.open("rb") as stream:
                yield from shared_with_file(file.name, stream.read(MAX_BYTES + 1))
        except BadInput as bad:
            raise click.ClickException("\n".join(problem.message for problem in bad.problems)) from None


def _told(found: Iterable[Shared]) -> Iterator[str]:
    """A line for each term, then how many there are."""
    terms = set()
    for each in found:
        terms.add(each.term)
        yield f"{each.term}（{each.term_class}）：《{each.speech}》的“{nested(each.set_name)}”"
    yield f"共有 {len(terms)} 个词是讲话要点的条目，不会用作该讲话的干扰项。" if terms else "没有词是讲话要点的条目。"
