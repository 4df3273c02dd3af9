"""Files -> sources."""

from __future__ import annotations

from pathlib import Path
from stat import S_ISREG

from codegen.read.flaws import Flaw
from codegen.read.source import Source, Span

SUFFIXES = (".yaml", ".yml")
LARGEST = 4_000_000
"""Bytes that a file may have: what is larger was put there by mistake."""


def design_files(folder: Path) -> list[Path]:
    """List the files of a design: every YAML file directly in the folder, by name.

    Hidden files belong to editors.

    Raises:
        OSError: The folder cannot be listed.
    """
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix in SUFFIXES and path.name[0] != "." and not path.is_dir()
    )


def read_source(path: Path) -> Source | Flaw:
    """Read one file; what stands in the way is a flaw at the place where it begins."""
    name = path.as_posix()
    try:
        data = _content(path)
    except OSError as error:
        reason = error.strerror or str(error)
        return Flaw("unreadable", _start(Source(name=name, text="")), {"reason": reason})
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _undecodable(name, data, error.start)
    return Source(name=name, text=text)


def _content(path: Path) -> bytes:
    found = path.stat()
    if not S_ISREG(found.st_mode):
        raise OSError("it is no ordinary file")
    if found.st_size > LARGEST:
        raise OSError(f"it has {found.st_size:,} bytes, and a design has at most {LARGEST:,}")
    return path.read_bytes()


def _undecodable(name: str, data: bytes, at: int) -> Flaw:
    source = Source(name=name, text=data.decode("utf-8", errors="replace"))
    line = data.count(b"\n", 0, at) + 1
    before = data[data.rfind(b"\n", 0, at) + 1 : at].decode("utf-8", errors="replace")
    column = len(before) + 1
    return Flaw("not-utf-8", Span(source, line, column, line, column + 1))


def _start(source: Source) -> Span:
    return Span(source, 1, 1, 1, 1)
