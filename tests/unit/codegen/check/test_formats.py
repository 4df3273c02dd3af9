from __future__ import annotations

import pytest

from codegen.check.formats import fits_format


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("uuid", "11111111-1111-4111-8111-111111111111"),
        ("uuid", "ABCDEF00-1111-4111-8111-111111111111"),
        ("datetime", "2026-01-02T03:04:05Z"),
        ("datetime", "2026-01-02T03:04:05.25+01:00"),
        ("date", "2024-02-29"),
        ("bytes", "aGk="),
        ("bytes", ""),
        ("url", "https://bakery.example/loaves?a=b"),
        ("url", "file:///srv/loaves"),
        ("email", "baker@bakery.example"),
        ("str", "anything"),
    ],
)
def test_a_text_fits_its_kind(kind: str, text: str) -> None:
    assert fits_format(kind, text)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("uuid", "11111111111141118111111111111111"),
        ("uuid", "g1111111-1111-4111-8111-111111111111"),
        ("datetime", "2026-01-02T03:04:05"),
        ("datetime", "2026-01-02 03:04:05Z"),
        ("datetime", "2026-02-30T03:04:05Z"),
        ("datetime", "2026-01-02T03:04:05+99:99"),
        ("date", "2023-02-29"),
        ("date", "20230101"),
        ("bytes", "a"),
        ("bytes", "ä==="),
        ("url", "bakery.example"),
        ("url", "http://a b"),
        ("email", "baker"),
        ("email", "a@b@c"),
    ],
)
def test_a_text_of_another_kind_does_not(kind: str, text: str) -> None:
    assert not fits_format(kind, text)
