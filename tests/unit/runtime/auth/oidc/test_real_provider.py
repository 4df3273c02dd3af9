"""Tokens of a real identity provider: of programs, and of people who sign in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from runtime.auth.attributes import Attributes
from runtime.auth.oidc.attributes import AttributeClaim
from runtime.auth.oidc.keys import Keeping
from runtime.auth.oidc.provider import Provider
from runtime.auth.oidc.tokens import ProviderTokens
from runtime.auth.tokens import InvalidToken
from tests.node import Node, node
from tests.servers.identity_provider import IdentityProvider

__all__ = ["node"]

RIGHTS = {"access": {"archive": {"roles": ["app:reader", "other:writer"]}}}
CLIENTS: dict[str, Any] = {
    "robot": {"claims": RIGHTS},
    "elliptic": {"claims": RIGHTS, "algorithm": "ES256"},
    "edwards": {"claims": RIGHTS, "algorithm": "EdDSA"},
    "padded": {"claims": RIGHTS, "algorithm": "PS256"},
    "stranger": {"claims": RIGHTS, "audience": "elsewhere"},
    "nobody": {"claims": {"access": {"archive": {"roles": []}}}},
    "outsider": {},
    "hasty": {"claims": RIGHTS, "ttl": 1},
}
PEOPLE = {
    "ann": {"email": "ann@example.org", "email_verified": True, "name": "Ann", **RIGHTS},
    "bob": {"email": "bob@example.org", "email_verified": False, **RIGHTS},
}


@pytest.fixture(scope="module")
def module_provider(node: Node) -> Iterator[IdentityProvider]:
    with IdentityProvider(CLIENTS, PEOPLE) as provider:
        yield provider


@pytest.fixture
def real_provider(module_provider: IdentityProvider) -> IdentityProvider:
    module_provider.stop()
    module_provider.start()
    return module_provider


async def open_tokens(provider: IdentityProvider) -> ProviderTokens:
    """Accept people's ID tokens, and after those the access tokens of programs."""
    attributes = AttributeClaim(
        path="access.archive.roles",
        separator=".",
        prefix="app:",
        roles={"reader": ("a:list", "a:read"), "writer": ("a:write",)},
    )
    people = Provider(issuer=provider.issuer, audiences=("browser",), attributes=attributes)
    programs = Provider(
        issuer=provider.issuer,
        audiences=("archive",),
        attributes=attributes,
        skip_email_verified_check=True,
    )
    return await ProviderTokens.open([people, programs], keeping=Keeping(pause=0))


async def test_programs_and_people_are_known_by_what_the_provider_says_of_them(
    module_provider: IdentityProvider,
) -> None:
    tokens = await open_tokens(module_provider)
    reader = Attributes.of(["a:list", "a:read"])
    for client in ("robot", "elliptic", "edwards", "padded"):
        claims = await tokens.verify(module_provider.access_token(client))
        assert (claims.subject, claims.attributes) == (client, reader)
        assert claims.issuer == module_provider.issuer
        assert claims.expires_at is not None
    nobody = await tokens.verify(module_provider.access_token("nobody"))
    assert nobody.attributes == Attributes.of([])
    ann = await tokens.verify(module_provider.id_token("ann"))
    assert (ann.subject, ann.display_name, ann.attributes) == ("ann", "ann@example.org", reader)
    for token, said in (
        (module_provider.id_token("bob"), "its email_verified is not true"),
        (module_provider.access_token("stranger"), "its aud does not hold"),
        (module_provider.access_token("outsider"), "it has no claim access.archive.roles"),
    ):
        with pytest.raises(InvalidToken, match=said):
            await tokens.verify(token)
    await tokens.close()


async def test_keys_are_rotated_and_the_provider_restarts_without_our_help(
    real_provider: IdentityProvider,
) -> None:
    tokens = await open_tokens(real_provider)
    old = real_provider.access_token("robot")
    await tokens.verify(old)
    real_provider.stop()
    await tokens.verify(old)
    real_provider.rotate()
    await tokens.verify(real_provider.access_token("robot"))
    with pytest.raises(InvalidToken, match="its key is unknown"):
        await tokens.verify(old)
    await tokens.close()
