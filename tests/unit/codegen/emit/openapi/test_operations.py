from __future__ import annotations

from typing import Any

from codegen.emit.openapi import openapi_document
from codegen.emit.openapi.operations import security
from codegen.model import Anyone, RequiresAll, RequiresAny, SignedIn
from tests.unit.codegen.emit.designs import BAKERY

PATHS = openapi_document(BAKERY)["paths"]
LIST = PATHS["/bakery/loaves"]["get"]
BAKE = PATHS["/bakery/loaves"]["post"]
SHOW = PATHS["/bakery/loaves/{uuid}"]["get"]
THROW_AWAY = PATHS["/bakery/loaves/{uuid}"]["delete"]
PHOTO_REQUEST = PATHS["/bakery/loaves/{uuid}/photo"]["post"]
PHOTO = PATHS["/bakery/loaves/{uuid}/photo"]["get"]
HOURS = PATHS["/bakery/hours"]["get"]


FILE = ("Content-Disposition", "Content-Length")


def json_of(answer: dict[str, Any]) -> Any:
    return answer["content"]["application/json"]


def test_an_operation_says_whose_it_is_and_what_it_is_for() -> None:
    assert LIST["tags"] == ["bakery"]
    assert LIST["operationId"] == "bakery_list_loaves"
    assert LIST["summary"] == "List the loaves, e.g. for a window"
    assert LIST["description"].endswith("The newest comes first.")
    assert "description" not in BAKE
    assert "summary" not in SHOW
    assert THROW_AWAY["deprecated"] is True
    assert BAKE["x-noise"] == "loud"


def test_parameters_come_from_wherever_the_design_takes_them() -> None:
    places = [(each["name"], each["in"], each["required"]) for each in LIST["parameters"]]
    assert places == [
        ("crumb", "query", False),
        ("limit", "query", False),
        ("name", "query", False),
        ("X-Shelf", "header", False),
        ("taste", "cookie", False),
    ]
    limit = LIST["parameters"][1]
    assert limit["description"] == "How many."
    assert limit["schema"] == {"type": "integer", "format": "int64", "default": 20}
    assert SHOW["parameters"][0]["required"] is True


def test_a_body_may_be_left_out_only_where_the_design_says_so() -> None:
    assert BAKE["requestBody"]["required"] is True
    assert json_of(BAKE["requestBody"]) == {"schema": {"$ref": "#/components/schemas/NewLoaf"}}
    assert THROW_AWAY["requestBody"]["required"] is False
    assert "requestBody" not in LIST


def test_a_result_is_described_in_the_words_of_the_design() -> None:
    assert BAKE["responses"]["201"]["description"] == "The loaf, still warm."
    assert SHOW["responses"]["200"]["description"] == "A loaf of bread."
    assert HOURS["responses"]["200"]["description"] == "The answer."
    assert json_of(LIST["responses"]["200"])["example"] == {"items": []}


def test_an_empty_result_has_no_content() -> None:
    assert THROW_AWAY["responses"]["204"] == {"description": "Done."}


def test_a_ticket_is_a_cookie() -> None:
    answer = PHOTO_REQUEST["responses"]["200"]
    cookie = answer["headers"]["Set-Cookie"]["schema"]["examples"][0]
    assert cookie == "bakery-photo=...; Max-Age=5; HttpOnly; Secure"
    assert "content" not in answer


def test_a_file_has_a_name_a_length_and_its_own_media_type() -> None:
    answer = PHOTO["responses"]["200"]
    assert set(answer["headers"]) == {*FILE, "Accept-Ranges", "ETag"}
    assert list(answer["content"]) == ["image/png"]


def test_a_part_of_a_file_can_be_asked_for() -> None:
    asked = [each["name"] for each in PHOTO["parameters"] if each["in"] == "header"]
    assert asked == ["Range", "If-Range"]
    part, refused = PHOTO["responses"]["206"], PHOTO["responses"]["416"]
    assert set(part["headers"]) == {*FILE, "Accept-Ranges", "ETag", "Content-Range"}
    assert list(part["content"]) == ["image/png"]
    assert refused["headers"]["Content-Range"]["required"]
    assert list(PHOTO["responses"]) == sorted(PHOTO["responses"])


def test_head_tells_what_is_to_be_known_of_a_file_and_no_more() -> None:
    head = PATHS["/bakery/loaves/{uuid}/photo"]["head"]
    assert head["operationId"] == f"{PHOTO['operationId']}_head"
    assert [each["name"] for each in head["parameters"]] == ["uuid"]
    assert head["responses"]["200"]["headers"] == PHOTO["responses"]["200"]["headers"]
    assert not {"206", "416"} & set(head["responses"])
    assert not [answer for answer in head["responses"].values() if "content" in answer]


def test_rights_are_told_in_security_and_word_by_word() -> None:
    assert BAKE["security"] == [{"bearer": ["bakery:loaves:bake", "bakery:ovens:use"]}]
    assert BAKE["x-requires"] == {"all": ["bakery:loaves:bake", "bakery:ovens:use"]}
    assert PHOTO["security"] == [{"photo_ticket": []}]
    assert PHOTO["x-requires"] == "signed-in"
    assert HOURS["security"] == []
    assert HOURS["x-requires"] == "anyone"


def test_alternatives_of_rights_are_alternatives_of_security() -> None:
    assert security(Anyone(), "a") == []
    assert security(SignedIn(), "a", "b") == [{"a": []}, {"b": []}]
    assert security(RequiresAll(("x", "y")), "a") == [{"a": ["x", "y"]}]
    assert security(RequiresAny(("x", "y")), "a") == [{"a": ["x"]}, {"a": ["y"]}]


def test_an_operation_says_which_events_it_publishes() -> None:
    assert BAKE["x-emits"] == ["LoafBakedEvent"]
    assert "x-emits" not in SHOW
