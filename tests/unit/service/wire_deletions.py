"""The cases of the wire table that are about deletions, as far as they are refused."""

from __future__ import annotations

from typing import Any, Final

from tests.unit.service.wire_case import (
    AIPS,
    DELETED,
    ONE,
    PROCESSING,
    UNKNOWN,
    Case,
    error,
    not_found,
)

ASKING: Final[dict[str, Any]] = {"body": {"reason": "registered twice"}}
REVIEW: Final[dict[str, Any]] = {"body": {"approved": True}}
CANCEL: Final[dict[str, Any]] = {"body": {}}
REQUESTS: Final = {
    "deletion-auto": ASKING,
    "deletion-request": ASKING,
    "deletion-review": REVIEW,
    "deletion-cancel": CANCEL,
    "deletion-report": {},
}
NOT_VALID: Final[dict[str, str | None]] = {"goa-error": "not_valid"}


def refused(says: str, path: str, sentence: str, request: dict[str, Any]) -> Case:
    """A request that the state of things, or its bearer, does not allow."""

    def judge(body: Any) -> None:
        error("not_valid", sentence)(body)
        assert body["message"] == sentence

    return Case(says, "POST", path, 400, judge, request, NOT_VALID)


RIGHTS = [
    Case(
        f"{name} needs its own attribute",
        "POST",
        f"{ONE}/{name}",
        403,
        "Forbidden",
        request | {"may": "storage:aips:read storage:aips:list storage:aips:move"},
        {"goa-error": "forbidden"},
    )
    for name, request in REQUESTS.items()
]

STATES = [
    refused(f"{name} of what is {status}", f"{AIPS}/{uuid}/{name}", "AIP is not stored", ASKING)
    for name in ("deletion-auto", "deletion-request")
    for status, uuid in (("deleted", DELETED), ("processing", PROCESSING))
] + [
    refused(
        "a review where nobody asked",
        f"{ONE}/deletion-review",
        "AIP is not awaiting user review",
        REVIEW,
    ),
    refused(
        "a cancellation where nobody asked",
        f"{ONE}/deletion-cancel",
        "no valid deletion requests",
        CANCEL,
    ),
    refused(
        "a cancellation of nothing",
        f"{AIPS}/{UNKNOWN}/deletion-cancel",
        "no valid deletion requests",
        CANCEL,
    ),
    refused(
        "the report on what is stored",
        f"{ONE}/deletion-report",
        "deletion report is not available for download",
        {},
    ),
    refused(
        "the report that was never written",
        f"{AIPS}/{DELETED}/deletion-report",
        "deletion report is not available for download",
        {},
    ),
]

NOBODY = [
    refused(
        f"{name} by nobody with a name",
        f"{ONE}/{name}",
        "email, preferred_username, or name claim is required",
        REQUESTS[name] | {"email": ""},
    )
    for name in ("deletion-auto", "deletion-request", "deletion-review", "deletion-cancel")
]

UNKNOWN_PACKAGE = [
    Case(
        f"{name} of no package",
        "POST",
        f"{AIPS}/{UNKNOWN}/{name}",
        404,
        not_found("AIP", UNKNOWN),
        REQUESTS[name],
        {"goa-error": "not_found"},
    )
    for name in ("deletion-auto", "deletion-request", "deletion-review")
] + [
    Case(
        "the report on no package",
        "POST",
        f"{AIPS}/{UNKNOWN}/deletion-report",
        404,
        error("not_found", "deletion report not found"),
        headers={"goa-error": "not_found"},
    ),
    Case("a report without a ticket", "GET", f"{ONE}/deletion-report", 401, "Unauthorized"),
]

BODIES = [
    Case(
        "a deletion without a reason",
        "POST",
        f"{ONE}/deletion-request",
        400,
        error("missing_field", '"reason"'),
        {"body": {}},
    ),
    refused(
        "a deletion for an empty reason",
        f"{ONE}/deletion-request",
        "invalid reason",
        {"body": {"reason": ""}},
    ),
    refused(
        "a deletion without a review for an empty reason",
        f"{ONE}/deletion-auto",
        "invalid reason",
        {"body": {"reason": " "}},
    ),
    Case(
        "a deletion for too long a reason",
        "POST",
        f"{ONE}/deletion-request",
        400,
        error("invalid_length", "reason"),
        {"body": {"reason": "x" * 2049}},
    ),
    Case(
        "a review that is no bool",
        "POST",
        f"{ONE}/deletion-review",
        400,
        error("decode_payload", "body.approved must be a boolean"),
        {"body": {"approved": "yes"}},
    ),
    Case(
        "a cancellation without a body",
        "POST",
        f"{ONE}/deletion-cancel",
        400,
        error("missing_payload", "missing required payload"),
    ),
]

DELETIONS = RIGHTS + STATES + NOBODY + UNKNOWN_PACKAGE + BODIES
