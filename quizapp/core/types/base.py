"""What every question type answers for, and the checks that types share.

A place in a `Problem` is the path of the field in `Question`: `stem`, `options.B`, `key`, `blanks[0][1]`.
"""

import re
import unicodedata
from collections.abc import Container
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from fractions import Fraction
from typing import Protocol

from quizapp.core.errors import Problem
from quizapp.core.errors import QuizError
from quizapp.core.question import MAX_PARTS
from quizapp.core.question import Interaction
from quizapp.core.question import MultipleRule
from quizapp.core.question import Option
from quizapp.core.question import Question
from quizapp.core.question import Response
from quizapp.core.question import TypeName

MAX_TEXT = 4000
MAX_ANSWER = 200
MAX_ESSAY = 2000
MIN_OPTIONS = 2
NOT_ANSWERED = "未作答"
#: What questions of some types hold and those of others do not.
PARTS = {
    "options": "选项",
    "key": "正确选项",
    "blanks": "填空答案",
    "pairs": "左列",
    "right_order": "正确顺序",
    "points": "采分点",
}

# Options are shuffled for each person, so none may speak of the others by place or letter.
OPTION_ABOUT_OPTIONS = re.compile(r"以上(?:都|均|皆|全|各项|选项|几项|[两二三四五]项)|[A-J](?:[、,，和与及][A-J])+")
KEY_LEFT_IN_STEM = re.compile(r"[（(][ \u3000]{0,9}([A-J]{1,10}|[√×])[ \u3000]{0,9}[)）]")


