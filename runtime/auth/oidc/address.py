"""Which addresses of an identity provider are trusted to carry its keys."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit


def check_issuer(issuer: str) -> None:
    """Refuse an issuer that cannot be one.

    Raises:
        ValueError: It is not an absolute https address (http on loopback only), or it has a query,
            a fragment or credentials (OpenID Connect Discovery 1.0, section 3).
    """
    parts = check_address(issuer, plain=is_loopback(issuer))
    if parts.query or parts.fragment or "?" in issuer or "#" in issuer:
        raise ValueError("an issuer has no query and no fragment")


def check_address(address: str, *, plain: bool) -> SplitResult:
    """Refuse an address that anybody on the way could answer for; return its parts.

    ``plain`` lets http pass where it does not leave the machine.

    Raises:
        ValueError: As the text says; it does not repeat the address.
    """
    parts = _split(address)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ValueError("must be an absolute address: https://host/...")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not hold a user name or a password")
    if parts.scheme == "http" and not (plain and is_loopback(address)):
        raise ValueError(
            "must be https (http is for this machine alone: 127.0.0.1, ::1, localhost)"
        )
    return parts


def is_loopback(address: str) -> bool:
    """Tell whether an address is of this machine."""
    try:
        host = _split(address).hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def same_origin(one: str, other: str) -> bool:
    """Tell whether two addresses have scheme, host and port in common."""
    return _origin(_split(one)) == _origin(_split(other))


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)


def _split(address: str) -> SplitResult:
    if any(ord(letter) <= 0x20 or letter == "\\" for letter in address):
        raise ValueError("must be an address without spaces")
    parts = urlsplit(address)
    _ = parts.port  # it is read, and may be refused, only when asked for
    return parts
