"""Question sets as YAML that people read and correct (format quiz/1, described in questions/README.md).

The reader takes what `yaml.safe_load` would take, minus everything a question set has no use for: anchors, aliases,
tags, several documents. It keeps the line of every value, so that each problem can say where it is.
"""

import json
import re
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from string import ascii_uppercase
from typing import Any
from typing import NamedTuple

import yaml
from jsonschema import Draft202012Validator

from quizapp.core.errors import BadInput
from quizapp.core.errors import Problem
from quizapp.core.question import Interaction
from quizapp.core.question import Option
from quizapp.core.question import Question
from quizapp.core.question import ScoringPoint
from quizapp.core.question import Source
from quizapp.core.types import TYPES
from quizapp.core.types.base import text_fault
from quizapp.core.types.true_false import WORDS as TRUE_FALSE_OPTIONS

FORMAT = "quiz/1"
MAX_BYTES = 2_000_000
MAX_QUESTIONS = 5_000
MAX_VALUES = 200_000
MAX_DEPTH = 8

SCHEMA = json.loads(Path(__file__).with_name("question_set.schema.json").read_text(encoding="utf-8"))
_SET_FIELDS = SCHEMA["properties"]
_DEFINED = [SCHEMA["$defs"][name]["properties"] for name in ("question", "pair", "point")]
_FIELDS = {
    field: schema
    for fields in (_SET_FIELDS, _SET_FIELDS["source"]["properties"], *_DEFINED)
    for field, schema in fields.items()
}
FIELD_NAMES = {field: schema["title"] for field, schema in _FIELDS.items()}
#: 单选 多选 判断 填空 匹配 排序 简答: a type's label as a set writes it.
TYPE_WORDS = {name: question_type.label.removesuffix("题") for name, question_type in TYPES.items()}
TYPE_OF_WORD = {word: name for name, word in TYPE_WORDS.items()}
TRUE_FALSE_KEYS = {"对": "T", "错": "F"}
KINDS = {"string": "文字", "array": "列表", "object": "若干“字段: 值”", "integer": "整数", "boolean": "true 或 false"}

FieldPath = tuple[str | int, ...]


class Entry(NamedTuple):
    """One question of a set, with the id that stays its own when the set is corrected and loaded again."""

    id: str
    question: Question


@dataclass(frozen=True)
class QuestionSetFile:
    """What a question-set file holds; the source of every question names `speech`."""

    slug: str
    name: str
    speech: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class _Fault:
    line: int
    path: FieldPath
    message: str


@dataclass(frozen=True)
class _Unquoted:
    """A value that YAML takes for something no field wants (8:40 for a number, 2024-01-01 for a date), as written."""

    literal: str


def read_question_set(name: str, content: bytes) -> QuestionSetFile:
    """Read one set. Raises BadInput with every problem found, each with its line, its path and its question."""
    tree = _Tree(_compose(name, _decode(name, content)))
    if len(_raw_questions(tree.data)) > MAX_QUESTIONS:
        raise BadInput(name, [Problem("questions", f"试题太多：最多 {MAX_QUESTIONS} 题，请拆成几个题集。")])
    faults = [*tree.faults, *_schema_faults(tree), *_line_faults(tree), *_repeated_ids(tree)]
    broken = {fault.path[:2] for fault in faults}
    speech = _speech(tree.data)
    entries = []
    for index, raw in enumerate(_raw_questions(tree.data)):
        if ("questions", index) not in broken:
            question = _question(raw, speech)
            entries.append(Entry(raw["id"], question))
            faults += _question_faults(tree, index, question)
    if faults:
        raise BadInput(name, _problems(tree, faults))
    return QuestionSetFile(tree.data["set"], tree.data["name"].strip(), speech, tuple(entries))


def write_question_set(question_set: QuestionSetFile) -> bytes:
    """The set as a file that `read_question_set` reads back the same.

    Not written, since it means nothing outside the library: where a quote stands in the text of the speech (`start`,
    `end`). Raises BadInput where a question lacks what a set must say (an explanation, a heading) or is not sound.
    """
    name = f"{question_set.slug}.yaml"
    _refuse_other_speeches(name, question_set)
    values = {
        "format": FORMAT,
        "set": question_set.slug,
        "name": question_set.name,
        "source": {"speech": question_set.speech},
        "questions": [_raw(entry_id, question) for entry_id, question in question_set.entries],
    }
    content = yaml.dump(values, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10**9).encode()
    read_question_set(name, content)
    return content


# From bytes to a tree of plain values


