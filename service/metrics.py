"""What the service tells of itself in numbers, read when somebody asks.

Every field of every class of counters is a metric (``runtime.metrics.families``); its row in
``docs/operations.md`` says what to do when it moves, and a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from prometheus_client.metrics_core import Metric
from prometheus_client.process_collector import ProcessCollector

from generated.storage.events import StorageEvent
from runtime.auth.oidc.counters import ProviderCounters
from runtime.auth.places import Places
from runtime.auth.revocation_table import KnownRevocations
from runtime.auth.tickets.ticket import Tickets
from runtime.database.engine import Database
from runtime.durable.embedded import EmbeddedEngine
from runtime.events.counters import DoorbellState
from runtime.events.retention import Retention
from runtime.events.service import EventService
from runtime.http.request_metrics import request_family
from runtime.http.requests import RequestCounters
from runtime.metrics.families import Source, families
from runtime.monitor.monitor import Monitor
from service.audit_log import AuditCounters

PREFIX: Final = "storage"
_PROCESS: Final = ProcessCollector(registry=None)


@dataclass(frozen=True, kw_only=True)
class Metrics:
    """Everything that counts."""

    database: Database
    events: EventService
    feed: Monitor
    retention: Retention
    engine: EmbeddedEngine[StorageEvent]
    providers: Mapping[str, ProviderCounters]
    tickets: Tickets | None
    places: Places
    revocations: KnownRevocations
    audit: AuditCounters | None
    requests: RequestCounters = field(default_factory=RequestCounters)

    async def collect(self) -> Iterable[Metric]:
        """Read all numbers."""
        return [request_family(PREFIX, self.requests), *_told(await self.sources())]

    async def sources(self) -> list[Source]:
        """Return what counts, with how things stand now."""
        return [
            Source("monitor", await self.feed.state()),
            Source("monitor", self.feed.counters),
            Source("places", self.places.counters),
            Source("revocations", self.revocations.counters),
            Source("events", self.events.counters),
            Source("events", DoorbellState(int(self.events.connected))),
            Source("retention", self.retention.counters),
            Source("database", self.database.counters),
            Source("workflows", self.engine.lease_state),
            Source("workflows", self.engine.counters),
            *self._where_configured(),
        ]

    def _where_configured(self) -> Iterator[Source]:
        if self.tickets is not None:
            yield Source("tickets", self.tickets.counters)
        if self.audit is not None:
            yield Source("audit", self.audit)
        for issuer, counters in self.providers.items():
            yield Source("provider_keys", counters, {"issuer": issuer})


@dataclass(frozen=True, kw_only=True)
class WorkerMetrics:
    """What counts in a process that performs workflows and serves nobody."""

    database: Database
    events: EventService
    engine: EmbeddedEngine[StorageEvent]

    async def collect(self) -> Iterable[Metric]:
        """Read all numbers."""
        return _told(
            [
                Source("events", self.events.counters),
                Source("database", self.database.counters),
                Source("workflows", self.engine.lease_state),
                Source("workflows", self.engine.counters),
            ]
        )


def _told(sources: Iterable[Source]) -> list[Metric]:
    return [*families(PREFIX, sources), *_PROCESS.collect()]
