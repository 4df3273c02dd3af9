from __future__ import annotations

import json

from codegen.emit.attributes_json import attribute_table, emit
from codegen.emit.rights import attributes_of
from codegen.model import Design
from tests.unit.codegen.emit.designs import BAKERY

TABLE = attribute_table(BAKERY)


def opened(name: str) -> dict[str, list[str]]:
    (entry,) = (each for each in TABLE["attributes"] if each["name"] == name)
    return {kind: [row["name"] for row in entry[kind]] for kind in ("operations", "events")}


def test_an_attribute_lists_what_it_opens() -> None:
    assert opened("bakery:loaves:list") == {
        "operations": ["list_loaves", "show_loaf", "photo_request"],
        "events": ["LoafBakedEvent", "LoafEatenEvent"],
    }
    assert opened("bakery:ovens:use") == {"operations": ["bake_loaf"], "events": []}


def test_a_row_says_when_one_attribute_is_not_enough_or_not_needed() -> None:
    rows = {row["name"]: row for row in TABLE["attributes"][1]["operations"]}
    assert rows["bake_loaf"]["requires"] == {"all": ["bakery:loaves:bake", "bakery:ovens:use"]}
    assert rows["show_loaf"]["requires"] == {"any": ["bakery:loaves:list", "bakery:loaves:bake"]}
    assert "requires" not in rows["throw_away"]


def test_what_needs_no_attribute_is_listed_too() -> None:
    signed_in = TABLE["signed-in"]
    assert [row["name"] for row in signed_in["operations"]] == ["photo", "window_request"]
    assert [row["name"] for row in signed_in["streams"]] == ["window"]
    assert [row["tag"] for row in signed_in["events"]] == ["ping", "reset"]
    assert [row["path"] for row in TABLE["anyone"]["operations"]] == ["/bakery/hours"]


def test_people_read_what_each_attribute_is_for() -> None:
    assert TABLE["attributes"][2]["doc"] == "Use an oven"


def test_nothing_of_the_design_is_forgotten(design: Design) -> None:
    (file,) = emit(design)
    assert file.path == "attributes.json"
    table = json.loads(file.text)
    lists = [*table["attributes"], table["signed-in"], table["anyone"]]
    rows = {(row["service"], row["name"]) for each in lists for row in each["operations"]}
    assert rows == {(s.name, o.name) for s in design.services for o in s.operations}
    named = {each["name"] for each in table["attributes"]}
    assert named == {attribute.name for attribute in design.attributes}
    for service in design.services:
        for event in service.events:
            assert named >= set(attributes_of(event.requires))
