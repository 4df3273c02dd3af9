"""What may be done with a package in which status: the table of docs/states.md, as data."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from generated.storage.models import AIPStatus


class Outcome(StrEnum):
    """What comes of an action that a status meets."""

    DONE = "done"
    NOTHING = "nothing to do"
    REFUSED = "refused"


class Action(StrEnum):
    """What a caller may ask of a package."""

    MOVE = "move"
    REJECT = "reject"
    REQUEST_DELETION = "request the deletion of"
    DELETE = "delete"
    REVIEW = "review the deletion of"
    CANCEL = "cancel the deletion of"
    DOWNLOAD = "download"


def _only(*statuses: AIPStatus) -> Mapping[AIPStatus, Outcome]:
    return {status: Outcome.DONE if status in statuses else Outcome.REFUSED for status in AIPStatus}


STATES: Final[Mapping[Action, Mapping[AIPStatus, Outcome]]] = {
    Action.MOVE: _only(AIPStatus.UNSPECIFIED, AIPStatus.STORED, AIPStatus.PENDING),
    Action.REJECT: {
        AIPStatus.UNSPECIFIED: Outcome.DONE,
        AIPStatus.STORED: Outcome.DONE,
        AIPStatus.PENDING: Outcome.DONE,
        AIPStatus.PROCESSING: Outcome.REFUSED,
        AIPStatus.DELETED: Outcome.NOTHING,
        AIPStatus.QUEUED: Outcome.DONE,
    },
    Action.REQUEST_DELETION: _only(AIPStatus.STORED),
    Action.DELETE: _only(AIPStatus.STORED),
    Action.REVIEW: _only(AIPStatus.PENDING),
    Action.CANCEL: _only(AIPStatus.PENDING),
    Action.DOWNLOAD: _only(AIPStatus.STORED, AIPStatus.PENDING),
}
"""Every status has an answer to every action.  Some actions need more than a status: a move, that
no deletion request is open and that the target is another location; review and cancellation, that
a deletion request is open."""

DOWNLOADABLE: Final = frozenset({AIPStatus.STORED, AIPStatus.PENDING})
"""The statuses in which a package lies still, and can be downloaded."""

BECOMES: Final[Mapping[Action, AIPStatus]] = {
    Action.MOVE: AIPStatus.PROCESSING,
    Action.REJECT: AIPStatus.DELETED,
    Action.REQUEST_DELETION: AIPStatus.PENDING,
    Action.DELETE: AIPStatus.PROCESSING,
    Action.REVIEW: AIPStatus.PROCESSING,
    Action.CANCEL: AIPStatus.PROCESSING,
}
"""The status that an action leads to; a download leads to none.  A move ends in ``stored``, or where
it began if it fails; a decision about a deletion in ``deleted`` or ``stored``."""

REFUSALS: Final[Mapping[Action, str]] = {
    Action.REQUEST_DELETION: "AIP is not stored",
    Action.DELETE: "AIP is not stored",
    Action.REVIEW: "AIP is not awaiting user review",
    Action.CANCEL: "no valid deletion requests",
    Action.DOWNLOAD: "AIP is not available for download",
}
"""The sentences of the refusals that clients know, which are 400 and not 409 (contract, storage.md
section 3.1)."""
