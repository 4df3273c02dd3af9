"""How each request may be answered, and when such an answer is true."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import httpx2

from tests.integration.crowd.history import History
from tests.integration.crowd.rules import Item, Package


@dataclass(frozen=True)
class Answer:
    """What was asked by whom, and what came back.

    It was given for the package as it was somewhere ``since`` one position ``until`` another.
    """

    operation: str
    uuid: str
    who: str
    status: int
    says: str
    shown: Item | None
    lost: bool
    since: int
    until: int


Test: TypeAlias = Callable[[Package | None, Answer], bool]


def sentence(answer: httpx2.Response) -> str:
    """Return what an answer says if it is a refusal."""
    if answer.is_success:
        return ""
    document: Any = answer.json()
    return str(document["message"] if isinstance(document, dict) else document)


def _is(*statuses: str) -> Test:
    return lambda package, _: package is not None and package.status in statuses


def _is_not(*statuses: str) -> Test:
    return lambda package, _: package is not None and package.status not in statuses


def _missing(package: Package | None, _answer: Answer) -> bool:
    return package is None


def _there(package: Package | None, _answer: Answer) -> bool:
    return package is not None


def _no_bytes(package: Package | None, answer: Answer) -> bool:
    return package is None or (answer.lost and package.status in DOWNLOADABLE)


def _as_shown(package: Package | None, answer: Answer) -> bool:
    return package is not None and package.aip == answer.shown


def _movable(package: Package | None, answer: Answer) -> bool:
    return _is("unspecified", "stored", "pending")(package, answer) and not _asked(package, answer)


def _asked(package: Package | None, _answer: Answer) -> bool:
    return package is not None and package.waiting is not None


def _not_asked(package: Package | None, answer: Answer) -> bool:
    return package is not None and not _asked(package, answer)


def _none_asked(package: Package | None, answer: Answer) -> bool:
    return not _asked(package, answer)


def _asked_by_me(package: Package | None, answer: Answer) -> bool:
    return (
        package is not None
        and package.waiting is not None
        and package.waiting["requester"] == answer.who
    )


def _asked_by_another(package: Package | None, answer: Answer) -> bool:
    return _asked(package, answer) and not _asked_by_me(package, answer)


DOWNLOADABLE: Final = ("stored", "pending")
DELETION: Final[Mapping[tuple[int, str], Test]] = {
    (202, ""): _is("stored"),
    (400, "AIP is not stored"): _is_not("stored"),
    (404, "AIP not found"): _missing,
}
REVIEW: Final[Mapping[tuple[int, str], Test]] = {
    (202, ""): _asked_by_another,
    (400, "AIP is not awaiting user review"): _not_asked,
    (400, "requester cannot review their own request"): _asked_by_me,
    (404, "AIP not found"): _missing,
}
CANCELLATION: Final[Mapping[tuple[int, str], Test]] = {
    (202, ""): _asked_by_me,
    (400, "no valid deletion requests"): _none_asked,
    (403, "Forbidden"): _asked_by_another,
}
DOWNLOAD: Final[Mapping[tuple[int, str], Test]] = {
    (200, ""): lambda package, answer: not answer.lost and _is(*DOWNLOADABLE)(package, answer),
    (400, "AIP is not available for download"): _is_not(*DOWNLOADABLE),
    (404, "AIP not found"): _no_bytes,
}

ANSWERS: Final[Mapping[str, Mapping[tuple[int, str], Test]]] = {
    "create": {
        (200, ""): _there,
        (400, "an AIP with this uuid or object_key exists already"): _there,
    },
    "show": {(200, ""): _as_shown, (404, "AIP not found"): _missing},
    "move": {
        (202, ""): _movable,
        (404, "AIP not found"): _missing,
        (409, "the AIP is in this location already"): _is("unspecified", "stored", "pending"),
        (409, "the AIP has an open deletion request"): _asked,
        (409, "cannot move an AIP that is processing"): _is("processing"),
        (409, "cannot move an AIP that is deleted"): _is("deleted"),
        (409, "cannot move an AIP that is queued"): _is("queued"),
    },
    "reject": {
        (202, ""): _is_not("processing"),
        (404, "AIP not found"): _missing,
        (409, "cannot reject an AIP that is processing"): _is("processing"),
    },
    "request": DELETION,
    "delete": DELETION,
    "approve": REVIEW,
    "disapprove": REVIEW,
    "cancel": CANCELLATION,
    "check": CANCELLATION,
    "ticket": DOWNLOAD,
    "download": DOWNLOAD,
}
"""All answers that each operation has, and the packages that they are right about."""


def usual() -> set[tuple[str, int, str]]:
    """Return what is answered sooner or later, whoever is faster."""
    return {
        (operation, *answer)
        for operation, answers in ANSWERS.items()
        for answer in answers
        if answer[0] != 404 and (operation, answer[0]) != ("download", 400)
    }


def check_answers(answers: Sequence[Answer], history: History) -> None:
    """See that each was right about its package at some moment while it was being given."""
    for answer in answers:
        test = ANSWERS[answer.operation][answer.status, answer.says]
        moments = list(history.moments(answer.uuid, answer.since, answer.until))
        assert any(test(moment, answer) for moment in moments), (answer, moments)


def check_accounts(answers: Sequence[Answer], history: History) -> None:
    """See that what was accepted has happened, as often and for whom, and nothing else has."""

    def accepted(*operations: str) -> Counter[tuple[str, str]]:
        return Counter(
            (answer.uuid, answer.who)
            for answer in answers
            if answer.operation in operations and answer.status < 300
        )

    def told(status: str) -> Counter[tuple[str, str]]:
        return Counter(
            (item["aip_uuid"], item["reviewer"]) for item in requests if item["status"] == status
        )

    requests = history.shown("deletion_request").values()
    assert history.shown("aip").keys() == {uuid for uuid, _ in accepted("create")}
    moves = (each for each in history.shown("aip_workflow").values() if each["type"] == "move aip")
    moved = Counter(answer.uuid for answer in answers if _begins_move(answer))
    assert Counter(each["aip_uuid"] for each in moves) == moved
    asked = Counter((item["aip_uuid"], item["requester"]) for item in requests)
    assert asked == accepted("request", "delete")
    assert told("approved") == accepted("approve", "delete")
    assert told("rejected") == accepted("disapprove")
    # Whoever rejects a package cancels the request to delete it.
    assert accepted("cancel") <= told("canceled") <= accepted("cancel") + accepted("reject")
    approved = {uuid for uuid, _ in told("approved")}
    gone = {uuid for uuid, item in history.shown("aip").items() if item["status"] == "deleted"}
    assert gone == approved | {uuid for uuid, _ in accepted("reject")}


def _begins_move(answer: Answer) -> bool:
    return (answer.operation, answer.status) == ("move", 202)
