"""Python sources as the architecture tests read them: parsed, never imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LAYERS = ("data", "analytics", "models", "dash_app")
"""From the facts to the people asking: each imports only itself and what stands before it."""


@dataclass(frozen=True)
class Source:
    """One parsed module.

    Attributes
    ----------
    path
        Relative to the folder it was collected from: ``data/fields.py``.
    tree
        Its syntax tree.
    """

    path: Path
    tree: ast.Module

    @property
    def module(self) -> str:
        """Dotted name: ``data.fields``; ``data`` for ``data/__init__.py``."""
        parts = self.path.with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    def at(self, node: ast.AST) -> str:
        """Where a node stands, as an editor opens it: ``data/fields.py:12``."""
        return f"{self.path.as_posix()}:{getattr(node, 'lineno', 1)}"


@dataclass(frozen=True)
class Import:
    """One imported module, absolute: ``from ..data import fields`` in models is ``data.fields``."""

    module: str
    node: ast.AST

    @property
    def top(self) -> str:
        """The package it belongs to."""
        return self.module.partition(".")[0]

    def within(self, *packages: str) -> bool:
        """Whether it is one of these modules or stands inside one."""
        return any(f"{self.module}.".startswith(f"{package}.") for package in packages)


def sources(root: Path = ROOT, packages: tuple[str, ...] = LAYERS) -> list[Source]:
    """Parse every module of some packages under ``root``, sorted by path."""
    paths = sorted(path for package in packages for path in (root / package).rglob("*.py"))
    return [Source(path.relative_to(root), ast.parse(path.read_text(encoding="utf-8"), str(path))) for path in paths]


def imports(source: Source) -> Iterator[Import]:
    """Every import in a module, inside functions and type-checking blocks too."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(source, node)
            # `from data import fields` may name a module or a thing in it: both readings count.
            yield from (Import(f"{base}.{alias.name}".strip("."), node) for alias in node.names)
        elif isinstance(node, ast.Call) and _called(node) in {"import_module", "__import__"}:
            target = node.args[0] if node.args else None
            if isinstance(target, ast.Constant) and isinstance(target.value, str):
                yield Import(target.value, node)


def _absolute(source: Source, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = source.path.with_suffix("").parts
    return ".".join((*parts[: len(parts) - node.level], *filter(None, [node.module])))


def _called(node: ast.Call) -> str:
    function = node.func
    return getattr(function, "attr", getattr(function, "id", ""))
