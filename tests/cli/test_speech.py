"""flask speech read and draft: key points and questions of any file, at a terminal or as JSON, without a database."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

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


def test_the_outline_is_an_indented_tree(tmp_path: Path, speech: Path) -> None:
    answer = read(tmp_path, speech)
    assert answer.returncode == 0, answer.stderr
    lines = answer.stdout.splitlines()
    assert "  一、改进作风，争当“四型”干部" in lines
    assert "    一要争当“勤学型”干部，戒“惰”" in lines
    assert any("四型" in line and "勤学型；实干型；协作型；清廉型" in line for line in lines)


def test_no_database_is_made(tmp_path: Path, speech: Path) -> None:
    read(tmp_path, speech)
    assert not list(tmp_path.rglob("*.sqlite3"))


def test_json_holds_one_object_for_each_file(tmp_path: Path, speech: Path) -> None:
    told = read_json(tmp_path, speech)[speech.name]
    assert told["title"] == "在全办作风建设会议上的讲话"
    assert {"level": 1, "marker": "一、", "heading": "改进作风，争当“四型”干部"}.items() <= told["outline"][0].items()
    four = next(each for each in told["sets"] if each["name"] == "四型")
    assert (four["kind"], four["count"], four["complete"], four["attributed_to"]) == ("named", 4, True, None)
    assert four["items"] == ["勤学型", "实干型", "协作型", "清廉型"]
    assert four["pairs"] == [["勤学型", "惰"], ["实干型", "浮"], ["协作型", "散"], ["清廉型", "贪"]]
    assert ["件件有着落", "事事有回音", "项项有结果"] in told["parallels"]
    assert {"slogans", "definitions", "facts", "mentions"} <= told.keys()


def test_offsets_point_at_the_words(tmp_path: Path, speech: Path) -> None:
    from quizapp.core.text import clean_text

    text = clean_text(SPEECH).text
    told = read_json(tmp_path, speech)[speech.name]
    assert [text[each["start"] : each["end"]] for each in told["outline"]] == [e["heading"] for e in told["outline"]]


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


@pytest.mark.parametrize("reason", UNREADABLE)
def test_a_file_that_cannot_be_read_is_named_with_the_reason(tmp_path: Path, reason: str) -> None:
    path = UNREADABLE[reason](tmp_path)
    answer = read(tmp_path, path)
    assert answer.returncode == 1
    assert path.name in answer.stderr
    assert reason in answer.stderr
    assert "Traceback" not in answer.stderr + answer.stdout


def test_readable_files_are_read_beside_one_that_is_not(tmp_path: Path, speech: Path) -> None:
    answer = read(tmp_path, speech, tmp_path / "没有.txt", "--json")
    assert answer.returncode == 1
    assert list(json.loads(answer.stdout)) == [speech.name]


def draft(folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return read(folder, *arguments, verb="draft")


def drafts_of(folder: Path, speech: Path, *arguments: str) -> list[dict[str, Any]]:
    answer = draft(folder, speech, "--json", *arguments)
    assert answer.returncode == 0, answer.stderr
    told = json.loads(answer.stdout)[speech.name]
    assert all(gate.startswith("G") and count > 0 for gate, count in told["rejected"].items())
    found = told["drafts"]
    assert isinstance(found, list)
    return found


def test_drafts_are_printed_as_an_office_prints_questions(tmp_path: Path, speech: Path) -> None:
    answer = draft(tmp_path, speech)
    assert answer.returncode == 0, answer.stderr
    lines = answer.stdout.splitlines()
    assert any(line.endswith("单选题") and line.startswith("一、") for line in lines)
    assert any("戒“（　）”" in line for line in lines)
    assert sum("【答案】" in line for line in lines) == sum("【出处】" in line for line in lines) > 3
    assert not list(tmp_path.rglob("*.sqlite3"))


def test_drafts_as_json_prove_themselves(tmp_path: Path, speech: Path) -> None:
    from quizapp.core.text import clean_text

    text = clean_text(SPEECH).text
    for each in drafts_of(tmp_path, speech):
        assert text[each["start"] : each["end"]] == each["quote"]
        assert each["key"]
        assert each["explanation"]
        assert each["bloom"] in ("remember", "understand", "apply", "analyse")
        if each["type"] in ("single_choice", "multiple_choice"):
            assert all(option["proof"] for option in each["options"])
            assert [option["id"] for option in each["options"] if option["correct"]] == each["key"]


def test_the_best_so_many_are_chosen(tmp_path: Path, speech: Path) -> None:
    everything, best = drafts_of(tmp_path, speech), drafts_of(tmp_path, speech, "--number", "3")
    assert len(best) == 3 < len(everything)
    assert all(each in [one["stem"] for one in everything] for each in [one["stem"] for one in best])


def test_drafting_twice_prints_the_same_bytes(tmp_path: Path, speech: Path) -> None:
    assert draft(tmp_path, speech, "--json").stdout == draft(tmp_path, speech, "--json").stdout


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
