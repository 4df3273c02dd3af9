"""Whether anything has changed since the last run: the design, the generator, or its output.

The answer is kept in a cache folder and not beside the output: it differs between machines and
with every edit of the generator, and is nothing to commit.  Without it a run just takes longer.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from codegen.write.manifest import MANIFEST, Manifest, digest

CACHE = Path(".codegen_cache")
"""The cache folder, in the folder that the generator is run in."""

_LIBRARIES = ("datamodel_code_generator-", "jinja2-", "pydantic-", "pyyaml-", "ruff-")


class Memory:
    """Remembers that a design, as it is, has been generated into a folder, as it is."""

    def __init__(self, design: Path, output: Path, cache: Path = CACHE) -> None:
        self._output = output
        self._cache = cache
        place = os.fsencode(f"{os.path.realpath(design)}\0{os.path.realpath(output)}")
        self._file = cache / f"{sha256(place).hexdigest()[:16]}.json"
        try:
            self._causes: str | None = _combined(_causes(design))
        except OSError:
            self._causes = None  # whoever reads the design will say what is wrong with it

    def up_to_date(self) -> int | None:
        """Return how many files there are, if none would change; ``None`` if nobody knows."""
        if self._causes is None:
            return None
        try:
            seen = json.loads(self._file.read_bytes())
            files: dict[str, str] = seen["files"]
            same = seen["causes"] == self._causes and all(
                digest((self._output / path).read_bytes()) == known for path, known in files.items()
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
        return len(files) if same else None

    def remember(self, manifest: Manifest) -> None:
        """Remember that the folder is what it should be now.  Failing to is no harm."""
        files = {**manifest.files, MANIFEST: digest(manifest.text().encode())}
        try:
            self._cache.mkdir(parents=True, exist_ok=True)
            (self._cache / ".gitignore").write_text("*\n")
            self._file.write_text(json.dumps({"causes": self._causes, "files": files}))
        except OSError:
            return


def _causes(design: Path) -> Iterator[tuple[str, bytes]]:
    """Yield everything that output depends on, by name."""
    for path in sorted(design.iterdir()) if design.is_dir() else ():
        if path.is_file():
            yield path.name, path.read_bytes()
    generator = Path(__file__).resolve().parent.parent
    for path in sorted(generator.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(generator).as_posix(), path.read_bytes()
    yield "python", sys.version.encode()
    yield "libraries", "\n".join(_installed()).encode()


def _installed() -> list[str]:
    """Return the versions of the libraries, from their folders' names: asking them is slow."""
    folders = {Path(entry) for entry in sys.path if entry.endswith("-packages")}
    return sorted(
        entry.name
        for folder in folders
        if folder.is_dir()
        for entry in folder.iterdir()
        if entry.name.endswith(".dist-info") and entry.name.lower().startswith(_LIBRARIES)
    )


def _combined(causes: Iterable[tuple[str, bytes]]) -> str:
    known = sha256()
    for name, content in causes:
        known.update(os.fsencode(f"{name}\0{len(content)}\0"))
        known.update(content)
    return known.hexdigest()
