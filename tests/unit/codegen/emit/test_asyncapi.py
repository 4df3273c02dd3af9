from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from codegen.emit.asyncapi import asyncapi_document, emit
from codegen.model import Design
from tests.node import Node
from tests.unit.codegen.emit.designs import BAKERY, LONG

DOCUMENT = asyncapi_document(BAKERY)
OPERATION = DOCUMENT["operations"]["bakery_window"]
CHANNEL = DOCUMENT["channels"]["bakery_window"]

PARSE = """
const { readFileSync } = require("node:fs");
const [modules, ...files] = process.argv.slice(2);
const { Parser } = require(`${modules}/@asyncapi/parser`);
const parser = new Parser();
const parsed = files.map(async (file) => {
  const { document, diagnostics } = await parser.parse(readFileSync(file, "utf8"));
  return [file, diagnostics.map(({ message }) => message), document?.info().title()];
});
Promise.all(parsed).then((answers) => console.log(JSON.stringify(answers)));
"""


def schema(name: str) -> dict[str, Any]:
    found = DOCUMENT["components"]["schemas"][name]
    assert isinstance(found, dict)
    return found


def frame_validator(name: str) -> Draft7Validator:
    return Draft7Validator(
        {"$ref": f"#/components/schemas/{name}Frame", "components": DOCUMENT["components"]}
    )


def test_a_channel_holds_every_event_of_its_stream() -> None:
    assert CHANNEL["address"] == "/bakery/window"
    assert list(CHANNEL["messages"]) == [
        "WindowPingEvent",
        "WindowResetEvent",
        "LoafBakedEvent",
        "LoafEatenEvent",
    ]
    assert OPERATION["action"] == "send"
    assert len(OPERATION["messages"]) == 4


def test_a_frame_is_an_envelope_with_a_tag_and_perhaps_an_id() -> None:
    ping = {"value": {"type": "ping", "value": {"message": "Hello"}}}
    validator = frame_validator("WindowPingEvent")
    assert validator.is_valid(ping)
    assert validator.is_valid(ping | {"id": "7-1"})
    assert not validator.is_valid({"value": {"type": "reset", "value": {"message": "Hello"}}})
    assert not validator.is_valid({"value": {"type": "ping"}})


def test_every_frame_is_of_exactly_one_event() -> None:
    eaten = {
        "value": {
            "type": "loaf_was_eaten_by_somebody_who_was_very_hungry",
            "value": {"uuid": "11111111-1111-4111-8111-111111111111", "message": "", "reason": ""},
        }
    }
    taking = [name for name in CHANNEL["messages"] if frame_validator(name).is_valid(eaten)]
    assert taking == ["LoafEatenEvent"]


def test_messages_say_who_may_see_them_and_what_they_are_about() -> None:
    baked = DOCUMENT["components"]["messages"]["LoafBakedEvent"]
    assert baked["name"] == "loaf_baked"
    assert baked["x-requires"] == {"all": ["bakery:loaves:list"]}
    assert baked["x-subject"] == "uuid"


def test_only_types_that_events_speak_of_are_in_the_document() -> None:
    names = DOCUMENT["components"]["schemas"]
    assert {"Loaf", "Topping", "ToppingJam", "Jam"} <= set(names)
    assert not {"Oven", "NewLoaf", "Loaves", "Payment"} & set(names)


def test_heartbeat_reset_resume_and_ticket_are_told_to_machines_and_people() -> None:
    assert OPERATION["x-heartbeat"] == {
        "tag": "ping",
        "seconds": 10,
        "first": {"message": "Hello"},
        "then": {"message": "Ping"},
    }
    assert OPERATION["x-reset"] == "reset"
    assert OPERATION["x-resume"] is True
    assert OPERATION["x-ticket"]["operation"] == "window_request"
    for words in ("`ping` is the first", "every 10 seconds", "`reset`", "`POST /bakery/window`"):
        assert words in OPERATION["description"]
    examples = DOCUMENT["components"]["messages"]["WindowPingEvent"]["examples"]
    assert [each["payload"]["value"]["value"]["message"] for each in examples] == ["Hello", "Ping"]


def test_a_websocket_is_opened_with_a_query_and_a_cookie() -> None:
    binding = CHANNEL["bindings"]["ws"]
    assert list(binding["query"]["properties"]) == ["types", "subject", "last_event_id"]
    assert list(binding["headers"]["properties"]) == ["Last-Event-ID", "Cookie"]
    assert OPERATION["bindings"]["http"]["method"] == "GET"


def test_security_is_either_of_token_and_ticket() -> None:
    assert [each["$ref"].rpartition("/")[2] for each in OPERATION["security"]] == [
        "bearer",
        "window_ticket",
    ]


def test_a_stream_with_nothing_special_says_nothing_special() -> None:
    document = asyncapi_document(LONG)
    operation = document["operations"]["the_bakery_behind_the_corner_plain"]
    assert "bindings" not in operation
    assert operation["x-reset"] == "lost"
    assert "x-ticket" not in operation
    channel = document["channels"]["the_bakery_behind_the_corner_plain"]
    assert channel["bindings"]["ws"] == {"method": "GET", "bindingVersion": "0.1.0"}


def test_it_is_written_as_json_and_as_yaml(design: Design) -> None:
    in_json, in_yaml = emit(design)
    assert (in_json.path, in_yaml.path) == ("asyncapi.json", "asyncapi.yaml")
    assert yaml.load(in_yaml.text, Loader=yaml.CSafeLoader) == json.loads(in_json.text)


@pytest.fixture(scope="session")
def published_schema(node: Node) -> Draft7Validator:
    path = node.modules / "@asyncapi/specs/schemas/3.1.0.json"
    return Draft7Validator(json.loads(path.read_text(encoding="utf-8")))


def test_the_document_follows_the_published_schema(
    design: Design, published_schema: Draft7Validator
) -> None:
    document = json.loads(emit(design)[0].text)
    assert [error.message for error in published_schema.iter_errors(document)] == []
    assert not published_schema.is_valid(document | {"channels": {"a": {"address": 1}}})


def test_the_parser_finds_nothing_to_say(
    designs: dict[str, Design], node: Node, tmp_path: Path
) -> None:
    files = []
    for name in ("bakery", "real"):
        files.append(tmp_path / f"{name}.yaml")
        files[-1].write_text(emit(designs[name])[1].text, encoding="utf-8")
    script = tmp_path / "parse.cjs"
    script.write_text(PARSE, encoding="utf-8")

    code, output = node.run(script, node.modules, *files, cwd=tmp_path)

    assert code == 0, output
    for file, messages, title in json.loads(output):
        assert messages == [], file
        assert title
