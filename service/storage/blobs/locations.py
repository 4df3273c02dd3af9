"""Which store a location is: from its configuration to an open :class:`BlobStore`."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit
from uuid import UUID

from generated.storage.models import LocationConfig, S3Config
from service.storage.blobs.file import FileStore
from service.storage.blobs.s3 import S3Store
from service.storage.blobs.s3_place import S3Place
from service.storage.blobs.store import Blob, BlobStore, InvalidLocation, UnsupportedLocation

INTERNAL_FOLDER: Final = "aips"
"""Where packages lie in the internal location."""

REPORTS_FOLDER: Final = "reports"
"""Where reports lie there."""

LONGEST: Final = 4096
"""How many bytes the path of a folder may have; none that Linux takes has more.  To resolve a path
is to look at each of its folders, and a request has room for half a million of them."""


class Stores:
    """Opens the stores of all locations.

    ``internal`` is the store of packages that have no location; ``file_roots`` are the folders
    under one of which every ``file://`` location must lie, ``s3_endpoints`` the only ones (as
    ``origin_of`` writes them) that a location may name beside Amazon's; ``None`` lets it name any.
    """

    def __init__(
        self,
        internal: BlobStore,
        file_roots: Sequence[Path],
        s3_endpoints: Collection[str] | None = None,
    ) -> None:
        self._internal = internal
        self._file_roots = tuple(file_roots)
        self._s3_endpoints = s3_endpoints

    def open(self, config: LocationConfig) -> BlobStore:
        """Open the store of a location.  Nothing is read or written yet.

        Raises:
            InvalidLocation: No store can be opened for it; the sentence is fit for a 400.
        """
        if config.type == "s3":
            return S3Store(self._allowed(place_of(config.value)))
        if config.type != "url":
            raise UnsupportedLocation(config.type)
        folder = folder_of(config.value.url)
        if not any(folder.is_relative_to(root.resolve()) for root in self._file_roots):
            raise InvalidLocation(
                "the folder of the location is not under an allowed root"
                " (SERVICE_STORAGE__FILE_ROOTS)"
            )
        return FileStore(folder)

    def _allowed(self, place: S3Place) -> S3Place:
        allowed = self._s3_endpoints
        if allowed is not None and not place.at_amazon and place.origin not in allowed:
            raise InvalidLocation(
                "the endpoint of the location is not an allowed one (SERVICE_STORAGE__S3_ENDPOINTS)"
            )
        return place

    def package(self, uuid: UUID, config: LocationConfig | None) -> Blob:
        """Say where the bytes of a package lie; without a configuration, in the internal location.

        Raises:
            InvalidLocation: As for :meth:`open`.
        """
        if config is None:
            return Blob(self._internal, f"{INTERNAL_FOLDER}/{uuid}")
        return Blob(self.open(config), str(uuid))

    def report(self, uuid: UUID) -> Blob:
        """Say where the report on the deletion of a package lies: in the internal location."""
        return Blob(self._internal, f"{REPORTS_FOLDER}/{report_filename(uuid)}")

    def kept_report(self, key: str) -> Blob:
        """Say where a report lies that was written earlier, by the key that was kept of it."""
        return Blob(self._internal, key)


def report_filename(uuid: UUID) -> str:
    """Name the report on the deletion of a package."""
    return f"aip_deletion_report_{uuid}.pdf"


def place_of(value: S3Config) -> S3Place:
    """Return the bucket that a configuration names; what is empty in it is absent.

    Raises:
        InvalidLocation: There can be no such bucket.
    """
    if value.profile:
        raise InvalidLocation("profiles are not supported: give key and secret")
    place = S3Place(
        bucket=value.bucket,
        region=value.region,
        endpoint=value.endpoint or None,
        path_style=bool(value.path_style),
        key=value.key or None,
        secret=value.secret or None,
        token=value.token or None,
    )
    place.check()
    if place.key is None and not place.at_amazon:
        # Whoever may create a location would have the service sign, as itself, what it sends there.
        raise InvalidLocation(
            "an endpoint of its own needs key and secret: the service's own credentials are for"
            " Amazon's alone"
        )
    return place


def folder_of(url: str) -> Path:
    """Return the folder that a ``file://`` URL names, symbolic links resolved.

    Raises:
        InvalidLocation: It is another URL, or names no absolute folder of this machine.
    """
    if not url.isprintable() or url != url.strip():
        # urlsplit drops some of these, and the folder would be another than was asked for.
        raise InvalidLocation(
            "the URL of a location holds what does not print, or begins or ends in a space"
        )
    try:
        parts = urlsplit(url)
        path = unquote(parts.path, errors="strict")
    except UnicodeDecodeError as error:
        raise InvalidLocation("the path of a file:// URL is not UTF-8") from error
    except ValueError as error:
        raise InvalidLocation("the URL of a location is not a URL") from error
    if parts.scheme != "file":
        raise InvalidLocation("the URL of a location must begin with file://")
    if parts.netloc not in ("", "localhost"):
        raise InvalidLocation("a file:// URL must name no other host: file:///folder")
    if parts.query or parts.fragment:
        raise InvalidLocation("a file:// URL has no query and no fragment")
    if not path.startswith("/") or "\0" in path:
        raise InvalidLocation("a file:// URL must name an absolute folder")
    return _resolved(Path(path))


def _resolved(path: Path) -> Path:
    if len(os.fsencode(path)) > LONGEST:
        raise InvalidLocation(
            f"the folder of the location cannot be reached: its path has more than {LONGEST} bytes"
        )
    try:
        folder = path.resolve()
        is_another_thing = folder.exists() and not folder.is_dir()
    except (OSError, RuntimeError, UnicodeEncodeError) as error:
        raise InvalidLocation("the folder of the location cannot be reached") from error
    if is_another_thing:
        raise InvalidLocation("the location is not a folder")
    return folder
