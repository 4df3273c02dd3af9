"""The TypeScript client: types, events, calls, streams; one module a file of it.

It is laid out as Biome and Prettier lay it out, so that whoever takes it over sees no change.
"""

from __future__ import annotations

from codegen.emit.file import File
from codegen.emit.typescript.client import client_text
from codegen.emit.typescript.errors import errors_text
from codegen.emit.typescript.events import events_text
from codegen.emit.typescript.monitor import monitor_text
from codegen.emit.typescript.package import package_text
from codegen.emit.typescript.rendering import verbatim
from codegen.emit.typescript.types import types_text
from codegen.model import Design

__all__ = ["emit"]

_FOLDER = "clients/typescript"
_CALLS = ("http.ts",)
_STREAMS = ("retry.ts", "sse.ts", "stream.ts", "websocket.ts")


def emit(design: Design) -> tuple[File, ...]:
    """Write the client to ``clients/typescript/``; a part that the design has no use for is not."""
    texts = {
        "package.json": package_text(design),
        "types.ts": types_text(design),
        "errors.ts": errors_text(design),
    }
    texts |= {name: verbatim(name) for name in _CALLS}
    if any(service.operations for service in design.services):
        texts["client.ts"] = client_text(design)
    if any(service.events for service in design.services):
        texts["events.ts"] = events_text(design)
    if any(service.streams for service in design.services):
        texts["monitor.ts"] = monitor_text(design)
        texts |= {name: verbatim(name) for name in _STREAMS}
    return tuple(File(f"{_FOLDER}/{name}", text) for name, text in texts.items())
