"""Tokens verified with what a provider publishes, against forgers and a provider that errs."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey
from structlog.testing import capture_logs

from runtime.auth.attributes import EVERYTHING, NOTHING, Attributes
from runtime.auth.oidc.attributes import AttributeClaim
from runtime.auth.oidc.fetch import Limits
from runtime.auth.oidc.keys import Keeping, ProviderUnavailable
from runtime.auth.oidc.provider import Provider
from runtime.auth.oidc.tokens import ProviderTokens
from runtime.auth.tokens import InvalidToken
from tests.servers.hostile_provider import (
    DISCOVERY,
    KEYS,
    HostileProvider,
    document,
    says,
    silence,
)
from tests.unit.runtime.auth.oidc.conftest import FIRST, FORGER, RSA, SECOND, Seconds

NOW = 1_767_355_200.0


def trusted(provider: HostileProvider, **changes: Any) -> Provider:
    settings: dict[str, Any] = {
        "issuer": provider.issuer,
        "audiences": ("archive",),
        "attributes": AttributeClaim(path="rights"),
    }
    return Provider(**(settings | changes))


@pytest.fixture
def wall() -> Seconds:
    """The time of day, as a test wants it."""
    return Seconds(NOW)


@pytest.fixture
async def tokens(
    provider: HostileProvider, seconds: Seconds, wall: Seconds
) -> AsyncIterator[ProviderTokens]:
    tokens = await ProviderTokens.open(
        [trusted(provider)],
        limits=Limits(seconds=2.0),
        keeping=Keeping(pause=10),
        now=wall,
        monotonic=seconds,
    )
    yield tokens
    await tokens.close()


@pytest.mark.parametrize("key", [FIRST, RSA], ids=["ES256", "RS256"])
@pytest.mark.parametrize("header", [{}, {"kid": None}], ids=["named", "unnamed"])
async def test_a_token_that_the_provider_signed_is_good(
    tokens: ProviderTokens, provider: HostileProvider, key: ECKey | RSAKey, header: dict[str, Any]
) -> None:
    claims = await tokens.verify(provider.token(key, header))
    assert (claims.issuer, claims.subject) == (provider.issuer, "ann")
    assert claims.attributes == Attributes.of(["read"])


def unsigned(_provider: HostileProvider, good: str) -> str:
    header = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    return f"{header}.{good.split('.')[1]}."


def stripped(_provider: HostileProvider, good: str) -> str:
    return good.rpartition(".")[0] + "."


def signed_with_the_public_key_as_a_secret(provider: HostileProvider, _good: str) -> str:
    secret = OctKey.import_key(RSA.as_pem(private=False).replace(b"-----", b"     "))
    claims = {"iss": provider.issuer, "aud": "archive", "exp": NOW + 60, "email_verified": True}
    return jwt.encode({"alg": "HS256", "kid": "rsa"}, claims, secret, algorithms=["HS256"])


def signed_by_a_forger(provider: HostileProvider, _good: str) -> str:
    return provider.token(FORGER)


def signed_by_a_forger_without_a_name(provider: HostileProvider, _good: str) -> str:
    return provider.token(FORGER, {"kid": None})


def with_a_key_of_its_own(provider: HostileProvider, _good: str) -> str:
    return provider.token(FORGER, {"jwk": FORGER.as_dict(private=False)})


def with_an_address_of_its_own_keys(provider: HostileProvider, _good: str) -> str:
    return provider.token(FORGER, {"jku": provider.issuer + "/evil", "kid": "evil"})


def with_another_name(provider: HostileProvider, _good: str) -> str:
    return provider.token(FIRST, {"kid": "rsa"})


def with_other_claims(provider: HostileProvider, good: str) -> str:
    header, _, signature = good.split(".")
    other = provider.token(FORGER, rights=["*"]).split(".")[1]
    return f"{header}.{other}.{signature}"


def with_other_header(provider: HostileProvider, good: str) -> str:
    other = provider.token(FIRST, {"typ": "at+jwt"}).split(".")[0]
    return f"{other}.{good.partition('.')[2]}"


def of_another_issuer(provider: HostileProvider, _good: str) -> str:
    return provider.token(iss="https://evil.test")


def of_an_issuer_with_a_slash(provider: HostileProvider, _good: str) -> str:
    return provider.token(iss=provider.issuer + "/")


def of_no_issuer(provider: HostileProvider, _good: str) -> str:
    return provider.token(iss=None)


def of_several_issuers(provider: HostileProvider, _good: str) -> str:
    return provider.token(iss=[provider.issuer])


def for_another_audience(provider: HostileProvider, _good: str) -> str:
    return provider.token(aud="browser")


def long_over(provider: HostileProvider, _good: str) -> str:
    return provider.token(exp=NOW)


FORGERIES: list[tuple[Callable[[HostileProvider, str], str], str]] = [
    (unsigned, "not an asymmetric signature"),
    (stripped, "its signature is wrong"),
    (signed_with_the_public_key_as_a_secret, "not an asymmetric signature"),
    (signed_by_a_forger, "its signature is wrong"),
    (signed_by_a_forger_without_a_name, "its signature is wrong"),
    (with_a_key_of_its_own, "its signature is wrong"),
    (with_an_address_of_its_own_keys, "its key is unknown"),
    (with_another_name, "its key is unknown"),
    (with_other_claims, "its signature is wrong"),
    (with_other_header, "its signature is wrong"),
    (of_another_issuer, "its iss is none of the providers'"),
    (of_an_issuer_with_a_slash, "its iss is none of the providers'"),
    (of_no_issuer, "its iss is none of the providers'"),
    (of_several_issuers, "its iss is none of the providers'"),
    (for_another_audience, "its aud does not hold archive"),
    (long_over, "it expired 0 s ago"),
]


@pytest.mark.parametrize(
    ("forge", "said"), FORGERIES, ids=lambda value: getattr(value, "__name__", "")
)
async def test_any_other_token_is_refused_and_nothing_of_it_is_said_or_logged(
    tokens: ProviderTokens,
    provider: HostileProvider,
    forge: Callable[[HostileProvider, str], str],
    said: str,
) -> None:
    token = forge(provider, provider.token())
    with capture_logs() as logs, pytest.raises(InvalidToken, match=said) as caught:
        await tokens.verify(token)
    assert "/evil" not in provider.asked
    written = f"{caught.value}{logs}"
    for part in filter(None, token.split(".")):
        assert part not in written


@pytest.mark.parametrize("ahead", [-301.0, -300.0, 0.0, 59.9, 60.0])
async def test_clocks_may_differ_at_the_beginning_of_a_token_but_not_at_its_end(
    tokens: ProviderTokens, provider: HostileProvider, wall: Seconds, ahead: float
) -> None:
    token = provider.token(nbf=int(NOW), exp=int(NOW) + 60)
    wall.pass_(ahead)
    try:
        await tokens.verify(token)
    except InvalidToken:
        assert ahead in (-301.0, 60.0)
    else:
        assert ahead in (-300.0, 0.0, 59.9)


async def test_a_new_key_is_good_at_once_and_an_old_one_no_more(
    tokens: ProviderTokens, provider: HostileProvider
) -> None:
    old = provider.token(FIRST)
    await tokens.verify(old)
    provider.keys = [SECOND]
    await tokens.verify(provider.token(SECOND))
    with pytest.raises(InvalidToken, match="its key is unknown"):
        await tokens.verify(old)


async def test_a_new_key_under_an_old_name_is_good_at_once(
    tokens: ProviderTokens, provider: HostileProvider
) -> None:
    provider.keys = [FORGER]  # by now it is the provider's
    await tokens.verify(provider.token(FORGER))


async def test_a_provider_may_begin_to_sign_in_another_way(
    tokens: ProviderTokens, provider: HostileProvider, seconds: Seconds
) -> None:
    provider.answers[DISCOVERY] = document(
        provider.discovery | {"id_token_signing_alg_values_supported": ["RS256"]}
    )
    await tokens.verify(provider.token(FIRST))  # what is known still says ES256
    seconds.pass_(86_400)
    with pytest.raises(InvalidToken, match="its alg is not one of RS256"):
        await tokens.verify(provider.token(FIRST))
    await tokens.verify(provider.token(RSA))


async def test_a_flood_of_forged_names_asks_the_provider_once(
    tokens: ProviderTokens, provider: HostileProvider
) -> None:
    forged = [provider.token(FORGER, {"kid": f"made up {n}"}) for n in range(200)]
    answers = await asyncio.gather(*map(tokens.verify, forged), return_exceptions=True)
    assert all(isinstance(answer, InvalidToken) for answer in answers)
    assert provider.asked == [DISCOVERY, KEYS] * 2


async def test_an_outage_is_not_noticed_by_those_whose_key_is_known(
    tokens: ProviderTokens, provider: HostileProvider, seconds: Seconds
) -> None:
    await provider.stop()
    seconds.pass_(3600)
    with capture_logs() as logs:
        await tokens.verify(provider.token())
        with pytest.raises(InvalidToken, match=r"its key is unknown \(when asked .* reached"):
            await tokens.verify(provider.token(SECOND))
    assert {line["event"] for line in logs} == {"provider.away"}
    await provider.start()
    provider.keys = [SECOND]
    seconds.pass_(10)
    await tokens.verify(provider.token(SECOND))


async def test_after_a_day_of_outage_nothing_is_believed_any_more(
    tokens: ProviderTokens, provider: HostileProvider, seconds: Seconds
) -> None:
    await provider.stop()
    seconds.pass_(86_400)
    with pytest.raises(InvalidToken, match="the keys are not to be had"):
        await tokens.verify(provider.token())
    await provider.start()
    seconds.pass_(10)
    await tokens.verify(provider.token())


async def test_a_slow_provider_delays_nobody_whose_key_is_known(
    tokens: ProviderTokens, provider: HostileProvider, seconds: Seconds
) -> None:
    provider.answers[KEYS] = silence
    seconds.pass_(3600)
    async with asyncio.timeout(0.2):
        for _ in range(10):
            await tokens.verify(provider.token())


async def test_the_first_provider_that_is_content_decides(provider: HostileProvider) -> None:
    async with HostileProvider(SECOND) as other:
        tokens = await ProviderTokens.open(
            [
                trusted(provider, audiences=("people",), skip_email_verified_check=True),
                trusted(other),
                trusted(provider, audiences=("archive", "robots")),
                trusted(provider, audiences=("archive", "staff"), attributes=EVERYTHING),
            ]
        )
        try:
            assert provider.asked == other.asked == [DISCOVERY, KEYS]
            for token, attributes in (
                (provider.token(aud=["people", "archive"], rights=["a"]), Attributes.of(["a"])),
                (provider.token(aud="archive", rights=[]), NOTHING),
                (provider.token(aud="staff", rights=[]), EVERYTHING),
                (provider.token(aud="archive", rights="none"), EVERYTHING),
                (other.token(rights=["b"]), Attributes.of(["b"])),
            ):
                assert (await tokens.verify(token)).attributes == attributes
            with pytest.raises(InvalidToken, match="hold people; or its aud does not hold arch"):
                await tokens.verify(provider.token(aud="nobody"))
            # One provider's key proves nothing about another's tokens.
            with pytest.raises(InvalidToken, match="its key is unknown"):
                await tokens.verify(other.token(FIRST))
        finally:
            await tokens.close()


async def test_all_providers_that_are_away_at_first_are_named(provider: HostileProvider) -> None:
    provider.answers[DISCOVERY] = says(b"", "502 Bad Gateway")
    nowhere = "http://127.0.0.1:1"
    with pytest.raises(ProviderUnavailable) as caught:
        await ProviderTokens.open([trusted(provider), trusted(provider, issuer=nowhere)])
    assert f"{provider.issuer}: discovery document: answers 502" in str(caught.value)
    assert f"{nowhere}: discovery document: cannot be reached" in str(caught.value)
