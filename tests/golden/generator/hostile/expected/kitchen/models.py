"""Types of the kitchen service.

Generated from the design: do not edit.
"""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StrictStr
from typing_extensions import TypeAliasType

from runtime.model import Date, Int64, Model

from ..models import Kind as Kind
from ..models import Loaf as Loaf


class Inner(Model):
    id: StrictStr
    type: StrictStr
    value: Int64


class LoafSmall(Model):
    """*/ \"\"\" \\"""

    day: Date
    uuid: UUID


class ChoiceA(Model):
    """The choice of ``Inner`` in ``Choice``."""

    type: Literal["a"] = "a"
    value: Inner


class ChoiceClass(Model):
    """The choice of ``Loaf`` in ``Choice``."""

    type: Literal["class"] = "class"
    value: Loaf


class ChoiceB1(Model):
    """The choice of ``Inner`` in ``Choice``."""

    type: Literal["b1"] = "b1"
    value: Inner


Choice = TypeAliasType(
    "Choice", Annotated[ChoiceA | ChoiceClass | ChoiceB1, Field(discriminator="type")]
)
