"""Imports go down only, the core stays pure, and nobody hides either."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

import quizapp

PACKAGE = Path(quizapp.__file__).parent
#: What each layer may import of ours besides itself. The root (create_app, config) puts the house together.
MAY_IMPORT = {
    "core": frozenset(),
    "formats": frozenset({"core"}),
    "db": frozenset({"core"}),
    "services": frozenset({"core", "formats", "db"}),
    "web": frozenset({"core", "formats", "db", "services"}),
    "cli": frozenset({"core", "formats", "db", "services", "config"}),
}
#: What the core may import of others: the standard library's pure part, the segmenter, rules of recurring days, the
#: table of public holidays, and the memory model.
PURE = frozenset(
    {
        *("abc", "bisect", "collections", "collections.abc", "dataclasses", "datetime", "difflib", "enum", "fractions"),
        *(
            "fnmatch",
            "functools",
            "heapq",
            "hashlib",
            "itertools",
            "math",
            "operator",
            "random",
            "re",
            "rjieba",
            "statistics",
        ),
        *("string", "types", "typing", "unicodedata"),
        *("chinese_calendar", "dateutil.relativedelta", "dateutil.rrule", "fsrs"),
    }
)
#: A package of types or kinds finds its own files; commonprefix is arithmetic on texts that happens to live there.
PURE_HERE = frozenset({("__init__.py", "importlib"), ("__init__.py", "pkgutil"), ("distractors.py", "os.path")})
#: Of the pure modules, what would bring the clock or unseeded chance in after all.
CLOCK = frozenset({"now", "today", "utcnow"})
#: The names of `random` that need no module-level generator; Random itself must be given its seed.
SEEDED = frozenset({"Random"})
FILES = frozenset({"open", "input", "print", "exec", "eval", "compile", "__import__"})


@dataclass(frozen=True)
class Module:
    """One source file of the product."""

    path: Path
    #: Everything in it, in no order that matters.
    nodes: tuple[ast.AST, ...]

    @property
    def name(self) -> str:
        return self.path.relative_to(PACKAGE).as_posix()

    @property
    def layer(self) -> str:
        return self.path.relative_to(PACKAGE).parts[0].removesuffix(".py")

    def at(self, node: ast.AST) -> str:
        return f"quizapp/{self.name}:{getattr(node, 'lineno', 0)}"

    def imports(self) -> Iterator[tuple[ast.stmt, str, str]]:
        """(statement, module, name) of every import; the name is empty for `import module`."""
        for node in self.nodes:
            if isinstance(node, ast.Import):
                yield from ((node, alias.name, "") for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{self.at(node)}: write the whole name of the module"
                yield from ((node, node.module or "", alias.name) for alias in node.names)

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        return (n for n in self.nodes if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


@cache
def modules() -> tuple[Module, ...]:
    files = sorted(PACKAGE.rglob("*.py"))
    return tuple(Module(file, tuple(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))) for file in files)


def of_layer(*layers: str) -> list[Module]:
    return [module for module in modules() if module.layer in layers]


def layer_of_import(module: str, name: str) -> str | None:
    """The part of our house that an import reaches into; None for others' packages."""
    parts = [*module.split("."), *([name] if name else [])]
    if parts[0] != "quizapp":
        return None
    return parts[1] if len(parts) > 1 else "quizapp"


def test_every_layer_of_the_house_is_known() -> None:
    packages = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert packages == set(MAY_IMPORT)


@pytest.mark.parametrize("layer", MAY_IMPORT)
def test_imports_go_down_only(layer: str) -> None:
    wrong = [
        f"{module.at(node)} imports {reached}"
        for module in of_layer(layer)
        for node, name, member in module.imports()
        if (reached := layer_of_import(name, member)) is not None and reached not in MAY_IMPORT[layer] | {layer}
    ]
    assert not wrong, "\n".join(wrong)


def test_only_the_root_imports_the_root() -> None:
    """`config` is read once, by the factory; the rest finds it in the application (commands also want the folder)."""
    wrong = [
        module.at(node)
        for module in of_layer(*MAY_IMPORT)
        for node, name, member in module.imports()
        if name == "quizapp.config" and (module.layer != "cli" or member != "PROJECT")
    ]
    assert not wrong, "\n".join(wrong)


def test_the_core_imports_nothing_but_what_is_pure() -> None:
    wrong = [
        f"{module.at(node)} imports {name}"
        for module in of_layer("core")
        for node, name, member in module.imports()
        if layer_of_import(name, member) is None and name not in PURE and (module.path.name, name) not in PURE_HERE
    ]
    assert not wrong, "\n".join(wrong)


def test_the_core_has_no_clock() -> None:
    wrong = [
        f"{module.at(node)} asks for {node.attr}()"
        for module in of_layer("core")
        for node in module.nodes
        if isinstance(node, ast.Attribute) and node.attr in CLOCK
    ]
    assert not wrong, "\n".join(wrong)


