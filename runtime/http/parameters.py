"""Parameters: values from path, query string, headers and cookies."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin
from urllib.parse import parse_qsl

from fastapi.dependencies.models import Dependant
from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from starlette.requests import Request
from typing_extensions import TypeAliasType

from runtime.http.validation import Mistake, holds_nul, missing, mistake, wrong_type
from runtime.model import INT64

Where = Literal["path", "query", "header", "cookie"]
Values = Mapping[str, Sequence[str]]
"""The values of a request in one place, by their names there."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an operation.

    ``name`` is its name in the operation, ``wire_name`` that in the request.  A list takes every
    value that is not empty; any other parameter takes the first, and an empty one is absent.
    """

    name: str
    wire_name: str
    where: Where
    required: bool
    default: Callable[[], Any]
    many: bool
    read: Callable[[str, str], Any]
    adapter: TypeAdapter[Any]

    def solve(self, values: Values) -> Any:
        """Return the value.

        Raises:
            WrongParameter: It is missing, or not what it should be.
        """
        given = values.get(self.wire_name, ())
        texts = [text for text in given if text] if self.many else [*given[:1]]
        if not texts or not texts[0]:
            if self.required:
                raise WrongParameter([missing(self.wire_name, _PLACES[self.where])])
            return self.default()
        if any("\0" in text for text in texts):
            raise WrongParameter([holds_nul(self.wire_name)])
        raw: Any = (
            [self.read(self.wire_name, text) for text in texts]
            if self.many
            else self.read(self.wire_name, texts[0])
        )
        try:
            return self.adapter.validate_python(raw)
        except ValidationError as error:
            raise WrongParameter(
                [mistake(self.wire_name, each) for each in error.errors(include_url=False)]
            ) from error


class WrongParameter(Exception):
    """A parameter cannot be used."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__("; ".join(each.message for each in mistakes))
        self.mistakes = mistakes


class Parameters:
    """All parameters of an operation, in the order of declaration."""

    def __init__(self, dependant: Dependant) -> None:
        self._all = [
            *(_parameter("path", field) for field in dependant.path_params),
            *(_parameter("query", field) for field in dependant.query_params),
            *(_parameter("header", field) for field in dependant.header_params),
            *(_parameter("cookie", field) for field in dependant.cookie_params),
        ]
        self._path = [each.name for each in self._all if each.where == "path"]

    def solve(self, request: Request) -> tuple[dict[str, Any], list[Mistake]]:
        """Return the value of each parameter, and what is wrong with the others."""
        values: dict[str, Any] = {}
        mistakes: list[Mistake] = []
        places: dict[Where, Values] = {}
        for parameter in self._all:
            place = places.get(parameter.where)
            if place is None:
                place = places[parameter.where] = _READERS[parameter.where](request)
            try:
                values[parameter.name] = parameter.solve(place)
            except WrongParameter as error:
                mistakes += error.mistakes
        return values, mistakes

    def resource(self, values: Mapping[str, Any]) -> str:
        """Return what a request is about: its path parameters, joined by slashes."""
        return "/".join(str(values[name]) for name in self._path)


def _query(request: Request) -> Values:
    query = request.scope["query_string"]
    if not query:
        return {}
    values: dict[str, list[str]] = {}
    for name, value in parse_qsl(query.decode("latin-1"), keep_blank_values=True):
        values.setdefault(name, []).append(value)
    return values


class _Headers(Mapping[str, Sequence[str]]):
    """Headers by their names, in any case."""

    def __init__(self, request: Request) -> None:
        self._headers = request.headers

    def __getitem__(self, name: str) -> Sequence[str]:
        if values := self._headers.getlist(name):
            return values
        raise KeyError(name)

    def __iter__(self) -> Any:
        return iter(self._headers)

    def __len__(self) -> int:
        return len(self._headers)


_READERS: Final[Mapping[Where, Callable[[Request], Values]]] = {
    "path": lambda request: {name: [text] for name, text in request.path_params.items()},
    "query": _query,
    "header": _Headers,
    "cookie": lambda request: {name: [text] for name, text in request.cookies.items()},
}
_PLACES: Final[Mapping[Where, str]] = {
    "path": "path",
    "query": "query string",
    "header": "header",
    "cookie": "cookie",
}


def declared_type(info: FieldInfo) -> Any:
    """Return the type that an endpoint declares, with its bounds."""
    return Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation


def _parameter(where: Where, field: Any) -> Parameter:
    info = field.field_info
    item = _plain(info.annotation)
    many = get_origin(item) is list
    if many:
        item = _plain(get_args(item)[0])
    return Parameter(
        name=field.name,
        wire_name=field.alias,
        where=where,
        required=info.is_required(),
        default=lambda: _or_none(info.get_default(call_default_factory=True)),
        many=many,
        read=_SCALARS.get(item, _read_text) if isinstance(item, type) else _read_text,
        adapter=TypeAdapter(declared_type(info)),
    )


def _or_none(default: Any) -> Any:
    return None if default is PydanticUndefined else default


def _plain(annotation: Any) -> Any:
    """Return a type without its annotations, aliases and ``None``."""
    while True:
        if isinstance(annotation, TypeAliasType):
            annotation = annotation.__value__
        elif get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        elif get_origin(annotation) in (Union, UnionType):
            members = [each for each in get_args(annotation) if each is not type(None)]
            if len(members) != 1:
                return annotation
            annotation = members[0]
        else:
            return annotation


def _read_text(name: str, text: str) -> str:
    return text


def _read_int(name: str, text: str) -> int:
    if _INT.fullmatch(text) and len(text) <= 20 and (number := int(text)) in INT64:
        return number
    raise WrongParameter([wrong_type(name, text, "integer")])


def _read_float(name: str, text: str) -> float:
    if _FLOAT.fullmatch(text) and math.isfinite(number := float(text)):
        return number
    raise WrongParameter([wrong_type(name, text, "float")])


def _read_bool(name: str, text: str) -> bool:
    try:
        return _BOOLS[text]
    except KeyError:
        raise WrongParameter([wrong_type(name, text, "boolean")]) from None


_SCALARS: Final[Mapping[type, Callable[[str, str], Any]]] = {
    int: _read_int,
    float: _read_float,
    bool: _read_bool,
}
_INT: Final = re.compile(r"[+-]?[0-9]+")
_FLOAT: Final = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_BOOLS: Final[Mapping[str, bool]] = {
    **dict.fromkeys(("1", "t", "T", "true", "True", "TRUE"), True),
    **dict.fromkeys(("0", "f", "F", "false", "False", "FALSE"), False),
}
