"""The service with a real identity provider: who is let in, what they may see, and for how long."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.integration.conftest import errors
from tests.integration.dashboard import COOKIE, Dashboard, Watching
from tests.node import Node, node
from tests.servers.identity_provider import IdentityProvider
from tests.servers.storage_service import StorageServer

__all__ = ["node"]

RIGHTS = "resource_access.storage.roles"


def roles(*names: str) -> dict[str, Any]:
    """What a token says of its bearer's roles, the way Keycloak does."""
    return {"resource_access": {"storage": {"roles": names}}}


CLIENTS: dict[str, Any] = {
    "curator": {"audience": "storage", "claims": roles("enduro:curator", "uma_authorization")},
    "guest": {"audience": "storage", "claims": roles()},
    "visitor": {"audience": "storage", "claims": roles("enduro:reader"), "ttl": 4},
    "stranger": {"audience": "elsewhere", "claims": roles("enduro:curator")},
}
PEOPLE: dict[str, Any] = {
    "ann": {"email": "ann@example.org", "email_verified": True, **roles("enduro:reader")},
    "bob": {"email": "bob@example.org", "email_verified": False, **roles("enduro:curator")},
}
ROLES = {"curator": ["*"], "reader": ["storage:aips:list", "storage:aips:read"]}


@pytest.fixture(scope="module")
def provider(node: Node) -> Iterator[IdentityProvider]:
    with IdentityProvider(CLIENTS, PEOPLE) as provider:
        yield provider


@pytest.fixture(scope="module")
def settings(provider: IdentityProvider) -> dict[str, str]:
    common = {
        "issuer": provider.issuer,
        "claim_path": RIGHTS,
        "claim_path_separator": ".",
        "claim_value_prefix": "enduro:",
        "use_roles": True,
        "roles_mapping": ROLES,
    }
    people = {**common, "audiences": ["browser"]}
    programs = {**common, "audiences": ["storage"], "skip_email_verified_check": True}
    return {
        "SERVICE_AUTH__MODE": "oidc",
        "SERVICE_AUTH__OIDC": json.dumps([people, programs]),
        "SERVICE_HTTP__HOST": "0.0.0.0",
    }


@pytest.fixture(scope="module")
def server(
    settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[StorageServer]:
    with StorageServer(tmp_path_factory.mktemp("oidc"), **settings) as server:
        server.url = server.url.replace("0.0.0.0", "127.0.0.1")
        yield server
        assert errors(server.log()) == []


async def ticket(dashboard: Dashboard, token: str) -> str:
    answer = await dashboard.ask("POST", "/storage/monitor", token=token)
    assert answer.status_code == 200, answer.text
    return answer.headers["set-cookie"].split(";")[0].removeprefix(f"{COOKIE}=")


async def create_aip(dashboard: Dashboard, token: str, name: str) -> int:
    body = {
        "uuid": str(uuid4()),
        "name": name,
        "object_key": str(uuid4()),
        "status": "stored",
    }
    return (await dashboard.ask("POST", "/storage/aips", body, token=token)).status_code


async def test_a_token_opens_what_its_roles_stand_for(
    server: StorageServer, provider: IdentityProvider
) -> None:
    async with Dashboard(server) as dashboard:

        async def listing(token: str) -> int:
            return (await dashboard.ask("GET", "/storage/aips", token=token)).status_code

        curator, ann = provider.access_token("curator"), provider.id_token("ann")
        assert await listing(curator) == await listing(ann) == 200
        assert await listing(provider.access_token("guest")) == 403
        assert await create_aip(dashboard, curator, "ledger") == 200
        assert await create_aip(dashboard, ann, "diary") == 403
        for refused in (
            provider.access_token("stranger"),
            provider.id_token("bob"),
            curator[:-4] + "AAAA",
            "nonsense",
        ):
            assert await listing(refused) == 401
            assert await create_aip(dashboard, refused, "diary") == 401


async def test_a_ticket_for_the_monitor_carries_the_rights_of_the_token_and_no_more(
    server: StorageServer, provider: IdentityProvider
) -> None:
    async with Dashboard(server) as dashboard:
        curator = provider.access_token("curator")
        async with (
            dashboard.open(await ticket(dashboard, provider.id_token("ann"))) as ann,
            dashboard.open(await ticket(dashboard, provider.access_token("guest"))) as guest,
        ):
            for socket in (ann, guest):
                assert (await Watching(socket).frame()).value == {"message": "Hello"}
            assert await create_aip(dashboard, curator, "map") == 200
            frame = await Watching(ann).frame()
            assert (frame.tag, frame.item["name"]) == ("aip_created_event", "map")
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(1):
                    await guest.recv()


async def test_watching_ends_when_the_token_does(
    server: StorageServer, provider: IdentityProvider
) -> None:
    async with Dashboard(server) as dashboard:
        visitor = provider.access_token("visitor")
        async with dashboard.open(await ticket(dashboard, visitor)) as socket:
            assert (await Watching(socket).frame()).value == {"message": "Hello"}
            assert (await Watching(socket).closed(seconds=8))[0] == 4001
        answer = await dashboard.ask("POST", "/storage/monitor", token=visitor)
        assert answer.status_code == 401


async def test_the_service_outlives_an_outage_and_follows_a_rotation_of_keys(
    server: StorageServer, provider: IdentityProvider
) -> None:
    async with Dashboard(server) as dashboard:
        old = provider.access_token("curator")
        provider.stop()
        assert (await dashboard.ask("GET", "/storage/aips", token=old)).status_code == 200
        provider.rotate()
        new = provider.access_token("curator")
        # A forged token of another test may have used up the question of these five seconds.
        for _ in range(20):
            answer = await dashboard.ask("GET", "/storage/aips", token=new)
            if answer.status_code == 200:
                break
            await asyncio.sleep(0.5)
        else:
            pytest.fail("the new key is not taken")
        assert (await dashboard.ask("GET", "/storage/aips", token=old)).status_code == 401
        for credential in dashboard.credentials:
            assert credential not in server.log()


def test_it_says_at_the_start_whose_tokens_it_takes(
    server: StorageServer, provider: IdentityProvider
) -> None:
    assert f"tokens of {provider.issuer} (it answers)" in server.log()


def test_without_its_provider_it_does_not_start_and_says_why(
    settings: dict[str, str], tmp_path: Path
) -> None:
    nowhere = json.dumps([{"issuer": "http://127.0.0.1:1", "audiences": "a", "claim_path": "b"}])
    server = StorageServer(tmp_path, **settings | {"SERVICE_AUTH__OIDC": nowhere})
    with pytest.raises(RuntimeError, match="did not start"):
        server.start()
    assert "no keys of an identity provider: http://127.0.0.1:1: discovery doc" in server.log()
    assert "Traceback" not in server.log()
