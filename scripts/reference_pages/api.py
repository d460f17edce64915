"""The public names of the package with their parameters, read from the source.

1. Every module's functions, classes and the classes' methods whose names do not begin with an underscore are listed,
   but for the parts of kernels, which Numba alone calls (``_is_kernel_part``).
2. A function's or method's parameters are those of its definition (``_parameters``).
3. A class's are its fields where it is a record, the placeholders of its template where it is an error, its members
   where it is an enumeration, and those of ``__init__`` otherwise (``_of_class``).
"""

from __future__ import annotations

import ast
import csv
import dataclasses
import enum
import io
from importlib import import_module
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

import dfqgp
from dfqgp.errors import DfqgpError

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(dfqgp.__file__).parent
COLUMNS = ("file", "name", "parameters")

GPU = PACKAGE / "backends" / "gpu"
"""Read as text alone: importing it takes the extra."""

Definition = ast.FunctionDef | ast.ClassDef


def api_table() -> str:
    """Return the table as CSV: file, name, parameters; files by name, names in the order of definition."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for path in sorted(PACKAGE.rglob("*.py"), key=lambda path: path.relative_to(PACKAGE.parent).as_posix()):
        file = path.relative_to(PACKAGE.parent).as_posix()
        writer.writerows((file, name, parameters) for name, parameters in public_names(path))
    return text.getvalue()


def public_names(path: Path) -> Iterator[tuple[str, str]]:
    """Yield name and parameters of everything public that a module of the package defines."""
    for node in _definitions(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            if not _is_kernel_part(node):
                yield node.name, _parameters(node.args)
            continue
        yield node.name, _of_class(node, path)
        for method in _definitions(node):
            if isinstance(method, ast.FunctionDef):
                yield f"{node.name}.{method.name}", _of_method(method)


def _definitions(tree: ast.Module | ast.ClassDef) -> Iterator[Definition]:
    for node in tree.body:
        if isinstance(node, Definition) and not node.name.startswith("_"):
            yield node


def _decorators(node: Definition) -> set[str]:
    return {ast.unparse(each) for each in node.decorator_list}


def _is_kernel_part(node: ast.FunctionDef) -> bool:
    return "register_jitable" in _decorators(node)


def _parameters(args: ast.arguments) -> str:
    return ast.unparse(args)


def _of_method(node: ast.FunctionDef) -> str:
    decorators = _decorators(node)
    if "property" in decorators:
        return "(property)"
    if "staticmethod" in decorators:
        return _parameters(node.args)
    return _parameters(ast.arguments(**{**vars(node.args), "args": node.args.args[1:]}))


def _of_class(node: ast.ClassDef, path: Path) -> str:
    if GPU in path.parents:
        return _of_source(node)
    module = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
    found: type = getattr(import_module(module), node.name)
    if issubclass(found, enum.Enum):
        return " | ".join(found.__members__)
    if issubclass(found, DfqgpError):
        names = dict.fromkeys(name for _, name, _, _ in Formatter().parse(found.template) if name)
        return ", ".join(["*", *names])
    if dataclasses.is_dataclass(found):
        return ", ".join(_field(each) for each in dataclasses.fields(found) if each.init)
    return _of_source(node)


def _of_source(node: ast.ClassDef) -> str:
    """Return the parameters of a class by its text alone: those of ``__init__``, else its annotated fields."""
    init = next((part for part in node.body if isinstance(part, ast.FunctionDef) and part.name == "__init__"), None)
    if init is not None:
        return _of_method(init)
    return ", ".join(
        f"{part.target.id}: {ast.unparse(part.annotation)}" + (f"={ast.unparse(part.value)}" if part.value else "")
        for part in node.body
        if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)
    )


def _field(field: dataclasses.Field[object]) -> str:
    kind = field.type if isinstance(field.type, str) else getattr(field.type, "__name__", str(field.type))
    if field.default is not dataclasses.MISSING:
        shown = getattr(field.default, "__name__", None) if callable(field.default) else repr(field.default)
        return f"{field.name}: {kind}={shown or '...'}"
    if field.default_factory is not dataclasses.MISSING:
        return f"{field.name}: {kind}={getattr(field.default_factory, '__name__', '...')}()"
    return f"{field.name}: {kind}"
