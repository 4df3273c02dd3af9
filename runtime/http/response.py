"""Answers: a JSON document, nothing at all, a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel
from pydantic_core import to_json
from starlette.responses import Response, StreamingResponse
from starlette.types import Send

from runtime.download import Download


def json(status: int, value: Any, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with a document: a model, a list of models, or plain values.

    It is compact and ends with a line end; the media type has no charset (wire contract,
    section 1).
    """
    if isinstance(value, BaseModel):
        document = value.__pydantic_serializer__.to_json(value, by_alias=True)
    else:
        document = to_json(value, by_alias=True)
    return Response(document + b"\n", status, headers, "application/json")


def empty(status: int, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with no bytes, and no media type."""
    return Response(b"", status, headers)


def file(status: int, download: Download) -> Response:
    """Answer with a file, to be saved under its name."""
    return _FileResponse(
        download.content,
        status,
        {
            "content-type": download.media_type,
            "content-length": str(download.length),
            "content-disposition": attachment(download.filename),
        },
    )


def attachment(filename: str) -> str:
    """Return the ``Content-Disposition`` of a file to be saved (RFC 6266).

    A name that is not plain ASCII is given twice: spelt out for all, exactly for those who read
    the second form.
    """
    plain = "".join(
        character if " " <= character <= "~" and character not in '"\\' else "_"
        for character in filename
    )
    value = f'attachment; filename="{plain}"'
    return value if plain == filename else f"{value}; filename*=UTF-8''{quote(filename, safe='')}"


class _FileResponse(StreamingResponse):
    async def stream_response(self, send: Send) -> None:
        try:
            await super().stream_response(send)
        finally:
            close = getattr(self.body_iterator, "aclose", None)
            if close is not None:
                await close()
