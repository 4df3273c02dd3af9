"""The design as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from codegen.model.events import Event, Stream
from codegen.model.operations import Background, Error, Operation
from codegen.model.types import NamedType


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """What the documents say on their first page.

    ``error_header`` is the name of a response header that carries a declared error's name.
    """

    title: str
    version: str
    doc: str = ""
    error_header: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """A permission, and what it allows, in words for people."""

    name: str
    doc: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityScheme:
    """How a caller proves who it is.

    ``bearer``: the ``Authorization`` header.  ``ticket``: a single-use ticket in the cookie
    ``cookie``, good for ``ttl`` seconds.
    """

    name: str
    scheme: Literal["bearer", "ticket"]
    cookie: str | None = None
    ttl: int | None = None
    doc: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A group of operations, events and streams that one class implements.

    ``operations`` includes those that issue a stream's ticket; streams are not operations.
    """

    name: str
    path: str
    operations: tuple[Operation, ...]
    events: tuple[Event, ...] = ()
    streams: tuple[Stream, ...] = ()
    background: tuple[Background, ...] = ()
    doc: str = ""


@dataclass(frozen=True, kw_only=True)
class Design:
    """A whole design, resolved and correct.

    ``types`` stands in the order of declaration, each view after the record it is cut from.
    """

    api: Api
    attributes: tuple[Attribute, ...]
    security: tuple[SecurityScheme, ...]
    errors: tuple[Error, ...]
    types: tuple[NamedType, ...]
    services: tuple[Service, ...]

    @cached_property
    def type_by_name(self) -> dict[str, NamedType]:
        """Every named type, by its name."""
        return {named.name: named for named in self.types}

    @cached_property
    def error_by_name(self) -> dict[str, Error]:
        """Every error, by its name in the design."""
        return {error.name: error for error in self.errors}

    @cached_property
    def scheme_by_name(self) -> dict[str, SecurityScheme]:
        """Every security scheme, by its name."""
        return {scheme.name: scheme for scheme in self.security}
