from __future__ import annotations

from codegen.emit.openapi import openapi_document
from tests.unit.codegen.emit.designs import BAKERY, LONG

WINDOW = openapi_document(BAKERY)["paths"]["/bakery/window"]["get"]


def test_a_stream_begins_with_a_request_like_any_other() -> None:
    assert WINDOW["operationId"] == "bakery_window"
    assert WINDOW["summary"] == "Look through the window"
    assert WINDOW["externalDocs"]["url"] == "asyncapi.json"
    assert WINDOW["x-requires"] == "signed-in"
    assert "LoafBakedEvent" in WINDOW["x-sends"]


def test_either_of_token_and_ticket_opens_it() -> None:
    assert WINDOW["security"] == [{"bearer": []}, {"window_ticket": []}]


def test_it_answers_in_the_way_of_its_transports() -> None:
    assert {"101", "200", "400", "401", "500", "503"} == set(WINDOW["responses"])
    assert "text/event-stream" in WINDOW["responses"]["200"]["content"]
    paths = openapi_document(LONG)["paths"]
    assert "101" not in paths["/" + "a_very_long_path" * 5]["get"]["responses"]
    assert "200" not in paths["/plain"]["get"]["responses"]


def test_tags_are_asked_for_with_commas_between() -> None:
    types = WINDOW["parameters"][0]
    assert (types["name"], types["style"], types["explode"]) == ("types", "form", False)
    names = [each["name"] for each in WINDOW["parameters"]]
    assert names == ["types", "subject", "last_event_id", "Last-Event-ID"]
    assert "parameters" not in openapi_document(LONG)["paths"]["/plain"]["get"]
