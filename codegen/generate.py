"""The whole way, from a design folder to an output folder.

What takes long is imported only when it is needed: a run that finds nothing changed reads files
and compares digests, and does no more.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from codegen.write.fingerprint import Memory

if TYPE_CHECKING:
    from codegen.check import Outcome
    from codegen.emit.file import File
    from codegen.model import Design
    from codegen.write.plan import Plan

Phase: TypeAlias = Callable[[str], AbstractContextManager[None]]
"""Is told the name of each phase as it begins, and left as it ends."""


def _unmeasured(_: str) -> AbstractContextManager[None]:
    return nullcontext()


@dataclass(frozen=True, slots=True)
class Generated:
    """What a run came to.

    ``unchanged`` is the number of files when it was seen at once that none would change; then
    there is neither ``outcome`` nor ``plan``.  Without a ``plan`` the design has mistakes.
    """

    unchanged: int | None = None
    outcome: Outcome | None = None
    plan: Plan | None = None


def generate(
    design: Path,
    output: Path,
    *,
    write: bool = True,
    force: bool = False,
    phase: Phase = _unmeasured,
) -> Generated:
    """Generate a design into a folder, or (without ``write``) only find out what would change.

    ``force`` also writes over files that were edited by hand, or that somebody else has written.

    Raises:
        NotADirectoryError: The design or the output is no folder.
        BadManifest, FormatFailed, OutputUnusable: See ``codegen.write``.
    """
    _require_folders(design, output)
    with phase("compare"):
        memory = Memory(design, output)
        unchanged = memory.up_to_date()
    if unchanged is not None:
        return Generated(unchanged=unchanged)

    from codegen.emit.python import library

    with library.starting():
        with phase("read and check"):
            from codegen.check import load_folder

            outcome = load_folder(design)
        if outcome.design is None:
            return Generated(outcome=outcome)
        texts = _texts(outcome.design, phase)
    texts = _formatted(texts, phase)
    if not write:
        return Generated(outcome=outcome, plan=_planned(texts, output, phase))

    from codegen.write.carry_out import alone, carry_out
    from codegen.write.plan import EditedByHand

    with alone(output):
        plan = _planned(texts, output, phase)
        if plan.edited and not force:
            raise EditedByHand(output, plan.edited)
        with phase("write"):
            carry_out(plan, output)
            memory.remember(plan.manifest)
    return Generated(outcome=outcome, plan=plan)


def _require_folders(design: Path, output: Path) -> None:
    if not design.is_dir():
        what = "is not a folder" if design.exists() else "does not exist"
        raise NotADirectoryError(f"the design folder {design} {what}")
    if os.path.lexists(output) and not output.is_dir():
        raise NotADirectoryError(f"the output {output} is not a folder")


def _texts(design: Design, phase: Phase) -> dict[str, str]:
    from codegen.emit import EMITTERS, gather

    files: list[File] = []
    for emitter in EMITTERS:
        with phase(f"emit {emitter.name}"):
            files += emitter.emit(design)
    return gather(files)


def _formatted(texts: dict[str, str], phase: Phase) -> dict[str, str]:
    with phase("format"):
        from codegen.write.format import formatted

        return formatted(texts)


def _planned(texts: dict[str, str], output: Path, phase: Phase) -> Plan:
    with phase("plan"):
        from codegen.write.manifest import read_manifest
        from codegen.write.plan import make_plan

        return make_plan(output, texts, read_manifest(output))
