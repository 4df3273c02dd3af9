"""Where every stage of the check says what it found."""

from __future__ import annotations

from codegen.check.catalogue import CATALOGUE
from codegen.check.diagnostics import Diagnostic, Kind, Note
from codegen.read import Flaw, Span


class Report:
    """Gathers diagnostics; nothing is thrown, so one run finds every mistake."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, Span], Diagnostic] = {}

    def add(
        self,
        kind: Kind,
        span: Span,
        /,
        *,
        help: str = "",
        notes: tuple[Note, ...] = (),
        **values: object,
    ) -> None:
        """Say that something of a kind is at a place; a second time at one place is ignored.

        Args:
            kind: What is wrong; it must be in the catalogue.
            span: The text to underline.
            help: Advice for this very case, instead of the kind's own.
            notes: Other places that matter.
            values: What the kind's templates name.

        Raises:
            LookupError: The kind is not in the catalogue.
        """
        if CATALOGUE.get(kind.code) is not kind:
            raise LookupError(f"no such kind of diagnostic: {kind.code}")
        message = kind.message.format(**values)
        advice = help or kind.help.format(**values)
        found = Diagnostic(kind.code, kind.severity, span, message, advice, notes)
        self._found.setdefault((kind.code, span), found)

    def add_flaw(self, flaw: Flaw) -> None:
        """Take over what reading found."""
        notes = (Note(flaw.first, "first declared here"),) if flaw.first else ()
        self.add(CATALOGUE[flaw.code], flaw.span, help=flaw.help, notes=notes, **flaw.values)

    def has_any(self, kinds: tuple[Kind, ...]) -> bool:
        """Whether something of one of these kinds was found."""
        codes = {kind.code for kind in kinds}
        return bool(codes) and any(code in codes for code, _ in self._found)

    def failed(self) -> bool:
        """Whether anything found makes the design unusable."""
        return any(found.severity == "error" for found in self._found.values())

    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Everything found, in the order of the files and of the lines in them."""
        return tuple(
            sorted(
                self._found.values(),
                key=lambda d: (d.span.source.name, d.span.line, d.span.column, d.code),
            )
        )
