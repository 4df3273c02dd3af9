"""The store of packages that are in no location, as the settings name it."""

from __future__ import annotations

from service.settings import Settings
from service.start import CannotStart, check_folder
from service.storage.blobs.file import FileStore
from service.storage.blobs.locations import folder_of
from service.storage.blobs.probe import probe
from service.storage.blobs.s3 import S3Store
from service.storage.blobs.store import BlobError, BlobStore, InvalidLocation


async def open_internal_store(settings: Settings) -> BlobStore:
    """Open the internal location, and see that it can be written to.

    Raises:
        CannotStart: It cannot.
    """
    place = settings.storage.internal.s3.place
    if place is None:
        return _folder(settings.internal_url)
    store = S3Store(place)
    try:
        await probe(store)
    except BlobError as error:
        raise CannotStart(f"SERVICE_STORAGE__INTERNAL__S3: {error}") from None
    return store


def _folder(url: str) -> BlobStore:
    variable = "SERVICE_STORAGE__INTERNAL__URL"
    try:
        folder = folder_of(url)
    except InvalidLocation as error:
        raise CannotStart(f"{variable}: {error}") from error
    check_folder(folder, variable)
    return FileStore(folder)
