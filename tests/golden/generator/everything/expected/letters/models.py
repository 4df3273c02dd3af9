"""Types of the letters service.

Generated from the design: do not edit.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictStr

from runtime.model import Model, is_none

from ..models import Grams as Grams
from ..models import Page as Page
from ..models import Stamp as Stamp


class Letter(Model):
    text: StrictStr
    answer: Annotated[Letter | None, Field(exclude_if=is_none)] = None
    stamp: Stamp


class Letters(Model):
    items: list[Letter]
    page: Page


Letter.model_rebuild()
