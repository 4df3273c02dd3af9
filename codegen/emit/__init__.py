"""The emitters: each a pure function from the design to files, one module an artefact."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codegen.emit.file import File
    from codegen.model import Design


@dataclass(frozen=True, slots=True)
class Emitter:
    """An emitter by its name; ``module`` has the function ``emit``, and is imported when used."""

    name: str
    module: str

    def emit(self, design: Design) -> tuple[File, ...]:
        """Return the files that this emitter makes of a design."""
        files: tuple[File, ...] = import_module(self.module).emit(design)
        return files


EMITTERS: tuple[Emitter, ...] = (
    Emitter("openapi", "codegen.emit.openapi"),
    Emitter("asyncapi", "codegen.emit.asyncapi"),
    Emitter("attributes map", "codegen.emit.attributes_json"),
    Emitter("typescript client", "codegen.emit.typescript"),
    Emitter("packages", "codegen.emit.python.packages"),
    Emitter("errors", "codegen.emit.python.errors"),
    Emitter("attributes", "codegen.emit.python.attributes"),
    Emitter("security", "codegen.emit.python.security"),
    Emitter("events", "codegen.emit.python.events"),
    Emitter("publisher", "codegen.emit.python.publisher"),
    Emitter("streams", "codegen.emit.python.streams"),
    Emitter("service", "codegen.emit.python.service"),
    Emitter("router", "codegen.emit.python.router"),
    Emitter("python client", "codegen.emit.python.client"),
    # Last: its library is loaded beside the others' work.
    Emitter("models", "codegen.emit.python.models"),
)
"""Every emitter, in the order they run."""


class DuplicateFile(Exception):
    """Two emitters make the same file."""


def gather(files: Iterable[File]) -> dict[str, str]:
    """Return the text of each file by its path, in the order of paths.

    Raises:
        DuplicateFile: Two files have one path.
    """
    texts: dict[str, str] = {}
    for file in files:
        if file.path in texts:
            raise DuplicateFile(f"{file.path} is made twice")
        texts[file.path] = file.text
    return dict(sorted(texts.items()))
