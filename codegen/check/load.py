"""From files to a design, or to what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from codegen.check.catalogue.files import UNREADABLE
from codegen.check.catalogue.shape import EMPTY_DESIGN
from codegen.check.declare import declare
from codegen.check.diagnostics import Diagnostic
from codegen.check.freeze import freeze
from codegen.check.report import Report
from codegen.check.rules import apply_rules
from codegen.model import Design
from codegen.read import (
    Flaw,
    MappingNode,
    Source,
    Span,
    design_files,
    read_source,
    read_sources,
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check came to.

    ``design`` is ``None`` exactly when one of the ``diagnostics`` is an error.
    """

    design: Design | None
    diagnostics: tuple[Diagnostic, ...]

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The diagnostics that make the design unusable."""
        return tuple(d for d in self.diagnostics if d.severity == "error")

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """The diagnostics that do not."""
        return tuple(d for d in self.diagnostics if d.severity == "warning")


def load_folder(folder: Path) -> Outcome:
    """Check the design whose files lie in a folder."""
    try:
        paths = design_files(folder)
    except OSError as error:
        report = Report()
        reason = error.strerror or type(error).__name__
        report.add(UNREADABLE, _nowhere(folder.as_posix()), reason=reason)
        return Outcome(None, report.diagnostics())
    return _load(paths, folder.as_posix())


def load(paths: Sequence[Path]) -> Outcome:
    """Check the design that the files make together."""
    return _load(paths, paths[0].as_posix() if paths else "(no files)")


def check_sources(sources: Iterable[Source], place: str = "design.yaml") -> Outcome:
    """Check a design that is in memory.

    Args:
        sources: Its files.
        place: What to call the place where nothing was found.
    """
    report = Report()
    reading = read_sources(sources)
    for flaw in reading.flaws:
        report.add_flaw(flaw)
    if reading.tree is not None:
        return check_tree(reading.tree, report)
    if not reading.flaws:
        report.add(EMPTY_DESIGN, _nowhere(place))
    return Outcome(None, report.diagnostics())


def check_tree(tree: MappingNode, report: Report | None = None) -> Outcome:
    """Check a declaration tree, wherever it comes from.

    This is where another way of writing designs joins: whatever builds the tree has its design
    checked by the same rules, with the places it put into the tree.
    """
    report = report or Report()
    declarations = declare(report, tree)
    apply_rules(report, declarations)
    design = None if report.failed() else freeze(declarations)
    return Outcome(design, report.diagnostics())


def _load(paths: Sequence[Path], place: str) -> Outcome:
    read = [read_source(path) for path in paths]
    flaws = [source for source in read if isinstance(source, Flaw)]
    if not flaws:
        return check_sources((s for s in read if isinstance(s, Source)), place)
    report = Report()
    for flaw in flaws:
        report.add_flaw(flaw)
    return Outcome(None, report.diagnostics())


def _nowhere(name: str) -> Span:
    return Span(Source(name=name, text=""), 1, 1, 1, 1)