class BadResponse(QuizError, ValueError):
    """What a browser sent is no answer to this question. `reason` is one sentence for the person."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


class QuestionType(Protocol):
    """One type of question; everything the site needs to know about it."""

    @property
    def name(self) -> TypeName: ...

    @property
    def interaction(self) -> Interaction: ...

    @property
    def label(self) -> str:
        """Its name on papers and pages."""

    @property
    def is_marked_by_person(self) -> bool:
        """Whether `fraction` is only a proposal, and a person decides."""

    def problems(self, question: Question) -> list[Problem]:
        """Everything that keeps the question from being asked; empty when it is sound."""

    def response(self, question: Question, raw: object) -> Response:
        """What a browser sent, as a value; an empty list is the cleared answer. Raises BadResponse."""

    def fraction(self, question: Question, response: Response, rule: MultipleRule) -> Fraction:
        """The share of the mark that the response earns, 0..1."""

    def guessed(self, question: Question, rule: MultipleRule) -> Fraction | None:
        """The share that answering at random earns on average; None where people mark, and guess nothing.

        Moodle's random guess score (`get_random_guess_score` of each question type).
        """

    def rule_text(self, rule: MultipleRule) -> str:
        """How it is marked, as printed on the paper."""

    def key_text(self, question: Question) -> str:
        """The key as an office prints it, in one or more lines."""

    def key_lines(self, question: Question) -> tuple[str, ...]:
        """The key in words that mean the same to everybody, whatever letters they saw."""

    def response_text(self, question: Question, response: Response) -> str:
        """A response as an office prints it, in one or more lines."""

    def faults(self, question: Question, response: Response) -> tuple[str, ...]:
        """What is wrong in a response, in words that mean the same to everybody, so that they can be counted."""

    def right_response(self, question: Question) -> Response:
        """A response that earns the whole mark."""

    def relettered(self, response: Response, letters: Mapping[str, str]) -> Response:
        """The response with its option ids replaced: by the letters a person sees, or back."""

    def stored(self, response: Response) -> list[str]:
        """The response as a list of strings, always in the same order, as it is kept and sent."""

    def restored(self, value: Sequence[str]) -> Response:
        """The response that was stored as this list."""

    def example(self) -> Question:
        """A sound question of this type, which every contract test uses."""


class ChoiceType:
    """What the types answered by choosing options have in common."""

    interaction = Interaction.CHOICE
    is_marked_by_person = False

    def most(self, question: Question) -> int:
        """How many options may be chosen at once."""
        return 1

    def response(self, question: Question, raw: object) -> Response:
        chosen = strings(raw, most=self.most(question))
        if not frozenset(chosen) <= {option.id for option in question.options}:
            raise BadResponse("所选的选项不在这道题里，请刷新页面后重新作答。")
        if len(frozenset(chosen)) < len(chosen):
            raise BadResponse("同一个选项不能选两次。")
        return frozenset(chosen)

    def guessed(self, question: Question, rule: MultipleRule) -> Fraction | None:
        return Fraction(1, len(question.options))

    def key_text(self, question: Question) -> str:
        return self.response_text(question, question.key)

    def response_text(self, question: Question, response: Response) -> str:
        return "、".join(sorted(chosen_ids(response))) or NOT_ANSWERED

    def key_lines(self, question: Question) -> tuple[str, ...]:
        return tuple(option.text for option in question.options if option.id in question.key)

    def faults(self, question: Question, response: Response) -> tuple[str, ...]:
        """The options that were chosen wrongly, and those that were not though others were."""
        chosen = chosen_ids(response)
        wrong = [f"错选：{option.text}" for option in question.options if option.id in chosen - question.key]
        missed = question.key - chosen if self.most(question) > 1 and chosen else frozenset()
        return (*wrong, *(f"漏选：{option.text}" for option in question.options if option.id in missed))

    def right_response(self, question: Question) -> Response:
        return question.key

    def relettered(self, response: Response, letters: Mapping[str, str]) -> Response:
        return frozenset(letters[option_id] for option_id in chosen_ids(response))

    def stored(self, response: Response) -> list[str]:
        return sorted(response)

    def restored(self, value: Sequence[str]) -> Response:
        return frozenset(value)


class ListedType:
    """What the types answered with a list of strings in a fixed order have in common."""

    is_marked_by_person = False

    def stored(self, response: Response) -> list[str]:
        return list(texts(response))

    def restored(self, value: Sequence[str]) -> Response:
        return tuple(value)


class TypedType(ListedType):
    """What the types answered by typing have in common: no letters."""

    def relettered(self, response: Response, letters: Mapping[str, str]) -> Response:
        return response


class PlacedType(ListedType):
    """What the types answered by putting options in places have in common; "" stands in a place left empty."""

    def guessed(self, question: Question, rule: MultipleRule) -> Fraction | None:
        """Each line gets its own option, and each item its own successor, in one of n orders."""
        return Fraction(1, len(question.options))

    def relettered(self, response: Response, letters: Mapping[str, str]) -> Response:
        return tuple(letters[option_id] if option_id else "" for option_id in texts(response))


def placed_ids(question: Question, raw: object, most: int) -> tuple[str, ...]:
    """The option ids that a browser sent for `most` places; () when all are empty. Raises BadResponse."""
    sent = strings(raw, most)
    if not frozenset(sent) <= {"", *(option.id for option in question.options)}:
        raise BadResponse("所选的选项不在这道题里，请刷新页面后重新作答。")
    placed = (*sent, *[""] * (most - len(sent)))
    return placed if any(placed) else ()


def option_texts(question: Question) -> dict[str, str]:
    return {option.id: option.text for option in question.options}


def chosen_ids(response: Response) -> frozenset[str]:
    if not isinstance(response, frozenset):
        raise TypeError("a choice is answered with option ids")
    return response


def texts(response: Response) -> tuple[str, ...]:
    if not isinstance(response, tuple):
        raise TypeError("a text is answered with one text for each blank")
    return response


def strings(raw: object, most: int, longest: int = MAX_ANSWER) -> list[str]:
    """The list of short, storable strings that a browser sent; raises BadResponse for anything else."""
    if not isinstance(raw, list):
        raise BadResponse("答案的格式不对，请刷新页面后重新作答。")
    if len(raw) > most:
        raise BadResponse(f"这道题最多填写或选择 {most} 项。")
    return [_answer(item, longest) for item in raw]


def _answer(item: object, longest: int) -> str:
    if not isinstance(item, str):
        raise BadResponse("答案必须是文字，请刷新页面后重新作答。")
    if len(item) > longest:
        raise BadResponse(f"答案太长：最多 {longest} 个字。")
    if "\0" in item or _has_surrogate(item):
        raise BadResponse("答案里有无法保存的字符，请重新输入。")
    return item


def common_problems(question: Question) -> list[Problem]:
    """What is wrong with a question whatever its type: its stem, its texts, its difficulty."""
    found = [] if question.stem.strip() else [Problem("stem", "题干是空的，请填写题干。")]
    found += [Problem(place, fault) for place, text in _texts(question) if (fault := text_fault(text))]
    if not 1 <= question.difficulty <= 5:
        found.append(Problem("difficulty", "难度应当是 1（易）到 5（难）之间的整数。"))
    return found


def choice_problems(question: Question) -> list[Problem]:
    """What is wrong with a question that is answered by choosing, but for the size of its key."""
    found = common_problems(question) + option_problems(question.options) + _key_problems(question)
    if left := KEY_LEFT_IN_STEM.search(question.stem):
        found.append(Problem("stem", f"题干的括号里还留着答案“{left[1]}”，请改成空括号（　）。"))
    return found + foreign_problems(question, "选择、判断题", {"options", "key"})


def foreign_problems(question: Question, label: str, own: Container[str]) -> list[Problem]:
    """What the question holds that belongs to questions of another type."""
    held: dict[str, object] = {place: getattr(question, place) for place in PARTS}
    held["blanks"] = question.blanks or question.any_order
    return [
        Problem(place, f"{label}没有{PARTS[place]}，请删除，或改换题型。")
        for place, part in held.items()
        if part and place not in own
    ]


def option_problems(options: tuple[Option, ...]) -> list[Problem]:
    found = []
    if not MIN_OPTIONS <= len(options) <= MAX_PARTS:
        found.append(Problem("options", f"选项应有 {MIN_OPTIONS} 到 {MAX_PARTS} 个，现有 {len(options)} 个。"))
    earlier: dict[str, str] = {}
    for option in options:
        found += _one_option_problems(option)
        same = earlier.setdefault(same_text(option.text), option.id)
        if same != option.id and option.text.strip():
            found.append(Problem(f"options.{option.id}", f"选项 {option.id} 与选项 {same} 内容相同，请修改其中一个。"))
    if len({option.id for option in options}) < len(options):
        found.append(Problem("options", "有两个选项用了同一个字母，请改正。"))
    return found


def _one_option_problems(option: Option) -> Iterator[Problem]:
    place = f"options.{option.id}"
    if not re.fullmatch("[A-Z]", option.id):
        yield Problem(place, "选项要用一个大写字母编号。")
    if not option.text.strip():
        yield Problem(place, f"选项 {option.id} 是空的，请填写内容或删除。")
    if OPTION_ABOUT_OPTIONS.match(option.text):
        yield Problem(place, f"选项顺序会打乱，选项 {option.id} 不能指称其他选项（如“以上都对”“A和B”）。")


def _key_problems(question: Question) -> list[Problem]:
    if not question.key:
        return [Problem("key", "没有答案，请填写正确选项。")]
    strange = question.key - {option.id for option in question.options}
    return [Problem("key", f"答案“{letter}”不是这道题的选项。") for letter in sorted(strange)]


def same_text(text: str) -> str:
    """Texts that come out the same read the same: width, case, spaces, outer quotes and a final stop aside.

    Punctuation inside counts, for 公文 style is itself asked about: 〔2024〕 or [2024].
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(folded.split()).strip("。.；;，,、！!“”\"‘’'") or folded


