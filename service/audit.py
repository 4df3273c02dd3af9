"""From what came of a request to its records in the audit log.

The first six fields of a record are those that readers of such logs know (contract, behaviour.md
section 6): ``time``, ``level``, ``msg``, ``type``, ``resourceID``, ``user``.  The others tell what
those leave open: who exactly, from where, and what came of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from runtime.auth.claims import Claims
from runtime.http.observation import Observation
from service.audit_log import AuditLog
from service.storage.audited import AUDITED, READS, Audited

NOT_ADMITTED: Final = frozenset({401, 403})
STARTING: Final = "Enduro starting"
STOPPING: Final = "Enduro stopping"

Record = Mapping[str, str | int]


class Auditor:
    """Observes every operation, and records those that matter."""

    def __init__(self, log: AuditLog) -> None:
        self.counters = log.counters
        self._log = log

    def __call__(self, observation: Observation) -> None:
        """Record what came of a request, if it is to be recorded."""
        for record in records(observation):
            self._log.write(record)

    def system(self, message: str) -> None:
        """Record what the service itself does."""
        self._log.write(
            {"level": "INFO", "msg": message, "type": "system", "resourceID": "", "user": ""}
        )


def records(observation: Observation) -> list[Record]:
    """Return what is recorded of a request, time excepted.

    An operation that nobody has words for is recorded under its own name rather than not at all.
    """
    name = observation.operation
    audited = AUDITED.get(name) or Audited(name, lambda _observation: [name])
    if name in READS and observation.status not in NOT_ADMITTED:
        return []
    if observation.status >= 500:
        return [_record(observation, audited, "ERROR", "request failed", "failed")]
    if observation.status >= 400:
        return [_record(observation, audited, "WARN", "request refused", "refused")]
    return [
        _record(observation, audited, "INFO", sentence, "done")
        for sentence in audited.done(observation)
    ]


def _record(
    observation: Observation, audited: Audited, level: str, message: str, outcome: str
) -> Record:
    claims = Claims() if observation.claims is None else audited.actor(observation.claims)
    record: dict[str, str | int] = {
        "level": level,
        "msg": message,
        "type": audited.type,
        "resourceID": audited.resource(observation),
        "user": claims.display_name,
        "issuer": claims.issuer,
        "subject": claims.subject,
        "address": observation.address,
        "operation": observation.operation,
        "outcome": outcome,
        "status": observation.status,
    }
    if observation.reason:
        record["reason"] = observation.reason
    return record
