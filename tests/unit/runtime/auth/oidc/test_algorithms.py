from __future__ import annotations

import pytest
from joserfc.jwk import ECKey, OKPKey, RSAKey

from runtime.auth.oidc.algorithms import SIGNATURES, PublicKey, accepted, fits, signed_by

RSA = RSAKey.generate_key(2048)
EC = ECKey.generate_key("P-256")
KEYS: dict[str, PublicKey] = {
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), RSA),
    "ES256": EC,
    "ES384": ECKey.generate_key("P-384"),
    "ES512": ECKey.generate_key("P-521"),
    "EdDSA": OKPKey.generate_key("Ed25519"),
    "Ed25519": OKPKey.generate_key("Ed25519"),
    "Ed448": OKPKey.generate_key("Ed448"),
}


@pytest.mark.parametrize(
    ("offered", "taken"),
    [
        (["RS256"], ("RS256",)),
        (["HS256", "none", "ES256", "RS256"], ("ES256", "RS256")),
        (["ES256", "ES256"], ("ES256",)),
        (["HS256", "HS384", "HS512", "none", "dir", "rs256"], ("RS256",)),
        ([], ("RS256",)),
    ],
)
def test_of_what_a_provider_offers_the_asymmetric_is_taken(
    offered: list[str], taken: tuple[str, ...]
) -> None:
    assert accepted(offered) == taken


def test_no_shared_secret_and_no_absence_of_a_signature_is_known() -> None:
    assert set(SIGNATURES) == set(KEYS)


@pytest.mark.parametrize("algorithm", KEYS)
def test_each_signature_is_right_for_its_own_key_and_text_only(algorithm: str) -> None:
    key = KEYS[algorithm]
    signature = SIGNATURES[algorithm].sign(b"text", key)
    assert signed_by(key, algorithm, b"text", signature)
    assert not signed_by(key, algorithm, b"texts", signature)
    assert not signed_by(key, algorithm, b"text", signature[:-1])
    assert not signed_by(key, algorithm, b"text", b"")
    for other in SIGNATURES:
        if other != algorithm and "EdDSA" not in (other, algorithm):  # it is Ed25519 or Ed448
            assert not signed_by(key, other, b"text", signature), other


def test_a_key_fits_signatures_of_its_kind_and_curve() -> None:
    assert fits(RSA, "PS256")
    assert fits(EC, "ES256")
    assert not fits(RSA, "ES256")
    assert not fits(EC, "ES384")


def test_a_key_for_exchange_signs_nothing() -> None:
    assert not signed_by(OKPKey.generate_key("X25519"), "EdDSA", b"text", b"x" * 64)
