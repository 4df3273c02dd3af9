from __future__ import annotations

from typing import Any

import httpx2
import pytest

from runtime.http.validation import Mistake, Rank, dotted, member_path, quoted, refused
from tests.unit.runtime.http.wire import book, told


def test_the_unreadable_is_told_first_then_the_missing_then_the_rest_as_it_comes() -> None:
    mistakes = [
        Mistake("wrong", "a"),
        Mistake("missing", "b", Rank.MISSING),
        Mistake("wrong", "c"),
        Mistake("unreadable", "d", Rank.UNREADABLE),
        Mistake("missing", "e", Rank.MISSING),
    ]
    error = refused(mistakes)
    assert (error.status, error.name, error.message) == (400, "unreadable", "d; b; e; a; c")


async def test_mistakes_in_body_and_parameters_are_told_at_once_the_body_first(
    client: httpx2.AsyncClient,
) -> None:
    answer = await client.patch("/library/books/x?limit=y", content=book(b',"genre":"z"'))
    status, name, message = told(answer)
    assert (status, name) == (400, "invalid_enum_value")
    assert [part.partition(" ")[0] for part in message.split("; ")] == ["value", "uuid", "invalid"]


async def test_a_long_wrong_value_is_not_repeated_whole(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/library/books", content=book(b',"genre":"%s"' % (b"x" * 100_000)))
    assert len(answer.content) < 1000


@pytest.mark.parametrize(
    ("document", "loc", "path", "name"),
    [
        ({"a": 1}, ("a",), ("a",), "body.a"),
        ({}, ("a",), ("a",), "body.a"),
        ([{"a": 1}], (0, "a"), (0, "a"), "body[0].a"),
        (
            {"a": {"value": {"b": 1}}},
            ("a", "tag", "value", "b"),
            ("a", "value", "b"),
            "body.a.value.b",
        ),
        (5, (), (), "body"),
    ],
)
def test_a_value_is_called_by_its_place_in_the_document(
    document: Any, loc: tuple[int | str, ...], path: tuple[int | str, ...], name: str
) -> None:
    assert member_path(document, loc) == path
    assert dotted("body", path) == name


def test_values_are_repeated_as_json_and_long_ones_are_cut() -> None:
    assert quoted('é"') == '"é\\""'
    assert quoted(None) == "null"
    assert len(quoted("x" * 1000)) < 250
