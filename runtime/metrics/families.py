"""Plain counters as the metrics that Prometheus reads.

What counts is a dataclass of numbers, each with its sentence below it; every field of it is a
metric of the field's name, explained by that sentence.  So whoever adds a number adds a metric.
Nothing here costs anything until somebody asks.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import Field, dataclass, field, fields
from enum import Enum
from functools import cache
from itertools import pairwise
from typing import Any, get_args, get_origin, get_type_hints

from prometheus_client.metrics_core import Metric

from runtime.metrics.gauge import is_gauge


@dataclass(frozen=True, slots=True)
class Source:
    """One dataclass instance of numbers: ints, floats, or a ``Counter`` over an ``Enum``.

    ``name`` is the part of the service that it counts in.  Sources of one name and one class
    differ in their labels.
    """

    name: str
    numbers: Any
    labels: Mapping[str, str] = field(default_factory=dict)


def families(prefix: str, sources: Iterable[Source]) -> Iterator[Metric]:
    """Make the metrics of sources, named ``<prefix>_<source>_<field>``, counters with ``_total``."""
    by_kind: dict[tuple[str, type], list[Source]] = {}
    for source in sources:
        by_kind.setdefault((source.name, type(source.numbers)), []).append(source)
    for (name, kind), alike in by_kind.items():
        for each in fields(kind):
            yield _family(f"{prefix}_{name}_{each.name}", each, kind, alike)


def _family(name: str, of: Field[Any], kind: type, sources: Iterable[Source]) -> Metric:
    falls = is_gauge(of.metadata)
    family = Metric(name, _sentences(kind)[of.name], "gauge" if falls else "counter")
    sample = name if falls else f"{name}_total"
    for source in sources:
        value = getattr(source.numbers, of.name)
        if not isinstance(value, Counter):
            family.add_sample(sample, dict(source.labels), value)
            continue
        # One that has not happened yet is 0: what is not there cannot be seen to rise.
        for member in _members(kind, of.name):
            labels = {**source.labels, _label(member): member.name.lower()}
            family.add_sample(sample, labels, value[member])
    return family


def _label(member: Enum) -> str:
    return type(member).__name__.lower()


@cache
def _members(kind: type, name: str) -> tuple[Enum, ...]:
    """Return what a ``Counter`` counts."""
    hint = get_type_hints(kind)[name]
    assert get_origin(hint) is Counter
    [counted] = get_args(hint)
    return tuple(counted)


@cache
def _sentences(kind: type) -> Mapping[str, str]:
    """Read the text below each field of a class."""
    [definition] = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(definition, ast.ClassDef)
    found = {}
    for each, below in pairwise(definition.body):
        match each, below:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                found[name] = " ".join(text.split())
    return found
