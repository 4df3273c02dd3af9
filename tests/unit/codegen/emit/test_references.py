from __future__ import annotations

from codegen.emit.references import used

PARTS = {
    "Loaf": {"properties": {"crumb": {"$ref": "#/Crumb"}, "again": {"$ref": "#/Loaf"}}},
    "Oven": {},
    "Crumb": {},
}


def test_what_is_referred_to_is_kept_with_all_it_refers_to() -> None:
    assert list(used(PARTS, "#/", [{"$ref": "#/Loaf"}])) == ["Loaf", "Crumb"]


def test_what_nothing_refers_to_is_left_out() -> None:
    assert used(PARTS, "#/", {"a": "Loaf"}, []) == {}


def test_references_to_elsewhere_are_not_looked_at() -> None:
    assert used(PARTS, "#/", {"$ref": "Loaf"}, {"$ref": "#/Bun"}, {"$ref": {"no": "text"}}) == {}
