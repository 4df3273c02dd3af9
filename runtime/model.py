"""The base of every generated record."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


def is_none(value: object) -> bool:
    """Tell whether an optional field has nothing to say, and is therefore left out of the JSON."""
    return value is None


class Model(BaseModel):
    """An immutable record; keys it does not know are ignored on input.

    An optional field that is ``None`` is omitted on output, never written as ``null``: the
    generated field carries ``exclude_if=is_none``.  A nullable field is written as ``null``.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    def to_json(self) -> bytes:
        """Encode as compact JSON, without a line end."""
        return self.__pydantic_serializer__.to_json(self, by_alias=True)
