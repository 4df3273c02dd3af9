"""The form of a token: three parts, of which nothing is believed yet (RFC 7515, section 7.1)."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Final

from runtime.auth.oidc.algorithms import SIGNATURES
from runtime.auth.oidc.documents import parse_object
from runtime.auth.tokens import InvalidToken

LONGEST: Final = 64 * 1024
"""How many characters a token may have."""


@dataclass(frozen=True, slots=True)
class SignedToken:
    """A token taken apart, unverified."""

    algorithm: str
    kid: str | None
    claims: dict[str, object]
    signed: bytes
    signature: bytes


def take_apart(token: str) -> SignedToken:
    """Take a token apart.

    Raises:
        InvalidToken: It is not a token, or one signed in no way that is ever accepted.
    """
    if not token:
        raise InvalidToken("no token")
    if len(token) > LONGEST:
        raise InvalidToken(f"it has more than {LONGEST} characters")
    try:
        header, claims, signature = token.encode("ascii").split(b".")
        said = parse_object(_decoded(header))
        parsed = parse_object(_decoded(claims))
        proof = _decoded(signature)
    except ValueError:
        raise InvalidToken("it is not a signed token (three parts of base64url and JSON)") from None
    algorithm, kid = said.get("alg"), said.get("kid")
    if not isinstance(algorithm, str) or algorithm not in SIGNATURES:
        raise InvalidToken("its alg is not an asymmetric signature")
    if not isinstance(kid, str | None):
        raise InvalidToken("its kid is not text")
    if "crit" in said:
        raise InvalidToken("its header asks for an extension (crit)")
    return SignedToken(algorithm, kid, parsed, header + b"." + claims, proof)


def _decoded(part: bytes) -> bytes:
    text = urlsafe_b64decode(part + b"=" * (-len(part) % 4))
    # The decoder skips what is not in the alphabet, and takes several spellings for one value.
    if urlsafe_b64encode(text).rstrip(b"=") != part:
        raise ValueError("not base64url")
    return text
