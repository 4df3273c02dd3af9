from __future__ import annotations

from codegen.check import Diagnostic, Note, render, render_one
from codegen.check.render import Role
from codegen.read import Source, Span

SOURCE = Source(name="a.yaml", text="loaf: rye\nroll:\n\twheat: brötchen 面包 x\nlast")


def diagnostic(span: Span, **more: object) -> Diagnostic:
    values = {"code": "odd", "severity": "error", "message": "this is odd", **more}
    return Diagnostic(span=span, **values)  # type: ignore[arg-type]


def test_the_place_is_underlined() -> None:
    assert render_one(diagnostic(Span(SOURCE, 1, 7, 1, 10))) == (
        "error[odd]: this is odd\n --> a.yaml:1:7\n  |\n1 | loaf: rye\n  |       ^^^\n"
    )


def test_advice_stands_below() -> None:
    text = render_one(diagnostic(Span(SOURCE, 1, 1, 1, 5), help="leave it"))
    assert text.endswith("  | ^^^^\n  = help: leave it\n")


def test_another_place_is_shown_with_what_it_has_to_do_with_it() -> None:
    note = Note(Span(SOURCE, 2, 1, 2, 5), "the other one")
    text = render_one(diagnostic(Span(SOURCE, 1, 1, 1, 5), notes=(note,)))
    assert " ::: a.yaml:2:1\n  |\n2 | roll:\n  | ---- the other one\n" in text


def test_wide_characters_and_tabs_keep_the_line_under_the_text() -> None:
    text = render_one(diagnostic(Span(SOURCE, 3, 21, 3, 22)))
    shown, under = text.splitlines()[3:5]
    assert shown == "3 |  wheat: brötchen 面包 x"
    assert under == "  |" + " " * 23 + "^"


def test_a_span_over_several_lines_is_underlined_on_the_first() -> None:
    text = render_one(diagnostic(Span(SOURCE, 1, 7, 3, 4)))
    assert text.splitlines()[-1] == "  |       ^^^"


def test_a_place_without_text_is_named_only() -> None:
    nowhere = Span(Source(name="design", text=""), 1, 1, 1, 1)
    assert render_one(diagnostic(nowhere)) == "error[odd]: this is odd\n --> design:1:1\n"


def test_an_empty_place_is_one_mark_wide() -> None:
    assert render_one(diagnostic(Span(SOURCE, 4, 5, 4, 5))).splitlines()[-1] == "  |     ^"


def test_at_the_end_is_how_much_was_found() -> None:
    span = Span(SOURCE, 1, 1, 1, 2)
    warning = diagnostic(span, severity="warning")
    assert render([diagnostic(span), diagnostic(span), warning]).endswith(
        "\n\n2 errors, 1 warning\n"
    )
    assert render([warning]).endswith("\n\n1 warning\n")
    assert render([]) == ""


def test_a_painter_is_told_what_each_piece_is() -> None:
    def paint(role: Role, text: str) -> str:
        return f"<{role} {text}>"

    text = render([diagnostic(Span(SOURCE, 1, 7, 1, 10), help="leave it")], paint)
    assert "<error error[odd]><message : this is odd>" in text
    assert "<error ^^^>" in text
    assert "<help help>: leave it" in text
