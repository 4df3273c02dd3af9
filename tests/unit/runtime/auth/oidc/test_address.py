from __future__ import annotations

import pytest

from runtime.auth.oidc.address import check_address, check_issuer, same_origin


@pytest.mark.parametrize(
    "issuer",
    [
        "https://id.example.org",
        "https://id.example.org/",
        "https://id.example.org:8443/realms/archive",
        "http://127.0.0.1:8080/realms/archive",
        "http://localhost:8080",
        "http://[::1]:8080",
    ],
)
def test_an_issuer_is_https_or_on_this_machine(issuer: str) -> None:
    check_issuer(issuer)


@pytest.mark.parametrize(
    ("issuer", "said"),
    [
        ("", "absolute address"),
        ("id.example.org", "absolute address"),
        ("https://", "absolute address"),
        ("ftp://id.example.org", "absolute address"),
        ("http://id.example.org", "must be https"),
        ("http://192.0.2.1", "must be https"),
        ("http://localhost.example.org", "must be https"),
        ("http://127.0.0.1.example.org", "must be https"),
        ("https://id.example.org?a=b", "no query"),
        ("https://id.example.org?", "no query"),
        ("https://id.example.org#top", "no fragment"),
        ("https://ann:secret@id.example.org", "user name"),
        ("https://id.example.org:99999", "[Pp]ort"),
        ("https://id.example.org/ x", "spaces"),
        ("https://id.example.org\\@evil.test", "spaces"),
        ("https://id.example.org\n", "spaces"),
    ],
)
def test_anything_else_is_no_issuer(issuer: str, said: str) -> None:
    with pytest.raises(ValueError, match=said) as caught:
        check_issuer(issuer)
    assert "secret" not in str(caught.value)


def test_plain_http_passes_only_from_this_machine_to_this_machine() -> None:
    check_address("http://127.0.0.1/keys", plain=True)
    for address, plain in [("http://127.0.0.1/keys", False), ("http://id.test/keys", True)]:
        with pytest.raises(ValueError, match="must be https"):
            check_address(address, plain=plain)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ("https://id.test/b", True),
        ("https://id.test:443/", True),
        ("https://ID.test/", True),
        ("http://id.test/", False),
        ("https://id.test:8443/", False),
        ("https://other.test/", False),
        ("https://id.test.evil.test/", False),
    ],
)
def test_an_origin_is_scheme_host_and_port(other: str, same: bool) -> None:
    assert same_origin("https://id.test/a", other) is same
