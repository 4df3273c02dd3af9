from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from generated.storage.models import LocationConfig
from service.storage.blobs.file import FileStore
from service.storage.blobs.locations import Stores, folder_of
from service.storage.blobs.store import InvalidLocation, UnsupportedLocation
from tests.servers.s3_server import S3Server
from tests.unit.service.storage.blobs.contract import get, put

PACKAGE = UUID("2d3e8f9c-3c44-4f0a-9f2b-6a2f3d1f3d7b")
CONFIG: TypeAdapter[LocationConfig] = TypeAdapter(LocationConfig)


def url(value: str | Path) -> LocationConfig:
    text = value.as_uri() if isinstance(value, Path) else value
    return CONFIG.validate_python({"type": "url", "value": {"url": text}})


@pytest.fixture
def stores(tmp_path: Path) -> Stores:
    return Stores(FileStore(tmp_path / "internal"), [tmp_path / "locations", tmp_path / "more"])


async def test_a_package_lies_below_aips_in_the_internal_location_and_by_itself_elsewhere(
    stores: Stores, tmp_path: Path
) -> None:
    internal = stores.package(PACKAGE, None)
    elsewhere = stores.package(PACKAGE, url(tmp_path / "locations" / "one"))
    await put(internal.store, internal.key, b"internal")
    await put(elsewhere.store, elsewhere.key, b"elsewhere")

    assert (tmp_path / "internal" / "aips" / str(PACKAGE)).read_bytes() == b"internal"
    assert (tmp_path / "locations" / "one" / str(PACKAGE)).read_bytes() == b"elsewhere"


@pytest.mark.parametrize("folder", ["locations", "locations/one", "locations/a/b", "more/x y/é"])
async def test_a_folder_under_an_allowed_root_is_opened(
    stores: Stores, tmp_path: Path, folder: str
) -> None:
    store = stores.open(url(tmp_path / folder))
    await put(store, "package", b"content")

    assert (tmp_path / folder / "package").read_bytes() == b"content"
    assert await get(store, "package") == b"content"


@pytest.mark.parametrize(
    "folder",
    ["", "internal", "locations/..", "locations/../internal", "locations2", "locations/a/../../x"],
)
def test_a_folder_outside_the_allowed_roots_is_refused(
    stores: Stores, tmp_path: Path, folder: str
) -> None:
    with pytest.raises(
        InvalidLocation, match=r"not under an allowed root \(SERVICE_STORAGE__FILE_ROOTS\)$"
    ):
        stores.open(url(f"file://{tmp_path}/{folder}"))


def test_percent_signs_do_not_hide_a_way_out(stores: Stores, tmp_path: Path) -> None:
    with pytest.raises(
        InvalidLocation, match=r"not under an allowed root \(SERVICE_STORAGE__FILE_ROOTS\)$"
    ):
        stores.open(url(f"file://{tmp_path}/locations/%2e%2e/internal"))


def test_a_link_that_leads_out_of_the_root_is_refused(stores: Stores, tmp_path: Path) -> None:
    (tmp_path / "locations").mkdir()
    (tmp_path / "locations" / "out").symlink_to(tmp_path)

    with pytest.raises(
        InvalidLocation, match=r"not under an allowed root \(SERVICE_STORAGE__FILE_ROOTS\)$"
    ):
        stores.open(url(tmp_path / "locations" / "out"))


def bucket(endpoint: str | None) -> LocationConfig:
    value = {"bucket": "b", "region": "r", "endpoint": endpoint, "key": "k", "secret": "s"}
    given = {name: each for name, each in value.items() if each is not None}
    return CONFIG.validate_python({"type": "s3", "value": given})


@pytest.mark.parametrize(
    "endpoint",
    [None, "https://s3.eu-west-1.amazonaws.com", "https://S3.test/", "http://[::1]:9000"],
)
def test_an_endpoint_that_is_allowed_is_opened(tmp_path: Path, endpoint: str | None) -> None:
    internal = FileStore(tmp_path / "internal")
    allowed = ["https://s3.test:443", "http://[::1]:9000"]
    Stores(internal, [], allowed).open(bucket(endpoint))
    Stores(internal, []).open(bucket(endpoint))


@pytest.mark.parametrize(
    "endpoint",
    ["http://s3.test", "https://s3.test:8443", "https://other.test", "https://s3.test.other.test"],
)
def test_another_endpoint_is_refused(tmp_path: Path, endpoint: str) -> None:
    internal = FileStore(tmp_path / "internal")
    for allowed in (["https://s3.test:443"], []):
        with pytest.raises(
            InvalidLocation, match=r"not an allowed one \(SERVICE_STORAGE__S3_ENDPOINTS\)$"
        ):
            Stores(internal, [], allowed).open(bucket(endpoint))


