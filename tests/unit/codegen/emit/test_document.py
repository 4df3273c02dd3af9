from __future__ import annotations

import json

import yaml

from codegen.emit.document import document_files, json_text


def test_a_document_is_written_twice_with_the_same_content_in_its_own_order() -> None:
    document = {"b": 1, "a": {"no": "on"}}
    in_json, in_yaml = document_files("bread", document)
    assert (in_json.path, in_yaml.path) == ("bread.json", "bread.yaml")
    assert json.loads(in_json.text) == yaml.safe_load(in_yaml.text) == document
    assert list(yaml.safe_load(in_yaml.text)) == ["b", "a"]


def test_json_is_indented_and_keeps_its_letters() -> None:
    assert json_text({"a": "grün"}) == '{\n  "a": "grün"\n}\n'
