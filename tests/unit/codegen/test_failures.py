"""What goes wrong around a generation: each is told in one way, and nothing is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from codegen.write.manifest import MANIFEST, read_manifest
from tests.unit.codegen.test_cli import DESIGN, ROOT, Run, codegen, room, snapshot

__all__ = ["room"]

DESIGN_FILE = "design/bakery.yaml"


def unreadable(reason: str) -> str:
    return f"error[unreadable]: this file cannot be read: {reason}\n --> {DESIGN_FILE}:1:1\n"


def spoil(room: Path, how: str) -> None:
    file = room / DESIGN_FILE
    file.unlink()
    match how:
        case "link to nothing":
            file.symlink_to("nowhere.yaml")
        case "link to itself":
            file.symlink_to(file.name)
        case "pipe":
            os.mkfifo(file)
        case "too large":
            file.write_bytes(b"#" * 10_000_000)
        case "not UTF-8":
            file.write_bytes(b"design: 1\n# \xff\n")
        case "tab":
            file.write_bytes(b"design: 1\napi:\n\ttitle: Bakery\n")
        case "empty file":
            file.write_bytes(b"")


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("link to nothing", unreadable("No such file or directory")),
        ("link to itself", unreadable("Too many levels of symbolic links")),
        ("pipe", unreadable("it is no ordinary file")),
        (
            "too large",
            unreadable("it has 10,000,000 bytes, and a design has at most 4,000,000"),
        ),
        ("not UTF-8", "error[not-utf-8]: this is not UTF-8\n --> design/bakery.yaml:2:3\n"),
        ("tab", "help: indent with spaces; put a text that starts so in quotes\n"),
        ("empty file", "error[empty-design]: "),
        ("empty folder", "error[empty-design]: "),
    ],
)
def test_a_design_that_cannot_be_read_is_told_and_nothing_is_touched(
    room: Path, how: str, said: str
) -> None:
    codegen(room, "gen")
    before = snapshot(room)
    spoil(room, how)
    run = codegen(room, "gen")
    assert (run.code, run.out) == (1, "")
    assert said in run.err
    assert run.err.endswith("1 error\ngenerated was not touched\n")
    assert snapshot(room) == before
    assert codegen(room, "gen", "--check").code == 1


@pytest.mark.parametrize("place", ["/proc/generated", "loop/generated", "loop"])
def test_an_output_that_cannot_be_made_is_told(room: Path, place: str) -> None:
    (room / "loop").symlink_to("loop")
    run = codegen(room, "gen", "--output", place)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("codegen: ")
    assert run.err.count("\n") == 1
    assert "Traceback" not in run.err


def test_a_file_in_the_place_of_a_folder_is_told_and_nothing_is_touched(room: Path) -> None:
    (room / "generated").mkdir()
    (room / "generated" / "bakery").write_text("mine")
    run = codegen(room, "gen")
    assert run == Run(2, "", "codegen: generated/bakery is a file, and should be a folder\n")
    assert list(snapshot(room)) == [room / "generated" / "bakery"]


def test_what_was_edited_by_hand_is_written_over_only_by_force(room: Path) -> None:
    codegen(room, "gen")
    models = room / "generated" / "bakery" / "models.py"
    generated = models.read_text()
    models.write_text("mine")
    before = snapshot(room)
    run = codegen(room, "gen")
    assert (run.code, run.out) == (2, "")
    assert "edited by hand" in run.err
    assert "\n  generated/bakery/models.py\n" in run.err
    assert snapshot(room) == before
    assert codegen(room, "gen", "--force").code == 0
    assert models.read_text() == generated


def test_what_somebody_else_wrote_is_not_taken_for_ours(room: Path) -> None:
    mine = room / "generated" / "bakery" / "models.py"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    assert codegen(room, "gen").code == 2
    assert list(snapshot(room)) == [mine]


def test_what_is_stale_goes_and_what_is_stale_and_edited_stays(room: Path) -> None:
    codegen(room, "gen")
    edited = room / "generated" / "bakery" / "errors.py"
    edited.write_text("mine")
    design = DESIGN.replace("  bakery:\n    path", "  bread:\n    path")
    (room / DESIGN_FILE).write_text(design)
    run = codegen(room, "gen")
    assert run.code == 0
    assert "  remove  bakery/models.py\n" in run.out
    assert "  keep    bakery/errors.py (not generated any more, but edited by hand" in run.out
    assert [path for path in snapshot(room) if path.parent == edited.parent] == [edited]


def test_a_damaged_manifest_is_told_and_nothing_is_touched(room: Path) -> None:
    codegen(room, "gen")
    (room / "generated" / MANIFEST).write_text("<<<<<<< ours")
    before = snapshot(room)
    run = codegen(room, "gen")
    assert (run.code, run.out) == (2, "")
    assert "generated/manifest.json is damaged" in run.err
    assert snapshot(room) == before


KILLED = """
import os, signal, sys
from codegen.cli import main
from codegen.write import carry_out
left, replace = int(sys.argv.pop(1)), os.replace
def counted(*paths):
    global left
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    left -= 1
    replace(*paths)
