from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegen.check import load, load_folder, render
from codegen.check.load import check_tree
from codegen.read import read_sources
from codegen.read.source import Source
from tests.unit.codegen.check.bakery import BAKERY, check, design, said

LINES = BAKERY.splitlines()
WORDS = ["null", "true", "12", "anyone", "[a]", "{a: b}", "Loaf.short", "201 Loaf", "a = 1", "''"]


def test_a_folder_is_a_design(tmp_path: Path) -> None:
    (tmp_path / "design.yaml").write_text(BAKERY)
    assert load_folder(tmp_path).design == design(BAKERY)


def test_files_are_a_design_whatever_their_order(tmp_path: Path) -> None:
    head, tail = BAKERY.split("services:\n")
    (tmp_path / "head.yaml").write_text(head)
    (tmp_path / "tail.yaml").write_text(f"services:\n{tail}")
    for names in (["head", "tail"], ["tail", "head"]):
        outcome = load([tmp_path / f"{name}.yaml" for name in names])
        assert outcome.design == design(BAKERY)


def test_places_are_named_by_the_path_that_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "design").mkdir()
    (tmp_path / "design" / "a.yaml").write_text("design: 2\n")
    monkeypatch.chdir(tmp_path)
    assert "design/a.yaml:1:9" in {str(d.span) for d in load_folder(Path("design")).diagnostics}


def test_a_folder_that_is_not_there_is_a_diagnostic(tmp_path: Path) -> None:
    outcome = load_folder(tmp_path / "gone")
    assert outcome.design is None
    assert [d.code for d in outcome.diagnostics] == ["unreadable"]


def test_a_file_that_is_not_there_is_a_diagnostic(tmp_path: Path) -> None:
    assert [d.code for d in load([tmp_path / "gone.yaml"]).diagnostics] == ["unreadable"]


def test_no_files_are_no_design(tmp_path: Path) -> None:
    assert [d.code for d in load_folder(tmp_path).diagnostics] == ["empty-design"]
    assert [d.code for d in load([]).diagnostics] == ["empty-design"]


def test_warnings_leave_a_design() -> None:
    outcome = check(BAKERY.replace("types:\n", "types:\n  Unused: str\n"))
    assert outcome.design is not None
    assert [d.code for d in outcome.warnings] == ["unused-type"]
    assert outcome.errors == ()


def test_errors_leave_none() -> None:
    outcome = check(BAKERY.replace("returns: Loaf", "returns: Laof"))
    assert outcome.design is None
    assert [d.code for d in outcome.errors] == ["unknown-type"]


def test_every_mistake_is_found_in_one_run() -> None:
    text = BAKERY.replace("crust: Crust = soft", "crust: Crust = sofd")
    text = text.replace("emits: [LoafBaked]", "emits: [LoafBake]").replace(
        "path: {uuid", "path: {id"
    )
    assert [line.split()[0] for line in said(text)] == [
        "default-misfit",
        "unknown-event",
        "undeclared-path-parameter",
        "unused-path-parameter",
        "unknown-event",
    ]


def test_diagnostics_stand_in_the_order_of_the_text() -> None:
    places = [d.span.line for d in check(BAKERY.replace("Loaf", "loaf")).diagnostics]
    assert places == sorted(places)


def test_a_tree_from_elsewhere_is_checked_by_the_same_rules() -> None:
    tree = read_sources([Source(name="a.yaml", text=BAKERY)]).tree
    assert tree is not None
    assert check_tree(tree).design == design(BAKERY)


def test_a_mistake_in_one_file_does_not_hide_mistakes_in_another() -> None:
    found = said("types: {Loaf: {fields: {a: strr}}}\n", "errors: {lost: {status: 99}}\n")
    assert {"unknown-type design.yaml:1:28", "bad-status more1.yaml:1:10"} <= set(found)


def test_a_file_that_is_not_yaml_stops_before_it_is_blamed_on_others() -> None:
    assert said("types: {Loaf: {fields: {a: Crust}}}\n", "types: {Crust: [\n") == [
        "yaml-syntax more1.yaml:2:1"
    ]


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """The bakery with a few lines lost, doubled or changed."""
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        key, colon, _ = lines[at].partition(": ")
        changes = [[], [lines[at]] * 2, [key + colon + draw(st.sampled_from(WORDS))]]
        lines[at : at + 1] = draw(st.sampled_from(changes))
    return "\n".join(lines)


@given(damaged())
def test_no_damage_breaks_the_check(text: str) -> None:
    outcome = check(text)
    assert (outcome.design is None) == bool(outcome.errors)
    assert bool(render(outcome.diagnostics)) == bool(outcome.diagnostics)


@given(st.text())
def test_no_text_breaks_the_check(text: str) -> None:
    assert check(text).errors
