"""Rows about texts as long as they may be, in wide characters, and about longer ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from tests.unit.service.operations.document import DOCUMENT, resolved
from tests.unit.service.operations.row import SHELF, Row

WIDE: Final = "🐢"
"""Four bytes in UTF-8, and two code units in UTF-16."""
LONGEST_NAME: Final = 2048

ITS_UUID: Final = "77777777-7777-4777-8777-777777777777"
PACKAGE: Final = {"name": WIDE * LONGEST_NAME, "uuid": ITS_UUID, "object_key": ITS_UUID}
PLACE: Final[dict[str, Any]] = {"name": "x", "source": "s3", "purpose": "aip_store"}
BUCKET: Final = {"bucket": "b", "region": "r"}
LONGEST_BUCKET: Final = {
    "bucket": "b" * 255,
    "region": "r" * 64,
    "endpoint": "https://store.test/" + "e" * 2029,
    "key": "k" * 1024,
    "secret": "s" * 1024,
    "token": "t" * 8192,
}
COMPLETE: Final[dict[str, dict[str, str]]] = {
    "s3": BUCKET,
    "url": {"url": "file:///x"},
    "sftp": {"address": "a", "username": "u", "password": "p", "directory": "d"},
    "amss": {"api_key": "k", "url": "u", "username": "u"},
}


def text_rows() -> Iterator[Row]:
    """Yield what is taken by every database, and what is refused before one is asked."""
    yield Row("create_aip", 200, "a name as long as it may be", body=PACKAGE)
    yield Row(
        "request_aip_deletion",
        202,
        "a reason as long as it may be",
        body={"reason": "\x01" * (LONGEST_NAME - 1) + WIDE},
    )
    names = {"name": WIDE * LONGEST_NAME, "description": WIDE * LONGEST_NAME}
    yield Row(
        "create_location",
        201,
        "texts as long as they may be",
        body=PLACE | names | {"config": {"type": "s3", "value": LONGEST_BUCKET}},
    )
    yield Row("update_location", 200, "texts as long as they may be", SHELF, body=names)
    yield Row(
        "update_location", 400, "half a character", SHELF, raw=b'{"name":"\\ud800"}', message="JSON"
    )
    for kind, value in COMPLETE.items():
        for member, longest in _longest(kind).items():
            config = {"type": kind, "value": value | {member: "s" * (longest + 1)}}
            yield Row(
                "create_location",
                400,
                f"{member} of {kind} too long",
                body=PLACE | {"config": config},
                message=f"length of body.config.value.{member} must be lesser or equal than"
                f" {longest} but it is {longest + 1}",
            )


def _longest(kind: str) -> dict[str, int]:
    """Read from the document how long each text of a configuration may be; none is without end."""
    mapping = DOCUMENT["components"]["schemas"]["LocationConfig"]["discriminator"]["mapping"]
    variant = resolved({"$ref": mapping[kind]})
    members = resolved(variant["properties"]["value"])["properties"].items()
    texts = {name: part for name, part in members if part["type"] == "string"}
    return {name: part["maxLength"] for name, part in texts.items()}
