"""Operations: what a caller may ask for, what it needs, what it gets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from codegen.model.types import MISSING, Field, JsonValue, Missing, Type

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


@dataclass(frozen=True, slots=True)
class Anyone:
    """No token is needed."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Any valid token is enough."""


@dataclass(frozen=True, slots=True)
class RequiresAll:
    """Every one of these attributes; never empty, sorted as in the design."""

    attributes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RequiresAny:
    """At least one of these attributes; never fewer than two."""

    attributes: tuple[str, ...]


Requirement = Anyone | SignedIn | RequiresAll | RequiresAny


@dataclass(frozen=True, slots=True, kw_only=True)
class Error:
    """An error that operations may answer with.

    ``name`` is the design's own name and unique in it; ``wire_name`` is what the answer says
    (several errors may share one).  ``body`` is ``None`` for the ordinary six-field body, whose
    message is given where the error is raised.
    """

    name: str
    wire_name: str
    status: int
    body: Type | None = None
    doc: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A field taken from outside the body.  ``wire_name`` is its name there."""

    where: Literal["path", "query", "header", "cookie"]
    wire_name: str
    field: Field


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A JSON body of one type.  A body that is not required may be left out whole."""

    type: Type
    required: bool = True


@dataclass(frozen=True, slots=True)
class JsonContent:
    """A JSON document of one type."""

    type: Type


@dataclass(frozen=True, slots=True)
class EmptyContent:
    """No bytes at all."""


@dataclass(frozen=True, slots=True)
class FileContent:
    """A stream of bytes offered as a file; the service names its length and filename."""

    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What an operation answers when it works."""

    status: int
    content: JsonContent | EmptyContent | FileContent
    doc: str = ""
    example: JsonValue | Missing = MISSING


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One endpoint.

    ``path`` is whole, with the service's prefix, and names its parameters in braces.
    ``security`` is the name of a scheme in ``Design.security``, or ``None`` for none.
    ``issues`` is the name of a ticket scheme when the answer carries a ticket cookie: the service
    method returns what the ticket stands for, and the body is empty.
    ``errors`` holds names of ``Design.errors``, inherited ones first.
    ``emits`` holds names of events of the same service.
    """

    name: str
    method: Method
    path: str
    requires: Requirement
    result: Result
    security: str | None = None
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    errors: tuple[str, ...] = ()
    emits: tuple[str, ...] = ()
    issues: str | None = None
    doc: str = ""
    deprecated: bool = False
    extensions: Mapping[str, JsonValue] = field(default_factory=dict)

    @property
    def has_head(self) -> bool:
        """Whether HEAD is answered as well: where GET answers with a file."""
        return self.method == "GET" and isinstance(self.result.content, FileContent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """Work that no caller waits for, and the events it may publish."""

    name: str
    emits: tuple[str, ...] = ()
    doc: str = ""
