"""What forms share. A form itself stands beside its view."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from flask_wtf import FlaskForm
from wtforms.fields.choices import SelectChoice

from quizapp.core.errors import BadInput
from quizapp.core.labels import label


class Form(FlaskForm):
    """A form in the office's language, with a place for what no single field can say."""

    class Meta:
        locales = ("zh_CN",)

    #: What is wrong with the form as a whole.
    form_errors: list[str]

    def validate(self, extra_validators: Any = None) -> bool:
        """Also refuse what no database stores: a NUL in any text."""
        sound: bool = super().validate(extra_validators)
        for field in self:
            if isinstance(field.data, str) and "\0" in field.data:
                field.errors = [*field.errors, "含有无法保存的字符，请重新输入"]
                sound = False
        return sound

    def refuse(self, error: BadInput) -> None:
        """Show a service's problems on the form; nothing was stored."""
        self.form_errors = [*self.form_errors, *(str(problem) for problem in error.problems)]

    def all_errors(self) -> list[tuple[str, str]]:
        """(field id, sentence) for the summary at the top; the id is empty for the form as a whole."""
        of_fields = [(field.id, str(text)) for field in self for text in _flat(field.errors)]
        return of_fields + [("", str(text)) for text in self.form_errors]


def choices_of(kinds: Iterable[StrEnum]) -> list[SelectChoice]:
    """Each by its value, under its label."""
    return [SelectChoice(kind.value, label(kind)) for kind in kinds]


def _flat(errors: Any) -> list[Any]:
    return [text for item in errors for text in (item if isinstance(item, list | tuple) else [item])]
