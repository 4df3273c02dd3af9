from __future__ import annotations

from dataclasses import replace
from typing import Any

from codegen.emit.openapi import openapi_document
from codegen.model import Design, Error, Operation, Ref
from tests.unit.codegen.emit.designs import BAKE, BAKERY, HOURS, LIST, SHOW, WATCH_REQUEST

DOCUMENT = openapi_document(BAKERY)
RESPONSES = DOCUMENT["components"]["responses"]
ERROR = {"$ref": "#/components/schemas/Error"}


def answers(operation: Operation, design: Design = BAKERY) -> dict[str, Any]:
    path = openapi_document(design)["paths"][operation.path]
    found = path[operation.method.lower()]["responses"]
    return {status: found[status] for status in found if status >= "400"}


def names(operation: Operation) -> dict[str, str]:
    return {
        status: answer.get("$ref", "").rpartition("/")[2]
        for status, answer in answers(operation).items()
    }


def schema(answer: dict[str, Any]) -> Any:
    return answer["content"]["application/json"]["schema"]


def test_declared_errors_are_shared_answers() -> None:
    assert names(LIST) == {
        "400": "NotValid",
        "401": "Unauthorized",
        "403": "Forbidden",
        "500": "Fault",
    }


def test_what_any_operation_of_its_kind_may_answer_is_there_without_being_declared() -> None:
    bare = replace(BAKE, errors=())
    (service,) = BAKERY.services
    design = replace(BAKERY, services=(replace(service, operations=(bare,), streams=()),))
    found = answers(bare, design)
    assert {status: answer["$ref"].rpartition("/")[2] for status, answer in found.items()} == {
        "400": "Invalid",
        "401": "NoToken",
        "403": "NotAllowed",
        "413": "TooLarge",
        "415": "WrongMediaType",
        "500": "Fault",
    }
    assert names(HOURS) == {"500": "Fault"}


def test_whoever_asks_for_a_place_at_a_stream_may_be_told_to_come_back() -> None:
    assert names(WATCH_REQUEST)["503"] == "Busy"
    assert "Retry-After" in RESPONSES["Busy"]["headers"]


def test_a_constant_body_is_a_constant() -> None:
    assert schema(RESPONSES["Unauthorized"]) == {"type": "string", "const": "Unauthorized"}


def test_a_declared_error_is_named_in_the_header() -> None:
    header = RESPONSES["Unauthorized"]["headers"]["bakery-error"]
    assert header["schema"] == {"type": "string", "enum": ["unauthorized"]}
    assert "headers" not in RESPONSES["Fault"]


def test_a_design_without_the_header_has_none() -> None:
    design = replace(BAKERY, api=replace(BAKERY.api, error_header=None))
    responses = openapi_document(design)["components"]["responses"]
    assert all("headers" not in responses[name] for name in ("Unauthorized", "NotValid"))


def test_errors_of_one_status_are_one_answer() -> None:
    answer = answers(SHOW)["404"]
    assert schema(answer) == {"anyOf": [{"$ref": "#/components/schemas/NoLoaf"}, ERROR]}
    assert answer["description"] == "- `not_found`: No loaf.\n- `not_found`: No photo of it."
    assert answer["headers"]["bakery-error"]["schema"]["enum"] == ["not_found"]


def test_an_invalid_request_joins_a_declared_error_of_its_status() -> None:
    stale = Error(name="stale", wire_name="stale", status=400, body=Ref("Loaf"))
    (service,) = BAKERY.services
    show = replace(SHOW, errors=("stale",))
    design = replace(
        BAKERY,
        errors=(*BAKERY.errors, stale),
        services=(replace(service, operations=(show,), streams=()),),
    )
    answer = answers(show, design)["400"]
    assert schema(answer) == {"anyOf": [{"$ref": "#/components/schemas/Loaf"}, ERROR]}
    assert answer["description"].endswith("- The request is not as described here.")


def test_answers_that_nothing_gives_are_left_out() -> None:
    assert "NotAllowed" not in RESPONSES
    assert "Forbidden" in RESPONSES


def test_an_implicit_answer_leaves_a_name_to_the_error_that_has_it() -> None:
    busy = Error(name="busy", wire_name="busy", status=429)
    (service,) = BAKERY.services
    request = replace(WATCH_REQUEST, errors=("busy",))
    design = replace(
        BAKERY,
        errors=(*BAKERY.errors, busy),
        services=(replace(service, operations=(request,)),),
    )
    found = answers(request, design)
    assert found["429"]["$ref"].endswith("/Busy")
    assert found["503"]["$ref"].endswith("/BusyAnswer")


def test_a_503_of_the_design_may_say_when_to_ask_again() -> None:
    full = Error(name="full", wire_name="full", status=503)
    request = replace(WATCH_REQUEST, errors=("full",))
    (service,) = BAKERY.services
    design = replace(
        BAKERY,
        errors=(*BAKERY.errors, full),
        services=(replace(service, operations=(request,)),),
    )
    assert answers(request, design)["503"]["$ref"].endswith("/Full")
    headers = openapi_document(design)["components"]["responses"]["Full"]["headers"]
    assert headers["Retry-After"]["schema"] == {"type": "integer", "minimum": 0}
