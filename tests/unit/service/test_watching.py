"""Events as lines for people."""

from __future__ import annotations

from datetime import datetime

import pytest

from generated.storage.events import EVENT_BY_TAG
from service.watching import line

AT = datetime(2026, 1, 2, 3, 4, 5)
ONE = "11111111-1111-4111-8111-111111111111"
TWO = "22222222-2222-4222-8222-222222222222"
WHEN = "2026-01-02T03:04:05Z"
AIP = {"name": "letters", "uuid": ONE, "object_key": TWO, "status": "stored", "created_at": WHEN}
LOCATION = {
    "name": "shelf",
    "uuid": TWO,
    "source": "s3",
    "purpose": "aip_store",
    "created_at": WHEN,
}
WORKFLOW = {
    "uuid": TWO,
    "temporal_id": "x",
    "type": "move aip",
    "status": "in progress",
    "aip_uuid": ONE,
}
TASK = {
    "uuid": TWO,
    "name": "Copy AIP",
    "status": "error",
    "note": "Failed\nbadly",
    "workflow_uuid": ONE,
}
REQUEST = {
    "uuid": TWO,
    "aip_uuid": ONE,
    "reason": "x",
    "status": "pending",
    "requester": "Ada",
    "requested_at": WHEN,
}


@pytest.mark.parametrize(
    ("tag", "payload", "said"),
    [
        ("storage_ping_event", {"message": "Hello"}, "connected"),
        ("storage_reset_event", {"reason": "fault"}, "events were lost (fault)"),
        ("location_created_event", LOCATION, "location 'shelf'"),
        ("location_updated_event", LOCATION, "location 'shelf'"),
        ("aip_created_event", AIP, f"AIP 'letters' {ONE} is stored in the internal location"),
        ("aip_updated_event", AIP | {"location_uuid": TWO}, f"is stored in {TWO}"),
        ("aip_workflow_created_event", WORKFLOW, f"'move aip' of AIP {ONE} is in progress"),
        ("aip_workflow_updated_event", WORKFLOW, "workflow 'move aip'"),
        ("aip_task_created_event", TASK, "task 'Copy AIP' is error: Failed badly"),
        ("aip_task_updated_event", TASK, "task 'Copy AIP'"),
        ("deletion_request_created_event", REQUEST, "asked for by Ada, is pending"),
        ("deletion_request_updated_event", REQUEST, f"deletion of AIP {ONE}"),
    ],
)
def test_an_event_is_one_line(tag: str, payload: dict[str, str], said: str) -> None:
    whole = {"uuid": payload["uuid"], "item": payload} if "uuid" in payload else payload
    written = line(EVENT_BY_TAG[tag].model_validate(whole), AT)
    assert written is not None
    assert written.startswith(f"03:04:05  {tag} ")
    assert said in written
    assert "\n" not in written


def test_a_heartbeat_is_not_worth_a_line() -> None:
    assert line(EVENT_BY_TAG["storage_ping_event"].model_validate({"message": "Ping"}), AT) is None


def test_nobody_who_is_named_in_an_event_controls_the_terminal() -> None:
    request = REQUEST | {"requester": "Ada\x1b[2J\u202e"}
    event = EVENT_BY_TAG["deletion_request_created_event"].model_validate(
        {"uuid": TWO, "item": request}
    )
    said = line(event, AT)
    assert said is not None
    assert said.isprintable()
    assert r"asked for by Ada\x1b[2J\u202e," in said