carry_out.os.replace = counted
main(sys.argv[1:])
"""


@pytest.mark.parametrize("steps", [0, 1, 3])
def test_a_run_that_is_killed_while_it_writes_is_made_good_by_the_next(
    room: Path, steps: int
) -> None:
    codegen(room, "gen")
    (room / DESIGN_FILE).write_text(DESIGN.replace("Loaf", "Bread").replace("401", "410"))
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(steps), "gen"],
        cwd=room,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    output = room / "generated"
    assert read_manifest(output).files.keys() >= {
        path.relative_to(output).as_posix()
        for path in snapshot(room)
        if path.suffix != ".codegen-new" and path.name != MANIFEST
    }
    assert codegen(room, "gen").code == 0
    assert codegen(room, "gen", "--check") == Run(0, "", "")
    assert not read_manifest(output).replaced
    assert not list(output.rglob("*.codegen-new"))


def test_two_runs_at_once_come_to_what_one_does(room: Path) -> None:
    command = [sys.executable, "-m", "codegen", "gen"]
    environment = {"PYTHONPATH": str(ROOT)}
    runs = [
        subprocess.Popen(command, cwd=room, env=environment, stdout=subprocess.DEVNULL)
        for _ in range(3)
    ]
    assert [run.wait() for run in runs] == [0, 0, 0]
    assert codegen(room, "gen", "--check") == Run(0, "", "")
    assert not list((room / "generated").rglob("*.codegen-new"))


def test_the_same_bytes_come_out_wherever_and_whenever_it_runs(room: Path, tmp_path: Path) -> None:
    golden = ROOT / "tests" / "golden" / "generator" / "everything" / "design"
    copy = tmp_path / "an other place" / "ä"
    copy.mkdir(parents=True)
    for path in golden.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    environments = [
        {"LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "1"},
        {"LC_ALL": "C", "TZ": "Asia/Kathmandu", "PYTHONHASHSEED": "2", "PYTHONUTF8": "0"},
    ]
    for number, (design, more) in enumerate(zip((golden, copy), environments, strict=True)):
        command = [sys.executable, "-m", "codegen", "gen", "--design", str(design)]
        environment = {"PYTHONPATH": str(ROOT), "PYTHONCOERCECLOCALE": "0", **more}
        command += ["--output", str(tmp_path / str(number) / "generated")]
        (tmp_path / str(number)).mkdir()
        subprocess.run(command, cwd=room, env=environment, check=True, stdout=subprocess.DEVNULL)
    first, second = (
        {
            path.relative_to(place).as_posix(): content
            for path, (content, _) in snapshot(place).items()
        }
        for place in (tmp_path / "0", tmp_path / "1")
    )
    assert first == second


def test_a_terminal_of_few_letters_is_no_reason_to_fail(room: Path) -> None:
    (room / DESIGN_FILE).write_text(DESIGN.replace("returns: Loaf", 'returns: "Brötchen"'))
    done = subprocess.run(
        [sys.executable, "-m", "codegen", "gen"],
        cwd=room,
        env={"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Br\\xf6tchen" in done.stderr
