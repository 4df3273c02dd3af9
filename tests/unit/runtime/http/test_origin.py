from __future__ import annotations

import pytest

from runtime.http.origin import origin_configured, origin_welcome

HOST = {"host": "library.example:9000"}


@pytest.mark.parametrize(
    ("origin", "configured", "expected"),
    [
        ("https://a.example", ["https://a.example"], True),
        ("https://a.example", ["https://b.example", "https://a.example"], True),
        ("https://a.example", [], False),
        ("http://a.example", ["https://a.example"], False),
        ("https://a.example.evil.example", ["https://a.example"], False),
        ("https://a.example", ["https://*.example"], True),
        ("https://a.example.evil", ["https://*.example"], False),
        ("https://aXexample", ["https://a.example"], False),
        ("https://anything", ["*"], True),
        ("https://a1.example", [r"/https://a[0-9]\.example/"], True),
        ("https://a1.example.evil", [r"/https://a[0-9]\.example/"], False),
    ],
)
def test_an_origin_is_configured_exactly_with_a_star_or_as_an_expression(
    origin: str, configured: list[str], expected: bool
) -> None:
    assert origin_configured(origin, configured) is expected


def test_who_names_no_origin_is_no_browser_and_welcome() -> None:
    assert origin_welcome(HOST, [])


@pytest.mark.parametrize("origin", ["http://library.example:9000", "https://LIBRARY.example:9000"])
def test_the_own_host_is_welcome_whatever_the_scheme(origin: str) -> None:
    assert origin_welcome({**HOST, "origin": origin}, [])


@pytest.mark.parametrize(
    "origin",
    [
        "http://library.example",
        "http://library.example:9001",
        "http://evil.example",
        "http://library.example:9000.evil.example",
        "http://evil.example/library.example:9000",
        "null",
        "",
        "http://[",
    ],
)
def test_a_foreign_page_is_welcome_only_where_it_is_configured(origin: str) -> None:
    assert not origin_welcome({**HOST, "origin": origin}, [])
    assert origin_welcome({**HOST, "origin": origin}, ["*"])


def test_a_request_without_host_has_no_page_of_its_own() -> None:
    assert not origin_welcome({"origin": "null"}, [])
    assert not origin_welcome({"host": "", "origin": ""}, [])
