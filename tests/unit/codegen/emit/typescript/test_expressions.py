from __future__ import annotations

import pytest

from codegen.emit.typescript.expressions import choices, expression
from codegen.model import Const, ListOf, MapOf, Nullable, Ref, Scalar, Type
from tests.unit.codegen.emit.designs import TEXT


@pytest.mark.parametrize(
    ("type_", "text"),
    [
        (TEXT, "string"),
        (Scalar(kind="int"), "number"),
        (Scalar(kind="float"), "number"),
        (Scalar(kind="bool"), "boolean"),
        (Scalar(kind="datetime"), "string"),
        (Const("stone"), '"stone"'),
        (Const(False), "false"),
        (Ref("Loaf"), "types.Loaf"),
        (Nullable(TEXT), "string | null"),
        (ListOf(item=TEXT), "string[]"),
        (ListOf(item=Nullable(Ref("Loaf"))), "(types.Loaf | null)[]"),
        (MapOf(Nullable(TEXT)), "{ [key: string]: string | null }"),
    ],
)
def test_each_kind_of_type_has_its_expression(type_: Type, text: str) -> None:
    assert expression(type_) == text


def test_the_parts_of_a_type_are_known_one_by_one() -> None:
    assert choices(Nullable(ListOf(item=Ref("Loaf"))), "") == ("Loaf[]", "null")
