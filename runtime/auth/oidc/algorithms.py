"""The signatures that are accepted: asymmetric ones, each with keys of its own kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from joserfc.errors import JoseError
from joserfc.jwa import JWSAlgModel
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

PublicKey = RSAKey | ECKey | OKPKey

SIGNATURES: Final[Mapping[str, JWSAlgModel]] = MappingProxyType(
    {
        name: JWSRegistry.algorithms[name]
        for name in (
            *("RS256", "RS384", "RS512"),
            *("PS256", "PS384", "PS512"),
            *("ES256", "ES384", "ES512"),
            *("EdDSA", "Ed25519", "Ed448"),
        )
    }
)
"""By their names in a token.  ``none`` and everything with a shared secret (HS256, ...) is not
here: whoever knows a public key could sign with it as a secret.
"""

USUAL: Final = ("RS256",)
"""What a provider signs with that names no asymmetric signature of its own."""


def accepted(offered: Iterable[str]) -> tuple[str, ...]:
    """Return which of a provider's signatures are accepted."""
    return tuple(name for name in dict.fromkeys(offered) if name in SIGNATURES) or USUAL


def fits(key: PublicKey, algorithm: str) -> bool:
    """Tell whether a key is of the kind that a signature needs."""
    try:
        SIGNATURES[algorithm].check_key(key)
    except JoseError:
        return False
    return True


def signed_by(key: PublicKey, algorithm: str, signed: bytes, signature: bytes) -> bool:
    """Tell whether a signature is right."""
    try:
        return fits(key, algorithm) and SIGNATURES[algorithm].verify(signed, signature, key)
    except (JoseError, ValueError):
        return False
