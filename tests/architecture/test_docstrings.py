"""Every public name says what it is and what it takes."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.sources import LAYERS, Source, sources

Function = ast.FunctionDef | ast.AsyncFunctionDef
Public = ast.Module | ast.ClassDef | Function

# Their first line stands elsewhere: at the getter, the base class or the implementation.
DOCUMENTED_ELSEWHERE = {"overload", "override", "setter", "deleter"}


def public_names(source: Source) -> Iterator[tuple[str, Public]]:
    """Yield a module and its public classes, functions and methods, with their dotted names.

    A name is private when it, or anything that holds it, begins with an underscore. Special
    methods are public in their annotations only; functions inside functions are private.
    """
    if any(part.startswith("_") and part != "__init__" for part in source.path.with_suffix("").parts):
        return
    yield source.module, source.tree
    yield from _public_members(source.module, source.tree)


def _public_members(owner: str, node: ast.Module | ast.ClassDef) -> Iterator[tuple[str, Public]]:
    for child in _statements(node.body):
        if not isinstance(child, ast.ClassDef | Function) or not _is_public(child.name):
            continue
        yield f"{owner}.{child.name}", child
        if isinstance(child, ast.ClassDef):
            yield from _public_members(f"{owner}.{child.name}", child)


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements of a body, those under ``if`` and ``try`` included."""
    for statement in body:
        yield statement
        for block in ("body", "orelse", "finalbody"):
            if isinstance(statement, ast.If | ast.Try):
                yield from _statements(getattr(statement, block, []))


def _is_public(name: str) -> bool:
    return not name.startswith("_") or _is_special(name)


def _is_special(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def _decorators(node: Function) -> set[str]:
    return {ast.unparse(each).partition("(")[0].rpartition(".")[2] for each in node.decorator_list}


def undocumented(found: list[Source]) -> list[str]:
    """Public names without a docstring."""
    return [
        f"{source.at(node)} {name} has no docstring"
        for source in found
        for name, node in public_names(source)
        if not (ast.get_docstring(node) or "").strip() and not _excused(node)
    ]


def _excused(node: Public) -> bool:
    return isinstance(node, Function) and (_is_special(node.name) or bool(DOCUMENTED_ELSEWHERE & _decorators(node)))


def unannotated(found: list[Source]) -> list[str]:
    """Public functions and methods with a parameter or a result of unsaid type."""
    return [
        f"{source.at(node)} {name} does not say the type of {what}"
        for source in found
        for name, node in public_names(source)
        if isinstance(node, Function)
        for what in _unsaid(node, method=not _is_function(name, source))
    ]


def _is_function(name: str, source: Source) -> bool:
    return "." not in name.removeprefix(f"{source.module}.")


def _unsaid(node: Function, *, method: bool) -> Iterator[str]:
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    if method and "staticmethod" not in _decorators(node):
        positional = positional[1:]
    every = [*positional, arguments.vararg, *arguments.kwonlyargs, arguments.kwarg]
    yield from (each.arg for each in every if each is not None and each.annotation is None)
    if node.returns is None:
        yield "its result"


def test_every_public_name_has_a_docstring():
    found = sources()
    assert {source.path.parts[0] for source in found} == set(LAYERS)
    assert undocumented(found) == []


def test_every_public_function_is_annotated():
    found = sources()
    names = [node for source in found for _, node in public_names(source)]
    assert any(isinstance(node, Function) for node in names)
    assert unannotated(found) == []


@pytest.mark.parametrize(
    ("code", "offences"),
    [
        ("a = 1", ["data/x.py:1 data.x has no docstring"]),
        ('"""M."""\ndef f(): ...', ["data/x.py:2 data.x.f has no docstring"]),
        ('"""M."""\nclass C:\n  def m(self): ...', ["data.x.C has no", "data.x.C.m has no"]),
        ('"""M."""\nif True:\n  async def f(): ...', ["data/x.py:3 data.x.f has no docstring"]),
        ('"""M."""\ndef f():\n  """ """', ["data.x.f has no docstring"]),
        ('"""M."""\ndef _f(): ...\nclass _C:\n  def m(self): ...', []),
        ('"""M."""\ndef f():\n  """Do."""\n  def inner(): ...', []),
        ('"""M."""\nclass C:\n  """C."""\n  def __len__(self): ...', []),
        ('"""M."""\nclass C:\n  """C."""\n  @p.setter\n  def p(self, v): ...', []),
    ],
)
def test_a_missing_docstring_is_named(tmp_path, code, offences):
    assert_offences(undocumented(planted(tmp_path, code)), offences)


@pytest.mark.parametrize(
    ("code", "offences"),
    [
        ("def f(a, *b, c, **d) -> None: ...", [f"the type of {each}" for each in "abcd"]),
        ("def f(): ...", ["data/x.py:1 data.x.f does not say the type of its result"]),
        ("def f(self) -> int: ...", ["the type of self"]),
        ("class C:\n  def __init__(self, a: int): ...", ["data.x.C.__init__"]),
        ("class C:\n  @staticmethod\n  def m(a) -> int: ...", ["the type of a"]),
        ("class C:\n  @classmethod\n  def m(cls, a: int) -> int: ...", []),
        ("class C:\n  def m(self, /, a: int, *, b: str) -> int: ...", []),
        ("def _f(a): ...", []),
    ],
)
def test_a_missing_annotation_is_named(tmp_path, code, offences):
    assert_offences(unannotated(planted(tmp_path, code)), offences)


def planted(root, code) -> list[Source]:
    """Collect one module written for the purpose."""
    (root / "data").mkdir()
    (root / "data" / "x.py").write_text(code, encoding="utf-8")
    return sources(root)


def assert_offences(found: list[str], expected: list[str]) -> None:
    assert len(found) == len(expected), found
    for sentence, part in zip(found, expected, strict=True):
        assert part in sentence
