"""Files -> sources."""

from __future__ import annotations

from pathlib import Path

from codegen.read.flaws import Flaw
from codegen.read.source import Source, Span

SUFFIXES = (".yaml", ".yml")


def design_files(folder: Path) -> list[Path]:
    """List the files of a design: every YAML file directly in the folder, by name.

    Hidden files belong to editors.

    Raises:
        OSError: The folder cannot be listed.
    """
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix in SUFFIXES and path.name[0] != "." and path.is_file()
    )


def read_source(path: Path) -> Source | Flaw:
    """Read one file; what stands in the way is a flaw at the place where it begins."""
    name = path.as_posix()
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return Flaw("unreadable", _start(Source(name=name, text="")), {"reason": reason})
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _undecodable(name, data, error.start)
    return Source(name=name, text=text)


def _undecodable(name: str, data: bytes, at: int) -> Flaw:
    source = Source(name=name, text=data.decode("utf-8", errors="replace"))
    line = data.count(b"\n", 0, at) + 1
    before = data[data.rfind(b"\n", 0, at) + 1 : at].decode("utf-8", errors="replace")
    column = len(before) + 1
    return Flaw("not-utf-8", Span(source, line, column, line, column + 1))


def _start(source: Source) -> Span:
    return Span(source, 1, 1, 1, 1)
