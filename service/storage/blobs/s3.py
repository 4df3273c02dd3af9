"""Blobs as objects of a bucket, in any store that speaks S3."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Awaitable
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeVar

import obstore
import structlog
from obstore.exceptions import BaseError
from obstore.store import S3Store as Bucket

from service.storage.blobs.blocking import to_the_end
from service.storage.blobs.s3_failures import explained, reason_of
from service.storage.blobs.s3_place import S3Place
from service.storage.blobs.store import (
    CHUNK_BYTES,
    BlobNotFound,
    BlobStat,
    OpenBlob,
    Part,
    check_key,
)

if TYPE_CHECKING:
    from obstore import AsyncWritableFile, GetOptions, GetResult
    from obstore.store import ClientConfig, RetryConfig, S3Config, S3Credential

R = TypeVar("R")

PART_BYTES: Final = 8 << 20
"""A blob is uploaded in parts of this size, so that a connection that breaks costs one of them."""

PARTS: Final = 10_000
"""How many parts an upload has at most (a limit of S3)."""

IN_FLIGHT: Final = 2
"""How many parts of a blob are on their way at once."""

LEAVING_SECONDS: Final = 1.0
"""How long a cancelled upload may take to end what is on its way and to be taken back."""

SETTLING_SECONDS: Final = 0.05
"""How long the library's threads may take to let go of Python: see :func:`settle`."""

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long one is patient with a store, in seconds.

    ``silence`` is how long a connection may be silent, and so how long a part may take to be
    taken.  A request that failed is sent again up to ``tries`` times in all, but not once
    ``trying`` is over.
    """

    connect: float = 5.0
    silence: float = 60.0
    tries: int = 4
    trying: float = 60.0


class S3Store:
    """Blobs as objects of one bucket, each under its key.

    A blob of up to a part is written by one request, which S3 carries out whole or not at all.  A
    larger one is a multipart upload: its parts are no object until it is completed, and are
    removed if it cannot be.  The sum of each request's body is part of its signature, and the
    store refuses what does not agree with it.
    """

    def __init__(self, place: S3Place, limits: Limits = Limits()) -> None:
        self._place = place
        self._bucket = _bucket(place, limits)

    @asynccontextmanager
    async def open(self, key: str, part: Part | None = None) -> AsyncIterator[OpenBlob]:
        """Read a blob, or a part of it: see the protocol."""
        check_key(key)
        options: GetOptions = {}
        if part is not None:
            options["range"] = (part.start, part.stop)
            options["if_match"] = part.etag
        with explained("read", key):
            found = await obstore.get_async(self._bucket, key, options=options)
        async with aclosing(_chunks(key, found)) as chunks:
            yield OpenBlob(found.meta["size"], chunks)

    async def write(self, key: str, chunks: AsyncIterable[bytes], size: int | None = None) -> None:
        """Store all the chunks under a key: see the protocol."""
        check_key(key)
        writer = obstore.open_writer_async(
            self._bucket, key, buffer_size=part_bytes(size), max_concurrency=IN_FLIGHT
        )
        try:
            async for chunk in chunks:
                with explained("write", key):
                    await _whole(writer.write(chunk))
        except BaseException as error:
            await _take_back(writer, key, error)
            raise
        with explained("write", key):
            await _whole(writer.close())  # takes back itself what it cannot complete

    async def delete(self, key: str) -> None:
        """See to it that nothing is under this key: see the protocol."""
        check_key(key)
        with suppress(BlobNotFound), explained("delete", key):
            await _whole(obstore.delete_async(self._bucket, key))

    async def exists(self, key: str) -> bool:
        """Tell whether something is under this key: see the protocol."""
        try:
            await self.stat(key)
        except BlobNotFound:
            return False
        return True

    async def stat(self, key: str) -> BlobStat:
        """Tell size and version of what is under this key: see the protocol."""
        check_key(key)
        with explained("read", key):
            meta = await obstore.head_async(self._bucket, key)
        return BlobStat(meta["size"], _strong(meta["e_tag"]))

    async def address(self, key: str) -> str:
        """Name the place of a key: by store, bucket and key."""
        check_key(key)
        return f"s3:{self._place.address}/{key}"


def part_bytes(size: int | None) -> int:
    """Return the size of the parts of a blob: larger only where there would be too many."""
    mebibyte = 1 << 20
    return max(PART_BYTES, math.ceil((size or 0) / PARTS / mebibyte) * mebibyte)


async def settle() -> None:
    """Wait until no thread of the library is about to enter Python; to be called at the end.

    A thread that does so while the interpreter ends brings the process down with SIGABRT
    (pyo3-async-runtimes, issue 40; seen in one of four processes that ended at once).
    """
    if _bucket.cache_info().currsize:
        await asyncio.sleep(SETTLING_SECONDS)


@lru_cache(maxsize=64)
def _bucket(place: S3Place, limits: Limits) -> Bucket:
    """Open a bucket, with connections that are kept for the next who asks for the same one."""
    config: S3Config = {
        "region": place.region,
        # This name of the setting wins over whatever the environment says.
        "aws_endpoint_url_s3": place.url,
        "virtual_hosted_style_request": place.bucket_in_host,
        "disable_bulk_delete": True,
    }
    options: ClientConfig = {
        "allow_http": place.url.startswith("http://"),
        "connect_timeout": timedelta(seconds=limits.connect),
        "read_timeout": timedelta(seconds=limits.silence),
        # Of a whole request: a blob takes as long to read as it takes its reader.
        "timeout": timedelta(days=7),
    }
    retry: RetryConfig = {
        "max_retries": limits.tries - 1,
        "retry_timeout": timedelta(seconds=limits.trying),
        "backoff": {
            "init_backoff": timedelta(milliseconds=100),
            "max_backoff": timedelta(seconds=5),
            "base": 2,
        },
    }
    if place.key is None:
        return Bucket(place.bucket, config=config, client_options=options, retry_config=retry)
    credential: S3Credential = {
        "access_key_id": place.key,
        "secret_access_key": place.secret or "",
        "token": place.token,
        "expires_at": None,
    }
    # Given by a function, so that no token of the environment is added to them.
    return Bucket(
        place.bucket,
        config={**config, "skip_signature": False},
        client_options=options,
        retry_config=retry,
        credential_provider=lambda: credential,
    )


async def _chunks(key: str, found: GetResult) -> AsyncGenerator[bytes, None]:
    """Yield the bytes of an answer; its connection is let go of when this is closed."""
    stream = found.stream(min_chunk_size=CHUNK_BYTES // 2)
    try:
        while True:
            try:
                with explained("read", key):
                    chunk = await anext(stream)
            except StopAsyncIteration:
                return
            for start in range(0, len(chunk), CHUNK_BYTES):
                yield chunk[start : start + CHUNK_BYTES]
    finally:
        del stream  # it has no close, and an error on its way out keeps this frame


async def _whole(request: Awaitable[R]) -> R:
    """Wait for a request that changes something, and do not leave it half sent."""
    return await to_the_end(asyncio.ensure_future(request), LEAVING_SECONDS)


async def _take_back(writer: AsyncWritableFile, key: str, error: BaseException) -> None:
    """Remove the parts of an upload that will not be completed."""
    patience = LEAVING_SECONDS if isinstance(error, asyncio.CancelledError) else None
    try:
        async with asyncio.timeout(patience):
            await writer.__aexit__(type(error), error, None)
    except (BaseError, OSError) as failure:
        _log.warning("upload.left", key=key, reason=reason_of(failure))


def _strong(etag: str | None) -> str | None:
    return etag if etag and etag.startswith('"') else None
