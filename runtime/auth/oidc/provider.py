"""What is known of an identity provider before it is asked anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from runtime.auth.attributes import Attributes
from runtime.auth.oidc.address import check_issuer
from runtime.auth.oidc.attributes import AttributeClaim

NOT_BEFORE_LEEWAY: Final = 300.0
"""How many seconds a provider's clock may be ahead of ours, where nothing else is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Whose tokens are accepted, for whom they must be, and what they grant.

    ``issuer`` is the provider's own name for itself: its discovery document lies below it, and
    ``iss`` of each token equals it exactly.  One of ``audiences`` must be in ``aud`` of a token.
    ``attributes`` is the claim that lists what the bearer may do, or the same for every bearer:
    ``EVERYTHING`` is access control switched off, which is never to be had by leaving a thing out.
    ``not_before_leeway`` is in seconds, and for ``nbf`` alone: ``exp`` has none.

    Several providers may have one issuer, with different audiences.
    """

    issuer: str
    audiences: tuple[str, ...]
    attributes: AttributeClaim | Attributes
    skip_email_verified_check: bool = False
    not_before_leeway: float = NOT_BEFORE_LEEWAY

    def __post_init__(self) -> None:
        check_issuer(self.issuer)
        if not self.audiences or not all(self.audiences):
            raise ValueError("a provider's tokens are for somebody: name an audience")
