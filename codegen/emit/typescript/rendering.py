"""Templates: how prepared data becomes the text of a file."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codegen.emit.typescript.layout import comment
from codegen.model import Design

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = Path(__file__).parent / "templates"


def render(template: str, **data: Any) -> str:
    """Fill a template; its blanks hold text that is laid out already."""
    return _environment().get_template(f"{template}.ts.jinja2").render(**data)


@cache
def verbatim(name: str) -> str:
    """Return a file that is the same for every design."""
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def banner(what: str, design: Design) -> str:
    """Return the words that open a file."""
    title = " ".join(design.api.title.split())
    return comment(f"{what} of {title}.\n\nGenerated from the design: do not edit.")


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