def _decode(name: str, content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise BadInput(name, [Problem("", f"文件太大：题集最大 {MAX_BYTES // 1_000_000} MB，请拆成几个题集。")])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadInput(name, [Problem(f"第{line}行", "文件不是 UTF-8 编码，请另存为 UTF-8 后重新上传。")]) from error


def _compose(name: str, text: str) -> yaml.Node:
    try:
        _refuse_extras(name, text)
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        raise BadInput(name, [_syntax_problem(error, text)]) from error
    except yaml.YAMLError as error:
        raise BadInput(name, [Problem("", "文件里有 YAML 不允许的控制字符，请删除后重新上传。")]) from error
    if root is None:
        raise BadInput(name, [Problem("", "文件是空的：请按 questions/README.md 的样子填写题集。")])
    return root


def _refuse_extras(name: str, text: str) -> None:
    """Refuse what a set has no use for before any tree is built: it is how YAML files are made to explode."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=yaml.CSafeLoader)):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if message := _extra(event, depth, count):
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise BadInput(name, [Problem(f"第{line}行", message)])


def _extra(event: yaml.Event, depth: int, count: int) -> str | None:
    if getattr(event, "anchor", None) is not None:
        return "题集里不能用锚点和引用（& 和 *）；如果是文字的一部分，请给这段文字加上引号。"
    if getattr(event, "tag", None) is not None:
        return "题集里不能用 YAML 标签（!）；如果是文字的一部分，请给这段文字加上引号。"
    if depth > MAX_DEPTH:
        return "层次太深，请检查括号和缩进。"
    return "内容太多，请拆成几个题集。" if count > MAX_VALUES else None


def _syntax_problem(error: yaml.MarkedYAMLError, text: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    line = mark.line if mark else 0
    shown = "".join(text.splitlines()[line : line + 1]).strip()[:40]
    hint = "请检查缩进、英文冒号后面的空格、引号和括号是否成对"
    return Problem(f"第{line + 1}行", f"YAML 格式不对，{hint}（这一行是：{shown}）。")


def _scalar(node: yaml.ScalarNode) -> object:
    """The value as `yaml.safe_load` gives it, for the four kinds of value that a set uses."""
    kind, literal = node.tag.removeprefix("tag:yaml.org,2002:"), node.value
    if kind == "str":
        return literal
    if kind == "null":
        return None
    if kind == "bool":
        return bool(yaml.SafeLoader.bool_values[literal.lower()])
    return int(literal) if kind == "int" and re.fullmatch("0|[1-9][0-9]{0,8}", literal) else _Unquoted(literal)


class _Tree:
    """A YAML document as plain values, with the line and the spelling of each, and the faults of its mappings."""

    def __init__(self, root: yaml.Node):
        self.faults: list[_Fault] = []
        self.lines: dict[FieldPath, int] = {}
        self.literals: dict[FieldPath, str] = {}
        self.data: Any = self._value(root, ())

    def fault(self, path: FieldPath, message: str) -> _Fault:
        """A fault at the value's line, or that of the nearest thing around it which stands in the file."""
        near = path
        while near not in self.lines:
            near = near[:-1]
        return _Fault(self.lines[near], path, message)

    def _value(self, node: yaml.Node, path: FieldPath) -> object:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, (*path, index)) for index, item in enumerate(node.value)]
        assert isinstance(node, yaml.ScalarNode)
        self.literals[path] = node.value
        return _scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: FieldPath) -> dict[str, object]:
        values: dict[str, object] = {}
        for name_node, value_node in node.value:
            name = _scalar(name_node) if isinstance(name_node, yaml.ScalarNode) else None
            line = name_node.start_mark.line + 1
            if not isinstance(name, str):
                self.faults.append(_Fault(line, path, "字段名和选项字母要写成文字；写法像数字或是非值的，请加引号。"))
            elif name in values:
                self.faults.append(_Fault(line, (*path, name), f"“{name}”写了两次，请删除其中一个。"))
            else:
                self.lines[*path, name] = line
                values[name] = self._value(value_node, (*path, name))
        return values


# From the tree to what is wrong with it


_VALIDATOR = Draft202012Validator(SCHEMA)


@dataclass(frozen=True)
class _BrokenRule:
    """One complaint of the schema: the value, and the rule with what it wanted."""

    path: FieldPath
    rule: str
    wanted: Any
    value: Any
    schema: Any


def _schema_faults(tree: _Tree) -> list[_Fault]:
    found = [
        fault
        for error in _VALIDATOR.iter_errors(tree.data)
        for fault in _translated(
            _BrokenRule(
                path=tuple(error.absolute_path),
                rule=str(error.validator),
                wanted=error.validator_value,
                value=error.instance,
                schema=error.schema,
            ),
            tree,
        )
    ]
    return list(dict.fromkeys(found))


