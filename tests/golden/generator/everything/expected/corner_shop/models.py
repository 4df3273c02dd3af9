"""Types of the corner shop service.

Generated from the design: do not edit.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StrictStr
from typing_extensions import TypeAliasType

from runtime.model import (
    ABSENT,
    Base64,
    Date,
    DateTime,
    Email,
    Float64,
    Int64,
    Maybe,
    Model,
    NonNilUUID,
    Url,
    is_none,
)

from ..models import Grams as Grams
from ..models import Page as Page
from ..models import Stamp as Stamp


class Crumb(StrEnum):
    """How a loaf is inside."""

    OPEN = "open"
    VERY_TIGHT = "very tight"
    ON = "on"
    VALUE_3_HOLES = "3 holes"
    NONE = "None"


Shelf = TypeAliasType("Shelf", list[Grams])
"""What lies on a shelf."""


class Jam(Model):
    fruit: StrictStr
    sugar: Annotated[Float64 | None, Field(exclude_if=is_none)] = None


class Cheese(Model):
    """A slice of cheese."""

    name: StrictStr


class ToppingJam(Model):
    """The choice of ``Jam`` in ``Topping``."""

    type: Literal["jam"] = "jam"
    value: Jam


class ToppingOldCheese(Model):
    """The choice of ``Cheese`` in ``Topping``."""

    type: Literal["old-cheese"] = "old-cheese"
    value: Cheese


Topping = TypeAliasType(
    "Topping", Annotated[ToppingJam | ToppingOldCheese, Field(discriminator="type")]
)
"""What lies on a loaf."""


class PaymentJam(Model):
    type: Literal["jam"] = "jam"
    fruit: StrictStr
    sugar: Annotated[Float64 | None, Field(exclude_if=is_none)] = None


class PaymentCheese(Model):
    """A slice of cheese."""

    type: Literal["cheese"] = "cheese"
    name: StrictStr


Payment = TypeAliasType(
    "Payment", Annotated[PaymentJam | PaymentCheese, Field(discriminator="type")]
)
"""How a loaf is paid for."""


class LoafShort(Model):
    """A loaf of bread.

    It is sold whole: nobody buys half of it, which is said here in a line that is longer than
    a line of generated Python may be.
    """

    uuid: NonNilUUID
    """Which loaf."""
    name: Annotated[StrictStr, Field(max_length=64, min_length=1, pattern="^[A-Z]")]


class NotFound(Model):
    message: StrictStr
    uuid: UUID


class Path(Model):
    steps: list[StrictStr]


class Stream(Model):
    length: Int64


class Loaf(Model):
    """A loaf of bread.

    It is sold whole: nobody buys half of it, which is said here in a line that is longer than
    a line of generated Python may be.
    """

    uuid: NonNilUUID
    """Which loaf."""
    name: Annotated[StrictStr, Field(max_length=64, min_length=1, pattern="^[A-Z]")]
    crumb: Crumb = Crumb.OPEN
    baked_at: DateTime | None
    """When it left the oven, or null."""
    oven_uuid: Annotated[UUID | None, Field(exclude_if=is_none)] = None
    note: Maybe[StrictStr | None] = ABSENT
    """Absent, null and text are three things."""
    comment: Annotated[
        Annotated[StrictStr, Field(max_length=100)] | None, Field(exclude_if=is_none)
    ] = None
    topping: Annotated[Topping | None, Field(exclude_if=is_none)] = None
    weight: Grams = 500
    price: Annotated[Float64 | None, Field(exclude_if=is_none)] = None
    """Deprecated."""
    slices: Annotated[
        Annotated[list[Loaf], Field(max_length=20)] | None, Field(exclude_if=is_none)
    ] = None
    labels: Annotated[dict[str, StrictStr | None] | None, Field(exclude_if=is_none)] = None
    photo: Annotated[Base64 | None, Field(exclude_if=is_none)] = None
    page: Annotated[Url | None, Field(exclude_if=is_none)] = None
    pages: Annotated[
        Annotated[list[Annotated[Url, Field(max_length=40)]], Field(max_length=3)] | None,
        Field(exclude_if=is_none),
    ] = None
    home: Url | None = None
    thumb: Base64 | None = None
    maker: Maybe[NonNilUUID | None] = ABSENT
    counts: Annotated[list[Annotated[Int64, Field(ge=1)]] | None, Field(exclude_if=is_none)] = None
    baker: Annotated[Email | None, Field(exclude_if=is_none)] = None
    best_before: Date = date.fromisoformat("2030-01-01")
    opens: DateTime = datetime.fromisoformat("2026-01-02T03:04:05Z")
    shop: UUID = UUID("11111111-1111-4111-8111-111111111111")
    oven: Literal["stone"]


class Loaves(Model):
    items: list[LoafShort]
    page: Page


Loaf.model_rebuild()
