"""The manifest."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.write.manifest import MANIFEST, BadManifest, Manifest, read_manifest


def test_a_manifest_reads_as_it_was_written(tmp_path: Path) -> None:
    manifest = Manifest({"b.py": "2", "a.py": "1"})
    (tmp_path / MANIFEST).write_text(manifest.text())
    assert read_manifest(tmp_path) == manifest
    assert manifest.text().index("a.py") < manifest.text().index("b.py")


def test_a_folder_without_one_has_nothing_of_ours(tmp_path: Path) -> None:
    assert read_manifest(tmp_path / "nowhere") == Manifest()


@pytest.mark.parametrize("damage", ["", "[]", "{}", '{"files": []}', "\udcff"])
def test_a_damaged_one_is_told(tmp_path: Path, damage: str) -> None:
    (tmp_path / MANIFEST).write_bytes(damage.encode(errors="surrogateescape"))
    with pytest.raises(BadManifest, match="damaged"):
        read_manifest(tmp_path)


@pytest.mark.parametrize("stray", ["../other.py", "/etc/hosts", "a/../../b"])
def test_one_that_names_files_elsewhere_is_refused(tmp_path: Path, stray: str) -> None:
    (tmp_path / MANIFEST).write_text(Manifest({stray: "1"}).text())
    with pytest.raises(BadManifest, match="not in its folder"):
        read_manifest(tmp_path)
