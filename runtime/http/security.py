"""Who is let in: bearer tokens, what verifies them, and how many may watch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from runtime.auth.tickets.ticket import Tickets
from runtime.auth.tokens import TokenVerifier
from runtime.http.observation import Observer
from runtime.monitor.places import Places


@dataclass(frozen=True, slots=True)
class Security:
    """How callers prove who they are.

    ``tickets`` is ``None`` when access control is off: no ticket is issued then, nor asked for.
    ``allowed_origins`` are the foreign pages that may open a WebSocket (``runtime.http.origin``).
    ``observer`` is told what came of every request.
    ``places`` are the connections that may watch this process, on all of its streams together.
    """

    tokens: TokenVerifier
    tickets: Tickets | None
    allowed_origins: tuple[str, ...] = ()
    observer: Observer | None = None
    places: Places = field(default_factory=Places)


def bearer_token(headers: Mapping[str, str]) -> str:
    """Return the token of a request, empty for none.

    It is what follows the first space of ``Authorization``, whatever the scheme, and the whole
    value where there is no space (wire contract, section 1).
    """
    value = headers.get("authorization", "")
    scheme, space, token = value.partition(" ")
    return token if space else scheme
