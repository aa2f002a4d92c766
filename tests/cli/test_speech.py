"""flask speech read and draft: key points and questions of any file, at a terminal or as JSON, without a database."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from quizapp.core.text import clean_text

ROOT = Path(__file__).resolve().parents[2]
SPEECH = """在全办作风建设会议上的讲话

同志们：

一、改进作风，争当“四型”干部。
一要争当“勤学型”干部，戒“惰”。二要争当“实干型”干部，戒“浮”。三要争当“协作型”干部，戒“散”。四要争当“清廉型”干部，戒“贪”。
二、抓好落实。
每周五下午5点前报送进展。要做到件件有着落、事事有回音、项项有结果。
"""


def read(folder: Path, *arguments: str | Path, verb: str = "read") -> subprocess.CompletedProcess[str]:
    """The command as a person gives it, in a folder without a database."""
    told = {**os.environ, "QUIZAPP_INSTANCE": str(folder / "instance")}
    command = [sys.executable, "-m", "flask", "--app", "quizapp", "speech", verb, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, env=told, capture_output=True, text=True, timeout=60, check=False)


def read_json(folder: Path, *arguments: str | Path) -> dict[str, Any]:
    answer = read(folder, *arguments, "--json")
    assert answer.returncode == 0, answer.stderr
    values = json.loads(answer.stdout)
    assert isinstance(values, dict)
    return values


@pytest.fixture
def speech(tmp_path: Path) -> Path:
    path = tmp_path / "讲话.txt"
    path.write_text(SPEECH, encoding="utf-8")
    return path


@dataclass(frozen=True)
class Told:
    """What each command says of the speech; a process costs seconds, and many tests ask about the same words."""

    folder: Path
    outline: str
    reading: dict[str, Any]
    drafts: str
    drafts_json: str


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    folder = tmp_path_factory.mktemp("told")
    speech = folder / "讲话.txt"
    speech.write_text(SPEECH, encoding="utf-8")
    answers = [read(folder, speech), read(folder, speech, "--json"), draft(folder, speech)]
    answers.append(draft(folder, speech, "--json"))
    assert [answer.returncode for answer in answers] == [0] * 4, [answer.stderr for answer in answers]
    outline, reading, drafts, drafts_json = (answer.stdout for answer in answers)
    return Told(folder, outline, json.loads(reading)[speech.name], drafts, drafts_json)


def test_the_outline_is_an_indented_tree(told: Told) -> None:
    lines = told.outline.splitlines()
    assert "  一、改进作风，争当“四型”干部" in lines
    assert "    一要争当“勤学型”干部，戒“惰”" in lines
    assert any("四型" in line and "勤学型；实干型；协作型；清廉型" in line for line in lines)


def test_no_database_is_made(told: Told) -> None:
    assert not list(told.folder.rglob("*.sqlite3"))


def test_json_holds_one_object_for_each_file(told: Told) -> None:
    found = told.reading
    assert found["title"] == "在全办作风建设会议上的讲话"
    assert {"level": 1, "marker": "一、", "heading": "改进作风，争当“四型”干部"}.items() <= found["outline"][0].items()
    four = next(each for each in found["sets"] if each["name"] == "四型")
    assert (four["kind"], four["count"], four["complete"], four["attributed_to"]) == ("named", 4, True, None)
    assert four["items"] == ["勤学型", "实干型", "协作型", "清廉型"]
    assert four["pairs"] == [["勤学型", "惰"], ["实干型", "浮"], ["协作型", "散"], ["清廉型", "贪"]]
    assert ["件件有着落", "事事有回音", "项项有结果"] in found["parallels"]
    assert {"slogans", "definitions", "facts", "mentions"} <= found.keys()


def test_offsets_point_at_the_words(told: Told) -> None:
    text, outline = clean_text(SPEECH).text, told.reading["outline"]
    assert [text[each["start"] : each["end"]] for each in outline] == [each["heading"] for each in outline]


def test_two_files_of_one_name_are_told_apart(tmp_path: Path, speech: Path) -> None:
    other = tmp_path / "另一处" / speech.name
    other.parent.mkdir()
    other.write_text(SPEECH, encoding="utf-8")
    assert read_json(tmp_path, speech, other).keys() == {str(speech), str(other)}


UNREADABLE = {
    "不存在": lambda folder: folder / "没有.txt",
    "是文件夹": lambda folder: folder,
    "是空文件": lambda folder: _written(folder / "空.txt", b""),
    "是图片": lambda folder: _written(folder / "图.docx", b"\x89PNG\r\n\x1a\n" + bytes(100)),
}


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_a_file_that_cannot_be_read_is_named_with_the_reason(tmp_path: Path) -> None:
    paths = {reason: make(tmp_path) for reason, make in UNREADABLE.items()}
    answer = read(tmp_path, *paths.values())
    assert answer.returncode == 1
    lines = answer.stderr.splitlines()
    assert all(any(path.name in line and reason in line for line in lines) for reason, path in paths.items())
    assert "Traceback" not in answer.stderr + answer.stdout


def test_readable_files_are_read_beside_one_that_is_not(tmp_path: Path, speech: Path) -> None:
    answer = read(tmp_path, speech, tmp_path / "没有.txt", "--json")
    assert answer.returncode == 1
    assert list(json.loads(answer.stdout)) == [speech.name]


def draft(folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return read(folder, *arguments, verb="draft")


def drafts_of(printed: str) -> list[dict[str, Any]]:
    """The drafts of the only file, from what is printed as JSON."""
    (found,) = json.loads(printed).values()
    assert all(gate.startswith("G") and count > 0 for gate, count in found["rejected"].items())
    drafts = found["drafts"]
    assert isinstance(drafts, list)
    return drafts


def test_drafts_are_printed_as_an_office_prints_questions(told: Told) -> None:
    lines = told.drafts.splitlines()
    assert any(line.endswith("单选题") and line.startswith("一、") for line in lines)
    assert any("戒“（　）”" in line for line in lines)
    assert sum("【答案】" in line for line in lines) == sum("【出处】" in line for line in lines) > 3


def test_drafts_as_json_prove_themselves(told: Told) -> None:
    text = clean_text(SPEECH).text
    for each in drafts_of(told.drafts_json):
        assert text[each["start"] : each["end"]] == each["quote"]
        assert each["key"]
        assert each["explanation"]
        assert each["bloom"] in ("remember", "understand", "apply", "analyse")
        if each["type"] in ("single_choice", "multiple_choice"):
            assert all(option["proof"] for option in each["options"])
            assert [option["id"] for option in each["options"] if option["correct"]] == each["key"]


def test_the_best_so_many_are_chosen(told: Told, tmp_path: Path, speech: Path) -> None:
    answer = draft(tmp_path, speech, "--json", "--number", "3")
    assert answer.returncode == 0, answer.stderr
    everything, best = drafts_of(told.drafts_json), drafts_of(answer.stdout)
    assert len(best) == 3 < len(everything)
    assert all(each in [one["stem"] for one in everything] for each in [one["stem"] for one in best])


def test_drafting_twice_prints_the_same_bytes(told: Told, tmp_path: Path, speech: Path) -> None:
    assert draft(tmp_path, speech, "--json").stdout == told.drafts_json


def test_a_text_with_nothing_to_ask_says_what_can_be_done(tmp_path: Path) -> None:
    path = tmp_path / "便条.txt"
    path.write_text("今天下午的会改到明天上午。请大家互相转告。\n", encoding="utf-8")
    answer = draft(tmp_path, path)
    assert answer.returncode == 0
    assert "没有拟出试题" in answer.stdout
    assert "手工添加要点" in answer.stdout


def test_a_file_that_cannot_be_read_stops_no_other(tmp_path: Path, speech: Path) -> None:
    answer = draft(tmp_path, speech, tmp_path / "没有.txt", "--json")
    assert answer.returncode == 1
    assert "没有.txt" in answer.stderr
    assert list(json.loads(answer.stdout)) == [speech.name]
