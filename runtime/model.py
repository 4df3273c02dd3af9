"""The base of every generated record, and the types that records have beside pydantic's own."""

from __future__ import annotations

import re
from base64 import b64encode
from binascii import Error as Base64Error
from binascii import a2b_base64
from datetime import UTC, date, datetime
from enum import Enum
from typing import Annotated, Any, Final, Literal, TypeAlias, TypeVar, Union, get_args
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    PlainSerializer,
    StrictFloat,
    StrictInt,
    StrictStr,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

T = TypeVar("T")


def is_none(value: object) -> bool:
    """Tell whether an optional field has nothing to say, and is therefore left out of the JSON."""
    return value is None


class Absence(Enum):
    """Nothing was said: for a field that may be left out, and may also be ``null``."""

    ABSENT = "absent"

    def __bool__(self) -> Literal[False]:
        """Nothing is false, as ``None`` is."""
        return False


Absent: TypeAlias = Literal[Absence.ABSENT]
ABSENT: Final = Absence.ABSENT
"""The value of a field that was left out, where ``None`` means ``null``."""


def is_absent(value: object) -> bool:
    """Tell whether a field that can be ``null`` was left out."""
    return value is ABSENT


class _OrAbsent:
    """Lets ``ABSENT`` through, which no JSON document can contain, and checks all else."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        said: Any = Union[tuple(member for member in get_args(source) if member != Absent)]  # noqa: UP007 - of a tuple
        return core_schema.no_info_wrap_validator_function(
            lambda value, check: value if value is ABSENT else check(value),
            handler.generate_schema(said),
        )


Maybe = Annotated[T | Absent, _OrAbsent(), Field(exclude_if=is_absent)]
"""A field that may be left out although its type has ``null``: ``Maybe[str | None] = ABSENT``."""


class Model(BaseModel):
    """An immutable record; keys it does not know are ignored on input.

    An optional field that is ``None`` is omitted on output, never written as ``null``: the
    generated field carries ``exclude_if=is_none``.  A nullable field is written as ``null``.  A
    field that is both is ``ABSENT`` when it was left out, and ``None`` when it was ``null``.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    def to_json(self) -> bytes:
        """Encode as compact JSON, without a line end."""
        return self.__pydantic_serializer__.to_json(self, by_alias=True)


def _not_nil(value: UUID) -> UUID:
    if value.int == 0:
        raise PydanticCustomError("nil_uuid", "must not be the nil UUID")
    return value


def _decoded(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return a2b_base64(value, strict_mode=True)
    except (Base64Error, ValueError) as error:
        raise PydanticCustomError("base64", "must be base64") from error


def _encoded(value: bytes) -> str:
    return b64encode(value).decode()


def _rfc3339(value: Any) -> Any:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("datetime_type", "must be a string")
    if not _DATETIME.fullmatch(value):
        raise PydanticCustomError(
            "datetime_form", "write date, T, time and offset, as in 2026-01-02T03:04:05Z"
        )
    return value


def _in_utc(value: datetime) -> datetime:
    try:
        value.astimezone(UTC)
    except OverflowError as error:
        raise PydanticCustomError("datetime_form", "in UTC its year is not 1 to 9999") from error
    return value


def _full_date(value: Any) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("date_type", "must be a string")
    if not _DATE.fullmatch(value):
        raise PydanticCustomError("date_form", "write year, month and day, as in 2026-01-02")
    return value


def _address(value: str) -> str:
    try:
        parts = urlsplit(value)
        port = parts.port  # reading it checks it
        whole = bool(parts.scheme and (parts.netloc or parts.path or port))
    except ValueError:
        whole = False
    if not whole or any(character.isspace() for character in value):
        raise PydanticCustomError("url", "must be an absolute URL")
    return value


_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATETIME: Final = re.compile(
    _DATE.pattern + r"T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})"
)

INT64: Final = range(-(2**63), 2**63)
"""The integers that every reader of a document can hold."""

Int64: TypeAlias = Annotated[StrictInt, Field(ge=INT64.start, le=INT64.stop - 1)]
"""An integer of 64 bits."""
Float64: TypeAlias = Annotated[StrictFloat, Field(allow_inf_nan=False)]
"""A number; JSON has neither infinity nor NaN (RFC 8259 section 6)."""
DateTime: TypeAlias = Annotated[AwareDatetime, BeforeValidator(_rfc3339), AfterValidator(_in_utc)]
"""A point in time with its offset; as text, in the form of RFC 3339 section 5.6 alone.

In UTC too it is in the years 1 to 9999: with a year 1 east of Greenwich nobody could go on.
"""
Date: TypeAlias = Annotated[date, BeforeValidator(_full_date)]
"""A day; as text, a full-date of RFC 3339 section 5.6."""
NonNilUUID: TypeAlias = Annotated[UUID, AfterValidator(_not_nil)]
"""A UUID, but not the nil UUID (RFC 9562 section 5.9)."""
Base64: TypeAlias = Annotated[
    bytes, BeforeValidator(_decoded), PlainSerializer(_encoded, when_used="json")
]
"""Bytes; in JSON, base64 with padding (RFC 4648 section 4)."""
Url: TypeAlias = Annotated[StrictStr, AfterValidator(_address)]
"""An absolute URL, kept as it was written."""
Email: TypeAlias = Annotated[StrictStr, Field(pattern=r"^[^@\s]+@[^@\s]+$")]
"""An e-mail address, as far as its form tells."""
