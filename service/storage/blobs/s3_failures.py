"""What a store that speaks S3 says when it does not do what it was asked, in our words.

Its own words are full of what must not be repeated: addresses, buckets, access keys.  So nothing
of them is, and no error of ours has the library's for its cause.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from obstore.exceptions import (
    PermissionDeniedError,
    PreconditionError,
    UnauthenticatedError,
)

from service.storage.blobs.store import (
    BlobChanged,
    BlobNotFound,
    BlobRefused,
    BlobUnavailable,
)

NO_BUCKET: Final = "the bucket does not exist"
NOT_ALLOWED: Final = "the store does not allow it with these credentials"
ELSEWHERE: Final = "the bucket is in another region than was said"
BUSY: Final = "the store is busy"
BROKEN: Final = "the store failed"

UNKNOWN_KEY: Final = "the store does not know the access key"
WRONG_SECRET: Final = "the secret does not belong to the access key"
WRONG_TOKEN: Final = "the store does not take the session token"
OLD_TOKEN: Final = "the session token has expired"

REFUSALS: Final = frozenset(
    {NO_BUCKET, NOT_ALLOWED, ELSEWHERE, UNKNOWN_KEY, WRONG_SECRET, WRONG_TOKEN, OLD_TOKEN}
)
"""What is not mended by asking again."""

CODES: Final[Mapping[str, str]] = {
    "AccessDenied": NOT_ALLOWED,
    "AllAccessDisabled": NOT_ALLOWED,
    "AuthorizationHeaderMalformed": ELSEWHERE,
    "ExpiredToken": OLD_TOKEN,
    "IllegalLocationConstraintException": ELSEWHERE,
    "InternalError": BROKEN,
    "InvalidAccessKeyId": UNKNOWN_KEY,
    "InvalidBucketName": NO_BUCKET,
    "InvalidToken": WRONG_TOKEN,
    "NoSuchBucket": NO_BUCKET,
    "PermanentRedirect": ELSEWHERE,
    "QuotaExceeded": "the store is full",
    "RequestTimeTooSkewed": "the clocks of the store and of the service differ",
    "ServiceUnavailable": BUSY,
    "SignatureDoesNotMatch": WRONG_SECRET,
    "SlowDown": BUSY,
    "XMinioStorageFull": "the store is full",
}
"""The error codes of S3 that an operator can do something about."""

PHRASES: Final[Mapping[str, str]] = {
    "TimedOut": "the store did not answer in time",
    "timed out": "the store did not answer in time",
    "dns error": "the name of the store is not known",
    "certificate": "the certificate of the store is not trusted",
    "kind: Connect": "the store cannot be reached",
    "incorrectly configured region": ELSEWHERE,
    "instance credentials": "there are no credentials: neither in the location nor where the service runs",
    "error sending request": "the store cannot be reached, or does not answer",
    "503 Service Unavailable": BUSY,
    "403 Forbidden": NOT_ALLOWED,
}
"""What the library says where the store says nothing, the more particular first."""

_CODE: Final = re.compile(r"<Code>(\w+)</Code>")


@contextmanager
def explained(doing: str, key: str) -> Iterator[None]:
    """Turn what the library raises into our errors."""
    try:
        yield
    except StopAsyncIteration:
        raise
    except PreconditionError:
        raise BlobChanged(key) from None
    except FileNotFoundError as error:
        reason = reason_of(error)
        if doing != "write" and reason != NO_BUCKET:
            raise BlobNotFound(key) from None
        raise _failed(doing, key, reason) from None
    except Exception as error:  # a panic of the library among them
        raise _failed(doing, key, reason_of(error)) from None


def _failed(doing: str, key: str, reason: str) -> BlobUnavailable:
    kind = BlobRefused if reason in REFUSALS else BlobUnavailable
    return kind(f"cannot {doing} object {key}: {reason}")


def reason_of(error: Exception) -> str:
    """Say what went wrong in words that are ours alone."""
    said = str(error)
    for code in _CODE.findall(said):
        if code in CODES:
            return CODES[code]
    if isinstance(error, (PermissionDeniedError, UnauthenticatedError)):
        return NOT_ALLOWED
    for phrase, reason in PHRASES.items():
        if phrase in said:
            return reason
    return BROKEN