def test_the_core_has_no_chance_without_a_seed() -> None:
    wrong = [
        module.at(node)
        for module in of_layer("core")
        for node, name, member in module.imports()
        if name == "random" and member not in SEEDED
    ]
    unseeded = [
        module.at(node)
        for module in of_layer("core")
        for node in module.nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in SEEDED
        and not node.args
        and not node.keywords
    ]
    assert not (wrong + unseeded), "\n".join(wrong + unseeded)


def test_the_core_does_not_order_by_hash() -> None:
    """hash() of a text differs from process to process: chance by the back door."""
    wrong = [
        module.at(node)
        for module in of_layer("core")
        for node in module.nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "hash"
    ]
    assert not wrong, "\n".join(wrong)


def test_the_core_touches_no_files_and_prints_nothing() -> None:
    wrong = [
        f"{module.at(node)} calls {node.func.id}"
        for module in of_layer("core")
        for node in module.nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FILES
    ]
    assert not wrong, "\n".join(wrong)


def test_services_know_no_flask_and_never_commit() -> None:
    flask = [
        f"{module.at(node)} imports {name}"
        for module in of_layer("services")
        for node, name, _ in module.imports()
        if name.split(".")[0] in {"flask", "flask_login", "flask_wtf", "wtforms", "click"}
    ]
    commits = [
        f"{module.at(node)} calls {node.attr}"
        for module in of_layer("services", "db")
        for node in module.nodes
        if isinstance(node, ast.Attribute) and node.attr in {"commit", "begin"} and module.name != "db/engine.py"
    ]
    assert not (flask + commits), "\n".join(flask + commits)


def test_pages_and_commands_make_no_rows() -> None:
    """A page may name a Row in an annotation; making or changing one is a service's work."""
    wrong = [
        f"{module.at(node)} makes {node.func.id}"
        for module in of_layer("web", "cli")
        for node in module.nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.endswith("Row")
    ]
    assert not wrong, "\n".join(wrong)


#: What writes, however it is spelt: on a session, or as a statement.
WRITES = frozenset({"add", "add_all", "delete", "merge", "flush", "commit"})


def test_pages_and_commands_write_through_services_only() -> None:
    on_session = [
        f"{module.at(node)} calls session.{node.func.attr}"
        for module in of_layer("web", "cli")
        for node in module.nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in WRITES
        and "session" in ast.unparse(node.func.value)
    ]
    statements = [
        f"{module.at(node)} imports {member}"
        for module in of_layer("web", "cli")
        for node, name, member in module.imports()
        if name.startswith("sqlalchemy") and member in {"insert", "update", "delete", "text"}
    ]
    assert not (on_session + statements), "\n".join(on_session + statements)


def test_pages_import_rows_for_annotations_only() -> None:
    """Where a Row's name stands in a page's code other than an annotation, the page asks the database by itself."""
    wrong = [
        f"{module.at(node)} uses {node.id}"
        for module in of_layer("web")
        for node in module.nodes
        if isinstance(node, ast.Name) and node.id.endswith("Row") and node not in annotations(module)
    ]
    assert not wrong, "\n".join(wrong)


@cache
def annotations(module: Module) -> frozenset[ast.AST]:
    """Every node that stands inside an annotation."""
    roots: list[ast.expr | None] = []
    for node in module.nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            roots.append(node.returns)
        elif isinstance(node, ast.arg | ast.AnnAssign):
            roots.append(node.annotation)
    return frozenset(inner for root in roots if root is not None for inner in ast.walk(root))


def test_nothing_is_imported_inside_a_function() -> None:
    wrong = [
        module.at(node)
        for module in modules()
        for function in module.functions()
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert not wrong, "\n".join(wrong)


#: Catching these is catching everything.
EVERYTHING = frozenset({"Exception", "BaseException"})


def test_only_named_errors_are_caught() -> None:
    """What is caught must be named; catching everything is for undoing and raising again (the write transaction)."""
    wrong = [
        module.at(handler)
        for module in modules()
        for handler in module.nodes
        if isinstance(handler, ast.ExceptHandler) and _catches_everything(handler) and not _raises_again(handler)
    ]
    assert not wrong, "\n".join(wrong)


def test_the_net_under_everything_hangs_in_one_place() -> None:
    wrong = [
        module.at(node)
        for module in modules()
        for node in module.nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"register_error_handler", "errorhandler", "app_errorhandler"}
        and module.name != "web/errors.py"
    ]
    assert not wrong, "\n".join(wrong)


def _catches_everything(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    return any(isinstance(node, ast.Name) and node.id in EVERYTHING for node in ast.walk(handler.type))


def _raises_again(handler: ast.ExceptHandler) -> bool:
    return isinstance(handler.body[-1], ast.Raise) and handler.body[-1].exc is None


#: Running text as code, a template from text, SQL from text: none has a place in the product.
DANGEROUS = frozenset({"eval", "exec", "render_template_string", "from_string", "Markup", "literal_column"})


def test_no_text_becomes_code() -> None:
    wrong = [
        f"{module.at(node)} calls {_called(node)}"
        for module in modules()
        for node in module.nodes
        if isinstance(node, ast.Call) and _called(node) in DANGEROUS
    ]
    assert not wrong, "\n".join(wrong)


def _called(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
