"""What a client may meet beside the errors of its design.

::

    ClientError
     ├── Unreachable         no answer
     ├── UnexpectedAnswer    an answer that the design does not speak of
     ├── UnexpectedFrame     a frame of a stream that cannot be understood
     └── StreamEnded         a stream that was closed

The errors of the design are its generated ``ServiceError`` classes.
"""

from __future__ import annotations

from typing import Final

from runtime.errors import ServiceError

SHOWN: Final = 200
"""How many characters of a body are repeated in a message."""


class ClientError(Exception):
    """What a client may meet beside the errors of its design."""


class Unreachable(ClientError):
    """The service did not answer, or not in time; the cause is the exception's ``__cause__``."""


class UnexpectedAnswer(ClientError):
    """An answer that the design does not speak of, from the service or from something before it."""

    def __init__(self, status: int, body: bytes, reason: str = "") -> None:
        text = body.decode(errors="replace").strip()
        shown = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
        super().__init__(": ".join(filter(None, (f"status {status}", reason, shown))))
        self.status = status
        self.body = body
        self.reason = reason


class UnexpectedFrame(ClientError):
    """A frame of a stream that cannot be understood; the stream goes on."""


class StreamEnded(ClientError):
    """A stream was closed by the other side.

    ``code`` is the close code (RFC 6455 section 7.4 and those of the service); 1006 stands for a
    connection that was lost without a word.
    """

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(f"{code} {reason}".strip())
        self.code = code
        self.reason = reason


def passing(error: ServiceError | UnexpectedAnswer) -> bool:
    """Tell whether a refusal is one of the moment: the service, or what is before it, is down."""
    return error.status in (429, 502, 503, 504)
