"""The book of mistakes as a document, as Word opens it: questions in order, answers where they were asked for."""

from io import BytesIO

import pytest
from docx import Document

from quizapp.formats.mistakes_docx import Answers
from quizapp.formats.mistakes_docx import MistakesPaper
from quizapp.formats.mistakes_docx import PrintedMistake
from quizapp.formats.mistakes_docx import PrintedPart
from quizapp.formats.mistakes_docx import write_mistakes

FIRST = PrintedMistake(
    1, "〔单选题，错 2 次〕", ("讲话要求（　）。", "A. 甲", "B. 乙"), ("答案：A", "原句：要甲\x0b不要乙")
)
SECOND = PrintedMistake(2, "〔填空题，错 1 次〕", ("今日事______。",), ("答案：今日毕",))
PARTS = (PrintedPart("《讲话》", "一、作风", (FIRST,)), PrintedPart("", "二、效率", (SECOND,)))
HEAD = ["错题本", "", "姓名：陆干部", "《讲话》", "一、作风"]
ASKED = ["1. 〔单选题，错 2 次〕讲话要求（　）。", "A. 甲", "B. 乙"]
SECOND_ASKED = ["二、效率", "2. 〔填空题，错 1 次〕今日事______。"]
LINES = {
    Answers.NONE: [*HEAD, *ASKED, *SECOND_ASKED],
    Answers.UNDER: [*HEAD, *ASKED, "答案：A", "原句：要甲\ufffd不要乙", *SECOND_ASKED, "答案：今日毕"],
    Answers.END: [
        *(*HEAD, *ASKED, *SECOND_ASKED, "答案和原句"),
        *("1. 答案：A", "原句：要甲\ufffd不要乙", "2. 答案：今日毕"),
    ],
}


@pytest.mark.parametrize("answers", Answers)
def test_answers_stand_where_they_were_asked_for(answers: Answers) -> None:
    document = Document(BytesIO(write_mistakes(MistakesPaper("错题本", ("姓名：陆干部",), PARTS, answers))))
    assert [paragraph.text for paragraph in document.paragraphs] == LINES[answers]


def test_answers_at_the_end_begin_a_page_and_no_question_is_parted_from_its_options() -> None:
    made = Document(BytesIO(write_mistakes(MistakesPaper("错题本", ("姓名：陆干部",), PARTS, Answers.END))))
    by_text = {paragraph.text: paragraph.paragraph_format for paragraph in made.paragraphs}
    assert by_text["答案和原句"].page_break_before
    assert [bool(by_text[line].keep_with_next) for line in ASKED] == [True, True, False]
