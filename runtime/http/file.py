"""Answers with a file: whole, in part, or only what is to be known of it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from urllib.parse import quote

import structlog
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Send

from runtime.download import Download
from runtime.http.errors import RequestRefused
from runtime.http.ranges import NotSatisfiable, wanted_part

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


async def file(request: Request, status: int, download: Download) -> Response:
    """Answer with a file, to be saved under its name, or with the part that is asked for.

    The first bytes are read before the answer begins: what cannot be read is an error of the
    operation still, and not a file that ends early.
    """
    headers = _headers(download)
    if request.method == "HEAD":
        return Response(None, status, headers | {"content-length": str(download.length)})
    try:
        part = (
            None if status != 200 else wanted_part(request.headers, download.length, download.etag)
        )
    except NotSatisfiable:
        return _not_satisfiable(download)
    start, stop = part or (0, download.length)
    headers["content-length"] = str(stop - start)
    if part is not None:
        status = 206
        headers["content-range"] = f"bytes {start}-{stop - 1}/{download.length}"
    content = download.content(start, stop)
    try:
        first = await anext(content, b"")
    except BaseException:
        await content.aclose()
        raise
    return _FileResponse(first, content, status, headers)


def attachment(filename: str) -> str:
    """Return the ``Content-Disposition`` of a file to be saved (RFC 6266).

    A name that is not plain ASCII is given twice: spelt out for all, exactly for those who read
    the second form (RFC 8187).  What does not print is in neither.
    """
    name = "".join(each if each.isprintable() else "_" for each in filename)
    plain = "".join(each if " " <= each <= "~" and each not in '"\\%' else "_" for each in name)
    value = f'attachment; filename="{plain}"'
    return value if plain == name else f"{value}; filename*=UTF-8''{quote(name, safe='')}"


def _headers(download: Download) -> dict[str, str]:
    headers = {
        "content-type": download.media_type,
        "content-disposition": attachment(download.filename),
        "accept-ranges": "bytes",
        "x-content-type-options": "nosniff",
    }
    if download.etag is not None:
        headers["etag"] = download.etag
    return headers


def _not_satisfiable(download: Download) -> Response:
    message = f"the file has {download.length} bytes, and none of those that were asked for"
    answer = RequestRefused(416, "range_not_satisfiable", message).answer()
    answer.headers["content-range"] = f"bytes */{download.length}"
    return answer


class _BrokenOff(Exception):
    """The rest of a file cannot be read."""


class _FileResponse(StreamingResponse):
    def __init__(
        self,
        first: bytes,
        content: AsyncGenerator[bytes, None],
        status: int,
        headers: Mapping[str, str],
    ) -> None:
        super().__init__(self._sent(first), status, headers)
        self._content = content

    async def stream_response(self, send: Send) -> None:
        try:
            await super().stream_response(send)
        except _BrokenOff as error:
            # The answer stays without its end, which is how the receiver is told.
            log.warning("file.broken_off", reason=str(error))
        finally:
            await self._content.aclose()

    async def _sent(self, first: bytes) -> AsyncGenerator[bytes, None]:
        yield first
        try:
            async for chunk in self._content:
                yield chunk
        except Exception as error:
            raise _BrokenOff(str(error)) from error