def _texts(question: Question) -> Iterator[tuple[str, str]]:
    yield "stem", question.stem
    for option in question.options:
        yield f"options.{option.id}", option.text
        yield f"proofs.{option.id}", option.proof
    for index, wordings in enumerate(question.blanks):
        yield from ((f"blanks[{index}][{number}]", wording) for number, wording in enumerate(wordings))
    yield from ((f"pairs[{index}]", left) for index, (left, _) in enumerate(question.pairs))
    for index, point in enumerate(question.points):
        yield f"points[{index}]", point.text
        for number, wordings in enumerate(point.keywords):
            yield from ((f"points[{index}].keywords[{number}]", wording) for wording in wordings)
    yield "explanation", question.explanation
    yield "source.speech", question.source.speech
    yield "source.heading", question.source.heading
    yield "source.quote", question.source.quote


def text_fault(text: str) -> str | None:
    """What keeps a text from being stored and shown, in one sentence; None when it is sound."""
    if len(text) > MAX_TEXT:
        return f"文字太长：最多 {MAX_TEXT} 个字，现有 {len(text)} 个。"
    if _has_surrogate(text) or any(unicodedata.category(c) == "Cc" and c not in "\n\t" for c in text):
        return "含有看不见的控制字符，请删除后重新输入。"
    if text != text.strip() and text.strip():
        return "前后有多余的空格或换行，请删除。"
    return None


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= c <= "\udfff" for c in text)
