"""What goes over the wire in these tests, and what comes back."""

from __future__ import annotations

import httpx2

_BOOK = b'{"title":"Emma","uuid":"11111111-1111-4111-8111-111111111111"%s}'


def book(rest: bytes = b"") -> bytes:
    """A book as JSON, with more keys behind those it must have."""
    return _BOOK % rest


def told(answer: httpx2.Response) -> tuple[int, str, str]:
    """Status, name and message of a six-field error that is the caller's."""
    body = answer.json()
    assert list(body) == ["name", "id", "message", "temporary", "timeout", "fault"]
    assert len(body["id"]) == 8
    assert (body["temporary"], body["timeout"], body["fault"]) == (False, False, False)
    assert answer.headers["content-type"] == "application/json"
    assert "library-error" not in answer.headers
    return answer.status_code, body["name"], body["message"]
