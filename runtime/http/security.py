"""Who is let in: bearer tokens, what verifies them, and how many may watch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from runtime.auth.claims import Claims
from runtime.auth.places import Places
from runtime.auth.revocations import NoRevocations, Revocations, Revoked
from runtime.auth.tickets.ticket import Tickets
from runtime.auth.tokens import TokenVerifier
from runtime.http.observation import Observer


@dataclass(frozen=True, slots=True)
class Security:
    """How callers prove who they are.

    ``tickets`` is ``None`` when access control is off: no ticket is issued then, nor asked for.
    ``allowed_origins`` are the foreign pages that may open a WebSocket (``runtime.http.origin``).
    ``observer`` is told what came of every request.
    ``revocations`` are the rights that were taken back: whoever is let in goes through
    :meth:`verify` or :meth:`unrevoked`.
    ``places`` are the connections that may watch this process, on all of its streams together.
    """

    tokens: TokenVerifier
    tickets: Tickets | None
    allowed_origins: tuple[str, ...] = ()
    observer: Observer | None = None
    revocations: Revocations = field(default_factory=NoRevocations)
    places: Places = field(default_factory=Places)

    async def verify(self, token: str) -> Claims:
        """Return what a token proves, if its right has not been taken back.

        Raises:
            InvalidCredential: It proves nothing, or no longer.
        """
        return self.unrevoked(await self.tokens.verify(token))

    def unrevoked(self, claims: Claims) -> Claims:
        """Return claims that are good still.

        Raises:
            Revoked: They are not.
        """
        if self.revocations.cover(claims):
            raise Revoked("its right was revoked")
        return claims


def bearer_token(headers: Mapping[str, str]) -> str:
    """Return the token of a request, empty for none.

    It is what follows the first space of ``Authorization``, whatever the scheme, and the whole
    value where there is no space (wire contract, section 1).
    """
    value = headers.get("authorization", "")
    scheme, space, token = value.partition(" ")
    return token if space else scheme
