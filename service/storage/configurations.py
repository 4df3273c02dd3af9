"""The configuration of a location: checked on its way in, sealed in its row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from generated.storage.errors import NotValid
from generated.storage.models import LocationConfig
from service.storage.blobs.locations import Stores
from service.storage.blobs.probe import probe
from service.storage.blobs.store import (
    BlobError,
    BlobStore,
    InvalidLocation,
    UnsupportedLocation,
)
from service.storage.rows import LocationRow
from service.storage.sealing import Seal

INVALID: Final = "invalid configuration"


@dataclass(frozen=True, slots=True)
class Configurations:
    """What a configuration must be, and what it is kept in."""

    seal: Seal
    stores: Stores

    def sealed(self, config: LocationConfig) -> bytes:
        """Check a configuration and seal it.

        Raises:
            NotValid: It is incomplete, of a kind that cannot be used, or a folder outside those
                that are allowed.
        """
        self._open(config)
        return self.seal.seal(config)

    async def probe(self, config: LocationConfig) -> None:
        """Try a configuration: write, read and delete a small object.

        Raises:
            NotValid: It is not one that could be sealed, or something failed.
        """
        try:
            await probe(self._open(config))
        except BlobError as error:
            raise NotValid(
                f"{INVALID}: the check failed: {error}. Correct it, or leave the check out"
            ) from None

    def of(self, row: LocationRow) -> LocationConfig:
        """Open the configuration of a location."""
        return self.seal.unseal(row.config)

    def _open(self, config: LocationConfig) -> BlobStore:
        try:
            return self.stores.open(config)
        except UnsupportedLocation as error:
            raise NotValid(str(error)) from None
        except InvalidLocation as error:
            raise NotValid(f"{INVALID}: {error}") from None
