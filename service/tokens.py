"""Whose tokens are accepted: our own in development mode, those of identity providers else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from runtime.auth.development import DevelopmentTokens
from runtime.auth.off import NoVerification
from runtime.auth.oidc.counters import ProviderCounters
from runtime.auth.tokens import TokenVerifier
from service.settings import Settings
from service.start import CannotStart, check_folder

if TYPE_CHECKING:
    from runtime.auth.oidc.tokens import ProviderTokens

AUDIENCE: Final = "storage"
"""Whom the tokens of development mode are for."""


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


async def provider_tokens(settings: Settings) -> ProviderTokens:
    """Ask every identity provider for its keys, and return what verifies tokens with them.

    Raises:
        CannotStart: One of them has none for us now.
    """
    # What asks providers brings an HTTP client along, which takes its time to import.
    from runtime.auth.oidc.keys import ProviderUnavailable
    from runtime.auth.oidc.tokens import ProviderTokens

    try:
        return await ProviderTokens.open([each.provider() for each in settings.auth.oidc])
    except ProviderUnavailable as error:
        raise CannotStart(
            f"SERVICE_AUTH__OIDC: no keys of an identity provider: {error}. Without them no token"
            " can be verified: start the provider, or mend the settings"
        ) from error


def provider_counters(tokens: TokenVerifier) -> Mapping[str, ProviderCounters]:
    """Return what is counted of each identity provider, by issuer; nothing in other modes."""
    if isinstance(tokens, DevelopmentTokens | NoVerification):
        return {}
    from runtime.auth.oidc.tokens import ProviderTokens

    assert isinstance(tokens, ProviderTokens)
    return {issuer: keys.counters for issuer, keys in tokens.keys.items()}
