"""Tokens for one machine: signed and verified with a key that lies in the data folder."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from runtime.auth.attributes import Attributes
from runtime.auth.claims import Claims
from runtime.auth.tokens import InvalidToken

ALGORITHM: Final = "HS256"
ISSUER: Final = "development"
KEY_BYTES: Final = 32
"""The length of the key; RFC 7518 section 3.2 asks for at least the hash's 256 bits."""


class DevelopmentTokens:
    """Mints tokens and verifies them.

    ``audience`` names the service, so that two services that share a data folder do not accept
    each other's tokens.  ``now`` gives seconds since the epoch.
    """

    def __init__(self, key: bytes, *, audience: str, now: Callable[[], float] = time.time) -> None:
        self._key = OctKey.import_key(key)
        self._audience = audience
        self._now = now
        self._rules = jwt.JWTClaimsRegistry(
            now=lambda: int(now()),
            iss={"essential": True, "value": ISSUER},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
        )

    @classmethod
    def open(cls, key_file: Path, *, audience: str) -> DevelopmentTokens:
        """Use the key in ``key_file``, which is made when it is not there.

        Raises:
            ValueError: The file holds something else than a key.
        """
        return cls(read_or_make_key(key_file), audience=audience)

    def mint(
        self,
        *,
        subject: str = "developer",
        email: str = "",
        attributes: Iterable[str] = (),
        ttl: int = 3600,
    ) -> str:
        """Sign a token that is good for ``ttl`` seconds from now.

        No attributes are no rights; ``*`` is every right.
        """
        now = int(self._now())
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "aud": self._audience,
            "sub": subject,
            "iat": now,
            "nbf": now,
            "exp": now + ttl,
            "attributes": list(attributes),
        }
        if email:
            claims |= {"email": email, "email_verified": True}
        return jwt.encode({"alg": ALGORITHM}, claims, self._key, algorithms=[ALGORITHM])

    async def verify(self, token: str) -> Claims:
        """Return the claims of a token that :meth:`mint` signed with the same key.

        Raises:
            InvalidToken: It is missing, another's, for another service, or not good now.
        """
        if not token:
            raise InvalidToken("no token")
        try:
            claims = jwt.decode(token, self._key, algorithms=[ALGORITHM]).claims
            self._rules.validate(claims)
        except _NOT_OURS as error:
            raise InvalidToken(str(error)) from error
        return _claims(claims)


_NOT_OURS: Final = (JoseError, ValueError, TypeError, AttributeError, LookupError, RecursionError)
"""What the library makes of a stranger's header: it checks that before the signature, and takes
some of its members for what they should be.
"""


def _claims(claims: dict[str, Any]) -> Claims:
    attributes = claims.get("attributes")
    if not isinstance(attributes, list):
        raise InvalidToken("the claim attributes is not a list")
    return Claims(
        issuer=ISSUER,
        subject=_text(claims, "sub"),
        email=_text(claims, "email"),
        email_verified=claims.get("email_verified") is True,
        preferred_username=_text(claims, "preferred_username"),
        name=_text(claims, "name"),
        attributes=Attributes.of(name for name in attributes if isinstance(name, str)),
        issued_at=_instant(claims["iat"], "iat") if "iat" in claims else None,
        expires_at=_instant(claims["exp"], "exp"),
    )


def _text(claims: dict[str, Any], key: str) -> str:
    value = claims.get(key)
    return value if isinstance(value, str) else ""


def _instant(seconds: float, claim: str) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise InvalidToken(f"the claim {claim} is out of range") from error


def read_or_make_key(path: Path) -> bytes:
    """Return the key in ``path``, made first if it is not there, readable by its owner only.

    A new key is written beside its place and then linked there, which fails when the place is
    taken: of two processes that start at once one wins, and both return the winner's key.

    Raises:
        ValueError: The file holds something else than a key.
    """
    with suppress(FileNotFoundError):
        return _read_key(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
    return _read_key(path)


def _read_key(path: Path) -> bytes:
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise ValueError(
            f"{path} does not hold a key of {KEY_BYTES} bytes: remove it for a new one"
        )
    return key
