"""Who calls: the claims of a verified token, and the call they are used for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, StrictBool, StrictStr

from runtime.auth.attributes import EVERYTHING, NOTHING, Attributes


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a verified token says of its bearer.

    Moments are aware.  ``expires_at`` is ``None`` for never, ``issued_at`` if it does not say.
    """

    issuer: str = ""
    subject: str = ""
    email: str = ""
    email_verified: bool = False
    preferred_username: str = ""
    name: str = ""
    attributes: Attributes = NOTHING
    issued_at: datetime | None = None
    expires_at: datetime | None = None

    @property
    def display_name(self) -> str:
        """The name to show to people: e-mail, else user name, else full name, else nothing."""
        return self.email or self.preferred_username or self.name

    def expired(self, now: datetime) -> bool:
        """Tell whether the right these claims stand for has ended at ``now`` (aware)."""
        return self.expires_at is not None and self.expires_at <= now

    def to_json(self) -> bytes:
        """Encode for a store; :meth:`from_json` gives back an equal value."""
        return _StoredClaims(
            issuer=self.issuer,
            subject=self.subject,
            email=self.email,
            email_verified=self.email_verified,
            preferred_username=self.preferred_username,
            name=self.name,
            attributes=_StoredAttributes(
                names=sorted(self.attributes.names), unrestricted=self.attributes.unrestricted
            ),
            issued_at=self.issued_at,
            expires_at=self.expires_at,
        ).to_json()

    @classmethod
    def from_json(cls, document: bytes) -> Claims:
        """Decode what :meth:`to_json` wrote.

        Raises:
            ValueError: The document is not one of ours.  Every key must be there: an absent
                right is never read as every right.
        """
        stored = _StoredClaims.model_validate_json(document)
        return cls(
            issuer=stored.issuer,
            subject=stored.subject,
            email=stored.email,
            email_verified=stored.email_verified,
            preferred_username=stored.preferred_username,
            name=stored.name,
            attributes=Attributes(
                frozenset(stored.attributes.names), stored.attributes.unrestricted
            ),
            issued_at=stored.issued_at,
            expires_at=stored.expires_at,
        )


class _Stored(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    def to_json(self) -> bytes:
        return self.__pydantic_serializer__.to_json(self)


class _StoredAttributes(_Stored):
    names: list[StrictStr]
    unrestricted: StrictBool


class _StoredClaims(_Stored):
    issuer: StrictStr
    subject: StrictStr
    email: StrictStr
    email_verified: StrictBool
    preferred_username: StrictStr
    name: StrictStr
    attributes: _StoredAttributes
    issued_at: AwareDatetime | None
    expires_at: AwareDatetime | None


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
