"""What goes into the audit log: every operation of the design, in words.

The texts and types of downloads and deletions are those that readers of such logs know (contract,
behaviour.md section 6); the others are ours, in their manner.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from generated.storage.models import CancelAIPDeletion, CreateAIP, ReviewAIPDeletion
from runtime.auth.claims import Claims
from runtime.http.observation import Observation
from service.storage.deletion import requester_of_auto


@dataclass(frozen=True)
class Audited:
    """How an operation is recorded.

    ``done`` says what was done when it succeeded, in one sentence or several, or in none where
    nothing was.  ``resource`` finds the identifier of what it was done to, ``actor`` who did it.
    """

    type: str
    done: Callable[[Observation], Sequence[str]]
    resource: Callable[[Observation], str] = lambda observation: observation.resource
    actor: Callable[[Claims], Claims] = lambda claims: claims


def _says(*sentences: str) -> Callable[[Observation], Sequence[str]]:
    return lambda _observation: sentences


def _review(observation: Observation) -> Sequence[str]:
    body = observation.given["body"]
    assert isinstance(body, ReviewAIPDeletion)
    return [f"AIP deletion request {'approved' if body.approved else 'rejected'}"]


def _cancel(observation: Observation) -> Sequence[str]:
    body = observation.given["body"]
    assert isinstance(body, CancelAIPDeletion)
    return [] if body.check else ["AIP deletion request canceled"]


def _registered(observation: Observation) -> str:
    body = observation.given.get("body")
    return str(body.uuid) if isinstance(body, CreateAIP) else ""


def _new_location(observation: Observation) -> str:
    return str(json.loads(observation.document)["uuid"]) if observation.status == 201 else ""


DELETION: Final = "AIP.deletion.request"

AUDITED: Final[Mapping[str, Audited]] = {
    "create_aip": Audited("AIP.create", _says("AIP created"), _registered),
    "move_aip": Audited("AIP.move", _says("AIP move requested")),
    "reject_aip": Audited("AIP.reject", _says("AIP rejected")),
    "download_aip_request": Audited("AIP.download", _says("AIP download requested")),
    "request_aip_deletion": Audited(DELETION, _says("AIP deletion requested")),
    "aip_deletion_auto": Audited(
        DELETION,
        _says("AIP deletion requested", "AIP deletion request approved"),
        actor=requester_of_auto,
    ),
    "review_aip_deletion": Audited(DELETION, _review),
    "cancel_aip_deletion": Audited(DELETION, _cancel),
    "aip_deletion_report_request": Audited(
        "aip.download_deletion_report", _says("AIP deletion report download requested")
    ),
    "create_location": Audited("Location.create", _says("Location created"), _new_location),
    "update_location": Audited("Location.update", _says("Location updated")),
}
"""The operations that change something, or open a door: all that comes of them is recorded."""

READS: Final = frozenset(
    {
        "about",
        "list_aips",
        "show_aip",
        "move_aip_status",
        "list_aip_workflows",
        "list_locations",
        "show_location",
        "list_location_aips",
        "monitor_request",
        "monitor",
        # Recorded when the ticket for it was asked for.
        "download_aip",
        "aip_deletion_report",
    }
)
"""The operations of which only refusals are recorded: 401 and 403."""
