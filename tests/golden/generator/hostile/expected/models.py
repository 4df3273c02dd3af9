"""Types that services share.

Generated from the design: do not edit.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StrictStr

from runtime.model import ABSENT, Base64, Date, DateTime, Email, Float64, Int64, Maybe, Model, Url


class Kind(StrEnum):
    """ends with quote \""""

    MRO = "mro"
    NAME = "name"
    VALUE = "value"
    VALUE_1A = "1a"
    CLASS = "class"
    NONE = "None"
    SELF = "self"
    A_B = 'a"b'
    IT_S = "it's"
    BACK_SLASH = "back\\slash"
    X = "${x}"
    Y = "{{ y }}"
    TRUE = "true"
    B = "<b>"
    A = "*/a"
    INIT = "__init__"
    VALUE_1 = "ä1"


class Loaf(Model):
    """*/ \"\"\" \\"""

    day: Date
    datetime: DateTime
    uuid: UUID
    url: Url
    email: Email
    bytes_: Base64
    type: Kind
    id: Int64
    value: StrictStr
    name: StrictStr
    items: list[StrictStr]
    keys: dict[str, Int64]
    values: list[Int64]
    field: StrictStr
    alias: StrictStr
    default: StrictStr
    any: StrictStr
    union: StrictStr
    text: StrictStr = "a\"b'c\\d\n{{ x }} ${y}"
    """\"\"\" \\"""
    code: Annotated[StrictStr, Field(pattern="^\"'\\\\[a-z]$")]
    kind: Kind = Kind.A_B
    other_date: Date
    other_datetime: DateTime
    other_uuid: UUID
    other: Maybe[Loaf | None] = ABSENT
    e: Annotated[Float64, Field(ge=0.5, le=1.5)] = 1
    camelCase: StrictStr
    annotations: StrictStr
    enum: StrictStr
    constructor: StrictStr
    prototype: StrictStr
    toString: StrictStr
    function: StrictStr
    export: StrictStr
    interface: StrictStr
    default_: StrictStr


Loaf.model_rebuild()
