from __future__ import annotations

from typing import Any

import pytest
from joserfc.jwk import OctKey, RSAKey
from joserfc.util import int_to_base64

from runtime.auth.oidc.algorithms import USUAL
from runtime.auth.oidc.documents import (
    KEYS,
    BadDocument,
    Discovery,
    parse_object,
    read_discovery,
    read_keys,
)
from tests.unit.runtime.auth.oidc.conftest import FIRST, RSA, SECOND

ISSUER = "https://id.test/realms/archive"
GOOD: dict[str, Any] = {
    "issuer": ISSUER,
    "jwks_uri": "https://keys.test/archive",
    "id_token_signing_alg_values_supported": ["ES256", "HS256"],
}
FIRST_PUBLIC = dict(FIRST.as_dict(private=False))
RSA_PUBLIC = dict(RSA.as_dict(private=False))


def test_a_discovery_document_says_where_the_keys_are_and_how_it_signs() -> None:
    assert read_discovery(GOOD, ISSUER) == Discovery("https://keys.test/archive", ("ES256",))


@pytest.mark.parametrize("offered", [..., None, "ES256", [1, None], {"ES256": True}, []])
def test_a_provider_that_does_not_say_how_it_signs_signs_as_usual(offered: object) -> None:
    document = GOOD | {"id_token_signing_alg_values_supported": offered}
    if offered is ...:
        del document["id_token_signing_alg_values_supported"]
    assert read_discovery(document, ISSUER).algorithms == ("RS256",)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"issuer": "https://evil.test"}, "is of the issuer 'https://evil.test', not of"),
        ({"issuer": ISSUER + "/"}, "is of the issuer"),
        ({"issuer": ISSUER.upper()}, "is of the issuer"),
        ({"issuer": None}, "is of the issuer"),
        ({"issuer": [ISSUER]}, "is of the issuer"),
        ({"issuer": "x" * 10_000}, "is of the issuer"),
        ({"jwks_uri": None}, "no jwks_uri"),
        ({"jwks_uri": 1}, "no jwks_uri"),
        ({"jwks_uri": ""}, "jwks_uri must be an absolute"),
        ({"jwks_uri": "/keys"}, "jwks_uri must be an absolute"),
        ({"jwks_uri": "file:///etc/passwd"}, "jwks_uri must be an absolute"),
        ({"jwks_uri": "http://keys.test"}, "jwks_uri must be https"),
        ({"jwks_uri": "http://127.0.0.1/keys"}, "jwks_uri must be https"),
        ({"jwks_uri": "https://a:b@keys.test"}, "jwks_uri must not hold a user name"),
    ],
)
def test_a_discovery_document_that_cannot_be_trusted_is_refused(
    changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(BadDocument, match=said) as caught:
        read_discovery(GOOD | changes, ISSUER)
    assert len(str(caught.value)) < 400


def test_keys_are_found_by_their_name_and_kind() -> None:
    document = {"keys": [FIRST_PUBLIC, RSA_PUBLIC, SECOND.as_dict(private=False)]}
    published = read_keys(document, ("ES256", "RS256"))

    def names(algorithm: str, kid: str | None) -> list[str]:
        wanted = published.candidates(algorithm, kid)
        return [str(each.kid) for each in published.keys if each.key in wanted]

    assert names("ES256", "first") == ["first"]
    assert names("ES256", None) == ["first", "second"]
    assert names("RS256", None) == ["rsa"]
    assert names("RS256", "first") == []
    assert names("ES256", "third") == []
    assert names("ES384", None) == []
    assert names("PS256", "rsa") == []


def test_a_key_that_is_for_one_signature_is_for_no_other() -> None:
    published = read_keys({"keys": [RSA_PUBLIC | {"alg": "RS512"}]}, ("RS256", "RS512"))
    assert published.candidates("RS512", "rsa")
    assert not published.candidates("RS256", "rsa")


BROKEN: dict[str, object] = {
    "null": None,
    "text": "key",
    "nothing": {},
    "a kind and no more": {"kty": "EC"},
    "a list of kinds": {"kty": ["EC"]},
    "a kind of tomorrow": {"kty": "ML-DSA", "pub": "AAAA"},
    "a shared secret": OctKey.generate_key(256).as_dict(),
    "for encryption": FIRST_PUBLIC | {"use": "enc"},
    "for a list": FIRST_PUBLIC | {"use": ["sig"]},
    "a number for a name": FIRST_PUBLIC | {"kid": 1},
    "a list of signatures": FIRST_PUBLIC | {"alg": ["ES256"]},
    "an unknown curve": FIRST_PUBLIC | {"crv": "P-0"},
    "a list of curves": FIRST_PUBLIC | {"crv": ["P-256"]},
    "not on the curve": FIRST_PUBLIC | {"x": FIRST_PUBLIC["y"]},
    "a number for x": FIRST_PUBLIC | {"x": 5},
    "an empty x": FIRST_PUBLIC | {"x": ""},
    "no base64": FIRST_PUBLIC | {"x": "!"},
    "an empty modulus": RSA_PUBLIC | {"n": ""},
    "no modulus": RSA_PUBLIC | {"n": None},
    "a modulus of zeros": RSA_PUBLIC | {"n": "A" * 100_000},
    "a huge modulus": RSA_PUBLIC | {"n": "_" * 100_000},
    "a short modulus": {"kty": "RSA", "n": int_to_base64((1 << 1023) + 1), "e": "AQAB"},
    "no exponent": RSA_PUBLIC | {"e": ""},
    "an exponent of one": RSA_PUBLIC | {"e": "AQ"},
    "an exponent of zero": RSA_PUBLIC | {"e": "AAAA"},
    "a short Ed25519": {"kty": "OKP", "crv": "Ed25519", "x": "AAAA"},
    "another Edwards curve": {"kty": "OKP", "crv": "Ed0", "x": "AAAA"},
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_key_that_cannot_be_used_is_left_out_and_spoils_no_other(name: str) -> None:
    good = RSAKey.generate_key(2048, {"kid": "good"}).as_dict(private=False)
    published = read_keys({"keys": [BROKEN[name], good]}, USUAL)
    assert [key.kid for key in published.keys] == ["good"]
    assert len(published.left_out) == 1
    with pytest.raises(BadDocument, match="none of its keys can be used"):
        read_keys({"keys": [BROKEN[name]]}, USUAL)


def test_a_private_key_that_is_published_by_mistake_is_not_taken_as_one() -> None:
    [key] = read_keys({"keys": [FIRST.as_dict(private=True)]}, ("ES256",)).keys
    assert not key.key.is_private


@pytest.mark.parametrize("document", [{}, {"keys": None}, {"keys": {}}, {"keys": "x"}])
def test_a_set_of_keys_has_a_list(document: dict[str, object]) -> None:
    with pytest.raises(BadDocument, match="no list of keys"):
        read_keys(document, USUAL)


def test_a_huge_set_of_keys_is_refused_unread() -> None:
    read_keys({"keys": [FIRST_PUBLIC] * KEYS}, USUAL)
    with pytest.raises(BadDocument, match="lists 101 keys"):
        read_keys({"keys": [FIRST_PUBLIC] * (KEYS + 1)}, USUAL)


@pytest.mark.parametrize("text", [b"", b"[]", b"1", b"{", b"\xff\xfe", b'{"a": NaN}'])
def test_what_is_no_object_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match="not a JSON object"):
        parse_object(text)


@pytest.mark.parametrize("beginning", [b"[", b'{"a":'])
def test_what_is_nested_too_deep_is_refused(beginning: bytes) -> None:
    with pytest.raises(ValueError, match="not a JSON object"):
        parse_object(beginning * 100_000)
