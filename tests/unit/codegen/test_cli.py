"""The command line, as a process: exactly what it prints, and how it exits."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from codegen.write.manifest import MANIFEST

ROOT = Path(__file__).resolve().parents[3]

DESIGN = """\
design: 1
api: {title: Bakery, version: "1"}
security:
  bearer: {scheme: bearer}
errors:
  unauthorized: {status: 401, body: {const: Unauthorized}}
types:
  Loaf:
    fields: {name: str}
services:
  bakery:
    path: /bakery
    security: bearer
    errors: [unauthorized]
    endpoints:
      show_loaf:
        get: /loaf
        requires: signed-in
        returns: Loaf
"""


@dataclass(frozen=True)
class Run:
    code: int
    out: str
    err: str


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """A folder with a small design."""
    (tmp_path / "design").mkdir()
    (tmp_path / "design" / "bakery.yaml").write_text(DESIGN)
    return tmp_path


def codegen(room: Path, *arguments: str) -> Run:
    done = subprocess.run(
        [sys.executable, "-m", "codegen", *arguments],
        cwd=room,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    return Run(done.returncode, done.stdout, done.stderr)


def snapshot(room: Path) -> dict[Path, tuple[bytes, int]]:
    return {
        path: (path.read_bytes(), path.stat().st_mtime_ns)
        for path in (room / "generated").rglob("*")
        if path.is_file()
    }


def test_generating_twice_writes_once(room: Path) -> None:
    first = codegen(room, "gen")
    assert (first.code, first.err) == (0, "")
    assert "  write   bakery/models.py\n" in first.out
    before = snapshot(room)
    count = len(before)
    assert first.out.endswith(f"generated: {count} written, 0 removed, 0 unchanged\n")
    second = codegen(room, "gen")
    assert second == Run(0, f"generated is up to date ({count} files)\n", "")
    assert snapshot(room) == before


def test_without_its_memory_it_comes_to_the_same(room: Path) -> None:
    codegen(room, "gen")
    before = snapshot(room)
    for file in (room / ".codegen_cache").glob("*.json"):
        file.unlink()
    again = codegen(room, "gen")
    assert again == Run(0, f"generated is up to date ({len(before)} files)\n", "")
    assert snapshot(room) == before


def test_an_edit_touches_only_what_it_changes(room: Path) -> None:
    codegen(room, "gen")
    before = snapshot(room)
    yaml = room / "design" / "bakery.yaml"
    yaml.write_text(DESIGN.replace("status: 401, ", 'status: 401, doc: "Who?", '))
    codegen(room, "gen")
    after = snapshot(room)
    changed = {path.relative_to(room / "generated").as_posix() for path in after
               if after[path] != before.get(path)}  # fmt: skip
    python = {path for path in changed if path.endswith(".py")}
    assert python == {"bakery/errors.py"}
    assert MANIFEST in changed


def test_check_says_nothing_when_all_is_well(room: Path) -> None:
    codegen(room, "gen")
    assert codegen(room, "gen", "--check") == Run(0, "", "")


def test_check_shows_the_difference_and_writes_nothing(room: Path) -> None:
    codegen(room, "gen")
    errors = room / "generated" / "bakery" / "errors.py"
    errors.write_text(errors.read_text().replace("status: ClassVar[int] = 401", "status = 500"))
    before = snapshot(room)
    assert codegen(room, "gen", "--check") == Run(
        1,
        "--- a/bakery/errors.py\n"
        "+++ b/bakery/errors.py\n"
        "@@ -14,5 +14,5 @@\n"
        '     """Answered with status 401."""\n'
        " \n"
        '     name: ClassVar[str] = "unauthorized"\n'
        "-    status = 500\n"
        "+    status: ClassVar[int] = 401\n"
        '     body: ClassVar[str | int | bool] = "Unauthorized"\n',
        "codegen: the output is not what the design says; run `codegen gen`\n",
    )
    assert snapshot(room) == before


def test_a_mistake_in_the_design_is_shown_and_nothing_is_written(room: Path) -> None:
    codegen(room, "gen")
    before = snapshot(room)
    (room / "design" / "bakery.yaml").write_text(DESIGN.replace("returns: Loaf", "returns: Loav"))
    run = codegen(room, "gen")
    assert (run.code, run.out) == (1, "")
    assert run.err == (
        "error[unknown-type]: there is no type `Loav`\n"
        "  --> design/bakery.yaml:19:18\n"
        "   |\n"
        "19 |         returns: Loav\n"
        "   |                  ^^^^\n"
        "   = help: did you mean `Loaf`?\n"
        "\n"
        "1 error\n"
        "generated was not touched\n"
    )
    assert snapshot(room) == before
    assert codegen(room, "lint").code == 1


def test_lint_is_short_when_there_is_nothing_to_say(room: Path) -> None:
    assert codegen(room, "lint") == Run(0, "design: no mistakes\n", "")


def test_a_diagnostic_is_explained(room: Path) -> None:
    run = codegen(room, "explain", "missing-requires")
    assert run.code == 0
    assert run.out.startswith("error[missing-requires]: ")
    assert codegen(room, "explain", "missing-require") == Run(
        2, "", "codegen: there is no code `missing-require`: did you mean `missing-requires`?\n"
    )


def test_a_missing_design_is_told(room: Path) -> None:
    assert codegen(room, "gen", "--design", "nowhere") == Run(
        2, "", "codegen: the design folder nowhere does not exist\n"
    )


def test_an_output_that_is_no_folder_is_told(room: Path) -> None:
    (room / "generated").write_text("")
    assert codegen(room, "gen") == Run(2, "", "codegen: the output generated is not a folder\n")


def test_an_output_in_a_place_that_cannot_be_written_is_told(room: Path) -> None:
    (room / "file").write_text("")
    run = codegen(room, "gen", "--output", "file/generated")
    assert run == Run(2, "", "codegen: file/generated cannot be written: Not a directory\n")


def test_stats_name_every_phase(room: Path) -> None:
    out = codegen(room, "gen", "--stats").out
    for phase in ("compare", "read and check", "emit models", "format", "write", "all"):
        assert f" ms  {phase}\n" in out
