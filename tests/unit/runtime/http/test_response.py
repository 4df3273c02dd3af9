from __future__ import annotations

import pytest

from runtime.http.response import empty, json
from tests.unit.runtime.http.library import BOOK, Book, Gone


@pytest.mark.parametrize(
    ("value", "document"),
    [
        (Gone(message="é<&>", uuid=BOOK), f'{{"message":"é<&>","uuid":"{BOOK}"}}\n'),
        ([], "[]\n"),
        (
            [Book(title="Emma", uuid=BOOK)],
            f'[{{"title":"Emma","uuid":"{BOOK}","genre":"novel"}}]\n',
        ),
        ({"done": True}, '{"done":true}\n'),
        ("Unauthorized", '"Unauthorized"\n'),
        (None, "null\n"),
    ],
)
def test_a_document_is_compact_json_and_one_line(value: object, document: str) -> None:
    response = json(201, value)
    assert response.status_code == 201
    assert response.body == document.encode()
    assert response.headers["content-type"] == "application/json"
    assert response.headers["content-length"] == str(len(document.encode()))


def test_an_answer_may_have_headers() -> None:
    assert json(200, [], {"event-position": "1-2"}).headers["event-position"] == "1-2"
    assert empty(202, {"event-position": "1-2"}).headers["event-position"] == "1-2"


def test_an_empty_answer_has_no_bytes_and_no_media_type() -> None:
    response = empty(202)
    assert (response.status_code, response.body) == (202, b"")
    assert response.headers["content-length"] == "0"
    assert "content-type" not in response.headers
