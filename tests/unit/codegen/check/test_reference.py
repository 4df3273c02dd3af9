from __future__ import annotations

import pytest

from codegen.check.catalogue import CATALOGUE
from codegen.check.reference import diagnostics_table, explain, keys_table
from codegen.check.shape import Form, Key, Shape


def test_a_code_is_explained() -> None:
    assert explain("unknown-key") == (
        "error[unknown-key]: … has no key `…`\n"
        "\n"
        "An unknown key is never ignored: a misspelt one would silently say nothing.  Your own "
        "notes for other tools begin with `x-`, where the language allows it.\n"
    )
    assert explain("unknown-version").endswith("\n\nhelp: write `design: 1`\n")


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_explanation_can_be_shown(code: str) -> None:
    assert "{name}" not in explain(code)


def test_a_misspelt_code_is_recognised() -> None:
    with pytest.raises(LookupError, match="did you mean `unknown-type`"):
        explain("unknown-tpye")


def test_the_keys_of_a_mapping_are_a_table() -> None:
    shape = Shape(
        "a loaf",
        (Key("name", Form.TEXT, "what it is", required=True), Key("doc", Form.ANY, "more")),
        extensible=True,
    )
    assert keys_table(shape).splitlines()[2:] == [
        "| **`name`** | a text | what it is |",
        "| `doc` | a value | more |",
        "| `x-…` | a value | anything; handed on to plugins as it is |",
    ]


def test_braces_that_are_meant_are_shown() -> None:
    assert "write the fields on lines" in explain("braces-optional")
    assert "{type: …, optional: true}" in explain("braces-optional")
    assert all(f"`{code}`" in diagnostics_table() for code in CATALOGUE)