def test_a_root_may_be_a_link_itself(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "locations").symlink_to(tmp_path / "disk")
    stores = Stores(FileStore(tmp_path / "internal"), [tmp_path / "locations"])

    stores.open(url(tmp_path / "locations" / "one"))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "must begin with file://"),
        ("/folder", "must begin with file://"),
        ("s3://bucket", "must begin with file://"),
        ("http://host/folder", "must begin with file://"),
        ("file://host/folder", "no other host"),
        ("file:", "absolute folder"),
        ("file://", "absolute folder"),
        ("file:folder", "absolute folder"),
        ("file:///folder%00", "absolute folder"),
        ("file:///folder?a=b", "no query"),
        ("file:///folder#a", "no query"),
        ("file:///%ff", "not UTF-8"),
        ("file://[/folder", "is not a URL"),
        ("file:///" + "a" * 300, "cannot be reached"),
        ("file:///" + "a/" * 500_000, "more than 4096 bytes"),
        ("file:///" + "a/../" * 200_000, "more than 4096 bytes"),
        (" file:///folder", "space"),
        ("file:///fol\tder", "does not print"),
        ("file:///folder\n", "does not print"),
        ("file:///\u202efolder", "does not print"),
    ],
)
def test_a_url_that_names_no_folder_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(InvalidLocation, match=sentence):
        folder_of(text)


def test_a_loop_of_links_is_refused(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")

    with pytest.raises(InvalidLocation, match="cannot be reached"):
        folder_of((tmp_path / "loop").as_uri())


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(InvalidLocation, match="not a folder"):
        folder_of((tmp_path / "file").as_uri())


@pytest.mark.parametrize(
    "config",
    [
        {
            "type": "sftp",
            "value": {"address": "a", "username": "u", "password": "hush", "directory": "d"},
        },
        {"type": "amss", "value": {"api_key": "hush", "url": "u", "username": "n"}},
    ],
    ids=["sftp", "amss"],
)
def test_a_kind_that_there_is_no_store_for_is_refused(
    stores: Stores, config: dict[str, object]
) -> None:
    with pytest.raises(UnsupportedLocation, match=f"^unsupported config type: {config['type']}$"):
        stores.open(CONFIG.validate_python(config))


async def test_a_bucket_is_opened_and_what_is_empty_is_absent(
    stores: Stores, s3_server: S3Server
) -> None:
    value = s3_server.new_bucket().value(token="", profile="")
    package = stores.package(PACKAGE, CONFIG.validate_python({"type": "s3", "value": value}))
    await put(package.store, package.key, b"content")

    assert package.key == str(PACKAGE)
    assert await get(package.store, package.key) == b"content"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"profile": "hush"}, "profiles are not supported: give key and secret"),
        ({"key": "hush"}, "key and secret belong together"),
        ({"endpoint": "hush"}, "the endpoint must be an address"),
        ({"endpoint": "https://hush.example"}, "an endpoint of its own needs key and secret"),
        ({"endpoint": "https://s3.amazonaws.com.hush"}, "an endpoint of its own needs key"),
    ],
)
def test_a_bucket_that_cannot_be_opened_is_refused(
    stores: Stores, more: dict[str, object], said: str
) -> None:
    value = {"bucket": "b", "region": "r", **more}
    with pytest.raises(InvalidLocation, match=said) as caught:
        stores.open(CONFIG.validate_python({"type": "s3", "value": value}))
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("endpoint", ["", "https://s3.eu-west-1.amazonaws.com"])
def test_the_services_own_credentials_are_for_amazons_store(stores: Stores, endpoint: str) -> None:
    value = {"bucket": "b", "region": "r", "endpoint": endpoint}
    stores.open(CONFIG.validate_python({"type": "s3", "value": value}))


@settings(max_examples=50)
@given(st.text())
@example("file:///a/../../etc")
@example("file://\ufdfa/")
def test_whatever_a_url_says_it_opens_under_a_root_or_not_at_all(text: str) -> None:
    stores = Stores(FileStore(Path("/internal")), [Path("/srv/locations")])
    for candidate in (text, f"file:///srv/locations/{text}", f"file:///{text}"):
        try:
            store = stores.open(url(candidate))
        except InvalidLocation:
            continue
        assert str(store._root).startswith("/srv/locations")  # type: ignore[attr-defined]  # a file store
