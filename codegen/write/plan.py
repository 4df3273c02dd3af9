"""What has to change on disk, as a value: decided first, shown or carried out after."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from codegen.write.manifest import MANIFEST, Manifest, digest


class OutputUnusable(Exception):
    """The output folder cannot be used as it is."""


class EditedByHand(OutputUnusable):
    """Files would be written over that are not as the generator left them, or not its own."""

    def __init__(self, output: Path, paths: Sequence[str]) -> None:
        shown = "".join(f"\n  {output / path}" for path in paths)
        super().__init__(
            f"these were edited by hand, or are not the generator's own:{shown}\n"
            "Move what you need of them elsewhere, and run again with --force to write over them."
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """Changes to an output folder.

    ``write`` is content by path, the manifest's own included; ``old`` is what is there now of
    those and of ``remove``.  ``keep`` are files that are stale but were edited by hand: they are
    left alone, and not ours any more.  ``edited`` are those of ``write`` that somebody else has
    written or changed.  ``current`` is how many files need no change.
    """

    write: Mapping[str, bytes]
    remove: tuple[str, ...]
    keep: tuple[str, ...]
    edited: tuple[str, ...]
    old: Mapping[str, bytes]
    current: int
    manifest: Manifest
    before: Manifest

    def __bool__(self) -> bool:
        return bool(self.write or self.remove)


def make_plan(output: Path, texts: Mapping[str, str], before: Manifest) -> Plan:
    """Compare what should be in the folder with what is there.

    Raises:
        OutputUnusable: Something stands where a file should be.
    """
    wanted = {path: text.encode() for path, text in texts.items()}
    manifest = Manifest({path: digest(content) for path, content in wanted.items()})
    wanted[MANIFEST] = manifest.text().encode()
    old = {path: found for path in wanted if (found := _content(output, path)) is not None}
    write = {path: content for path, content in wanted.items() if old.get(path) != content}
    remove: list[str] = []
    keep: list[str] = []
    for path in sorted((before.files.keys() | before.replaced.keys()) - wanted.keys()):
        found = _content(output, path)
        if found is not None:
            old[path] = found
            (remove if before.wrote(path, found) else keep).append(path)
    return Plan(
        write=write,
        remove=tuple(remove),
        keep=tuple(keep),
        edited=tuple(
            path
            for path in sorted(write)
            if path in old and path != MANIFEST and not before.wrote(path, old[path])
        ),
        old=old,
        current=len(wanted) - len(write),
        manifest=manifest,
        before=before,
    )


def difference(plan: Plan) -> Iterator[str]:
    """Yield the changes as the lines of a unified diff."""
    for path in sorted([*plan.write, *plan.remove]):
        old, new = plan.old.get(path), plan.write.get(path)
        yield from difflib.unified_diff(
            _lines(old),
            _lines(new),
            fromfile=f"a/{path}" if old is not None else "/dev/null",
            tofile=f"b/{path}" if new is not None else "/dev/null",
        )


def _lines(content: bytes | None) -> list[str]:
    text = (content or b"").decode("utf-8", "replace")
    return [f"{line}\n" for line in text.split("\n")[:-1]] + (
        [f"{rest}\n\\ No newline at end of file\n"] if (rest := text.rpartition("\n")[2]) else []
    )


def _content(output: Path, path: str) -> bytes | None:
    place = output / path
    try:
        return place.read_bytes()
    except FileNotFoundError:
        return None
    except NotADirectoryError as error:
        file = next(folder for folder in place.parents if folder.is_file())
        raise OutputUnusable(f"{file} is a file, and should be a folder") from error
    except IsADirectoryError as error:
        raise OutputUnusable(f"{place} is a folder, and should be a file") from error
    except OSError as error:
        raise OutputUnusable(f"{place} cannot be read: {error.strerror}") from error
