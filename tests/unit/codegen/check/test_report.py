from __future__ import annotations

import pytest

from codegen.check.catalogue import CATALOGUE
from codegen.check.catalogue.types import UNKNOWN_TYPE
from codegen.check.diagnostics import Kind
from codegen.check.report import Report
from codegen.read import Source, Span

SPAN = Span(Source(name="a.yaml", text="a"), 1, 1, 1, 2)


def test_what_the_catalogue_does_not_have_cannot_be_said() -> None:
    with pytest.raises(LookupError, match="no such kind of diagnostic: made-up"):
        Report().add(Kind("made-up", "…"), SPAN)


def test_a_copy_of_a_kind_cannot_be_said_either() -> None:
    with pytest.raises(LookupError):
        Report().add(Kind("unknown-type", "…"), SPAN)


def test_one_thing_at_one_place_is_said_once() -> None:
    report = Report()
    report.add(UNKNOWN_TYPE, SPAN, name="a")
    report.add(UNKNOWN_TYPE, SPAN, name="b")
    assert [d.message for d in report.diagnostics()] == ["there is no type `a`"]


def test_what_is_said_has_every_value_of_its_template() -> None:
    with pytest.raises(KeyError):
        Report().add(UNKNOWN_TYPE, SPAN)


@pytest.mark.parametrize("kind", CATALOGUE.values(), ids=lambda kind: kind.code)
def test_every_kind_says_what_it_means(kind: Kind) -> None:
    assert kind.doc.endswith(".")
    assert not kind.message.endswith(".")
    assert not kind.help.endswith(".")
    assert kind.code == kind.code.lower()
