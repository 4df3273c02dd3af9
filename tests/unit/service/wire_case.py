"""How a case of the wire table is written: what is sent, and what must come back."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

STORED: Final = "11111111-1111-4111-8111-111111111111"
DELETED: Final = "22222222-2222-4222-8222-222222222222"
PROCESSING: Final = "33333333-3333-4333-8333-333333333333"
UNKNOWN: Final = "99999999-9999-4999-8999-999999999999"
NIL: Final = "00000000-0000-0000-0000-000000000000"
KEY: Final = "77777777-7777-4777-8777-777777777777"
SEEDED: Final = {STORED: "stored", DELETED: "deleted", PROCESSING: "processing"}
AIP: Final = {"uuid": UNKNOWN, "name": "new", "object_key": KEY}
SHELF: Final = {"name": "shelf", "source": "filesystem", "purpose": "aip_store"}
S3: Final = {"type": "s3", "value": {"bucket": "b", "region": "r", "key": "k", "secret": "hush"}}
TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
JSON: Final = "application/json"


@dataclass(frozen=True)
class Case:
    """A request, and what must come back."""

    says: str
    method: str
    path: str
    status: int
    answer: Any = None
    """The whole JSON body; a callable judges it; ``None`` is no bytes at all."""
    request: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str | None] = field(default_factory=dict)
    """Headers of the answer; ``None`` for one that must not be there."""


def error(name: str, *parts: str) -> Callable[[Any], None]:
    """Expect the six-field body, with these parts in its message."""

    def judge(body: Any) -> None:
        assert list(body) == ["name", "id", "message", "temporary", "timeout", "fault"]
        assert body["name"] == name, body
        assert re.fullmatch(r"[\w-]{8}", body["id"])
        for part in parts:
            assert part in body["message"], body
        assert (body["temporary"], body["timeout"]) == (False, False)

    return judge


def has(**expected: Any) -> Callable[[Any], None]:
    """Expect these members, whatever else there is."""

    def judge(body: Any) -> None:
        assert {key: body.get(key) for key in expected} == expected

    return judge


def only(*keys: str) -> Callable[[Any], None]:
    """Expect an object with exactly these keys, in this order, and whole-second UTC times."""

    def judge(body: Any) -> None:
        assert list(body) == list(keys)
        assert TIME.fullmatch(body["created_at"])

    return judge


def page(limit: int, offset: int, *names: str, total: int = 3) -> Callable[[Any], None]:
    """Expect a page of packages."""

    def judge(body: Any) -> None:
        assert body["page"] == {"limit": limit, "offset": offset, "total": total}
        assert [item["name"] for item in body["items"]] == list(names)

    return judge


def not_found(what: str, uuid: str) -> dict[str, str]:
    return {"message": f"{what} not found", "uuid": uuid}


ALL = ("processing", "deleted", "stored")
AIPS = "/storage/aips"
ONE = f"/storage/aips/{STORED}"
NOBODY = {"may": None}
