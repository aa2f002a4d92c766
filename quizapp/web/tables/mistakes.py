"""One's own mistakes on paper: the same words for the printed page and for the file."""

from collections.abc import Iterator
from datetime import datetime
from itertools import count
from itertools import groupby

from quizapp.core.dealing import Presented
from quizapp.core.labels import label
from quizapp.core.question import Interaction
from quizapp.core.question import TypeName
from quizapp.formats.mistakes_docx import Answers
from quizapp.formats.mistakes_docx import MistakesPaper
from quizapp.formats.mistakes_docx import PrintedMistake
from quizapp.formats.mistakes_docx import PrintedPart
from quizapp.services.mistakes import PRINTED
from quizapp.services.mistakes import Book
from quizapp.services.mistakes import Group
from quizapp.services.mistakes import Mistake
from quizapp.services.mistakes import Standing
from quizapp.web.filters import office_time

WITHHELD = "（本题所在场次不公布答案）"
#: What is said of a question where it is not one of the bank.
REMARKS = {Standing.RETIRED: "，试题已撤下", Standing.CHECKED: "，试题正在复核"}


def paper(book: Book, answers: Answers, name: str, narrowed_by: str, moment: datetime) -> MistakesPaper:
    """What is shown of the book, in words."""
    local = office_time(moment)
    about = [f"姓名：{name}　　日期：{local.year} 年 {local.month} 月 {local.day} 日"]
    if narrowed_by:
        about.append(f"范围：{narrowed_by}")
    if len(book.found) > PRINTED:
        about.append(f"共 {len(book.found)} 题，只印前 {PRINTED} 题；请用筛选分几次打印。")
    return MistakesPaper("错题本", tuple(about), tuple(_parts(book, with_headings=answers is Answers.UNDER)), answers)


def _parts(book: Book, *, with_headings: bool) -> Iterator[PrintedPart]:
    """By speech; by heading too where the answer stands beside it anyway, for a heading may tell it."""
    numbers = count(1)
    speech = ""

    def place_of(group: Group) -> tuple[str, str]:
        return group.speech, group.heading if with_headings else ""

    for (of, heading), groups in groupby(book.groups, key=place_of):
        made = tuple(_printed(mistake, next(numbers)) for group in groups for mistake in group.mistakes)
        yield PrintedPart(f"《{of}》" if of != speech else "", heading, made)
        speech = of


def _printed(mistake: Mistake, number: int) -> PrintedMistake:
    line, shown = mistake.line, mistake.shown.shown
    head = f"〔{label(shown.type)}，错 {line.times} 次{REMARKS.get(line.standing, '')}〕"
    return PrintedMistake(number, head, tuple(_asked(shown)), tuple(_answers(mistake)))


def _asked(shown: Presented) -> Iterator[str]:
    yield shown.stem
    yield from (f"{number}）{prompt}" for number, prompt in enumerate(shown.prompts, start=1))
    if shown.type is TypeName.TRUE_FALSE:
        yield "（　　）"
    else:
        yield from (f"{letter}. {text}" for letter, text in shown.options)
    if shown.interaction is Interaction.ORDER:
        yield "顺序：" + "（　）" * len(shown.options)


def _answers(mistake: Mistake) -> Iterator[str]:
    told = mistake.explained
    if told is None:
        yield until(mistake)
        return
    key = told.kind.key_text(told.question).split("\n")
    yield f"答案：{key[0]}"
    yield from key[1:]
    if mistake.outcome is not None:
        yield f"我的作答：{told.kind.response_text(told.question, mistake.outcome.response)}".replace("\n", "；")
    if told.question.explanation:
        yield f"解析：{told.question.explanation}"
    if told.question.source.quote:
        yield f"原句：{told.question.source.quote}"
    point = f"　要点：{told.key_point}" if told.key_point else ""
    yield f"出处：《{told.question.source.speech}》{told.question.source.heading}{point}"


def until(mistake: Mistake) -> str:
    """Why a key is not told, and when about it will be."""
    if mistake.line.standing is Standing.WITHHELD:
        return WITHHELD
    if mistake.reserved_until is None:
        return "（这道题在没有结束的学测试卷上，答案暂不显示）"
    local = office_time(mistake.reserved_until)
    return f"（这道题在没有结束的学测试卷上，答案等学测结束后再显示，大约在 {local.month} 月 {local.day} 日）"
