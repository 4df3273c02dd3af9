from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.auth.oidc.form import LONGEST, take_apart
from runtime.auth.tokens import InvalidToken


def part(value: Any) -> str:
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def token(header: Any, claims: Any = None, signature: bytes = b"proof") -> str:
    return f"{part(header)}.{part(claims or {})}.{part(signature)}"


GOOD = {"alg": "RS256", "kid": "first", "typ": "JWT", "x-own": ["anything"]}


def test_a_token_is_taken_apart_and_nothing_of_it_is_believed() -> None:
    found = take_apart(token(GOOD, {"iss": "https://id.test"}))
    assert (found.algorithm, found.kid, found.signature) == ("RS256", "first", b"proof")
    assert found.claims == {"iss": "https://id.test"}
    assert found.signed.decode() == token(GOOD, {"iss": "https://id.test"}).rpartition(".")[0]


def test_a_token_need_not_name_its_key() -> None:
    assert take_apart(token({"alg": "ES256"})).kid is None


FORM, SIGNATURE = "not a signed token", "not an asymmetric signature"
REFUSED: dict[str, tuple[str, str]] = {
    "nothing": ("", "no token"),
    "nonsense": ("nonsense", FORM),
    "two parts": ("a.b", FORM),
    "empty parts": ("..", FORM),
    "four parts": (token(GOOD) + ".x", FORM),
    "padding": (token(GOOD) + "=", FORM),
    "a line end": (token(GOOD) + "\n", FORM),
    "a space": (" " + token(GOOD), FORM),
    "the other base64": (token(GOOD)[:-1] + "+", FORM),
    "two spellings of one signature": (token(GOOD, signature=b"\x00")[:-1] + "B", FORM),
    "not ASCII": ("é" + token(GOOD), FORM),
    "a list for a header": (token([GOOD]), FORM),
    "a header of bytes": (token(b"\xff"), FORM),
    "a header almost JSON": (token(b'{"alg": "RS256",}'), FORM),
    "claims cut off": (token(GOOD, b"{"), FORM),
    "a list for claims": (token(GOOD, ["claims"]), FORM),
    "NaN": (token(GOOD, b'{"exp": NaN}'), FORM),
    "infinity": (token(GOOD, b'{"exp": Infinity}'), FORM),
    "a number without end": (token(GOOD, b'{"exp": ' + b"9" * 5000 + b"}"), FORM),
    "a deep header": (token(b'{"a":' * 5000 + b"1" + b"}" * 5000), FORM),
    "deep claims": (token(GOOD, b"[" * 20_000), FORM),
    "too long": (token(GOOD, {"long": "x" * LONGEST}), "more than"),
    "none": (token({"alg": "none"}), SIGNATURE),
    "None": (token({"alg": "None"}), SIGNATURE),
    "HS256": (token({"alg": "HS256"}), SIGNATURE),
    "HS512": (token({"alg": "HS512"}), SIGNATURE),
    "encryption": (token({"alg": "RSA-OAEP", "enc": "A256GCM"}), SIGNATURE),
    "an empty alg": (token({"alg": ""}), SIGNATURE),
    "a list of algs": (token({"alg": ["RS256"]}), SIGNATURE),
    "alg null": (token({"alg": None}), SIGNATURE),
    "no alg": (token({"kid": "first"}), SIGNATURE),
    "a number for kid": (token({**GOOD, "kid": 1}), "kid is not text"),
    "a list of kids": (token({**GOOD, "kid": ["first"]}), "kid is not text"),
    "crit": (token({**GOOD, "crit": ["b64"], "b64": False}), "extension"),
    "an empty crit": (token({**GOOD, "crit": []}), "extension"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_a_token_is_refused_without_being_repeated(name: str) -> None:
    text, reason = REFUSED[name]
    with pytest.raises(InvalidToken, match=reason) as caught:
        take_apart(text)
    assert len(str(caught.value)) < 100


@given(st.text() | st.binary().map(part) | st.lists(st.binary(max_size=9).map(part)).map(".".join))
def test_nothing_a_stranger_sends_is_more_than_refused(text: str) -> None:
    with pytest.raises(InvalidToken):
        take_apart(text)
