"""Plain text in the encodings Chinese offices use: by byte-order mark, else UTF-8, else GB18030, each to the letter."""

import codecs

from quizapp.formats.speech_files.refusals import ONLY_THESE
from quizapp.formats.speech_files.refusals import Unreadable

SAVE_AS_UTF8 = "请用记事本打开，另存为 UTF-8 编码后重新上传。"
#: More control characters than one in so many, and it is no text.
MAX_CONTROLS = 200
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def decoded(content: bytes, declared: str = "") -> str:
    """The characters of a file; what it declares itself to be comes after its mark and before the rest.

    An encoding is never guessed: one wrong byte, and it is another encoding or none.
    """
    marked = [encoding for mark, encoding in MARKS.items() if content.startswith(mark)]
    for encoding in marked or dict.fromkeys(filter(None, [declared, "utf-8", "gb18030"])):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding != "gb18030" or "\0" in text or _reads_as_chinese(text):
            return text
    raise Unreadable(f"的文字编码无法识别：{SAVE_AS_UTF8}")


def check_characters(text: str) -> None:
    """Refuse what decodes and still is no text."""
    if "\0" in text:
        raise Unreadable(f"含有二进制内容，不是文本文件：{ONLY_THESE}")
    controls = sum(character < " " and character not in "\t\n\v\f\r\x1a" for character in text)
    if controls * MAX_CONTROLS > len(text):
        raise Unreadable(f"含有大量控制字符，不是文本文件：{ONLY_THESE}")


def _reads_as_chinese(text: str) -> bool:
    """Whether text decoded as GB18030 is made of common characters.

    Nearly any bytes decode; what was Big5 or Japanese comes out as rare characters and kana.
    """
    letters = [character for character in text if character > "\x7f" and character.isalpha()]
    common = sum(b"\xb0" <= character.encode("gb2312", "ignore")[:1] <= b"\xd7" for character in letters)
    kana = sum("\u3040" <= character <= "\u30ff" for character in letters)
    return common >= 0.4 * len(letters) and kana <= 0.1 * len(letters)
