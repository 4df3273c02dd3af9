"""Who calls: the claims of a verified token, and the call they are used for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from runtime.auth.attributes import EVERYTHING, Attributes


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a verified token says of its bearer.  ``expires_at`` is aware, ``None`` for never."""

    issuer: str = ""
    subject: str = ""
    email: str = ""
    email_verified: bool = False
    preferred_username: str = ""
    name: str = ""
    attributes: Attributes = Attributes()
    expires_at: datetime | None = None

    @property
    def display_name(self) -> str:
        """The name to show to people: e-mail, else user name, else full name, else nothing."""
        return self.email or self.preferred_username or self.name


UNRESTRICTED = Claims(attributes=EVERYTHING)
"""The claims of everybody when access control is off: nobody in particular, allowed everything."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, and the operation (or background work) on whose behalf things change."""

    claims: Claims
    operation: str

    @classmethod
    def background(cls, work: str) -> Caller:
        """The service itself, at a piece of background work that the design names."""
        return cls(Claims(subject=work, attributes=EVERYTHING), work)
