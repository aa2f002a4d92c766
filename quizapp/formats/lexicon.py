"""Read the lexicon that ships with the site: two YAML files, checked to the line."""

import re
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from quizapp.core.errors import BadInput
from quizapp.core.errors import Problem
from quizapp.core.lexicon import Lexicon
from quizapp.core.lexicon import TermClass
from quizapp.core.lexicon import bare

HOME = Path(__file__).parent.parent / "lexicon"
PARADIGMS = "paradigms.yaml"
SYNONYMS = "synonyms.yaml"
CLASS_FIELDS = frozenset({"name", "terms", "form", "cues"})
#: Most terms of a class stand in the speech itself, or too near to it; of fewer none would be left.
FEWEST_TERMS = 8
BRACKETS = re.compile(r"\[[^\[\]]+\]")
#: The parser written in C reads the files twenty times as fast, and says the same; not every machine has it.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def load_lexicon() -> Lexicon:
    """The lexicon of the site. A file with a mistake in it raises BadInput and gives nothing."""
    return read_lexicon(HOME)


def read_lexicon(folder: Path) -> Lexicon:
    """The lexicon of a folder.

    :raise BadInput: naming the file, and every line of it that has a mistake
    """
    synonyms = read_groups(text_of(folder / SYNONYMS), SYNONYMS)
    return Lexicon(read_classes(text_of(folder / PARADIGMS), PARADIGMS, synonyms), synonyms)


def text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as bad:
        raise BadInput(file.name, [Problem("", f"读不了这个词表文件（{file}）")]) from bad


def read_classes(text: str, source: str, synonyms: tuple[frozenset[str], ...] = ()) -> tuple[TermClass, ...]:
    """The classes of a paradigm file; no class may hold two terms that the synonyms make one."""
    nodes = entries(text, "classes", source)
    refuse(source, [problem for node in nodes for problem in class_problems(node)] + repeated_names(nodes))
    told = Lexicon(synonyms=synonyms)
    refuse(source, [problem for node in nodes for problem in same_meaning(fields_of(node)["terms"], told)])
    return tuple(class_of(node) for node in nodes)


def read_groups(text: str, source: str) -> tuple[frozenset[str], ...]:
    """The groups of a synonym file."""
    nodes = entries(text, "groups", source)
    refuse(source, [problem for node in nodes for problem in group_problems(node)])
    terms = [term for node in nodes for term in node.value]
    refuse(source, repeated(terms, "一个词只能在一组，且只写一次", bare))
    return tuple(frozenset(term.value for term in node.value) for node in nodes)


def refuse(source: str, problems: list[Problem]) -> None:
    if problems:
        raise BadInput(source, problems)


def at(node: yaml.Node, message: str) -> Problem:
    return Problem(f"第 {node.start_mark.line + 1} 行", message)


def entries(text: str, field: str, source: str) -> list[Any]:
    """The nodes of the one list a lexicon file holds; nodes, because values have forgotten their lines."""
    try:
        root = yaml.compose(text, Loader=LOADER)
    except yaml.YAMLError as bad:
        mark = getattr(bad, "problem_mark", None)
        why = getattr(bad, "problem", None) or bad
        raise BadInput(source, [Problem(f"第 {mark.line + 1 if mark else 1} 行", f"不是正确的 YAML：{why}")]) from bad
    if not isinstance(root, yaml.MappingNode) or [key.value for key, _ in root.value] != [field]:
        raise BadInput(source, [Problem("第 1 行", f"文件应只有一项“{field}”")])
    found = root.value[0][1]
    if not isinstance(found, yaml.SequenceNode) or not found.value:
        raise BadInput(source, [at(found, f"“{field}”应是一个不空的列表")])
    return list(found.value)


def fields_of(node: yaml.MappingNode) -> dict[str, yaml.Node]:
    return {key.value: value for key, value in node.value if is_text(key)}


