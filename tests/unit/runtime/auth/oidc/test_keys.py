"""Keys kept at hand, against a provider that rotates them, stalls and goes away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from structlog.testing import capture_logs

from runtime.auth.oidc.documents import Published
from runtime.auth.oidc.fetch import Limits
from runtime.auth.oidc.keys import IssuerKeys, Keeping, ProviderUnavailable
from tests.servers.hostile_provider import (
    DISCOVERY,
    KEYS,
    Answer,
    HostileProvider,
    document,
    drip,
    flood,
    redirect,
    says,
    silence,
)
from tests.unit.runtime.auth.oidc.conftest import FIRST, RSA, SECOND, Seconds

ONCE = [DISCOVERY, KEYS]
KEEPING = Keeping(fresh=600, stale=3600, pause=10)


@pytest.fixture
async def keys(provider: HostileProvider, seconds: Seconds) -> AsyncIterator[IssuerKeys]:
    keys = IssuerKeys(
        provider.issuer, limits=Limits(seconds=2.0), keeping=KEEPING, monotonic=seconds
    )
    yield keys
    await keys.close()


def names(published: Published) -> set[str | None]:
    return {key.kid for key in published.keys}


async def landed(keys: IssuerKeys, done: Callable[[], bool]) -> None:
    """Wait for what goes on behind the scenes."""
    for _ in range(500):
        if done():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError


async def test_keys_are_taken_once_for_all_who_wait(
    keys: IssuerKeys, provider: HostileProvider
) -> None:
    answers = await asyncio.gather(*(keys.current() for _ in range(50)))
    assert all(names(answer) == {"first", "rsa"} for answer in answers)
    assert provider.asked == ONCE
    await keys.current()
    assert provider.asked == ONCE


async def test_who_no_longer_waits_does_not_end_it_for_the_others(
    keys: IssuerKeys, provider: HostileProvider
) -> None:
    impatient = asyncio.create_task(keys.current())
    patient = asyncio.create_task(keys.current())
    await asyncio.sleep(0)
    impatient.cancel()
    assert names(await patient) == {"first", "rsa"}
    assert provider.asked == ONCE


async def test_old_keys_serve_while_new_ones_are_fetched(
    keys: IssuerKeys, provider: HostileProvider, seconds: Seconds
) -> None:
    old = await keys.current()
    provider.keys = [SECOND]
    seconds.pass_(KEEPING.fresh)
    assert await keys.current() is old
    await landed(keys, lambda: keys.counters.taken == 2)
    assert names(await keys.current()) == {"second"}
    assert provider.asked == ONCE * 2


async def test_an_unknown_key_is_asked_for_at_once_and_then_no_more_for_a_while(
    keys: IssuerKeys, provider: HostileProvider, seconds: Seconds
) -> None:
    old = await keys.current()
    provider.keys = [FIRST, SECOND]
    new = await keys.newer_than(old)
    assert names(new) == {"first", "second"}
    for _ in range(1000):
        assert await keys.newer_than(new) is new
    assert provider.asked == ONCE * 2
    assert keys.counters.held_back == 1000
    seconds.pass_(KEEPING.pause)
    assert await keys.newer_than(new) is not new
    assert provider.asked == ONCE * 3


async def test_many_unknown_keys_at_once_are_one_question(
    keys: IssuerKeys, provider: HostileProvider
) -> None:
    old = await keys.current()
    provider.keys = [SECOND]
    answers = await asyncio.gather(*(keys.newer_than(old) for _ in range(50)))
    assert all(names(answer) == {"second"} for answer in answers)
    assert provider.asked == ONCE * 2
    assert names(await keys.newer_than(old)) == {"second"}
    assert provider.asked == ONCE * 2


async def test_keys_outlive_an_outage_but_not_for_ever(
    keys: IssuerKeys, provider: HostileProvider, seconds: Seconds
) -> None:
    old = await keys.current()
    await provider.stop()
    with capture_logs() as logs:
        seconds.pass_(KEEPING.fresh)
        assert await keys.current() is old
        await landed(keys, lambda: keys.counters.failed == 1)
        assert await keys.current() is old
        seconds.pass_(KEEPING.pause)
        assert await keys.current() is old
        await landed(keys, lambda: keys.counters.failed == 2)
    assert {line["event"] for line in logs} == {"provider.away"}
    assert "ConnectError" in logs[0]["reason"]

    seconds.pass_(KEEPING.stale)
    with pytest.raises(ProviderUnavailable, match="discovery document: cannot be reached"):
        await keys.current()

    await provider.start()
    seconds.pass_(KEEPING.pause)
    with capture_logs() as logs:
        assert names(await keys.current()) == {"first", "rsa"}
    assert [line["event"] for line in logs] == ["provider.back"]


async def test_during_an_outage_the_provider_is_asked_once_a_pause(
    keys: IssuerKeys, provider: HostileProvider, seconds: Seconds
) -> None:
    await keys.current()
    provider.asked.clear()
    provider.answers[DISCOVERY] = says(b"", "503 Service Unavailable")
    seconds.pass_(KEEPING.fresh)
    for _ in range(60):
        seconds.pass_(1)
        await keys.current()
        await asyncio.sleep(0.005)
    assert 5 <= len(provider.asked) <= 7


async def test_after_a_long_sleep_the_first_who_comes_waits_for_new_keys(
    keys: IssuerKeys, provider: HostileProvider, seconds: Seconds
) -> None:
    await keys.current()
    provider.keys = [SECOND]
    seconds.pass_(10 * KEEPING.stale)
    assert names(await keys.current()) == {"second"}


BAD: dict[str, tuple[str, Answer, str]] = {
    "a silent discovery": (DISCOVERY, silence, "discovery document: no answer within"),
    "a dripping discovery": (DISCOVERY, drip, "discovery document: no answer within"),
    "a missing discovery": (
        DISCOVERY,
        says(b"", "404 Not Found"),
        "discovery document: answers 404",
    ),
    "another's discovery": (
        DISCOVERY,
        document({"issuer": "https://evil.test", "jwks_uri": "https://evil.test"}),
        "discovery document: it is of the issuer",
    ),
    "a discovery without keys": (
        DISCOVERY,
        document({}),
        "discovery document: it is of the issuer",
    ),
    "a discovery elsewhere": (DISCOVERY, redirect("https://evil.test"), "redirects to another"),
    "silent keys": (KEYS, silence, "key set: no answer within"),
    "endless keys": (KEYS, flood, "key set: is larger than 256 KiB"),
    "many keys": (KEYS, document({"keys": [{}] * 101}), "key set: it lists 101 keys"),
    "no keys": (KEYS, document({"keys": []}), "key set: none of its keys"),
    "nonsense": (KEYS, says(b"<html>"), "key set: is not a JSON object"),
    "keys elsewhere": (KEYS, redirect("//evil.test/keys"), "key set: redirects to another"),
}


@pytest.mark.parametrize("name", BAD)
async def test_at_first_whatever_is_wrong_is_said(
    keys: IssuerKeys, provider: HostileProvider, name: str
) -> None:
    path, answer, said = BAD[name]
    provider.answers[path] = answer
    with pytest.raises(ProviderUnavailable, match=said) as caught:
        await keys.current()
    assert str(caught.value).startswith(provider.issuer)


@pytest.mark.parametrize("name", BAD)
async def test_later_whatever_is_wrong_the_old_keys_stay(
    keys: IssuerKeys, provider: HostileProvider, seconds: Seconds, name: str
) -> None:
    old = await keys.current()
    path, answer, said = BAD[name]
    provider.answers[path] = answer
    seconds.pass_(KEEPING.pause)
    assert await keys.newer_than(old) is old
    assert said in keys.trouble
    provider.answers.clear()
    provider.keys = [RSA, SECOND]
    seconds.pass_(KEEPING.pause)
    assert names(await keys.newer_than(old)) == {"rsa", "second"}
    assert keys.trouble == ""


async def test_closing_ends_a_question_that_nobody_answers(provider: HostileProvider) -> None:
    keys = IssuerKeys(provider.issuer)
    provider.answers[KEYS] = silence
    waiting = asyncio.create_task(keys.current())
    await landed(keys, lambda: provider.asked == ONCE)
    await keys.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting
