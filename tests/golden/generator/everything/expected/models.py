"""Types that services share.

Generated from the design: do not edit.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictInt
from typing_extensions import TypeAliasType

from runtime.model import Model, is_none

Grams = TypeAliasType("Grams", Annotated[StrictInt, Field(ge=1, le=5000)])
"""A weight."""


class Stamp(Model):
    """Shared by both services, through what they share."""

    value: Grams


class Page(Model):
    """Which part of a list this is."""

    limit: StrictInt
    offset: StrictInt
    stamp: Annotated[Stamp | None, Field(exclude_if=is_none)] = None
