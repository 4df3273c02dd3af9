"""The body of a request: read within a limit, decoded into its model."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails, from_json, to_json
from starlette.requests import Request

from runtime.http.errors import RequestRefused
from runtime.http.validation import (
    Mistake,
    dotted,
    holds_nul,
    member_path,
    missing,
    mistake,
    unreadable,
)

BODY_LIMIT: Final = 1024 * 1024
"""How many bytes a body may have where nothing else is configured."""

BODY_SECONDS: Final = 30.0
"""How long a body may take to arrive where nothing else is configured."""

JSON_MEDIA_TYPES: Final = frozenset({"", "application/json"})
TEXT_MEDIA_TYPES: Final = frozenset({"text/html", "text/plain"})


class JsonBody:
    """The JSON body of an operation.

    ``name`` is that of the endpoint's argument, ``declared`` its type, ``required`` whether the
    body must be there.
    """

    def __init__(self, name: str, declared: Any, *, required: bool) -> None:
        self.name = name
        self._required = required
        self._adapter: TypeAdapter[Any] = TypeAdapter(declared)

    async def solve(
        self, request: Request, limit: int, seconds: float = BODY_SECONDS
    ) -> tuple[Any, list[Mistake]]:
        """Return the decoded body, or what is wrong with it.

        Raises:
            RequestRefused: It is larger than ``limit`` bytes, takes longer than ``seconds`` to
                arrive, or is of a media type that is not understood.
        """
        check_media_type(request.headers.get("content-type", ""))
        raw = await read_body(request, limit, seconds)
        if raw:
            return self._decode(raw)
        if self._required:
            return None, [Mistake("missing_payload", "missing required payload")]
        return None, []

    def _decode(self, raw: bytes) -> tuple[Any, list[Mistake]]:
        value, mistakes = self._read(raw)
        if not mistakes and b"\\u0000" in raw:
            # What is ignored may hold it: only what was taken in is looked through.
            document = self._adapter.dump_python(value, by_alias=True)
            mistakes = [holds_nul(place) for place in _places_of_nul("body", document)]
        return value, mistakes

    def _read(self, raw: bytes) -> tuple[Any, list[Mistake]]:
        try:
            return self._adapter.validate_json(raw), []
        except ValidationError as error:
            errors = error.errors(include_url=False)
        if errors[0]["type"] == "json_invalid":
            return None, [unreadable(f"body is not JSON: {errors[0]['ctx']['error']}")]
        return self._decode_without_nulls(from_json(raw), errors)

    def _decode_without_nulls(
        self, document: Any, errors: Sequence[ErrorDetails]
    ) -> tuple[Any, list[Mistake]]:
        """Decode once more, with every ``null`` that was not understood taken for an absent key.

        So an optional field may be null, and a required one that is null is missing (wire
        contract, section 1); a field that can be null never comes here.
        """
        if document is None:
            document = {}
        elif not _remove_nulls(document, errors):
            return None, [_mistake(document, error) for error in errors]
        try:
            return self._adapter.validate_json(to_json(document)), []
        except ValidationError as error:
            return None, [_mistake(document, each) for each in error.errors(include_url=False)]


def _places_of_nul(name: str, value: Any) -> Iterator[str]:
    """Name the texts that have a character which cannot be kept, and the objects with such a key."""
    match value:
        case str(text) if "\0" in text:
            yield name
        case dict(members):
            if any("\0" in str(key) for key in members):
                yield name
            for key, member in members.items():
                yield from _places_of_nul(f"{name}.{key}", member)
        case list(items):
            for number, item in enumerate(items):
                yield from _places_of_nul(f"{name}[{number}]", item)


def check_media_type(value: str) -> None:
    """Refuse a body that does not claim to be JSON.  One that claims nothing is taken for JSON.

    Raises:
        RequestRefused: It is of another media type.
    """
    media_type = value.partition(";")[0].strip().lower()
    if media_type in JSON_MEDIA_TYPES:
        return
    if media_type in TEXT_MEDIA_TYPES:
        raise RequestRefused(400, "decode_payload", f"the body is {media_type}, not JSON")
    raise RequestRefused(
        415, "unsupported_media_type", f"the media type {media_type!r} is not supported"
    )


async def read_body(request: Request, limit: int, seconds: float = BODY_SECONDS) -> bytes:
    """Read a body of at most ``limit`` bytes within ``seconds``.

    For bodies that are held whole: whoever streams one judges its pace by other means.

    Raises:
        RequestRefused: It is larger, or slower.  One that says that it is larger is not read at
            all; of one that is slower the rest is not waited for.
    """
    length = request.headers.get("content-length", "")
    if length.isascii() and length.isdigit() and int(length) > limit:
        raise _too_large(limit)
    try:
        async with asyncio.timeout(seconds):
            return await _read(request, limit)
    except TimeoutError:
        raise RequestRefused(
            408,
            "request_timeout",
            f"the body did not arrive within {seconds:g} s",
            headers={"connection": "close"},
        ) from None


async def _read(request: Request, limit: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise _too_large(limit)
        chunks.append(chunk)
    return b"".join(chunks)


def _too_large(limit: int) -> RequestRefused:
    return RequestRefused(413, "body_too_large", f"the body has more than {limit} bytes")


def _mistake(document: Any, error: ErrorDetails) -> Mistake:
    path = member_path(document, error["loc"])
    if error["type"] == "missing":
        return missing(str(error["loc"][-1]), dotted("body", path[:-1]))
    return mistake(dotted("body", path), error)


def _remove_nulls(document: Any, errors: Sequence[ErrorDetails]) -> bool:
    """Remove the keys whose value is a null that was not understood; tell whether any was."""
    removed = False
    for error in errors:
        if error["input"] is not None:
            continue
        path = member_path(document, error["loc"])
        owner = document
        for step in path[:-1]:
            owner = owner[step]
        if path and isinstance(owner, dict) and owner.get(path[-1], "") is None:
            del owner[path[-1]]
            removed = True
    return removed
