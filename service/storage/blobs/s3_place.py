"""Which bucket of which store: from a configuration to an address."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from service.storage.blobs.store import InvalidLocation

BUCKET: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,254}")
"""What S3 has called buckets, over the years."""

REGION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")

HOST: Final = re.compile(r"(?!.*xn--)[a-z0-9_-]+(\.[a-z0-9_-]+)*")

NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")

AMAZON: Final = re.compile(r"s3[.a-z0-9-]*\.amazonaws\.com(\.cn)?")
"""The hosts of Amazon's own S3: a bucket is the same one at each of them."""

PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Place:
    """A bucket, and what opens it.

    Without ``endpoint`` it is Amazon's; without ``key`` the credentials are those that the
    service itself has where it runs.
    """

    bucket: str
    region: str
    endpoint: str | None = None
    path_style: bool = False
    key: str | None = field(default=None, repr=False)
    secret: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)

    def check(self) -> None:
        """See that a store can be opened with this; whether it opens is another question.

        Raises:
            InvalidLocation: It cannot; the sentence names no secret.
        """
        if not (self.bucket and self.region):
            raise InvalidLocation("bucket and region are needed")
        if not BUCKET.fullmatch(self.bucket):
            raise InvalidLocation("the bucket is no name of a bucket")
        if not REGION.fullmatch(self.region):
            raise InvalidLocation("the region is no name of a region")
        if self.endpoint is not None:
            _check_endpoint(self.endpoint)
        self._check_credentials()

    def _check_credentials(self) -> None:
        if (self.key is None) != (self.secret is None):
            raise InvalidLocation("key and secret belong together: give both, or neither")
        if self.token is not None and self.key is None:
            raise InvalidLocation("a token needs the key and the secret that it belongs to")
        for name in ("key", "secret", "token"):
            value = getattr(self, name)
            if value is not None and not (value.isascii() and value.isprintable()):
                raise InvalidLocation(f"the {name} holds a character that no {name} has")

    @property
    def at_amazon(self) -> bool:
        """Whether the store is Amazon's own."""
        host = urlsplit(self.endpoint).hostname if self.endpoint else None
        return host is None or AMAZON.fullmatch(host) is not None

    @property
    def origin(self) -> str:
        """The scheme, host and port that requests go to."""
        return origin_of(self.endpoint or _amazon(self.region))

    @property
    def url(self) -> str:
        """Where requests go: the endpoint, with the bucket in its host unless in the path."""
        endpoint = self.endpoint or _amazon(self.region)
        if not self.bucket_in_host:
            return endpoint.rstrip("/")
        scheme, _, rest = endpoint.rstrip("/").partition("://")
        return f"{scheme}://{self.bucket}.{rest}"

    @property
    def bucket_in_host(self) -> bool:
        """Whether the bucket is part of the host's name: never of an address of digits."""
        return not (self.path_style or _is_address(urlsplit(self.endpoint or "").hostname or ""))

    @property
    def address(self) -> str:
        """Name the bucket among all buckets, however its store is written."""
        if self.at_amazon:
            return f"amazon/{self.bucket}"
        parts = urlsplit(self.endpoint or "")
        port = parts.port or PORTS[parts.scheme]
        return f"{parts.hostname}:{port}{parts.path.rstrip('/')}/{self.bucket}"


def origin_of(endpoint: str) -> str:
    """Return the scheme, host and port of an endpoint, written in the one way.

    Raises:
        InvalidLocation: It is no endpoint.
    """
    _check_endpoint(endpoint)
    parts = urlsplit(endpoint)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}:{parts.port or PORTS[parts.scheme]}"


def _amazon(region: str) -> str:
    country = ".cn" if region.startswith("cn-") else ""
    return f"https://s3.{region}.amazonaws.com{country}"


def _check_endpoint(endpoint: str) -> None:
    if "@" in endpoint or "?" in endpoint or "#" in endpoint:
        raise InvalidLocation("the endpoint has a host and a path, and nothing more")
    try:
        parts = urlsplit(endpoint)
        named = parts.scheme in PORTS and parts.port != 0 and _is_host(parts.hostname or "")
    except ValueError:
        named = False
    if not named or not endpoint.isascii() or not endpoint.isprintable() or " " in endpoint:
        raise InvalidLocation("the endpoint must be an address: https://host, or http://host:port")


def _is_host(host: str) -> bool:
    """Tell whether the library that sends the requests takes this for a host, too.

    It gives up with a panic where it does not.  What ends in a number is an address to it.
    """
    return _is_address(host) or bool(
        HOST.fullmatch(host) and not NUMBER.fullmatch(host.rsplit(".", 1)[-1])
    )


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
