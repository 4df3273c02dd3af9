"""Templates: how prepared data becomes the text of a module."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from codegen.emit.python.imports import Imports
from codegen.emit.python.text import docstring, literal

if TYPE_CHECKING:
    from jinja2 import Environment


def render(template: str, *, doc: str, imports: Imports, **data: Any) -> str:
    """Return the text of a module; ``ruff format`` gives it its last shape."""
    page = _environment().get_template(f"{template}.py.jinja2")
    return page.render(doc=doc, imports=imports.text(), **data)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("codegen.emit.python"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    environment.filters["docstring"] = docstring
    environment.filters["literal"] = literal
    return environment
