"""Column types that mean the same on every engine."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import CHAR, BigInteger, Dialect, Enum, Integer
from sqlalchemy.types import TypeDecorator

E = TypeVar("E", bound=StrEnum)

RowId = BigInteger().with_variant(Integer, "sqlite")
"""An automatic number; rows are listed in its order."""


class UUIDText(TypeDecorator[UUID]):
    """A UUID kept as its 36 lower-case characters, so that a search for a part of it can find it.

    SQLAlchemy's own type drops the dashes on some engines and keeps them on others.
    """

    impl = CHAR(36)
    cache_ok = True

    def process_bind_param(self, value: UUID | str | None, dialect: Dialect) -> str | None:
        """Write the canonical form; text is accepted where a part of it is searched for."""
        return None if value is None else str(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> UUID | None:
        """Read it again."""
        return None if value is None else UUID(value)


def choice(values: type[E]) -> Enum:
    """Keep an enum by its wire text, in a plain text column: a new value needs no ALTER."""
    return Enum(
        values,
        native_enum=False,
        create_constraint=False,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )
