"""Bearer tokens: what every way of verifying them has in common.

::

    InvalidCredential
     ├── InvalidToken
     └── InvalidTicket       (runtime.auth.tickets.ticket)
"""

from __future__ import annotations

from typing import Protocol

from runtime.auth.claims import Claims


class InvalidCredential(Exception):
    """What the caller showed does not prove who it is.

    The text says why, for the log; the caller learns only that it is not authorised.
    """


class InvalidToken(InvalidCredential):
    """The token is missing, malformed, expired, or not meant for us."""


class TokenVerifier(Protocol):
    """Tells who bears a token."""

    async def verify(self, token: str) -> Claims:
        """Return what the token proves.  An empty text stands for no token at all.

        Raises:
            InvalidToken: The token proves nothing.
        """
        ...
