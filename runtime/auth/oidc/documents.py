"""What a provider publishes of itself: its discovery document and its keys."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Never, cast

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.util import base64_to_int

from runtime.auth.oidc.address import check_address, is_loopback
from runtime.auth.oidc.algorithms import PublicKey, accepted, fits

KEYS: Final = 100
"""How many keys of a provider are looked at."""
RSA_BITS: Final = range(2048, 16384 + 1)
"""How long an RSA key may be; shorter ones are forbidden by RFC 7518, section 3.3."""


class BadDocument(Exception):
    """A document is not what it should be; the text says in which way."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """What a discovery document says (OpenID Connect Discovery 1.0, section 3)."""

    keys_address: str
    algorithms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProviderKey:
    """One public key; ``algorithm`` is what alone it may be used for, if that is said."""

    kid: str | None
    algorithm: str | None
    key: PublicKey


@dataclass(frozen=True, slots=True)
class Published:
    """What tokens of a provider are verified with, and why some of its keys are not used."""

    algorithms: tuple[str, ...]
    keys: tuple[ProviderKey, ...]
    left_out: tuple[str, ...] = ()

    def candidates(self, algorithm: str, kid: str | None) -> list[PublicKey]:
        """Return the keys that a token may be signed with; a token may name none."""
        if algorithm not in self.algorithms:
            return []
        return [
            each.key
            for each in self.keys
            if kid in (None, each.kid)
            and each.algorithm in (None, algorithm)
            and fits(each.key, algorithm)
        ]


def parse_object(text: bytes) -> dict[str, object]:
    """Parse a JSON object that a stranger wrote.

    Raises:
        ValueError: It is not one.
    """
    try:
        value = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise ValueError("not a JSON object") from error
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return cast(dict[str, object], value)


def _refuse(constant: str) -> Never:
    raise ValueError(f"{constant} is not JSON")


def read_discovery(document: Mapping[str, object], issuer: str) -> Discovery:
    """Read a discovery document of ``issuer``.

    Raises:
        BadDocument: It is another's, or does not say where the keys are.
    """
    if (named := document.get("issuer")) != issuer:
        raise BadDocument(f"it is of the issuer {str(named)[:200]!r}, not of {issuer!r}")
    address = document.get("jwks_uri")
    if not isinstance(address, str):
        raise BadDocument("it has no jwks_uri")
    try:
        check_address(address, plain=is_loopback(issuer))
    except ValueError as error:
        raise BadDocument(f"its jwks_uri {error}") from error
    offered = document.get("id_token_signing_alg_values_supported")
    names = offered if isinstance(offered, list) else []
    return Discovery(address, accepted(name for name in names if isinstance(name, str)))


def read_keys(document: Mapping[str, object], algorithms: tuple[str, ...]) -> Published:
    """Read a set of keys, for these signatures; those that cannot be used are left out.

    Raises:
        BadDocument: There is none that can be used, or there are too many.
    """
    listed = document.get("keys")
    if not isinstance(listed, list):
        raise BadDocument("it has no list of keys")
    if len(listed) > KEYS:
        raise BadDocument(f"it lists {len(listed)} keys, more than {KEYS}")
    found = [_read_key(each) for each in listed]
    keys = tuple(key for key in found if isinstance(key, ProviderKey))
    if not keys:
        raise BadDocument("none of its keys can be used")
    return Published(algorithms, keys, tuple(key for key in found if isinstance(key, str)))


def _read_key(entry: object) -> ProviderKey | str:
    """Return the key, or why it is left out."""
    if not isinstance(entry, dict):
        return "not an object"
    if entry.get("use", "sig") != "sig":
        return "not for signatures"  # many providers have one for encryption as well
    kid, algorithm = entry.get("kid"), entry.get("alg")
    if not isinstance(kid, str | None) or not isinstance(algorithm, str | None):
        return "kid or alg is not text"
    try:
        return ProviderKey(kid, algorithm, _public_key(entry))
    except (JoseError, ValueError, TypeError, KeyError):
        return "not a public key that can be used"


def _public_key(entry: Mapping[str, Any]) -> PublicKey:
    """Import the public members alone: what else an entry holds cannot spoil it."""
    match entry.get("kty"):
        case "RSA":
            if base64_to_int(entry["n"]).bit_length() not in RSA_BITS:
                raise ValueError("too short or too long")
            return RSAKey.import_key({"kty": "RSA", "n": entry["n"], "e": entry["e"]})
        case "EC":
            names = ("kty", "crv", "x", "y")
            return ECKey.import_key({name: entry[name] for name in names})
        case "OKP":
            return OKPKey.import_key({name: entry[name] for name in ("kty", "crv", "x")})
        case _:
            raise ValueError("of an unknown kind")
