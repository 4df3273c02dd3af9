"""What a token with a right signature must say before its bearer is believed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime

from runtime.auth.attributes import Attributes
from runtime.auth.claims import Claims
from runtime.auth.oidc.provider import Provider
from runtime.auth.tokens import InvalidToken


def read_claims(said: Mapping[str, object], provider: Provider, now: float) -> Claims:
    """Check the claims of a token that ``provider`` signed, and return them.

    ``now`` is in seconds since the epoch.  The rules are those of the contract, auth.md sections 3
    and 4.  Reasons name what we expect and never what the token holds.

    Raises:
        InvalidToken: One of the rules is broken.
    """
    _check_audience(said.get("aud"), provider)
    expires = _number(said, "exp")
    if expires is None:
        raise InvalidToken("it has no exp")
    if expires <= now:
        raise InvalidToken(f"it expired {now - expires:.0f} s ago")
    starts = _number(said, "nbf")
    if starts is not None and starts > now + provider.not_before_leeway:
        raise InvalidToken(f"it is not good before {starts - now:.0f} s from now")
    if not provider.skip_email_verified_check and said.get("email_verified") is not True:
        raise InvalidToken("its email_verified is not true")
    return Claims(
        issuer=provider.issuer,
        subject=_text(said, "sub"),
        email=_text(said, "email"),
        email_verified=said.get("email_verified") is True,
        preferred_username=_text(said, "preferred_username"),
        name=_text(said, "name"),
        attributes=_attributes(said, provider),
        issued_at=_issued(said),
        expires_at=_instant(expires),
    )


def _check_audience(audience: object, provider: Provider) -> None:
    named = audience if isinstance(audience, list) else [audience]
    if not any(each in named for each in provider.audiences):
        raise InvalidToken(f"its aud does not hold {' or '.join(provider.audiences)}")


def _attributes(said: Mapping[str, object], provider: Provider) -> Attributes:
    source = provider.attributes
    return source if isinstance(source, Attributes) else source.read(said)


def _number(said: Mapping[str, object], name: str) -> float | None:
    value = said.get(name)
    if value is None:
        return None
    # A bool is an int to Python, and no comparison with NaN or infinity means anything.
    if isinstance(value, bool) or not isinstance(value, int | float) or not _finite(value):
        raise InvalidToken(f"its {name} is not a time")
    return float(value)


def _finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _text(said: Mapping[str, object], name: str) -> str:
    value = said.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidToken(f"its {name} is not text")
    # Whoever does something is recorded with it: by PostgreSQL, without U+0000, and as UTF-8.
    if "\0" in value or not _is_unicode(value):
        raise InvalidToken(f"its {name} holds a character that cannot be kept")
    return value


def _is_unicode(text: str) -> bool:
    """Tell whether there is no half of a surrogate pair in a text, as JSON can spell it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _issued(said: Mapping[str, object]) -> datetime | None:
    """Return when a token was issued, if it says so; nothing depends on it but revocations."""
    try:
        issued = _number(said, "iat")
        return None if issued is None else _instant(issued)
    except InvalidToken:
        return None


def _instant(seconds: float) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise InvalidToken("its exp is not a time") from error
