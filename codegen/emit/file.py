"""What an emitter makes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class File:
    """A file to be written.

    ``path`` is relative to the output folder, with forward slashes; ``text`` is all of it.
    """

    path: str
    text: str
