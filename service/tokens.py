"""The tokens of development mode."""

from __future__ import annotations

from typing import Final

from runtime.auth.development import DevelopmentTokens
from service.settings import Settings
from service.start import CannotStart, check_folder

AUDIENCE: Final = "storage"
"""Whom the tokens are for."""


def token_keys(settings: Settings) -> DevelopmentTokens:
    """Open what signs and verifies development tokens; its key is made when it is missing.

    Raises:
        CannotStart: The key file cannot be used.
    """
    check_folder(settings.data_folder, "SERVICE_DATA_DIR")
    try:
        return DevelopmentTokens.open(settings.token_key_file, audience=AUDIENCE)
    except (OSError, ValueError) as error:
        raise CannotStart(f"the key of tokens cannot be used: {error}") from error
