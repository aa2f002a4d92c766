"""The child that reads a file: limited, cut off, and never heard of again."""

import os
import sys
import threading
import time
from pathlib import Path

import pytest
from formats.test_speech_files import TEXT
from formats.test_speech_files import speech_docx

from quizapp.formats.speech_files import child
from quizapp.formats.speech_files.child import Limits
from quizapp.formats.speech_files.child import read_in_child
from quizapp.formats.speech_files.refusals import Unreadable

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="these limits are set where Linux has them")
#: Elements in elements, which take a parser of pages very long.
SLOW = b"<html>" + b"<div>" * 30_000 + "讲话的正文。".encode()


def limited(monkeypatch: pytest.MonkeyPatch, **limits: int) -> None:
    monkeypatch.setattr(child, "LIMITS", Limits(**{"wall": 30, "cpu": 20, "memory": child.GIB} | limits))


def scripted(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str) -> None:
    """Let the child run this instead of a reader."""
    file = folder / "script.py"
    file.write_text(script, encoding="utf-8")
    monkeypatch.setattr(child, "WORKER", file)


def test_a_child_that_hangs_is_ended(monkeypatch, tmp_path):
    limited(monkeypatch, wall=1)
    scripted(monkeypatch, tmp_path, "import time; time.sleep(60)")
    started = time.monotonic()
    with pytest.raises(Unreadable, match="超时"):
        read_in_child("docx", b"")
    assert time.monotonic() - started < 10


@linux_only
def test_what_a_child_started_ends_with_it(monkeypatch, tmp_path):
    limited(monkeypatch, wall=2)
    noted = tmp_path / "pid"
    scripted(
        monkeypatch,
        tmp_path,
        "import subprocess, pathlib, time\n"
        f"pathlib.Path({str(noted)!r}).write_text(str(subprocess.Popen(['sleep', '60']).pid))\ntime.sleep(60)",
    )
    with pytest.raises(Unreadable, match="超时"):
        read_in_child("docx", b"")
    assert ended(int(noted.read_text()))


def ended(pid: int) -> bool:
    """Whether a process is gone within a second, or waits only to be counted."""
    for _ in range(20):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


@linux_only
def test_a_child_that_calculates_too_long_is_ended(monkeypatch):
    limited(monkeypatch, cpu=1)
    with pytest.raises(Unreadable, match="超时"):
        read_in_child("html", SLOW)


@linux_only
def test_a_child_that_wants_too_much_memory_gives_one_sentence(monkeypatch):
    limited(monkeypatch, memory=200_000_000)
    with pytest.raises(Unreadable, match=r"内存|过于复杂|已损坏"):
        read_in_child("html", "<p>讲".encode() * 1_500_000)


ENDINGS = {
    "it dies": "import os; os._exit(3)",
    "it is killed": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "it fails": "raise ValueError",
    "it says nothing": "",
    "it says what nobody understands": "print('X')",
}


@pytest.mark.parametrize("script", ENDINGS.values(), ids=ENDINGS)
def test_a_child_that_ends_badly_gives_one_sentence(monkeypatch, tmp_path, script):
    scripted(monkeypatch, tmp_path, script)
    with pytest.raises(Unreadable) as refused:
        read_in_child("docx", b"content")
    assert str(refused.value)


def test_a_child_that_cannot_be_started_gives_one_sentence(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(Unreadable, match="稍后重新上传"):
        read_in_child("docx", speech_docx())


def test_a_child_knows_no_secret_of_the_site(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_KEY", "s3cret")
    scripted(monkeypatch, tmp_path, "import os; print('T', sorted(os.environ), os.environ.get('SECRET_KEY'))")
    answer = read_in_child("docx", b"")
    assert "PATH" in answer
    assert "s3cret" not in answer
    assert "SECRET_KEY" not in answer


def test_a_child_loads_nothing_of_the_web_application(monkeypatch, tmp_path):
    worker = child.WORKER.read_text(encoding="utf-8")
    last = "main()\n"
    assert worker.endswith(last)
    script = worker.replace("Path(__file__)", f"Path({str(child.WORKER)!r})").replace(
        'str(text).replace("\\0", "")', "str(sorted(sys.modules))"
    )
    scripted(monkeypatch, tmp_path, script)
    loaded = read_in_child("docx", speech_docx())
    assert "quizapp.formats.speech_files.docx" in loaded
    assert not any(f"'{name}'" in loaded for name in ("flask", "sqlalchemy", "pypdfium2", "readability", "docx"))


def test_the_folder_of_a_child_goes_with_it(monkeypatch, tmp_path):
    scripted(monkeypatch, tmp_path, "import os; open('left', 'w').close(); print('T' + os.getcwd(), end='')")
    folder = Path(read_in_child("docx", b""))
    assert folder.name.startswith("speech-")
    assert not folder.exists()


def test_threads_read_side_by_side():
    content, texts = speech_docx(), []
    threads = [threading.Thread(target=lambda: texts.append(read_in_child("docx", content))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert texts == [TEXT.rstrip()] * 6


def test_more_children_than_there_is_room_for_wait_in_vain_only_for_a_while(monkeypatch):
    monkeypatch.setattr(child, "ROOM", threading.BoundedSemaphore(1))
    monkeypatch.setattr(child, "PATIENCE", 0.05)
    with child._room(), pytest.raises(Unreadable, match="稍后重新上传"):
        read_in_child("docx", speech_docx())


@linux_only
def test_a_child_has_no_network_where_the_system_lets_it_leave(monkeypatch, tmp_path):
    own = os.readlink("/proc/self/ns/net")
    script = child.WORKER.read_text(encoding="utf-8").replace("Path(__file__)", f"Path({str(child.WORKER)!r})")
    scripted(monkeypatch, tmp_path, script.replace('str(text).replace("\\0", "")', 'os.readlink("/proc/self/ns/net")'))
    answer = read_in_child("docx", speech_docx())
    if answer == own:
        pytest.skip("this system lets no ordinary process leave the network")
    assert answer.startswith("net:")
