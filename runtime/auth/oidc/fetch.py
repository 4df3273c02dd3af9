"""Fetching a small JSON document from somebody who may be slow, broken or hostile."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import urljoin

import httpx2

from runtime.auth.oidc.address import is_loopback, same_origin
from runtime.auth.oidc.documents import BadDocument, parse_object

# Unpacking is not for us: a small answer could become a huge one in a single step.
_HEADERS: Final = {"accept": "application/json", "accept-encoding": "identity"}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may cost: seconds in all, bytes, and redirects within its own origin."""

    seconds: float = 5.0
    bytes: int = 256 * 1024
    redirects: int = 3


def new_client(issuer: str) -> httpx2.AsyncClient:
    """Make a client for the documents of one issuer.

    Proxies and certificates come from the environment, but what is on this machine is asked
    directly: plain http must not leave it.
    """
    return httpx2.AsyncClient(
        headers=_HEADERS,
        follow_redirects=False,
        timeout=None,  # the limit is on the whole
        trust_env=not is_loopback(issuer),
    )


async def fetch_document(
    client: httpx2.AsyncClient, address: str, limits: Limits
) -> dict[str, object]:
    """Return the JSON object at an address.

    Raises:
        BadDocument: There is none to be had within the limits; the text says why.
    """
    try:
        async with asyncio.timeout(limits.seconds):
            body = await _body(client, address, limits)
    except TimeoutError as error:
        raise BadDocument(f"no answer within {limits.seconds:g} s") from error
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
        raise BadDocument(f"cannot be reached ({type(error).__name__}: {error})") from error
    try:
        return parse_object(body)
    except ValueError as error:
        raise BadDocument("is not a JSON object") from error


async def _body(client: httpx2.AsyncClient, address: str, limits: Limits) -> bytes:
    for _ in range(limits.redirects + 1):
        async with client.stream("GET", address) as response:
            if not response.has_redirect_location:
                return await _read(response, limits)
            address = _target(address, response.headers["location"])
    raise BadDocument(f"redirects more than {limits.redirects} times")


def _target(address: str, location: str) -> str:
    try:
        target = urljoin(address, location)
        within = same_origin(address, target)
    except ValueError as error:
        raise BadDocument("redirects to nowhere") from error
    if not within:
        raise BadDocument("redirects to another host, port or scheme, which is not followed")
    return target


async def _read(response: httpx2.Response, limits: Limits) -> bytes:
    if response.status_code != HTTPStatus.OK:
        raise BadDocument(f"answers {response.status_code}")
    if response.headers.get("content-encoding", "identity") != "identity":
        raise BadDocument("is compressed, which was not asked for")
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > limits.bytes:
            raise BadDocument(f"is larger than {limits.bytes // 1024} KiB")
    return bytes(body)
