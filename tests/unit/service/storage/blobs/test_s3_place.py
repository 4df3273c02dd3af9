from __future__ import annotations

from typing import Any

import pytest

from service.storage.blobs.s3_place import S3Place
from service.storage.blobs.store import InvalidLocation


def place(**other: Any) -> S3Place:
    return S3Place(**{"bucket": "packages", "region": "eu-west-1", **other})


@pytest.mark.parametrize(
    ("other", "url"),
    [
        ({}, "https://packages.s3.eu-west-1.amazonaws.com"),
        ({"path_style": True}, "https://s3.eu-west-1.amazonaws.com"),
        ({"region": "cn-north-1"}, "https://packages.s3.cn-north-1.amazonaws.com.cn"),
        ({"endpoint": "http://minio:9000"}, "http://packages.minio:9000"),
        ({"endpoint": "http://minio:9000/", "path_style": True}, "http://minio:9000"),
        ({"endpoint": "http://127.0.0.1:9000"}, "http://127.0.0.1:9000"),
        ({"endpoint": "http://[::1]:9000"}, "http://[::1]:9000"),
        ({"endpoint": "https://x.example/s3", "path_style": True}, "https://x.example/s3"),
    ],
)
def test_requests_go_to_the_endpoint_with_the_bucket_in_host_or_path(
    other: dict[str, Any], url: str
) -> None:
    place(**other).check()
    assert place(**other).url == url


@pytest.mark.parametrize(
    "other",
    [
        {"endpoint": "https://s3.eu-west-1.amazonaws.com"},
        {"endpoint": "https://S3.EU-WEST-1.amazonaws.com:443/", "path_style": True},
        {"endpoint": "https://s3.dualstack.eu-west-1.amazonaws.com"},
        {"region": "us-east-1"},
        {"key": "other", "secret": "other"},
    ],
)
def test_a_bucket_of_amazon_is_one_however_it_is_written(other: dict[str, Any]) -> None:
    assert place(**other).address == place().address


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("http://minio:9000", "http://MINIO:9000/", True),
        ("http://minio", "http://minio:80", True),
        ("https://minio", "https://minio:443/", True),
        ("http://minio:9000", "http://minio:9001", False),
        ("http://minio", "https://minio", False),
        ("http://minio/a", "http://minio/b", False),
    ],
)
def test_a_store_is_known_by_host_and_port(one: str, other: str, equal: bool) -> None:
    assert (place(endpoint=one).address == place(endpoint=other).address) is equal


def test_buckets_of_one_store_have_addresses_of_their_own() -> None:
    assert place(bucket="one").address != place(bucket="two").address


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"bucket": ""}, "bucket and region are needed"),
        ({"region": ""}, "bucket and region are needed"),
        ({"bucket": "a/b"}, "no name of a bucket"),
        ({"bucket": "-a"}, "no name of a bucket"),
        ({"bucket": "a\n"}, "no name of a bucket"),
        ({"region": "eu west"}, "no name of a region"),
        ({"region": "x.evil.test/"}, "no name of a region"),
        ({"endpoint": "minio:9000"}, "must be an address"),
        ({"endpoint": "ftp://minio"}, "must be an address"),
        ({"endpoint": "http://"}, "must be an address"),
        ({"endpoint": "http://minio:port"}, "must be an address"),
        ({"endpoint": "http://minio:99999"}, "must be an address"),
        ({"endpoint": "http://[minio"}, "must be an address"),
        ({"endpoint": "http://mini o"}, "must be an address"),
        ({"endpoint": "http://minio\r\n"}, "must be an address"),
        ({"endpoint": "http://127.0.0.256"}, "must be an address"),
        ({"endpoint": "http://minio.1:9000"}, "must be an address"),
        ({"endpoint": "http://minio.0x1"}, "must be an address"),
        ({"endpoint": "http://xn--a"}, "must be an address"),
        ({"endpoint": "http://a..b"}, "must be an address"),
        ({"endpoint": "http://a%b"}, "must be an address"),
        ({"endpoint": "http://minïo"}, "must be an address"),
        ({"endpoint": "http://hush@minio"}, "a host and a path, and nothing more"),
        ({"endpoint": "http://minio?hush"}, "a host and a path, and nothing more"),
        ({"endpoint": "http://minio#hush"}, "a host and a path, and nothing more"),
        ({"key": "hush"}, "key and secret belong together"),
        ({"secret": "hush"}, "key and secret belong together"),
        ({"token": "hush"}, "a token needs the key"),
        ({"key": "hush\r\n", "secret": "hush"}, "the key holds a character"),
        ({"key": "k", "secret": "hüsh"}, "the secret holds a character"),
        ({"key": "k", "secret": "s", "token": "hush\0"}, "the token holds a character"),
    ],
)
def test_what_no_store_can_be_opened_with_is_refused(other: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidLocation, match=said) as caught:
        place(**other).check()
    assert "hush" not in str(caught.value)


def test_no_secret_is_shown() -> None:
    assert "hush" not in repr(place(key="hush", secret="hush", token="hush"))