def _translated(broken: _BrokenRule, tree: _Tree) -> Iterator[_Fault]:
    path = broken.path
    if broken.rule == "not":  # how the schema says that a type has no such field
        yield tree.fault(path, f"这种题型不用 {path[-1]}（{FIELD_NAMES[str(path[-1])]}），请删除，或改正题型。")
    elif broken.rule == "required":
        missing = (field for field in broken.wanted if field not in broken.value)
        yield from (tree.fault(path, f"缺少 {field}（{FIELD_NAMES[field]}）。") for field in missing)
    elif broken.rule == "additionalProperties":
        yield from (tree.fault((*path, field), _unknown_field(broken, field)) for field in _unknown_fields(broken))
    elif broken.rule == "type":
        yield tree.fault(path, _wrong_kind(broken, tree.literals.get(path)))
    else:
        yield tree.fault(path, MESSAGES[broken.rule](broken))


def _unknown_fields(broken: _BrokenRule) -> list[str]:
    patterns = broken.schema.get("patternProperties", {})
    known = broken.schema.get("properties", {})
    return [f for f in broken.value if f not in known and not any(re.search(pattern, f) for pattern in patterns)]


def _unknown_field(broken: _BrokenRule, field: str) -> str:
    if known := broken.schema.get("properties"):
        return f"没有“{field}”这个字段；可用的有 {'、'.join(known)}。"
    return f"选项“{field}”写法不对：选项用一个大写字母编号，如 A。"


def _wrong_kind(broken: _BrokenRule, literal: str | None) -> str:
    wanted = [broken.wanted] if isinstance(broken.wanted, str) else broken.wanted
    if broken.value is None:
        return "是空的，请填写。"
    if "string" in wanted and literal is not None:
        return f"“{literal}”会被读成数字、日期或是非值，请给它加上引号。"
    return f"应是{'或'.join(KINDS[kind] for kind in wanted)}，请改正。"


def _wrong_spelling(broken: _BrokenRule) -> str:
    if description := broken.schema.get("description"):
        return f"写法不对：{description}。现在是“{broken.value[:40]}”。"
    return "是空的，请填写。"


#: What to say when a rule of the schema is broken, by the rule.
MESSAGES: dict[str, Callable[[_BrokenRule], str]] = {
    "const": lambda broken: f"应写成 {broken.wanted}。",
    "enum": lambda broken: f"应是 {'、'.join(broken.wanted)} 之一，请改正。",
    "pattern": _wrong_spelling,
    "maxLength": lambda broken: f"太长：最多 {broken.wanted} 个字，现有 {len(broken.value)} 个。",
    "minItems": lambda broken: f"至少要有 {broken.wanted} 项。",
    "maxItems": lambda broken: f"最多 {broken.wanted} 项，现有 {len(broken.value)} 项。",
    "minProperties": lambda broken: f"至少要有 {broken.wanted} 个选项。",
    "uniqueItems": lambda _: "有重复的字母，请删除。",
    "minimum": lambda broken: f"不能小于 {broken.wanted}。",
    "maximum": lambda broken: f"不能大于 {broken.wanted}。",
}


def _line_faults(tree: _Tree) -> Iterator[_Fault]:
    for path, text in ((("name",), _name(tree.data)), (("source", "speech"), _speech(tree.data))):
        if fault := text_fault(text):
            yield tree.fault(path, fault)
        elif "\n" in text or "\t" in text:
            yield tree.fault(path, "要写在一行里，中间不能有换行和制表符。")


def _repeated_ids(tree: _Tree) -> Iterator[_Fault]:
    first: dict[str, int] = {}
    for index, raw in enumerate(_raw_questions(tree.data)):
        entry_id = _entry_id(raw)
        if entry_id and first.setdefault(entry_id, index) != index:
            earlier = tree.lines["questions", first[entry_id], "id"]
            yield tree.fault(("questions", index, "id"), f"题号 {entry_id} 与第{earlier}行的重复，请改成不同的题号。")


def _question_faults(tree: _Tree, index: int, question: Question) -> Iterator[_Fault]:
    raw = tree.data["questions"][index]
    for problem in TYPES[question.type].problems(question):
        yield tree.fault(("questions", index, *_field_path(problem.place, raw)), problem.message)
    letters = {option.id for option in question.options}
    for letter in raw.get("proofs", {}).keys() - letters:
        yield tree.fault(("questions", index, "proofs", letter), f"没有选项 {letter}。")


def _field_path(place: str, raw: dict[str, Any]) -> FieldPath:
    """Where a place in a `Question` stands in the file: `blanks[0][1]` is `key[0][1]`, `source.quote` is `quote`."""
    steps: list[str | int] = [int(step) if step.isdecimal() else step for step in re.findall(r"[^.\[\]]+", place)]
    if steps[0] == "source":
        return tuple(steps[1:])
    if steps[0] == "blanks" and "key" in raw:
        steps[0] = "key"
        return tuple(steps[:2] if len(steps) > 2 and isinstance(raw["key"][steps[1]], str) else steps)
    if steps[0] in ("options", "right_order") and ("pairs" in raw or "items" in raw):
        return _path_of_unlettered(steps[1:], raw)
    return tuple(steps)


def _path_of_unlettered(steps: Sequence[str | int], raw: dict[str, Any]) -> FieldPath:
    """Where an option stands whose letter is not written: in a line of a matching, or among the items to order."""
    index = ascii_uppercase.index(str(steps[0])) if steps else None
    if "items" in raw:
        return ("items",) if index is None else ("items", index)
    lines = len(raw.get("pairs", ()))
    if index is None:
        return ("pairs",)
    return ("pairs", index, "right") if index < lines else ("extra", index - lines)


def _problems(tree: _Tree, faults: Sequence[_Fault]) -> list[Problem]:
    return [Problem(_place(tree.data, fault), fault.message) for fault in sorted(faults, key=lambda fault: fault.line)]


def _place(data: Any, fault: _Fault) -> str:
    steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in fault.path)
    is_in_question = len(fault.path) > 1 and fault.path[0] == "questions"
    entry_id = _entry_id(data["questions"][fault.path[1]]) if is_in_question else None
    return f"第{fault.line}行 {steps.removeprefix('.')}".strip() + (f"（{entry_id}）" if entry_id else "")


# Looking into values that may still be anything


def _raw_questions(data: Any) -> list[Any]:
    questions = data.get("questions") if isinstance(data, dict) else None
    return questions if isinstance(questions, list) else []


def _entry_id(raw: Any) -> str | None:
    entry_id = raw.get("id") if isinstance(raw, dict) else None
    return entry_id if isinstance(entry_id, str) else None


def _name(data: Any) -> str:
    name = data.get("name") if isinstance(data, dict) else None
    return name.strip() if isinstance(name, str) else ""


def _speech(data: Any) -> str:
    source = data.get("source") if isinstance(data, dict) else None
    speech = source.get("speech") if isinstance(source, dict) else None
    return speech.strip() if isinstance(speech, str) else ""


# Between an entry of the file and a question


def _question(raw: dict[str, Any], speech: str) -> Question:
    kind = TYPE_OF_WORD[raw["type"]]
    return Question(
        type=kind,
        stem=raw["stem"].strip(),
        **_PARTS_READ[TYPES[kind].interaction](raw),
        explanation=raw["explanation"].strip(),
        source=Source(speech, heading=raw["heading"].strip(), quote=raw.get("quote", "").strip()),
        difficulty=raw.get("difficulty", Question.difficulty),
    )


def _choice_parts(raw: dict[str, Any]) -> dict[str, Any]:
    texts = TRUE_FALSE_OPTIONS if raw["type"] == "判断" else raw.get("options", {})
    return {"options": _options(texts.items(), raw), "key": _choice_key(raw["key"])}


def _text_parts(raw: dict[str, Any]) -> dict[str, Any]:
    return {"blanks": tuple(map(_wordings, raw["key"])), "any_order": raw.get("any_order", False)}


def _match_parts(raw: dict[str, Any]) -> dict[str, Any]:
    """The right sides are lettered line by line, and behind them the options that belong to no line."""
    texts = [*(pair["right"] for pair in raw["pairs"]), *raw.get("extra", ())]
    lefts = (pair["left"].strip() for pair in raw["pairs"])
    return {
        "options": _options(zip(ascii_uppercase, texts, strict=False), raw),
        "pairs": tuple(zip(lefts, ascii_uppercase, strict=False)),
    }


def _order_parts(raw: dict[str, Any]) -> dict[str, Any]:
    """The items stand in their right order, and are lettered so."""
    options = _options(zip(ascii_uppercase, raw["items"], strict=False), raw)
    return {"options": options, "right_order": tuple(option.id for option in options)}


def _essay_parts(raw: dict[str, Any]) -> dict[str, Any]:
    return {"points": tuple(map(_point, raw["points"]))}


