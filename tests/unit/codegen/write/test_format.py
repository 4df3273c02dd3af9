"""Formatting of generated Python."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.write.format import FormatFailed, formatted


def test_python_is_formatted_and_all_else_left_alone() -> None:
    texts = {"a/b.py": "x = 'y'", "c.json": "{ }", "d.ts": "let a = 'b'"}
    assert formatted(texts) == {"a/b.py": 'x = "y"\n', "c.json": "{ }", "d.ts": "let a = 'b'"}


def test_no_configuration_of_the_reader_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ruff.toml").write_text("line-length = 20\n[format]\nquote-style = 'single'\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    line = 'value = "' + "a" * 60 + '"\n'
    assert formatted({"a.py": line}) == {"a.py": line}


def test_what_is_not_python_is_told() -> None:
    with pytest.raises(FormatFailed, match=r"bad\.py"):
        formatted({"bad.py": "def :"})