def class_problems(node: yaml.Node) -> Iterator[Problem]:
    """What is wrong with one class, in the order of the file."""
    if not isinstance(node, yaml.MappingNode):
        yield at(node, "每一类应写成“字段: 值”")
        return
    known = [key for key, _ in node.value if is_text(key) and key.value in CLASS_FIELDS]
    yield from (at(key, f"不认识的字段“{key.value}”") for key, _ in node.value if key not in known)
    yield from repeated(known, "重复的字段")
    fields = fields_of(node)
    if not is_text(fields.get("name")):
        yield at(node, "缺少类名 name")
    yield from list_problems(node, fields.get("terms"), "terms")
    yield from few_terms(fields.get("terms"))
    yield from list_problems(node, fields["cues"], "cues") if "cues" in fields else ()
    yield from form_problems(fields)


def few_terms(terms: yaml.Node | None) -> Iterator[Problem]:
    if isinstance(terms, yaml.SequenceNode) and 0 < len(terms.value) < FEWEST_TERMS:
        yield at(terms, f"“terms”至少要有 {FEWEST_TERMS} 个词，现在只有 {len(terms.value)} 个")


def same_meaning(terms: yaml.Node, told: Lexicon) -> Iterator[Problem]:
    """Terms of one class that are one wording once each synonym has given way to the first of its group."""
    first: dict[str, str] = {}
    for term in terms.value:
        other = first.setdefault(told.levelled(term.value), term.value)
        if other != term.value:
            yield at(term, f"“{term.value}”与同类的“{other}”同义（见 {SYNONYMS}），一类里只能留一个")


def form_problems(fields: dict[str, yaml.Node]) -> Iterator[Problem]:
    form, terms = fields.get("form"), fields.get("terms")
    if form is None or not isinstance(terms, yaml.SequenceNode):
        return
    if not is_text(form) or any(mark in BRACKETS.sub("", form.value) for mark in "[]"):
        yield at(form, "form 应是一个样式，方括号要成对、不空")
        return
    yield from (
        at(term, f"“{term.value}”不合样式“{form.value}”")
        for term in terms.value
        if is_text(term) and not fnmatchcase(term.value, form.value)
    )


def list_problems(owner: yaml.Node, node: yaml.Node | None, field: str) -> Iterator[Problem]:
    """What is wrong with a list of terms: absent, empty, not texts, one of them twice."""
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        yield at(node or owner, f"“{field}”是空的")
        return
    yield from (at(term, "词不能为空") for term in node.value if not is_text(term))
    yield from repeated(node.value, "重复的词")


def group_problems(node: yaml.Node) -> Iterator[Problem]:
    if not isinstance(node, yaml.SequenceNode) or len(node.value) < 2:
        yield at(node, "每一组至少要有两个词")
        return
    yield from (at(term, "词不能为空") for term in node.value if not is_text(term))


def repeated(nodes: Iterable[Any], message: str, told: Callable[[str], str] = str) -> list[Problem]:
    """Texts that come a second time, as they are `told`."""
    seen: set[str] = set()
    problems = []
    for node in filter(is_text, nodes):
        if told(node.value) in seen:
            problems.append(at(node, f"{message}：“{node.value}”"))
        seen.add(told(node.value))
    return problems


def repeated_names(nodes: list[Any]) -> list[Problem]:
    names = [fields_of(node).get("name") for node in nodes if isinstance(node, yaml.MappingNode)]
    return repeated([name for name in names if name is not None], "重复的类名")


def is_text(node: yaml.Node | None) -> bool:
    return isinstance(node, yaml.ScalarNode) and bool(node.value.strip())


def class_of(node: yaml.MappingNode) -> TermClass:
    fields: dict[str, Any] = fields_of(node)
    return TermClass(
        name=fields["name"].value,
        terms=tuple(term.value for term in fields["terms"].value),
        form=fields["form"].value if "form" in fields else "*",
        cues=tuple(cue.value for cue in fields["cues"].value) if "cues" in fields else (),
    )