def _point(raw: dict[str, Any]) -> ScoringPoint:
    return ScoringPoint(raw["text"].strip(), tuple(map(_wordings, raw["keywords"])))


#: How a question is answered, from an entry of the file, by interaction.
_PARTS_READ: dict[Interaction, Callable[[dict[str, Any]], dict[str, Any]]] = {
    Interaction.CHOICE: _choice_parts,
    Interaction.TEXT: _text_parts,
    Interaction.MATCH: _match_parts,
    Interaction.ORDER: _order_parts,
    Interaction.ESSAY: _essay_parts,
}


def _options(texts: Iterable[tuple[str, str]], raw: dict[str, Any]) -> tuple[Option, ...]:
    proofs = raw.get("proofs", {})
    return tuple(Option(letter, text.strip(), proofs.get(letter, "").strip()) for letter, text in texts)


def _choice_key(written: str | list[str]) -> frozenset[str]:
    letters = [written] if isinstance(written, str) else written
    return frozenset(TRUE_FALSE_KEYS.get(letter, letter) for letter in letters)


def _wordings(written: str | list[str]) -> tuple[str, ...]:
    return (written.strip(),) if isinstance(written, str) else tuple(wording.strip() for wording in written)


def _raw(entry_id: str, question: Question) -> dict[str, object]:
    interaction = TYPES[question.type].interaction
    options = _written_options(question)
    fields = {
        "id": entry_id,
        "type": TYPE_WORDS[question.type],
        "stem": question.stem,
        **_PARTS_WRITTEN[interaction](question),
        "explanation": question.explanation,
        "heading": question.source.heading,
        "quote": question.source.quote or None,
        "difficulty": question.difficulty,
        "proofs": {letter: option.proof for letter, option in options.items() if option.proof} or None,
    }
    return {field: value for field, value in fields.items() if value is not None}


def _written_options(question: Question) -> dict[str, Option]:
    """The options by the letters under which a reader of the file finds them."""
    options = {option.id: option for option in question.options}
    first = [option_id for _, option_id in question.pairs] or list(question.right_order)
    if not first:
        return options
    return dict(zip(ascii_uppercase, [options[i] for i in dict.fromkeys([*first, *options])], strict=False))


def _raw_choice(question: Question) -> dict[str, object]:
    word = TYPE_WORDS[question.type]
    letters = sorted(question.key)
    if word == "判断":
        return {"key": "".join(written for written, letter in TRUE_FALSE_KEYS.items() if letter in question.key)}
    options = {option.id: option.text for option in question.options}
    return {"options": options or None, "key": letters if word == "多选" else "".join(letters)}


def _raw_blanks(question: Question) -> dict[str, object]:
    return {"key": [_raw_wordings(wordings) for wordings in question.blanks], "any_order": question.any_order or None}


def _raw_pairs(question: Question) -> dict[str, object]:
    texts = {option.id: option.text for option in question.options}
    pairs = [{"left": left, "right": texts.pop(option_id)} for left, option_id in question.pairs]
    return {"pairs": pairs, "extra": list(texts.values()) or None}


def _raw_items(question: Question) -> dict[str, object]:
    return {"items": [option.text for option in _written_options(question).values()]}


def _raw_points(question: Question) -> dict[str, object]:
    points = [{"text": p.text, "keywords": [_raw_wordings(w) for w in p.keywords]} for p in question.points]
    return {"points": points}


#: How a question is answered, as an entry of the file says it, by interaction.
_PARTS_WRITTEN: dict[Interaction, Callable[[Question], dict[str, object]]] = {
    Interaction.CHOICE: _raw_choice,
    Interaction.TEXT: _raw_blanks,
    Interaction.MATCH: _raw_pairs,
    Interaction.ORDER: _raw_items,
    Interaction.ESSAY: _raw_points,
}


def _raw_wordings(wordings: Sequence[str]) -> object:
    return wordings[0] if len(wordings) == 1 else list(wordings)


def _refuse_other_speeches(name: str, question_set: QuestionSetFile) -> None:
    strangers = [
        Problem(
            f"questions[{index}]（{entry_id}）", f"出自另一篇讲话《{question.source.speech}》，请放进它自己的题集。"
        )
        for index, (entry_id, question) in enumerate(question_set.entries)
        if question.source.speech != question_set.speech
    ]
    if strangers:
        raise BadInput(name, strangers)


class _Dumper(yaml.SafeDumper):
    """Writes no anchors, which the reader refuses."""

    def ignore_aliases(self, data: object) -> bool:
        return True
