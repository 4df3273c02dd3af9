"""Documents fetched from a real socket, whatever is on the other side."""

from __future__ import annotations

import gzip
import time

import httpx2
import pytest

from runtime.auth.oidc.documents import BadDocument
from runtime.auth.oidc.fetch import Limits, fetch_document, new_client
from tests.servers.hostile_provider import (
    Answer,
    HostileProvider,
    document,
    drip,
    flood,
    redirect,
    says,
    silence,
)

LIMITS = Limits(seconds=0.5, bytes=4096, redirects=2)


async def fetched(provider: HostileProvider, path: str = "/") -> dict[str, object]:
    async with new_client(provider.issuer) as client:
        return await fetch_document(client, provider.issuer + path, LIMITS)


async def test_an_object_is_fetched_as_it_is(provider: HostileProvider) -> None:
    provider.answers["/"] = document({"a": [1]})
    assert await fetched(provider) == {"a": [1]}


ANSWERS: dict[str, tuple[Answer, str]] = {
    "silence": (silence, "no answer within 0.5 s"),
    "a byte at a time": (drip, "no answer within 0.5 s"),
    "no end": (flood, "is larger than 4 KiB"),
    "too much": (document({"a": "x" * 4096}), "is larger than 4 KiB"),
    "404": (says(b"{}", "404 Not Found"), "answers 404"),
    "500": (says(b"{}", "500 Internal Server Error"), "answers 500"),
    "201": (says(b"{}", "201 Created"), "answers 201"),
    "304": (says(b"", "304 Not Modified"), "answers 304"),
    "nothing": (says(b""), "is not a JSON object"),
    "a page": (says(b"<html>"), "is not a JSON object"),
    "a list": (says(b"[]"), "is not a JSON object"),
    "nesting": (says(b"[" * 4000), "is not a JSON object"),
    "bytes": (says(b"\xff\xfe\x00"), "is not a JSON object"),
    "packed": (says(gzip.compress(b"{}"), content_encoding="gzip"), "is compressed"),
    "too few bytes": (says(b"{}", content_length="9"), "(cannot be reached|no answer within)"),
    "https instead": (redirect("https://127.0.0.1/"), "redirects to another"),
    "another port": (redirect("http://127.0.0.1:1/"), "redirects to another"),
    "another name": (redirect("http://localhost/"), "redirects to another"),
    "another host": (redirect("//evil.test/"), "redirects to another"),
    "a file": (redirect("file:///etc/passwd"), "redirects to another"),
    "nowhere": (redirect("http://[/"), "redirects to nowhere"),
    "a circle": (redirect("/"), "redirects more than 2 times"),
}


@pytest.mark.parametrize("name", ANSWERS)
async def test_what_is_no_answer_costs_little_and_is_said(
    provider: HostileProvider, name: str
) -> None:
    provider.answers["/"], said = ANSWERS[name]
    began = time.monotonic()
    with pytest.raises(BadDocument, match=said):
        await fetched(provider)
    assert time.monotonic() - began < 2


async def test_a_redirect_within_the_origin_is_followed(provider: HostileProvider) -> None:
    provider.answers |= {"/": redirect("/a"), "/a": redirect("b"), "/b": document({"here": True})}
    assert await fetched(provider) == {"here": True}
    assert provider.asked == ["/", "/a", "/b"]


async def test_a_redirect_elsewhere_is_not_asked(provider: HostileProvider) -> None:
    async with HostileProvider() as other:
        other.answers["/"] = document({})
        provider.answers["/"] = redirect(other.issuer)
        with pytest.raises(BadDocument, match="redirects to another"):
            await fetched(provider)
        assert other.asked == []


async def test_where_nobody_listens_is_said_at_once(provider: HostileProvider) -> None:
    await provider.stop()
    with pytest.raises(BadDocument, match=r"cannot be reached \(ConnectError"):
        await fetched(provider)


async def test_plain_http_of_this_machine_goes_through_no_proxy(
    provider: HostileProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    provider.answers["/"] = document({})
    assert await fetched(provider) == {}
    with pytest.raises(BadDocument, match="cannot be reached"):
        async with new_client("https://id.test") as client:
            await fetch_document(client, "http://id.test/", LIMITS)


async def test_nothing_of_ours_is_sent_along(provider: HostileProvider) -> None:
    async with new_client(provider.issuer) as client:
        request = client.build_request("GET", provider.issuer)
    assert not {"authorization", "cookie"} & set(httpx2.Headers(request.headers))
