"""An identity provider that misbehaves on demand, clocks that a test moves, and keys."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from joserfc.jwk import ECKey, RSAKey

from tests.servers.hostile_provider import HostileProvider

RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
FIRST = ECKey.generate_key("P-256", {"kid": "first"})
SECOND = ECKey.generate_key("P-256", {"kid": "second"})
FORGER = ECKey.generate_key("P-256", {"kid": "first"})
"""A key with the name of another."""


@dataclass
class Seconds:
    """A clock that a test moves."""

    value: float = 1_000_000.0

    def __call__(self) -> float:
        return self.value

    def pass_(self, seconds: float) -> None:
        self.value += seconds


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
async def provider() -> AsyncIterator[HostileProvider]:
    """A provider that is honest until a test changes its mind."""
    async with HostileProvider(FIRST, RSA) as provider:
        yield provider
