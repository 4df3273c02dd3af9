"""Rights that are taken back before the tokens that carry them expire."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from runtime.auth.claims import Claims
from runtime.auth.tokens import InvalidCredential


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """Tokens of one subject that were issued before a moment (aware) are no longer good.

    The subject is known by its identifier alone, within its issuer: an e-mail address may be given
    to somebody else.  A token says in whole seconds when it was issued, so one of the revocation's
    own second counts as issued before.
    """

    issuer: str
    subject: str
    issued_before: datetime

    def covers(self, claims: Claims) -> bool:
        """Tell whether these claims are no longer good.

        Claims that do not say when they were issued are older than any revocation.
        """
        if (claims.issuer, claims.subject) != (self.issuer, self.subject):
            return False
        return claims.issued_at is None or claims.issued_at < self.issued_before


class Revoked(InvalidCredential):
    """The caller proves who it is, but with a token whose right was taken back."""


class Revocations(Protocol):
    """What has been revoked, as far as this process knows."""

    def cover(self, claims: Claims) -> bool:
        """Tell whether claims are no longer good; called for every request, so it must not wait."""
        ...


class NoRevocations:
    """Nothing is ever revoked: for a service that has no such table."""

    def cover(self, claims: Claims) -> bool:
        """Tell that these claims are good."""
        return False
