from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from codegen.read import MappingNode, ScalarNode, SequenceNode
from codegen.read import document as document_module
from codegen.read.document import read_document
from tests.unit.codegen.read.places import flaws, pointed_at, scalars, source, tree

words = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"]), max_size=20)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)


def value_of(node: object) -> object:
    match node:
        case ScalarNode(value):
            return value
        case SequenceNode(items):
            return [value_of(item) for item in items]
        case MappingNode(entries):
            return {entry.key.text: value_of(entry.value) for entry in entries}
    raise AssertionError(node)


def test_keys_and_values_know_their_places() -> None:
    root = tree("types:\n  Loaf:\n    doc: 'One of ours'\n")
    found = [(str(node.span), node.text) for node in scalars(root)]
    assert found == [
        ("design.yaml:1:1", "types"),
        ("design.yaml:2:3", "Loaf"),
        ("design.yaml:3:5", "doc"),
        ("design.yaml:3:10", "One of ours"),
    ]


def test_a_part_of_a_quoted_text_is_found_inside_the_quotes() -> None:
    (_, value) = scalars(tree("loaf: 'rye bread'\n"))
    assert pointed_at(value.part(4, 9)) == "bread"


def test_a_part_of_a_text_with_escapes_is_the_whole_of_it() -> None:
    (_, value) = scalars(tree('loaf: "rye\\tbread"\n'))
    assert value.text == "rye\tbread"
    assert value.part(4, 9) == value.span


def test_quotes_make_text_of_anything() -> None:
    assert value_of(tree("a: 'true'\nb: \"12\"\nc: ''\n")) == {"a": "true", "b": "12", "c": ""}


def test_braces_are_remembered() -> None:
    inner = tree("a: {b: 1}\nc:\n  d: 1\n").entries
    assert [isinstance(e.value, MappingNode) and e.value.flow for e in inner] == [True, False]


def test_a_byte_order_mark_in_the_middle_is_refused() -> None:
    assert [flaw.code for flaw in flaws("a: \ufeffb\n")] == ["control-character"]


@pytest.mark.parametrize("text", ["", "# only a remark\n", "---\n", "null\n"])
def test_a_file_that_says_nothing_is_no_mistake(text: str) -> None:
    assert read_document(source(text)) == (None, ())


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("a: 1\na: 2\n", "duplicate-key", "2:1"),
        ("a: &x 1\n", "alias", "1:4"),
        ("a: *x\n", "alias", "1:4"),
        ("a: !!str 1\n", "tag", "1:4"),
        ("a: !own {}\n", "tag", "1:4"),
        ("<<: {a: 1}\n", "merge-key", "1:1"),
        ("{a: 1}: 2\n", "odd-key", "1:1"),
        ("a: 1\n---\nb: 2\n", "second-document", "2:1"),
        ("- a\n", "not-a-mapping", "1:1"),
        ("a\n", "not-a-mapping", "1:1"),
        ("a: [" + "[" * 99 + "]" * 99 + "]\n", "too-deep", "1:64"),
        ('a: "\\0"\n', "control-character", "1:4"),
        ("a: \x07\n", "control-character", "1:4"),
        ("a: 'b\n", "yaml-syntax", "2:1"),
        ("a: b: c\n", "yaml-syntax", "1:5"),
        ("a: @b\n", "yaml-syntax", "1:4"),
        ("%YAML 9.9\n---\na: 1\n", "yaml-syntax", "1:1"),
    ],
)
def test_what_is_not_the_language_is_refused_at_its_place(text: str, code: str, place: str) -> None:
    (flaw,) = flaws(text)
    assert (flaw.code, str(flaw.span)) == (code, f"design.yaml:{place}")


def test_a_duplicate_key_points_at_the_first_one() -> None:
    (flaw,) = flaws("a: 1\nb: 2\na: 3\n")
    assert str(flaw.first) == "design.yaml:1:1"


def test_a_quoted_merge_key_is_a_key() -> None:
    assert value_of(tree("'<<': 1\n")) == {"<<": 1}


def test_without_the_c_parser_the_same_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "a: {b: [1, 'two', three]}\nc: |\n  four\n  five\n"
    fast = tree(text)
    monkeypatch.setattr(document_module, "_LOADER", yaml.SafeLoader)
    slow = tree(text)
    assert fast == slow
    assert [str(node.span) for node in scalars(fast)] == [str(node.span) for node in scalars(slow)]


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    root, found = read_document(source(text))
    assert root is not None or found or not value_of_yaml(text)


def value_of_yaml(text: str) -> object:
    return yaml.safe_load(text)


@given(st.text("ab:-?[]{},\"'\n #&*!|>%@`~<.=\t1", max_size=60))
def test_no_heap_of_punctuation_breaks_the_reader(text: str) -> None:
    read_document(source(text))


@given(st.dictionaries(words, json_values, max_size=4))
def test_json_is_read_as_it_was_written(value: dict[str, object]) -> None:
    root, found = read_document(source(json.dumps(value, ensure_ascii=False)))
    codes = {flaw.code for flaw in found}
    if not codes:
        assert root is not None
        assert value_of(root) == value
    else:
        assert codes <= {"too-deep"}


@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), words, max_size=5))
def test_places_point_at_the_text_that_was_read(value: dict[str, str]) -> None:
    quoted = (f"{key}: '{text.replace(chr(39), chr(39) * 2)}'\n" for key, text in value.items())
    for node in scalars(tree("top: 1\n" + "".join(quoted))):
        written = pointed_at(node.span)
        assert written in (node.text, "'" + node.text.replace("'", "''") + "'")
        if node.offset is not None:
            assert pointed_at(node.part(0, len(node.text))) == node.text
