"""Each folder in ``errors/`` is a design with mistakes, and exactly what is said about it.

``pytest tests/golden/test_errors.py --accept`` writes what is said now into ``expected.txt``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.check import CATALOGUE, Outcome, load_folder, render

FOLDERS = sorted(path.parent for path in (Path(__file__).parent / "errors").glob("*/*.yaml"))
# A file that cannot be read at all depends on the file system: tests/unit has it.
ELSEWHERE = {"unreadable"}


def outcome_of(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Outcome:
    monkeypatch.chdir(folder)
    return load_folder(Path())


@pytest.mark.parametrize("folder", dict.fromkeys(FOLDERS), ids=lambda folder: folder.name)
def test_mistakes_are_told_exactly_so(
    folder: Path, accept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = render(outcome_of(folder, monkeypatch).diagnostics)
    expected = folder / "expected.txt"
    if accept:
        expected.write_text(said, encoding="utf-8")
    assert said == expected.read_text(encoding="utf-8")


def test_every_kind_of_diagnostic_is_pinned_by_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {d.code for folder in FOLDERS for d in outcome_of(folder, monkeypatch).diagnostics}
    assert set(CATALOGUE) - said == ELSEWHERE
