"""What a run remembers."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.write.fingerprint import Memory
from codegen.write.manifest import MANIFEST, Manifest, digest


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path, Path]:
    design, output, cache = (tmp_path / name for name in ("design", "output", "cache"))
    design.mkdir()
    output.mkdir()
    (design / "a.yaml").write_text("design: 1")
    (output / "a.py").write_text("1")
    manifest = Manifest({"a.py": digest(b"1")})
    (output / MANIFEST).write_text(manifest.text())
    Memory(design, output, cache).remember(manifest)
    return design, output, cache


Folders = tuple[Path, Path, Path]


def test_nothing_changed_is_known(folders: Folders) -> None:
    assert Memory(*folders).up_to_date() == 2


@pytest.mark.parametrize("file", ["a.yaml", "b.yaml"])
def test_an_edited_or_a_new_file_of_the_design_counts(folders: Folders, file: str) -> None:
    (folders[0] / file).write_text("design: 2")
    assert Memory(*folders).up_to_date() is None


@pytest.mark.parametrize("file", ["a.py", MANIFEST])
def test_an_edited_or_missing_output_counts(folders: Folders, file: str) -> None:
    (folders[1] / file).write_text("by hand")
    assert Memory(*folders).up_to_date() is None
    (folders[1] / file).unlink()
    assert Memory(*folders).up_to_date() is None


def test_another_output_is_another_memory(folders: Folders, tmp_path: Path) -> None:
    design, _, cache = folders
    assert Memory(design, tmp_path / "other", cache).up_to_date() is None


def test_a_damaged_memory_is_no_memory(folders: Folders) -> None:
    for file in folders[2].glob("*.json"):
        file.write_text("{")
    assert Memory(*folders).up_to_date() is None


def test_the_cache_is_nothing_to_commit(folders: Folders) -> None:
    assert (folders[2] / ".gitignore").read_text() == "*\n"


def test_a_cache_that_cannot_be_written_is_no_harm(folders: Folders, tmp_path: Path) -> None:
    design, output, _ = folders
    (tmp_path / "file").write_text("")
    memory = Memory(design, output, tmp_path / "file")
    memory.remember(Manifest())
    assert memory.up_to_date() is None
