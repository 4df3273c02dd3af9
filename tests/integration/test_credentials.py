"""Forged and spent credentials, and foreign pages: no door opens for them, on either transport."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from generated.storage.security import MONITOR_TICKET
from runtime.auth.claims import Claims
from runtime.auth.development import ISSUER, DevelopmentTokens
from runtime.auth.tickets.redis import RedisTicketStore
from runtime.auth.tickets.ticket import Tickets, TicketScheme
from service.tokens import AUDIENCE
from tests.integration.conftest import FRIEND, Pair
from tests.integration.dashboard import COOKIE, Dashboard
from tests.integration.readers import READERS
from tests.servers.redis_server import RedisServer
from tests.servers.storage_service import StorageServer

HOUR: Final = 3600
AWAY: Final = 2 * HOUR

Forge = Callable[[bytes], str]
"""Makes a token, knowing the key of the server."""


def signed(key: bytes, *, algorithm: str = "HS256", **changes: Any) -> str:
    """Sign a token that may do everything, with some claims changed; None removes one."""
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "forger",
        "exp": int(time.time()) + HOUR,
        "attributes": ["*"],
    }
    claims = {name: value for name, value in (claims | changes).items() if value is not None}
    return jwt.encode({"alg": algorithm}, claims, OctKey.import_key(key), algorithms=[algorithm])


def segment(document: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


def unsigned(key: bytes) -> str:
    return f"{segment({'alg': 'none', 'typ': 'JWT'})}.{signed(key).split('.')[1]}."


def tampered(key: bytes) -> str:
    """A token without rights, given all of them under its old signature."""
    head, _, proof = signed(key, attributes=[]).split(".")
    return f"{head}.{signed(key).split('.')[1]}.{proof}"


def minted_at(seconds: float) -> Forge:
    return lambda key: DevelopmentTokens(
        key, audience=AUDIENCE, now=lambda: time.time() + seconds
    ).mint(attributes=["*"], ttl=HOUR)


FORGED: Final[dict[str, Forge]] = {
    "empty": lambda _: "",
    "nonsense": lambda _: "nonsense",
    "unsigned": unsigned,
    "without a signature": lambda key: signed(key).rpartition(".")[0] + ".",
    "tampered": tampered,
    "cut short": lambda key: signed(key)[:-1],
    "another key": lambda key: signed(key[::-1]),
    "another algorithm": lambda key: signed(key * 2, algorithm="HS512"),
    "another audience": lambda key: signed(key, aud="bakery"),
    "another issuer": lambda key: signed(key, iss="https://elsewhere.test"),
    "no audience": lambda key: signed(key, aud=None),
    "no end": lambda key: signed(key, exp=None),
    "expired": minted_at(-AWAY),
    "not good yet": minted_at(AWAY),
    "attributes of another shape": lambda key: signed(key, attributes="*"),
    "huge": lambda key: signed(key[::-1], padding="x" * 3000),
}
TRANSPORTS: Final = list(READERS)

transports = pytest.mark.parametrize("transport", TRANSPORTS)


async def status(
    transport: str,
    server: StorageServer,
    token: str | None = None,
    ticket: str | None = None,
    origin: str | None = None,
) -> int:
    """What a request to watch is answered with."""
    headers = {"Origin": origin or server.url}
    if ticket is not None:
        headers["Cookie"] = f"{COOKIE}={ticket}"
    reader = await READERS[transport].open(server.url, token, headers=headers, keep=True)
    await reader.leave()
    assert reader.received is not None
    assert (b"Hello" in reader.received) is (reader.status in (101, 200))
    return reader.status


def opened(transport: str) -> int:
    """What it is answered with when it is let in."""
    return 101 if transport == "websocket" else 200


@transports
@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
async def test_no_forged_token_opens_the_monitor(
    shared_server: StorageServer, transport: str, forge: Forge
) -> None:
    key = (shared_server.folder / "tokens.key").read_bytes()
    assert await status(transport, shared_server, forge(key)) == 401


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
async def test_no_forged_token_opens_an_operation_or_gets_a_ticket(
    shared_server: StorageServer, forge: Forge
) -> None:
    token = forge((shared_server.folder / "tokens.key").read_bytes())
    headers = {"Authorization": f"Bearer {token}".strip()}
    async with httpx2.AsyncClient(base_url=shared_server.url, headers=headers) as http:
        for method, path in (("GET", "/storage/aips"), ("POST", "/storage/monitor")):
            answer = await http.request(method, path)
            assert (answer.status_code, answer.text) == (401, '"Unauthorized"\n')
            assert "set-cookie" not in answer.headers


@transports
async def test_the_key_that_forgers_lack_opens_it(
    shared_server: StorageServer, transport: str
) -> None:
    """What makes the tests above worth something: but for what is wrong, their tokens are good."""
    token = signed((shared_server.folder / "tokens.key").read_bytes())
    assert await status(transport, shared_server, token) == opened(transport)


@transports
async def test_a_token_is_no_ticket_and_a_ticket_no_token(
    ticket_server: StorageServer, transport: str
) -> None:
    async with Dashboard(ticket_server) as dashboard:
        ticket = await dashboard.ticket("*")
    assert await status(transport, ticket_server, token=ticket) == 401
    assert await status(transport, ticket_server, ticket=ticket_server.token("*")) == 401
    assert await status(transport, ticket_server, ticket=ticket) == opened(transport)


@transports
async def test_a_head_without_measure_is_refused_and_harms_nobody(
    shared_server: StorageServer, transport: str
) -> None:
    token = signed((shared_server.folder / "tokens.key").read_bytes(), padding="x" * 200_000)
    assert await status(transport, shared_server, token) in (0, 400, 431)
    assert await status(transport, shared_server, shared_server.token()) == opened(transport)


@transports
async def test_of_a_hundred_uses_of_a_ticket_at_once_exactly_one_wins(
    ticket_server: StorageServer, transport: str
) -> None:
    async with Dashboard(ticket_server) as dashboard:
        ticket = await dashboard.ticket()
    uses = (status(transport, ticket_server, ticket=ticket) for _ in range(100))
    assert Counter(await asyncio.gather(*uses)) == {opened(transport): 1, 401: 99}


@pytest.mark.parametrize("first", TRANSPORTS)
@pytest.mark.parametrize("second", TRANSPORTS)
async def test_a_ticket_used_on_one_transport_is_spent_for_both(
    ticket_server: StorageServer, first: str, second: str
) -> None:
    async with Dashboard(ticket_server) as dashboard:
        ticket = await dashboard.ticket()
    assert await status(first, ticket_server, ticket=ticket) == opened(first)
    assert await status(second, ticket_server, ticket=ticket) == 401


@transports
async def test_a_ticket_that_is_nearly_right_is_refused_and_the_right_one_is_not_spent(
    ticket_server: StorageServer, transport: str
) -> None:
    async with Dashboard(ticket_server) as dashboard:
        ticket = await dashboard.ticket()
    other = "B" if ticket[-1] == "A" else "A"
    for wrong in ("", ticket[:-1], ticket + "A", ticket[:-1] + other, ticket.swapcase()):
        assert await status(transport, ticket_server, ticket=wrong) == 401
    assert await status(transport, ticket_server, ticket=ticket) == opened(transport)


@transports
@pytest.mark.parametrize("resource", ["", "11111111-1111-4111-8111-111111111111"])
async def test_a_ticket_of_another_purpose_or_for_another_thing_is_refused_and_not_spent(
    pair: Pair, redis_server: RedisServer, transport: str, resource: str
) -> None:
    """Put where the service keeps its own."""
    schemes = [TicketScheme(name="aip_download", cookie="enduro-aip-download-ticket", seconds=5)]
    if resource:
        schemes.append(MONITOR_TICKET)
    store = RedisTicketStore.open(redis_server.url)
    try:
        for scheme in schemes:
            claims = Claims(issuer="https://id.test", subject="1")
            ticket = await Tickets(store).issue(scheme, resource, claims)
            assert await status(transport, pair.first, ticket=ticket) == 401
            await Tickets(store).redeem(scheme, resource, ticket)
    finally:
        await store.close()


@transports
async def test_a_page_of_another_place_is_refused_and_spends_no_ticket(
    ticket_server: StorageServer, transport: str
) -> None:
    own = ticket_server.url
    port = own.rpartition(":")[2]
    foreign = [
        "null",
        "https://elsewhere.test",
        "http://127.0.0.1",
        "http://127.0.0.1:1",
        f"http://127.0.0.1:{port}0",
        f"http://localhost:{port}",
        f"{own}.elsewhere.test",
        f"http://elsewhere.test/{own}",
        f"http://user@elsewhere.test:{port}",
        "http://[",
    ]
    async with Dashboard(ticket_server) as dashboard:
        ticket = await dashboard.ticket()
    for origin in foreign:
        assert await status(transport, ticket_server, ticket=ticket, origin=origin) == 403, origin
    assert await status(transport, ticket_server, ticket=ticket) == opened(transport)


async def test_a_foreign_page_that_has_a_token_opens_no_websocket_and_reads_no_stream(
    shared_server: StorageServer,
) -> None:
    """A page with a token may ask; only where it is welcome does a browser let it read."""
    token, elsewhere = shared_server.token(), "https://elsewhere.test"
    assert await status("websocket", shared_server, token, origin=elsewhere) == 403
    assert await status("websocket", shared_server, token, origin=FRIEND) == 101
    for origin, allowed in ((elsewhere, False), (FRIEND, True)):
        reader = await READERS["sse"].open(
            shared_server.url, token, headers={"Origin": origin}, keep=True
        )
        await reader.leave()
        assert reader.received is not None
        head = bytes(reader.received).partition(b"\r\n\r\n")[0].lower()
        assert (b"access-control-allow-origin: " + origin.encode() in head) is allowed
