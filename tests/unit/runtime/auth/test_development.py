from __future__ import annotations

import asyncio
import base64
import hmac
import json
import stat
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from runtime.auth.attributes import NOTHING, Attributes
from runtime.auth.development import ISSUER, KEY_BYTES, DevelopmentTokens, read_or_make_key
from runtime.auth.tokens import InvalidToken

KEY = bytes(range(KEY_BYTES))
NOW = 1_767_355_200


DEEP = base64.urlsafe_b64encode(b"[" * 30_000 + b"]" * 30_000).rstrip(b"=").decode()
"""More than a JSON parser can nest."""


@pytest.fixture
def tokens() -> DevelopmentTokens:
    return DevelopmentTokens(KEY, audience="bakery", now=lambda: NOW)


def signed(key: bytes = KEY, algorithm: str = "HS256", **changes: Any) -> str:
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "aud": "bakery",
        "sub": "ann",
        "exp": NOW + 60,
        "attributes": [],
    }
    claims = {name: value for name, value in (claims | changes).items() if value is not None}
    return jwt.encode({"alg": algorithm}, claims, OctKey.import_key(key), algorithms=[algorithm])


def segment(document: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


async def test_a_minted_token_proves_what_it_was_minted_for(tokens: DevelopmentTokens) -> None:
    token = tokens.mint(
        subject="ann", email="ann@example.org", attributes=["shop:*", "till:open"], ttl=60
    )
    claims = await tokens.verify(token)
    assert claims.subject == "ann"
    assert (claims.email, claims.email_verified) == ("ann@example.org", True)
    assert claims.attributes == Attributes.of(["shop:*", "till:open"])
    assert claims.expires_at == datetime.fromtimestamp(NOW + 60, UTC)


async def test_a_token_minted_without_attributes_has_no_rights(tokens: DevelopmentTokens) -> None:
    assert (await tokens.verify(tokens.mint())).attributes == NOTHING


async def test_a_token_is_good_until_just_before_it_expires(tokens: DevelopmentTokens) -> None:
    await tokens.verify(signed(exp=NOW + 1))
    with pytest.raises(InvalidToken):
        await tokens.verify(signed(exp=NOW))


BROKEN: list[dict[str, Any]] = [
    {"crit": 1},
    {"crit": [{}]},
    {"crit": None},
    {"b64": [], "crit": {}},
]
"""Headers that a library may trip over."""


@pytest.mark.parametrize(
    "token",
    [
        "",
        "nonsense",
        "a.b.c",
        signed(key=bytes(KEY_BYTES)),
        signed(algorithm="HS512", key=KEY + KEY),
        signed(iss="somebody"),
        signed(iss=None),
        signed(aud="butchery"),
        signed(aud=None),
        signed(exp=None),
        signed(exp="soon"),
        signed(exp=1e300),
        signed(nbf=NOW + 1),
        signed(attributes=None),
        signed(attributes="*"),
        signed()[:-4] + "AAAA",
        f"{segment({'alg': 'none'})}.{signed().split('.')[1]}.",
        *(
            f"{segment({'alg': 'HS256', **header})}.{signed().split('.', 1)[1]}"
            for header in BROKEN
        ),
        pytest.param(DEEP, id="deep"),
        pytest.param(f"{segment({'alg': 'HS256'})}.{DEEP}.{DEEP}", id="deep claims"),
        pytest.param(f"{DEEP}.{DEEP}.{DEEP}", id="deep header"),
        pytest.param("\udcff.\x00.é", id="no ASCII"),
    ],
)
async def test_any_other_token_is_refused(tokens: DevelopmentTokens, token: str) -> None:
    with pytest.raises(InvalidToken):
        await tokens.verify(token)


async def test_a_signed_token_that_cannot_be_parsed_is_refused(tokens: DevelopmentTokens) -> None:
    head = f"{segment({'alg': 'HS256'})}.{DEEP}"
    proof = hmac.digest(KEY, head.encode(), "sha256")
    with pytest.raises(InvalidToken):
        await tokens.verify(f"{head}.{base64.urlsafe_b64encode(proof).rstrip(b'=').decode()}")


async def test_a_token_signed_with_another_kind_of_key_is_refused(
    tokens: DevelopmentTokens,
) -> None:
    rsa = RSAKey.generate_key(2048)
    token = jwt.encode({"alg": "RS256"}, {"iss": ISSUER}, rsa, algorithms=["RS256"])
    with pytest.raises(InvalidToken):
        await tokens.verify(token)


def test_the_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "data" / "token.key"
    key = read_or_make_key(path)
    assert len(key) == KEY_BYTES
    assert read_or_make_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_holds_no_key_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "token.key"
    path.write_bytes(b"short")
    with pytest.raises(ValueError, match="does not hold a key"):
        read_or_make_key(path)
    assert path.read_bytes() == b"short"


async def test_processes_that_start_at_once_use_one_key(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib; from runtime.auth.development import read_or_make_key;"
        "sys.stdin.readline(); print(read_or_make_key(pathlib.Path(sys.argv[1])).hex())"
    )
    path = tmp_path / "token.key"
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            program,
            str(path),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        for _ in range(4)
    ]
    answers = await asyncio.gather(*(process.communicate(b"go\n") for process in processes))
    assert {output.strip() for output, _ in answers} == {path.read_bytes().hex().encode()}


async def test_a_token_of_one_start_is_good_at_the_next(tmp_path: Path) -> None:
    path = tmp_path / "token.key"
    token = DevelopmentTokens.open(path, audience="bakery").mint(subject="ann")
    claims = await DevelopmentTokens.open(path, audience="bakery").verify(token)
    assert claims.subject == "ann"
