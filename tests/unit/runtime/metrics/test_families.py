"""Plain counters as metrics."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import Enum

from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from runtime.metrics.families import Source, families
from runtime.metrics.gauge import gauge


class Weather(Enum):
    """What an angler minds."""

    RAIN = 1
    HAIL = 2


@dataclass(slots=True)
class PondCounters:
    """Numbers of a pond."""

    anglers: int = gauge()
    """Anglers at the pond
    now."""
    fish: int = 0
    """Fish seen."""
    waited_seconds: float = 0.0
    """How long they waited."""
    left: Counter[Weather] = field(default_factory=Counter)
    """Anglers who left, by weather."""


class Written(Collector):
    def __init__(self, *sources: Source) -> None:
        self._sources = sources

    def collect(self) -> list[Metric]:
        return list(families("park", self._sources))


def written(*sources: Source) -> str:
    return generate_latest(Written(*sources)).decode()


def test_every_field_is_a_metric_that_its_sentence_explains() -> None:
    counters = PondCounters(anglers=2, fish=7, waited_seconds=0.5)
    counters.left[Weather.HAIL] += 1
    assert written(Source("pond", counters)) == (
        "# HELP park_pond_anglers Anglers at the pond now.\n"
        "# TYPE park_pond_anglers gauge\n"
        "park_pond_anglers 2.0\n"
        "# HELP park_pond_fish_total Fish seen.\n"
        "# TYPE park_pond_fish_total counter\n"
        "park_pond_fish_total 7.0\n"
        "# HELP park_pond_waited_seconds_total How long they waited.\n"
        "# TYPE park_pond_waited_seconds_total counter\n"
        "park_pond_waited_seconds_total 0.5\n"
        "# HELP park_pond_left_total Anglers who left, by weather.\n"
        "# TYPE park_pond_left_total counter\n"
        'park_pond_left_total{weather="rain"} 0.0\n'
        'park_pond_left_total{weather="hail"} 1.0\n'
    )


def test_sources_of_one_name_are_one_metric_told_apart_by_their_labels() -> None:
    text = written(
        Source("pond", PondCounters(fish=1), {"pond": "north"}),
        Source("pond", PondCounters(fish=2), {"pond": "south"}),
    )
    assert text.count("# TYPE park_pond_fish_total counter\n") == 1
    assert 'park_pond_fish_total{pond="north"} 1.0\npark_pond_fish_total{pond="south"} 2.0' in text
    assert 'park_pond_left_total{pond="south",weather="hail"} 0.0' in text
