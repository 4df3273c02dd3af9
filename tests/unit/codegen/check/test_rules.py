from __future__ import annotations

from collections import Counter

import pytest

from codegen.check.catalogue import CATALOGUE
from codegen.check.declare import declare
from codegen.check.diagnostics import Kind
from codegen.check.report import Report
from codegen.check.rules import RULES
from codegen.check.rules.rule import Rule
from codegen.check.scope import Scope
from codegen.read import Source, Span, read_sources
from tests.golden.test_errors import FOLDERS


class Listening(Report):
    """Remembers which kinds a rule reports."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds: set[str] = set()

    def add(self, kind: Kind, span: Span, /, **more: object) -> None:
        self.kinds.add(kind.code)
        super().add(kind, span, **more)  # type: ignore[arg-type]


def test_every_rule_has_a_purpose_of_its_own() -> None:
    purposes = Counter(rule.purpose for rule in RULES)
    assert set(purposes.values()) == {1}
    assert all(purpose.endswith(".") for purpose in purposes)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.purpose)
def test_a_rule_reports_what_it_says_and_nothing_else(rule: Rule) -> None:
    reported: set[str] = set()
    for folder in FOLDERS:
        sources = [
            Source(name=path.name, text=path.read_text(encoding="utf-8", errors="replace"))
            for path in sorted(folder.glob("*.yaml"))
        ]
        tree = read_sources(sources).tree
        if tree is None:
            continue
        report = Listening()
        rule.check(report, Scope(declare(Report(), tree)))
        reported |= report.kinds
    assert reported == {kind.code for kind in rule.kinds}


def test_the_kinds_of_rules_are_in_the_catalogue() -> None:
    assert all(CATALOGUE[kind.code] is kind for rule in RULES for kind in rule.kinds)
