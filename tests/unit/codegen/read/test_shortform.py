from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegen.read import MappingNode, Node, ScalarNode, SequenceNode
from codegen.read.forms import Listed, Mapped, Named, TypeForm
from codegen.read.shortform import (
    ShortFormError,
    parse_field,
    parse_key,
    parse_length,
    parse_result,
    parse_type,
)
from tests.unit.codegen.read.places import pointed_at, tree


def scalar(text: str, before: str = "key: ") -> ScalarNode:
    (entry,) = tree(f"{before}'{text}'").entries
    assert isinstance(entry.value, ScalarNode)
    return entry.value


def shown(form: TypeForm) -> str:
    """A type expression in one spelling."""
    match form.core:
        case Named(name, None):
            text = name.text
        case Named(name, view):
            text = f"{name}.{view}"
        case Listed(item):
            text = f"list[{shown(item)}]"
        case Mapped(value):
            text = f"map[str, {shown(value)}]"
        case other:
            raise AssertionError(other)
    return f"{text} | null" if form.nullable else text


def plain(node: Node | None) -> object:
    match node:
        case ScalarNode(value):
            return value
        case SequenceNode(()):
            return []
        case MappingNode(()):
            return {}
    raise AssertionError(node)


@pytest.mark.parametrize(
    "text",
    [
        "str",
        "Loaf",
        "Loaf.short",
        "Loaf | null",
        "Loaf.short | null",
        "list[str]",
        "list[Loaf.short | null] | null",
        "map[str, list[Loaf]]",
        "map[str, map[str, int | null]]",
    ],
)
def test_a_type_is_read(text: str) -> None:
    assert shown(parse_type(scalar(text))) == text


def test_blanks_between_symbols_mean_nothing() -> None:
    assert shown(parse_type(scalar(" list [ Loaf . short|null ] "))) == "list[Loaf.short | null]"


def test_names_inside_know_their_places() -> None:
    form = parse_type(scalar("map[str, Loaf.short | null]"))
    assert isinstance(form.core, Mapped)
    assert isinstance(form.core.value.core, Named)
    named = form.core.value.core
    assert named.view is not None
    assert pointed_at(form.core.value.span) == "Loaf.short | null"
    assert pointed_at(named.name.span) == "Loaf"
    assert pointed_at(named.view.span) == "short"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", " "),
        ("list[", "'"),
        ("list[]", "]"),
        ("set[str]", "set"),
        ("map[int, str]", "int"),
        ("map[str]", "]"),
        ("str | int", "int"),
        ("str |", "'"),
        ("a b", "b"),
        ("Loaf.", "'"),
        ("Loaf.1", "1"),
        ("1", "1"),
        ("Loaf!", "!"),
    ],
)
def test_the_symbol_that_does_not_belong_is_pointed_at(text: str, place: str) -> None:
    with pytest.raises(ShortFormError) as caught:
        parse_type(scalar(text))
    assert pointed_at(caught.value.span) in (place, place.strip(), "'")


def test_a_union_in_place_is_refused_with_advice() -> None:
    with pytest.raises(ShortFormError) as caught:
        parse_type(scalar("Loaf | Roll"))
    assert "oneof" in caught.value.help


@pytest.mark.parametrize(
    ("text", "name", "optional"),
    [("seeds", "seeds", False), ("seeds?", "seeds", True), ("seeds ?", "seeds", True)],
)
def test_a_key_says_whether_it_may_be_absent(text: str, name: str, optional: bool) -> None:
    read, may_be_absent = parse_key(scalar(text))
    assert (read.text, may_be_absent) == (name, optional)
    assert pointed_at(read.span) == name


@pytest.mark.parametrize(
    ("text", "default"),
    [
        ("str = rye bread", "rye bread"),
        ("str = 1.2.3", "1.2.3"),
        ('str = "5"', "5"),
        ('str = " a\\n"', " a\n"),
        ("int = 5", 5),
        ("float=-1.5", -1.5),
        ("bool = true", True),
        ("str | null = null", None),
        ("list[str] = []", []),
        ("map[str, str] = {}", {}),
        ("str = a = b", "a = b"),
    ],
)
def test_a_default_is_a_value(text: str, default: object) -> None:
    _, node = parse_field(scalar(text))
    assert plain(node) == default


def test_a_default_in_single_quotes_is_text() -> None:
    (entry,) = tree("key: str = 'it''s'").entries
    assert isinstance(entry.value, ScalarNode)
    _, node = parse_field(entry.value)
    assert plain(node) == "it's"


def test_a_default_knows_its_place() -> None:
    _, node = parse_field(scalar("Crust =  hard"))
    assert node is not None
    assert pointed_at(node.span) == "hard"


def test_a_field_without_a_default_has_none() -> None:
    assert parse_field(scalar("str"))[1] is None


@pytest.mark.parametrize("text", ["str =", 'str = "a', 'str = "a" b', "= 5"])
def test_a_default_that_is_not_one_is_refused(text: str) -> None:
    with pytest.raises(ShortFormError):
        parse_field(scalar(text))


@pytest.mark.parametrize(
    ("text", "status", "type_"),
    [
        ("204", 204, None),
        ("Loaf", None, "Loaf"),
        ("201 Loaf.short", 201, "Loaf.short"),
        ("200 list[Loaf]", 200, "list[Loaf]"),
    ],
)
def test_a_result_is_a_status_a_type_or_both(
    text: str, status: int | None, type_: str | None
) -> None:
    number, form = parse_result(scalar(text))
    assert (number.value if number else None) == status
    assert (shown(form) if form else None) == type_


@pytest.mark.parametrize(
    ("text", "seconds"), [("10s", 10), ("500ms", 0.5), ("1.5m", 90), ("2h", 7200), ("0s", 0)]
)
def test_a_length_of_time_has_a_unit(text: str, seconds: float) -> None:
    assert parse_length(scalar(text)) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["10", "s", "-1s", "1 day", "10S", ""])
def test_a_length_without_a_unit_is_refused(text: str) -> None:
    with pytest.raises(ShortFormError):
        parse_length(scalar(text))


@given(st.text(alphabet="aL.[]|,= str null map list 12\"'{}?", max_size=40))
def test_no_short_form_breaks_the_grammar(text: str) -> None:
    span = next(iter(tree("a: b").entries)).key.span
    node = ScalarNode(text, text, span, 0)
    for parse in (parse_type, parse_field, parse_result, parse_length):
        with suppress(ShortFormError):
            parse(node)
