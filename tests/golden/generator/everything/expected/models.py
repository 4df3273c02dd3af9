"""Types that services share.

Generated from the design: do not edit.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from typing_extensions import TypeAliasType

from runtime.model import Int64, Model, is_none

Grams = TypeAliasType("Grams", Annotated[Int64, Field(ge=1, le=5000)])
"""A weight."""


class Stamp(Model):
    """Shared by both services, through what they share."""

    value: Grams


class Page(Model):
    """Which part of a list this is."""

    limit: Int64
    offset: Int64
    stamp: Annotated[Stamp | None, Field(exclude_if=is_none)] = None
