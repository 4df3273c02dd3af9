from __future__ import annotations

import json
from dataclasses import replace

import yaml
from openapi_spec_validator import validate

from codegen.emit.openapi import emit, openapi_document
from codegen.model import Design, Record
from tests.unit.codegen.emit.designs import BAKERY

DOCUMENT = openapi_document(BAKERY)


def test_it_is_written_as_json_and_as_yaml(design: Design) -> None:
    in_json, in_yaml = emit(design)
    assert (in_json.path, in_yaml.path) == ("openapi.json", "openapi.yaml")
    assert yaml.load(in_yaml.text, Loader=yaml.CSafeLoader) == json.loads(in_json.text)


def test_the_first_page_says_what_the_design_says() -> None:
    assert DOCUMENT["openapi"].startswith("3.1.")
    assert DOCUMENT["info"] == {
        "title": "The corner bakery",
        "version": "1.2.0",
        "description": "Bread: baked, sold and eaten.",
    }
    assert DOCUMENT["tags"] == [{"name": "bakery", "description": "Loaves and who eats them."}]


def test_every_operation_and_stream_stands_at_its_path() -> None:
    methods = {path: list(item) for path, item in DOCUMENT["paths"].items()}
    assert methods == {
        "/bakery/loaves": ["get", "post"],
        "/bakery/loaves/{uuid}": ["get", "delete"],
        "/bakery/loaves/{uuid}/photo": ["post", "get", "head"],
        "/bakery/hours": ["get"],
        "/bakery/window": ["post", "get"],
    }


def test_only_types_that_operations_speak_of_are_in_the_document() -> None:
    names = DOCUMENT["components"]["schemas"]
    assert {"Loaf", "Topping", "ToppingJam", "Jam", "NewLoaf", "NoLoaf"} <= set(names)
    assert not {"Oven", "Payment", "Weights"} & set(names)


def test_the_ordinary_error_has_six_fields_that_are_always_there() -> None:
    error = DOCUMENT["components"]["schemas"]["Error"]
    fields = ["name", "id", "message", "temporary", "timeout", "fault"]
    assert list(error["properties"]) == error["required"] == fields


def test_a_type_of_the_design_keeps_its_name_before_the_ordinary_error() -> None:
    design = replace(BAKERY, types=(*BAKERY.types, Record(name="Error", fields=())))
    names = openapi_document(design)["components"]["schemas"]
    assert "fault" in names["ErrorBody"]["properties"]


def test_tokens_and_tickets_are_security_schemes() -> None:
    schemes = DOCUMENT["components"]["securitySchemes"]
    assert schemes["bearer"]["type"] == "http"
    assert (schemes["photo_ticket"]["in"], schemes["photo_ticket"]["name"]) == (
        "cookie",
        "bakery-photo",
    )
    assert "5 seconds" in schemes["photo_ticket"]["description"]


def test_the_document_is_valid(design: Design) -> None:
    validate(json.loads(emit(design)[0].text))


def test_operation_identifiers_are_unique(design: Design) -> None:
    identifiers = [
        operation["operationId"]
        for path in openapi_document(design)["paths"].values()
        for operation in path.values()
    ]
    assert len(set(identifiers)) == len(identifiers)


def test_the_same_design_makes_the_same_document(design: Design) -> None:
    assert emit(design) == emit(design)
