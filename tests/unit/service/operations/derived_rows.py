"""Rows that the document itself tells: wrong rights, bad input, and faults, of every operation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from tests.unit.service.operations.document import OPERATIONS, Operation, resolved
from tests.unit.service.operations.row import NIL, NOBODY, Row

TOO_LARGE: Final = b'"' + b"x" * 1024 * 1024 + b'"'


def derived_rows() -> Iterator[Row]:
    """Yield the rows of every operation.  None of them comes so far that a package would matter."""
    for operation in OPERATIONS.values():
        yield from _rights(operation)
        yield from _path(operation)
        yield from _query(operation)
        yield from _body(operation)
        yield from _faults(operation)


def _rights(operation: Operation) -> Iterator[Row]:
    yield Row(operation.name, 401, "no credential", NOBODY, may=None)
    yield Row(operation.name, 401, "no credential, and nonsense", "nonsense", may=None)
    if operation.attributes and not operation.ticket:
        others = tuple(sorted(ATTRIBUTES - operation.attributes))
        yield Row(operation.name, 403, "every attribute but its own", NOBODY, may=others)
        yield Row(operation.name, 403, "no attribute, and nonsense", "nonsense", may=())


def _path(operation: Operation) -> Iterator[Row]:
    if "{uuid}" in operation.path:
        for says, text in (("no uuid", "nonsense"), ("the nil uuid", NIL)):
            yield Row(operation.name, 400, says, text, message="uuid must be formatted as a uuid")


def _query(operation: Operation) -> Iterator[Row]:
    for name, schema in operation.query.items():
        if wrong := _wrong_text(schema):
            yield Row(
                operation.name, 400, f"{name} is wrong", NOBODY, query={name: wrong}, message=name
            )


def _body(operation: Operation) -> Iterator[Row]:
    if operation.body is None:
        return
    name, good = operation.name, example(operation.body)
    yield Row(name, 400, "no body", NOBODY, message="missing required payload")
    yield Row(name, 400, "a body that is not JSON", NOBODY, raw=b"{nonsense", message="not JSON")
    yield Row(name, 400, "a body that is a list", NOBODY, body=[], message="body must be an object")
    yield Row(name, 413, "a body too large", NOBODY, raw=TOO_LARGE)
    yield Row(
        name, 415, "a form", NOBODY, raw=b"a=b", media_type="application/x-www-form-urlencoded"
    )
    for required in operation.body.get("required", ()):
        less = {key: value for key, value in good.items() if key != required}
        yield Row(
            name, 400, f"without {required}", NOBODY, body=less, message=f'"{required}" is missing'
        )
    for key, schema in operation.body["properties"].items():
        if (longest := resolved(schema).get("maxLength")) is not None:
            yield Row(
                name,
                400,
                f"{key} too long",
                NOBODY,
                body={**good, key: "é" * (longest + 1)},
                message=f"length of body.{key} must be lesser or equal than {longest}",
            )
            yield Row(
                name,
                400,
                f"{key} with the character that no text may hold",
                NOBODY,
                body={**good, key: "a\0b"},
                message="U+0000",
            )


def _faults(operation: Operation) -> Iterator[Row]:
    body = None if operation.body is None else example(operation.body)
    yield Row(operation.name, 500, "a fault", NOBODY, body=body, fault=True, ticket_anyway=True)
    if 501 in operation.statuses:
        yield Row(operation.name, 501, "not built", NOBODY, body=body, ticket_anyway=True)


def example(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the design's own example of a body."""
    found: dict[str, Any] = json.loads(json.dumps(schema["examples"][0]))
    return found


def _wrong_text(schema: dict[str, Any]) -> str | None:
    """Return a text that is no value of a parameter; None if every text is one."""
    if "enum" in schema or schema.get("format") or schema["type"] in ("integer", "array"):
        return "nonsense"
    return None


ATTRIBUTES: Final = frozenset(
    attribute for operation in OPERATIONS.values() for attribute in operation.attributes
)
