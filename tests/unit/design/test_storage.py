"""The design of the storage service, against what its existing clients depend on."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path

import pytest

from codegen.check import load_folder
from codegen.model import (
    Anyone,
    Design,
    EmptyContent,
    Enum,
    Event,
    FileContent,
    Operation,
    Record,
    Ref,
    Requirement,
    RequiresAll,
    RequiresAny,
    SignedIn,
    Stream,
    Union,
)

FOLDER = Path(__file__).resolve().parents[3] / "design"

OPERATIONS = """
GET    /about                                  signed-in                       200
GET    /storage/aips                           storage:aips:list               200
POST   /storage/aips                           storage:aips:create             200
GET    /storage/aips/{uuid}                    storage:aips:read               200
POST   /storage/aips/{uuid}/download           storage:aips:download           200
GET    /storage/aips/{uuid}/download           storage:aips:download           200
POST   /storage/aips/{uuid}/store              storage:aips:move               202
GET    /storage/aips/{uuid}/store              storage:aips:move               200
POST   /storage/aips/{uuid}/reject             storage:aips:review             202
GET    /storage/aips/{uuid}/workflows          storage:aips:workflows:list     200
POST   /storage/aips/{uuid}/deletion-auto      storage:aips:deletion:auto      202
POST   /storage/aips/{uuid}/deletion-request   storage:aips:deletion:request   202
POST   /storage/aips/{uuid}/deletion-review    storage:aips:deletion:review    202
POST   /storage/aips/{uuid}/deletion-cancel    storage:aips:deletion:request   202
POST   /storage/aips/{uuid}/deletion-report    storage:aips:deletion:report    200
GET    /storage/aips/{uuid}/deletion-report    storage:aips:deletion:report    200
GET    /storage/locations                      storage:locations:list          200
POST   /storage/locations                      storage:locations:create        201
GET    /storage/locations/{uuid}               storage:locations:read          200
PATCH  /storage/locations/{uuid}               storage:locations:update        200
GET    /storage/locations/{uuid}/aips          storage:locations:aips:list     200
POST   /storage/monitor                        signed-in                       200
"""

EVENTS = """
storage_ping_event              signed-in                     -
storage_reset_event             signed-in                     -
location_created_event          storage:locations:list        LocationDefault
location_updated_event          storage:locations:list        LocationDefault
aip_created_event               storage:aips:list             AIP
aip_updated_event               storage:aips:read             AIP
aip_workflow_created_event      storage:aips:workflows:list   AIPWorkflowSimple
aip_workflow_updated_event      storage:aips:workflows:list   AIPWorkflowSimple
aip_task_created_event          storage:aips:workflows:list   AIPTask
aip_task_updated_event          storage:aips:workflows:list   AIPTask
deletion_request_created_event  storage:aips:deletion:request|storage:aips:deletion:review DeletionRequest
deletion_request_updated_event  storage:aips:deletion:request|storage:aips:deletion:review DeletionRequest
"""

FIELDS = {
    "AIP": "name uuid status object_key location_uuid? created_at deletion_report_key?",
    "LocationDefault": "name description? source purpose uuid created_at",
    "AIPWorkflow": "uuid temporal_id type status started_at? completed_at? aip_uuid tasks?",
    "AIPWorkflowSimple": "uuid temporal_id type status started_at? completed_at? aip_uuid",
    "AIPTask": "uuid name status started_at? completed_at? note? workflow_uuid",
    "Page": "limit offset total",
    "NotFound": "message uuid",
    "MoveStatus": "done",
    "About": "version preservation_system child_workflows? upload_max_size",
    "S3Config": "bucket region endpoint? path_style? profile? key? secret? token?",
    "URLConfig": "url",
    "AMSSConfig": "api_key url username",
    "SFTPConfig": "address username password directory",
    "CreateAIP": "uuid name object_key status? location_uuid?",
}

ENUMS = {
    "AIPStatus": ["unspecified", "stored", "pending", "processing", "deleted", "queued"],
    "LocationSource": ["unspecified", "s3", "sftp", "amss", "filesystem"],
    "LocationPurpose": ["unspecified", "aip_store"],
    "WorkflowType": ["unspecified", "upload aip", "move aip", "delete aip"],
    "WorkflowStatus": [
        *("unspecified", "in progress", "done", "error", "queued", "pending", "canceled"),
    ],
    "TaskStatus": ["unspecified", "in progress", "done", "error", "queued", "pending"],
}

TICKETS = {
    "monitor_request": "enduro-storage-ws-ticket",
    "download_aip_request": "enduro-aip-download-ticket",
    "aip_deletion_report_request": "enduro-delreport-ticket",
}


@cache
def design() -> Design:
    outcome = load_folder(FOLDER)
    assert outcome.diagnostics == ()
    assert outcome.design is not None
    return outcome.design


def operations() -> list[Operation]:
    return [operation for service in design().services for operation in service.operations]


def events() -> list[Event]:
    return [event for service in design().services for event in service.events]


def monitor() -> Stream:
    (stream,) = (stream for service in design().services for stream in service.streams)
    return stream


def words(requirement: Requirement) -> str:
    match requirement:
        case Anyone():
            return "anyone"
        case SignedIn():
            return "signed-in"
        case RequiresAll(attributes):
            return "&".join(attributes)
        case RequiresAny(attributes):
            return "|".join(attributes)


def rows(table: str) -> list[list[str]]:
    return sorted(line.split() for line in table.strip().splitlines())


def test_every_operation_is_where_clients_look_for_it() -> None:
    found = [[o.method, o.path, words(o.requires), str(o.result.status)] for o in operations()]
    assert sorted(found) == rows(OPERATIONS)


def test_every_event_has_its_tag_its_attribute_and_its_item() -> None:
    found = []
    for event in events():
        items = [f.type.name for f in event.fields if f.name == "item" and isinstance(f.type, Ref)]
        found.append([event.tag, words(event.requires), *(items or ["-"])])
    assert sorted(found) == rows(EVENTS)


def test_every_event_about_an_entity_says_which() -> None:
    subjects = {event.tag: event.subject for event in events()}
    assert {tag for tag, subject in subjects.items() if subject is None} == {
        "storage_ping_event",
        "storage_reset_event",
    }
    assert set(subjects.values()) == {"uuid", None}


@pytest.mark.parametrize("name", FIELDS)
def test_fields_stand_in_the_order_of_the_wire(name: str) -> None:
    record = design().type_by_name[name]
    assert isinstance(record, Record)
    found = [field.name + ("" if field.required else "?") for field in record.fields]
    assert " ".join(found) == FIELDS[name]


@pytest.mark.parametrize("name", ENUMS)
def test_enums_have_the_values_of_the_wire(name: str) -> None:
    enum = design().type_by_name[name]
    assert isinstance(enum, Enum)
    assert list(enum.values) == ENUMS[name]


@pytest.mark.parametrize("operation", TICKETS)
def test_tickets_travel_in_their_cookies(operation: str) -> None:
    (issuing,) = (o for o in operations() if o.name == operation)
    assert issuing.issues is not None
    scheme = design().scheme_by_name[issuing.issues]
    assert (scheme.cookie, scheme.ttl) == (TICKETS[operation], 5)
    assert isinstance(issuing.result.content, EmptyContent)


def test_downloads_open_with_a_ticket_and_send_a_file() -> None:
    for name, media_type in [
        ("download_aip", "application/x-7z-compressed"),
        ("aip_deletion_report", "application/pdf"),
    ]:
        (operation,) = (o for o in operations() if o.name == name)
        assert operation.result.content == FileContent(media_type)
        assert operation.security is not None
        assert design().scheme_by_name[operation.security].scheme == "ticket"


def test_no_answer_and_no_event_can_carry_the_secrets_of_a_location() -> None:
    assert not {"Location", "LocationConfig"} & reached_by_answers()


def reached_by_answers() -> set[str]:
    """The types that leave the service."""
    waiting: list[object] = [operation.result.content for operation in operations()]
    waiting += [field.type for event in events() for field in event.fields]
    reached: set[str] = set()
    while waiting:
        match waiting.pop():
            case Ref(name) if name not in reached:
                reached.add(name)
                waiting.append(design().type_by_name[name])
            case Record(fields=fields):
                waiting += [field.type for field in fields]
            case Union(variants=variants):
                waiting += [variant.type for variant in variants]
            case other:
                inner = ("type", "item", "value")
                waiting += [getattr(other, name) for name in inner if hasattr(other, name)]
    return reached


def test_refusals_have_the_bodies_that_clients_know() -> None:
    errors = design().error_by_name
    bodies = {name: errors[name].body for name in ("unauthorized", "forbidden", "not_found")}
    assert str(bodies["unauthorized"]) == "Const(value='Unauthorized')"
    assert str(bodies["forbidden"]) == "Const(value='Forbidden')"
    assert bodies["not_found"] == Ref("NotFound")
    assert (errors["report_not_found"].wire_name, errors["report_not_found"].body) == (
        "not_found",
        None,
    )


def test_whoever_is_turned_away_learns_why() -> None:
    for operation in operations():
        assert "unauthorized" in operation.errors
        if isinstance(operation.requires, RequiresAll):
            assert "forbidden" in operation.errors
        if operation.parameters or operation.body:
            assert "not_valid" in operation.errors


def test_the_monitor_can_be_watched_both_ways_and_resumed() -> None:
    stream = monitor()
    assert (stream.path, stream.over) == ("/storage/monitor", ("websocket", "sse"))
    assert (stream.resume, stream.select) == (True, ("types", "subject"))
    assert (stream.reset, stream.security) == ("MonitorResetEvent", "bearer")
    assert stream.heartbeat.every == 10
    assert stream.heartbeat.first == {"message": "Hello"}
    assert stream.heartbeat.then == {"message": "Ping"}
    assert len(stream.sends) == len(events())


def test_every_change_is_told() -> None:
    silent = [
        operation.name
        for operation in operations()
        if operation.method in ("POST", "PATCH") and not operation.emits and not operation.issues
    ]
    assert silent == []


def test_everything_is_explained() -> None:
    whole = design()
    docs = [(monitor().name, monitor().doc)]
    docs += [(each.name, each.doc) for each in operations()]
    docs += [(each.name, each.doc) for each in events()]
    docs += [(each.name, each.doc) for each in whole.types]
    docs += [(each.name, each.doc) for each in whole.errors]
    docs += [(each.name, each.doc) for each in whole.attributes]
    docs += [(each.name, each.doc) for each in whole.security]
    docs += [(each.name, each.doc) for each in whole.services]
    assert [name for name, doc in docs if not doc] == []


def test_checking_it_takes_well_under_a_tenth_of_a_second() -> None:
    def seconds() -> float:
        began = time.process_time()
        load_folder(FOLDER)
        return time.process_time() - began

    assert min(seconds() for _ in range(5)) < 0.1
