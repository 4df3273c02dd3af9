"""Secrets at rest: the configuration of a location is sealed before it enters the database."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.fernet import Fernet, InvalidToken
from pydantic import TypeAdapter

from generated.storage.models import LocationConfig
from runtime.auth.development import read_or_make_key

CONFIG: Final[TypeAdapter[LocationConfig]] = TypeAdapter(LocationConfig)


class KeyFileError(Exception):
    """The key file cannot be used; the message says which, why and how to mend it."""


@dataclass(frozen=True, slots=True, repr=False)
class Seal:
    """Seals and opens configurations with one key."""

    cipher: Fernet

    @classmethod
    def from_file(cls, path: Path) -> Seal:
        """Use the key in a file; a missing file is made, readable by its owner alone.

        Raises:
            KeyFileError: The file cannot be read or made, or holds no key.
        """
        try:
            return cls(Fernet(urlsafe_b64encode(read_or_make_key(path))))
        except OSError as error:
            raise KeyFileError(f"key file {path}: {error.strerror}") from error
        except ValueError as error:
            raise KeyFileError(
                f"key file {path}: does not hold a key of 32 bytes. Restore it from a backup:"
                " without it the stored locations cannot be opened"
            ) from error

    def seal(self, config: LocationConfig) -> bytes:
        """Make a configuration unreadable without the key."""
        return self.cipher.encrypt(CONFIG.dump_json(config))

    def unseal(self, sealed: bytes) -> LocationConfig:
        """Read a configuration again.

        Raises:
            KeyFileError: It was sealed with another key.
        """
        try:
            return CONFIG.validate_json(self.cipher.decrypt(sealed))
        except InvalidToken as error:
            raise KeyFileError(
                "a location was sealed with another key: restore the key file that belongs to"
                " this database"
            ) from error
