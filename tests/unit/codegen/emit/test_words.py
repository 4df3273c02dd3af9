from __future__ import annotations

import pytest

from codegen.emit.words import camel, kebab
from codegen.model.names import pascal_case


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("bake_loaf", ("BakeLoaf", "bakeLoaf", "bake-loaf")),
        ("very tight", ("VeryTight", "veryTight", "very-tight")),
        ("old-cheese", ("OldCheese", "oldCheese", "old-cheese")),
        ("s3", ("S3", "s3", "s3")),
        ("LoafBakedEvent", ("LoafBakedEvent", "loafBakedEvent", "loafbakedevent")),
        (" The corner bakery! ", ("TheCornerBakery", "theCornerBakery", "the-corner-bakery")),
        ("", ("", "", "")),
    ],
)
def test_a_name_turns_into_other_cases(name: str, expected: tuple[str, str, str]) -> None:
    assert (pascal_case(name), camel(name), kebab(name)) == expected
