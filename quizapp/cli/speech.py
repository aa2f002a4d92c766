"""flask speech …"""

import json
from collections.abc import Iterable
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from quizapp.cli.paper import printed
from quizapp.core.drafting import draft_questions
from quizapp.core.errors import BadInput
from quizapp.core.errors import Problem
from quizapp.core.labels import label
from quizapp.core.reading import read_speech
from quizapp.core.speech import Confidence
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import PointKind
from quizapp.core.speech import Reading
from quizapp.formats.drafting_json import drafting_as_values
from quizapp.formats.lexicon import load_lexicon
from quizapp.formats.reading_json import reading_as_values
from quizapp.formats.speech_files import MAX_BYTES
from quizapp.formats.speech_files import read_speech_file

speech = AppGroup("speech", help="讲话。")


@speech.command("read")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="每个文件输出一个 JSON 对象，供程序使用。")
def read(files: tuple[Path, ...], as_json: bool) -> None:
    """读出讲话的提纲和要点，不用数据库；有文件读不了时，说明原因，退出码为 1。"""
    readings = _readings(files)
    if as_json:
        _print_json({name: reading_as_values(reading) for name, reading in readings.items()})
    else:
        _print_blocks(_told(name, reading) for name, reading in readings.items())
    _fail_unless_all(readings, files)


@speech.command("draft")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--number", type=click.IntRange(min=1), help="每篇最多拟多少题；不写则拟出全部。")
@click.option("--json", "as_json", is_flag=True, help="每个文件输出一个 JSON 对象，供程序使用。")
def draft(files: tuple[Path, ...], number: int | None, as_json: bool) -> None:
    """从讲话拟题，连同答案、解析和出处一并印出，不用数据库；有文件读不了时，说明原因，退出码为 1。"""
    readings, lexicon = _readings(files), load_lexicon()
    drafted = {
        name: draft_questions(reading, lexicon, reading.about.title, number) for name, reading in readings.items()
    }
    if as_json:
        _print_json({name: drafting_as_values(each, readings[name]) for name, each in drafted.items()})
    else:
        _print_blocks(printed(name, each) for name, each in drafted.items())
    _fail_unless_all(readings, files)


def _readings(files: tuple[Path, ...]) -> dict[str, Reading]:
    """The readings of all files that can be read, by name; what is wrong with the others goes to the error stream."""
    readings: dict[str, Reading] = {}
    for file in files:
        try:
            readings[_name(file, files)] = read_speech(read_speech_file(file.name, _bytes(file)))
        except BadInput as bad:
            click.echo("\n".join(problem.message for problem in bad.problems), err=True)
    return readings


def _print_json(told: dict[str, Any]) -> None:
    click.echo(json.dumps(told, ensure_ascii=False, indent=2))


def _print_blocks(blocks: Iterable[Iterable[str]]) -> None:
    told = "\n\n".join("\n".join(lines) for lines in blocks)
    click.echo(told, nl=bool(told))


def _fail_unless_all(readings: dict[str, Reading], files: tuple[Path, ...]) -> None:
    if len(readings) < len({_name(file, files) for file in files}):
        raise SystemExit(1)


def _name(file: Path, files: tuple[Path, ...]) -> str:
    """The file's name; its whole path where two files share the name."""
    alone = sum(other.name == file.name for other in dict.fromkeys(files)) == 1
    return file.name if alone else str(file)


def _bytes(file: Path) -> bytes:
    """The content, never more than one byte beyond what is allowed.

    :raise BadInput: if the file cannot be opened
    """
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as fault:
        raise BadInput(str(file), [Problem("", f"《{file}》{_why(fault)}，请核对文件名后再试。")]) from fault


def _why(fault: OSError) -> str:
    if isinstance(fault, FileNotFoundError):
        return "不存在"
    return "是文件夹，不是文件" if isinstance(fault, IsADirectoryError) else "没有权限或无法打开"


def _told(name: str, reading: Reading) -> Iterator[str]:
    """What a person at a terminal reads."""
    about = reading.about
    stated = [about.title, about.speaker, about.occasion, about.held_on and about.held_on.isoformat()]
    yield f"《{name}》 {'　'.join(each for each in stated if each)}".rstrip()
    yield f"提纲（{len(reading.outline)} 条）"
    for heading in reading.outline:
        yield f"{'  ' * heading.level}{heading.marker}{heading.text}"
    for kind in PointKind:
        points = reading.of_kind(kind)
        if points:
            yield f"{label(kind)}（{len(points)}）"
            yield from (f"  {line}" for point in points for line in _lines(point, reading))


def _lines(point: KeyPoint, reading: Reading) -> Iterator[str]:
    remarks = [
        f"引自{point.attributed_to}" if point.attributed_to else "",
        "" if point.complete else "不完整",
        label(point.confidence) if point.confidence is Confidence.LOW else "",
    ]
    said = f"（{'，'.join(filter(None, remarks))}）" if any(remarks) else ""
    if point.kind in (PointKind.SLOGAN, PointKind.FACT):
        answer = f" → {point.items[0].display}" if point.kind is PointKind.FACT else ""
        yield f"{point.span.of(reading.clean.text)}{answer}{said}"
    elif point.kind is PointKind.DEFINITION:
        yield f"{point.items[0].display} = {point.items[1].display}{said}"
    else:
        yield f"{point.name or '（无名称）'}：{'；'.join(item.display for item in point.items)}{said}".rstrip("：")
    if point.pairs:
        yield "  " + "；".join(f"{pair.left}—{pair.right}" for pair in point.pairs)
