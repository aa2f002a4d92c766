"""What LibreOffice can read (.doc, .wps, .rtf, .odt): converted to .docx in a folder of its own, and read as that.

Its profile is new each time and says: no macros, no links updated, nothing loaded from outside, and a proxy that nobody
answers at.
"""

import subprocess
from pathlib import Path

from quizapp.formats.speech_files import docx
from quizapp.formats.speech_files.kinds import OLE
from quizapp.formats.speech_files.kinds import RTF
from quizapp.formats.speech_files.kinds import converter
from quizapp.formats.speech_files.refusals import SAVE_AS_DOCX
from quizapp.formats.speech_files.refusals import Unreadable

#: LibreOffice takes nearly any bytes for some kind of text unless it is told what to expect.
FILTERS = ((OLE, "doc", "MS Word 97"), (RTF, "rtf", "Rich Text Format"), (b"", "odt", "writer8"))
FAILED = f"无法转换，可能已损坏或加了密码：{SAVE_AS_DOCX}"

SETTINGS = (
    ("Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Office.Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Office.Writer/Content/Update", "Link", "2"),
    ("Inet/Settings", "ooInetProxyType", "1"),
    ("Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPProxyPort", "9"),
    ("Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPSProxyPort", "9"),
)
ITEM = '<item oor:path="/org.openoffice.{}"><prop oor:name="{}" oor:op="fuse"><value>{}</value></prop></item>'
PROFILE = (
    '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">'
    + "".join(ITEM.format(*setting) for setting in SETTINGS)
    + "</oor:items>"
)


def text_of(content: bytes) -> str:
    """Works in the current folder, which is the child's own and goes with it."""
    folder = Path.cwd()
    suffix, import_filter = next((suffix, name) for magic, suffix, name in FILTERS if content.startswith(magic))
    source = folder / f"speech.{suffix}"
    source.write_bytes(content)
    settings = folder / "profile" / "user" / "registrymodifications.xcu"
    settings.parent.mkdir(parents=True)
    settings.write_text(PROFILE, encoding="utf-8")
    subprocess.run(_command(folder, source, import_filter), stdin=subprocess.DEVNULL, check=False)
    result = folder / "converted" / "speech.docx"
    if not result.is_file():
        raise Unreadable(FAILED)
    return docx.text_of(result.read_bytes())


def _command(folder: Path, source: Path, import_filter: str) -> list[str]:
    return [
        converter() or "soffice",
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        *("--headless", "--norestore", "--nolockcheck", "--nodefault", "--nologo"),
        f"--infilter={import_filter}",
        *("--convert-to", "docx:MS Word 2007 XML", "--outdir", str(folder / "converted"), str(source)),
    ]
