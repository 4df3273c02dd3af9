"""The imports of one generated module."""

from __future__ import annotations

import re
import sys

_FIRST_PARTY = "runtime"


class Imports:
    """Gathers what a module needs, and says under which name it has it.

    A name that the module defines itself (``taken``), or has from elsewhere, gets an underscore
    behind it: a design may call its types what it likes.
    """

    def __init__(self, *taken: str) -> None:
        self._bound: dict[str, tuple[str, str]] = dict.fromkeys(taken, ("", ""))
        self._names: dict[tuple[str, str], str] = {}
        self._handed_on: set[tuple[str, str]] = set()

    def add(self, module: str, name: str) -> str:
        """Import a name from a module, and return what it is called here.

        A module of the output is written with its dots, as in ``.models``.
        """
        source = (module, name)
        if source not in self._names:
            bound = name
            while bound in self._bound:
                bound += "_"
            self._bound[bound] = source
            self._names[source] = bound
        return self._names[source]

    def hand_on(self, module: str, name: str) -> None:
        """Import a name that others may import from here."""
        self._handed_on.add((module, self.add(module, name)))

    def text(self) -> str:
        """Return the import statements, in the order that ruff keeps."""
        modules: dict[str, list[tuple[str, str, bool]]] = {}
        for (module, name), bound in self._names.items():
            on = (module, name) in self._handed_on
            modules.setdefault(module, []).append((name, bound, on))
        sections: dict[int, list[str]] = {}
        for module in sorted(modules, key=_module_key):
            sections.setdefault(_section(module), []).extend(_statements(module, modules[module]))
        return "\n\n".join("\n".join(lines) for _, lines in sorted(sections.items()))


def _statements(module: str, names: list[tuple[str, str, bool]]) -> list[str]:
    names = sorted(names, key=lambda each: _name_key(each[0]))
    plain = [name for name, bound, on in names if name == bound and not on]
    lines = [f"from {module} import {', '.join(plain)}"] if plain else []
    return lines + [
        f"from {module} import {name} as {bound}"
        for name, bound, on in names
        if name != bound or on
    ]


def _section(module: str) -> int:
    root = module.partition(".")[0]
    if not root:
        return 3
    if root in sys.stdlib_module_names:
        return 0
    return 2 if root == _FIRST_PARTY else 1


def _module_key(module: str) -> tuple[int, int, str]:
    # The module furthest away stands first.
    dots = len(module) - len(module.lstrip("."))
    return _section(module), -dots, module


def _name_key(name: str) -> tuple[int, list[tuple[int, int, str]], str]:
    """Constants, then classes, then the rest; numbers in a name count as numbers."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    parts = re.findall(r"\d+|\D+", name.lower())
    return kind, [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts], name
