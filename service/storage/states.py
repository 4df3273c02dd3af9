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


STATES: Final[Mapping[Action, Mapping[AIPStatus, Outcome]]] = {
    Action.MOVE: {
        AIPStatus.UNSPECIFIED: Outcome.DONE,
        AIPStatus.STORED: Outcome.DONE,
        AIPStatus.PENDING: Outcome.DONE,
        AIPStatus.PROCESSING: Outcome.REFUSED,
        AIPStatus.DELETED: Outcome.REFUSED,
        AIPStatus.QUEUED: Outcome.REFUSED,
    },
    Action.REJECT: {
        AIPStatus.UNSPECIFIED: Outcome.DONE,
        AIPStatus.STORED: Outcome.DONE,
        AIPStatus.PENDING: Outcome.DONE,
        AIPStatus.PROCESSING: Outcome.REFUSED,
        AIPStatus.DELETED: Outcome.NOTHING,
        AIPStatus.QUEUED: Outcome.DONE,
    },
}
"""Every status has an answer to every action.  A move needs more than its status: no deletion
request may be open, and the target must be another location than the package's own."""

BECOMES: Final[Mapping[Action, AIPStatus]] = {
    Action.MOVE: AIPStatus.PROCESSING,
    Action.REJECT: AIPStatus.DELETED,
}
"""The status that an action leads to.  A move ends in ``stored``, or where it began if it fails."""
