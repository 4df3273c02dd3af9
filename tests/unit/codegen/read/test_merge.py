from __future__ import annotations

import pytest

from codegen.read import MappingNode, ScalarNode
from codegen.read.merge import merge
from tests.unit.codegen.read.places import tree


def joined(*texts: str) -> tuple[MappingNode, list[str]]:
    root, flaws = merge(tree(text) for text in texts)
    assert root is not None
    return root, [f"{flaw.span} {flaw.values['name']} {flaw.first}" for flaw in flaws]


def test_sections_of_several_files_meet() -> None:
    root, flaws = joined("types:\n  Loaf: str\n", "types:\n  Roll: str\nerrors: {}\n")
    types = root.get("types")
    assert isinstance(types, MappingNode)
    assert [entry.key.text for entry in types] == ["Loaf", "Roll"]
    assert root.get("errors") is not None
    assert flaws == []


def test_a_service_may_be_spread_over_files() -> None:
    first = "services: {shop: {path: /shop, endpoints: {a: {get: /a}}}}"
    second = "services: {shop: {endpoints: {b: {get: /b}}, events: {}}}"
    root, flaws = joined(first, second)
    services = root.get("services")
    assert isinstance(services, MappingNode)
    shop = services.get("shop")
    assert isinstance(shop, MappingNode)
    assert [entry.key.text for entry in shop] == ["path", "endpoints", "events"]
    endpoints = shop.get("endpoints")
    assert isinstance(endpoints, MappingNode)
    assert [entry.key.text for entry in endpoints] == ["a", "b"]
    assert flaws == []


@pytest.mark.parametrize(
    ("first", "second", "name"),
    [
        ("types: {Loaf: str}", "types: {Loaf: str}", "Loaf"),
        ("api: {title: A}", "api: {version: B}", "api"),
        ("types: str", "types: {}", "types"),
        ("services: {shop: {path: /a}}", "services: {shop: {path: /a}}", "path"),
        (
            "services: {shop: {streams: {feed: {get: /a}}}}",
            "services: {shop: {streams: {feed: {over: [sse]}}}}",
            "feed",
        ),
        ("design: 1", "design: 2", "design"),
    ],
)
def test_a_name_in_two_files_is_told_with_both_places(first: str, second: str, name: str) -> None:
    _, flaws = joined(first, second)
    column = second.index(name) + 1
    assert flaws == [f"design.yaml:1:{column} {name} design.yaml:1:{first.index(name) + 1}"]


def test_the_first_declaration_stays() -> None:
    root, _ = joined("api: a", "api: b")
    assert root.get("api") == ScalarNode("a", "a", root.span)


def test_every_file_may_say_the_version_of_the_language() -> None:
    assert joined("design: 1", "design: 1")[1] == []


def test_nothing_joined_is_nothing() -> None:
    assert merge([]) == (None, ())
