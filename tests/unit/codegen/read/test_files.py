from __future__ import annotations

from pathlib import Path

from codegen.read import Flaw, Source
from codegen.read.files import design_files, read_source


def test_a_design_is_the_yaml_files_of_its_folder_by_name(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yml", "notes.md", "c.yaml.orig", ".d.yaml"):
        (tmp_path / name).write_text("")
    (tmp_path / "folder.yaml").mkdir()
    assert [path.name for path in design_files(tmp_path)] == ["a.yml", "b.yaml"]


def test_a_source_is_named_by_the_path_it_was_asked_for_with(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: ü\n", encoding="utf-8")
    assert read_source(path) == Source(name=path.as_posix(), text="a: ü\n")


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")
    source = read_source(path)
    assert isinstance(source, Source)
    assert source.text == "a: 1\n"


def test_a_file_that_is_not_there_is_a_flaw(tmp_path: Path) -> None:
    flaw = read_source(tmp_path / "gone.yaml")
    assert isinstance(flaw, Flaw)
    assert flaw.code == "unreadable"
    assert flaw.values["reason"] == "No such file or directory"


def test_what_is_not_utf_8_is_pointed_at(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes("ä: 1\nbr".encode() + "ö".encode("latin-1") + b"t: 2\n")
    flaw = read_source(path)
    assert isinstance(flaw, Flaw)
    assert (flaw.code, flaw.span.line, flaw.span.column) == ("not-utf-8", 2, 3)
