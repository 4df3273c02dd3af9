"""Plans, and what becomes of a folder when they are carried out."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from codegen.write.carry_out import alone, carry_out
from codegen.write.manifest import MANIFEST, read_manifest
from codegen.write.plan import OutputUnusable, Plan, difference, make_plan


def plan(output: Path, **texts: str) -> Plan:
    named = {name.replace("__", "/") + ".py": text for name, text in texts.items()}
    return make_plan(output, named, read_manifest(output))


def write(output: Path, **texts: str) -> Plan:
    made = plan(output, **texts)
    carry_out(made, output)
    return made


def tree(output: Path) -> dict[str, str]:
    return {
        path.relative_to(output).as_posix(): path.read_text()
        for path in sorted(output.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }


def test_a_new_folder_gets_everything(tmp_path: Path) -> None:
    output = tmp_path / "new" / "generated"
    write(output, a="1", b__c="2")
    assert tree(output) == {"a.py": "1", "b/c.py": "2"}
    assert set(read_manifest(output).files) == {"a.py", "b/c.py"}


def test_a_second_time_nothing_is_written(tmp_path: Path) -> None:
    write(tmp_path, a="1", b__c="2")
    times = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert not write(tmp_path, a="1", b__c="2")
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == times


def test_only_what_changed_is_written(tmp_path: Path) -> None:
    write(tmp_path, a="1", b="2")
    assert set(write(tmp_path, a="1", b="3").write) == {"b.py", MANIFEST}


def test_what_is_stale_is_removed_with_its_folder(tmp_path: Path) -> None:
    write(tmp_path, a="1", b__c="2")
    assert write(tmp_path, a="1").remove == ("b/c.py",)
    assert tree(tmp_path) == {"a.py": "1"}
    assert not (tmp_path / "b").exists()


def test_a_folder_that_holds_more_stays(tmp_path: Path) -> None:
    write(tmp_path, b__c="2")
    (tmp_path / "b" / "mine.txt").write_text("mine")
    write(tmp_path, a="1")
    assert tree(tmp_path) == {"a.py": "1", "b/mine.txt": "mine"}


def test_files_of_others_are_never_touched(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    write(tmp_path, a="1")
    write(tmp_path)
    assert tree(tmp_path) == {"README.md": "mine"}


def test_a_file_edited_by_hand_is_told_apart(tmp_path: Path) -> None:
    write(tmp_path, a="1", b="1")
    (tmp_path / "a.py").write_text("by hand")
    assert plan(tmp_path, a="1", b="2").edited == ("a.py",)


def test_a_file_of_somebody_else_in_the_place_of_ours_is_told_apart(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("by hand")
    (tmp_path / "b.py").write_text("1")
    assert plan(tmp_path, a="1", b="1").edited == ("a.py",)


def test_a_stale_file_edited_by_hand_is_kept_and_no_longer_ours(tmp_path: Path) -> None:
    write(tmp_path, a="1", b="2")
    (tmp_path / "b.py").write_text("by hand")
    assert write(tmp_path, a="1").keep == ("b.py",)
    assert tree(tmp_path) == {"a.py": "1", "b.py": "by hand"}
    assert set(read_manifest(tmp_path).files) == {"a.py"}


def test_a_missing_file_is_written_again(tmp_path: Path) -> None:
    write(tmp_path, a="1")
    (tmp_path / "a.py").unlink()
    write(tmp_path, a="1")
    assert tree(tmp_path) == {"a.py": "1"}


def test_the_difference_is_a_unified_diff(tmp_path: Path) -> None:
    write(tmp_path, a="1\n2\n", b="3\n", d="5")
    changed = plan(tmp_path, a="1\n4\n", c="new\n", d="6")
    shown = "".join(difference(changed)).split("--- a/manifest.json")[0]
    assert shown == (
        "--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n 1\n-2\n+4\n"
        "--- a/b.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-3\n"
        "--- /dev/null\n+++ b/c.py\n@@ -0,0 +1 @@\n+new\n"
        "--- a/d.py\n+++ b/d.py\n@@ -1 +1 @@\n"
        "-5\n\\ No newline at end of file\n+6\n\\ No newline at end of file\n"
    )


def test_an_interruption_loses_nothing_and_the_next_run_mends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, a="1", b="1", c="1")
    replace = os.replace
    moved: list[Path] = []

    def interrupted(source: Path, target: Path) -> None:
        if len(moved) == 2:
            raise OSError(28, "No space left on device", str(target))
        moved.append(target)
        replace(source, target)

    with monkeypatch.context() as patched:
        patched.setattr("codegen.write.carry_out.os.replace", interrupted)
        with pytest.raises(OutputUnusable, match="No space left on device"):
            write(tmp_path, a="2", b="2", d="2")
    assert tree(tmp_path) == {"a.py": "2", "b.py": "1", "c.py": "1"}
    assert plan(tmp_path, a="3", b="3").edited == ()
    assert plan(tmp_path).keep == ()
    write(tmp_path, a="2", b="2")
    assert tree(tmp_path) == {"a.py": "2", "b.py": "2"}


def test_a_failure_while_laying_down_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, a="1", b="1")
    (tmp_path / "b").write_text("in the way")
    with pytest.raises(OutputUnusable):
        write(tmp_path, a="2", b__c="2")
    assert tree(tmp_path) == {"a.py": "1", "b.py": "1", "b": "in the way"}


def test_a_folder_in_the_place_of_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.py").mkdir()
    with pytest.raises(OutputUnusable, match=r"a\.py is a folder, and should be a file"):
        plan(tmp_path, a="1")


def test_what_a_killed_run_has_laid_down_is_swept(tmp_path: Path) -> None:
    write(tmp_path, a="1", b__c="1")
    (tmp_path / "b" / "c.py.codegen-new").write_text("2")
    write(tmp_path, a="2", b__c="1")
    assert tree(tmp_path) == {"a.py": "2", "b/c.py": "1"}


def test_two_runs_wait_for_each_other(tmp_path: Path) -> None:
    second = threading.Event()

    def run() -> None:
        with alone(tmp_path):
            second.set()

    with alone(tmp_path):
        thread = threading.Thread(target=run)
        thread.start()
        assert not second.wait(0.1)
    thread.join()
    assert second.is_set()
