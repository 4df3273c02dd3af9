"""The configuration of a location: checked on its way in, sealed in its row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from generated.storage.errors import NotValid
from generated.storage.models import LocationConfig
from service.storage.blobs.locations import Stores
from service.storage.blobs.store import InvalidLocation
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
        self._check(config)
        return self.seal.seal(config)

    def of(self, row: LocationRow) -> LocationConfig:
        """Open the configuration of a location."""
        return self.seal.unseal(row.config)

    def _check(self, config: LocationConfig) -> None:
        if config.type == "url":
            try:
                self.stores.open(config)
            except InvalidLocation as error:
                raise NotValid(f"{INVALID}: {error}") from error
        elif config.type == "s3":
            if not (config.value.bucket and config.value.region):
                raise NotValid(f"{INVALID}: bucket and region are needed")
        else:
            raise NotValid(f"unsupported config type: {config.type}")
