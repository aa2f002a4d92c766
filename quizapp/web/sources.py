"""A speech as somebody hands it over: a file, or text pasted into the page."""

from typing import Any

from flask_wtf.file import FileField
from wtforms import TextAreaField

from quizapp.formats.speech_files import MAX_BYTES
from quizapp.formats.speech_files import MAX_CHARACTERS
from quizapp.formats.speech_files.kinds import converter
from quizapp.formats.speech_files.package import MAX_UNPACKED
from quizapp.services import speeches
from quizapp.services.speeches import SpeechFile
from quizapp.web.forms import Form

#: What is told, and by what other names the same kinds go.
TOLD = (".docx", ".txt", ".pdf", ".html", ".mht")
#: What LibreOffice reads.
CONVERTED = (".doc", ".wps", ".rtf")
ALSO = (".htm", ".mhtml")
NEITHER = "请选择讲话文件，或者把文字粘贴到下面的框里"
BOTH = "选了文件《{}》，又粘贴了文字：请只留一样。要用文件的，请清空文字后重新选择文件"


class SourceForm(Form):
    """Just one of the two is to be given. A browser sends a chosen file only once; pasted text stays on the page."""

    file = FileField("讲话文件")
    text = TextAreaField("或者粘贴讲话文字", render_kw={"rows": 8, "spellcheck": "false"})

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        told = (*TOLD, *(CONVERTED if converter() else ()))
        self.file.description = (
            f"支持 {'、'.join(told)}；不超过 {MAX_BYTES // 1_000_000} MB，"
            f"解压后不超过 {MAX_UNPACKED // 1_000_000} MB，正文不超过 {MAX_CHARACTERS:,} 字。"
            + ("" if converter() else "旧版 .doc、.wps 文件请先另存为 .docx。")
        )
        self.file.render_kw = {"accept": ",".join((*told, *ALSO))}
        self.text.description = f"从文件或网页复制全文，不超过 {MAX_CHARACTERS:,} 字；标题、序号和分段照原样保留。"

    def validate(self, extra_validators: Any = None) -> bool:
        """Also refuse both at once, and neither."""
        sound = super().validate(extra_validators)
        has_file, has_text = bool(self.file.data), bool(_pasted(self).strip())
        if has_file and has_text:
            self.text.errors = [*self.text.errors, BOTH.format(_filename(self))]
        elif not has_file and not has_text:
            self.file.errors = [*self.file.errors, NEITHER]
        return sound and has_file != has_text

    def understood(self) -> SpeechFile:
        """What was handed over, read.

        :raise BadInput: with one sentence for what is wrong with it
        """
        if self.file.data:
            return speeches.understand(_filename(self), self.file.data.read())
        return speeches.understand_pasted(_pasted(self))


def _pasted(form: SourceForm) -> str:
    """The text as it was copied: a browser sends every line break as two characters."""
    return (form.text.data or "").replace("\r\n", "\n").replace("\r", "\n")


def _filename(form: SourceForm) -> str:
    return speeches.printable(form.file.data.filename)
