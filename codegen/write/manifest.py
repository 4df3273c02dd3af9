"""The manifest: which files of a folder the generator wrote, and what they were.

It stands in the folder itself, so that a later run knows what is stale, and what it must not
touch.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

MANIFEST = "manifest.json"
"""The manifest's name in the output folder."""

_NOTE = "Files that codegen wrote here, with the SHA-256 of each. Do not edit."


class BadManifest(Exception):
    """The manifest is not one, so that nobody can say which files are ours."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The digest of every file that was written, by its path in the output folder.

    ``replaced`` are digests from before, while files are being replaced: a run that was
    interrupted then leaves some files as they were, and they are no less ours.
    """

    files: Mapping[str, str] = field(default_factory=dict)
    replaced: Mapping[str, str] = field(default_factory=dict)

    def text(self) -> str:
        """Return the manifest as a file."""
        document: dict[str, Any] = {"note": _NOTE, "files": dict(sorted(self.files.items()))}
        if self.replaced:
            document["replaced"] = dict(sorted(self.replaced.items()))
        return json.dumps(document, indent=2, ensure_ascii=False) + "\n"

    def wrote(self, path: str, content: bytes) -> bool:
        """Tell whether a file is as the generator wrote it."""
        return digest(content) in (self.files.get(path), self.replaced.get(path))

    def until(self, after: Manifest) -> Manifest:
        """Return the manifest that holds while this one turns into another."""
        return Manifest({**self.files, **after.files}, {**self.replaced, **self.files})


def read_manifest(output: Path) -> Manifest:
    """Read the manifest of a folder; a folder without one has nothing of ours.

    Raises:
        BadManifest: It cannot be understood.
    """
    try:
        document = json.loads((output / MANIFEST).read_bytes())
        files, replaced = (
            {str(path): str(known) for path, known in part.items()}
            for part in (document["files"], document.get("replaced", {}))
        )
    except (FileNotFoundError, NotADirectoryError):
        return Manifest()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadManifest(
            f"{output / MANIFEST} is damaged; restore it, or delete it and run with --force"
        ) from error
    if strays := [path for path in (*files, *replaced) if not _inside(path)]:
        raise BadManifest(f"{output / MANIFEST} names {strays[0]!r}, which is not in its folder")
    return Manifest(files, replaced)


def digest(content: bytes) -> str:
    """Return the SHA-256 of a file's content, in hexadecimal."""
    return sha256(content).hexdigest()


def _inside(path: str) -> bool:
    pure = PurePosixPath(path)
    return not pure.is_absolute() and ".." not in pure.parts and "\\" not in path
