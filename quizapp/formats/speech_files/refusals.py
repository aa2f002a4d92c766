"""Why a file cannot be taken, in sentences that say what to do; and how much of it is taken."""

MAX_BYTES = 10_000_000
MAX_CHARACTERS = 200_000

ONLY_THESE = "请上传 .docx、.pdf、.html 或 .txt 格式的讲话。"
SAVE_AS_DOCX = "请用 Word 或 WPS 打开后另存为 .docx，再重新上传。"
SAVE_AGAIN = "请用 Word 或 WPS 打开，确认无误后另存为 .docx，再重新上传。"
COPY_TEXT = "请把其中的文字复制到 .txt 后上传。"

BROKEN = f"已损坏，无法打开：{SAVE_AGAIN}"
ENCRYPTED = "是加密文件：请在 Word 中去掉密码后重新上传。"


class Unreadable(Exception):
    """Why a file cannot be taken and what to do, as the rest of a sentence that begins with its name."""


def check_text(text: str) -> None:
    """Refuse what holds nothing to read, and what is too long."""
    if not any(character.isalnum() for character in text):
        raise Unreadable("里没有文字：如果内容是图片或扫描件，请先把文字录成文档再上传。")
    if len(text) > MAX_CHARACTERS:
        raise too_long(len(text))


def too_long(length: int) -> Unreadable:
    return Unreadable(f"太长：最多 {MAX_CHARACTERS} 个字符，现有 {length} 个，请拆成几个文件后重新上传。")
