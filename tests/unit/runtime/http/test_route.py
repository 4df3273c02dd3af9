from __future__ import annotations

import json
from collections.abc import AsyncIterator
from uuid import UUID

import httpx2
import pytest
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from runtime.auth.attributes import NOTHING, Attributes
from runtime.errors import ServiceError
from tests.unit.runtime.http.conftest import Connect
from tests.unit.runtime.http.library import (
    BOOK,
    Gone,
    InternalError,
    Library,
    NotAvailable,
    NotFound,
    library_app,
    library_router,
    open_security,
)
from tests.unit.runtime.http.serving import served

SHOW = f"/library/books/{BOOK}"


async def test_an_operation_is_called_with_its_caller_and_values(
    client: httpx2.AsyncClient, library: Library
) -> None:
    answer = await client.get(SHOW)
    assert answer.content == b'{"title":"Emma","uuid":"%s","genre":"novel"}\n' % str(BOOK).encode()
    [call] = library.calls
    assert call["uuid"] == BOOK
    assert call["caller"].operation == "show_book"
    assert call["caller"].claims.subject == "ann"


@pytest.mark.parametrize(
    ("authorization", "attributes"),
    [("Bearer a:b+c", ["a:b", "c"]), ("Basic a:b", ["a:b"]), ("a:b", ["a:b"]), ("x  y", [" y"])],
)
async def test_a_token_follows_the_first_space_whatever_the_scheme(
    stranger: httpx2.AsyncClient, library: Library, authorization: str, attributes: list[str]
) -> None:
    answer = await stranger.get(SHOW, headers={"Authorization": authorization})
    assert answer.status_code == 200
    assert library.calls[0]["caller"].claims.attributes == Attributes.of(attributes)


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer bad"}, {"Authorization": ""}])
async def test_who_has_not_proved_who_it_is_gets_401(
    stranger: httpx2.AsyncClient, library: Library, headers: dict[str, str]
) -> None:
    answer = await stranger.get(SHOW, headers=headers)
    assert (answer.status_code, answer.content) == (401, b'"Unauthorized"\n')
    assert answer.headers["library-error"] == "unauthorized"
    assert library.calls == []


async def test_why_somebody_is_not_let_in_is_told_to_the_log_only(
    stranger: httpx2.AsyncClient,
) -> None:
    with capture_logs() as entries:
        await stranger.get(SHOW)
    [entry] = entries
    assert (entry["log_level"], entry["operation"], entry["reason"]) == (
        "info",
        "show_book",
        "no good token",
    )


async def test_who_lacks_an_attribute_gets_403(
    stranger: httpx2.AsyncClient, library: Library
) -> None:
    answer = await stranger.get("/library/books", headers={"Authorization": "Bearer books:add"})
    assert (answer.status_code, answer.content) == (403, b'"Forbidden"\n')
    assert answer.headers["library-error"] == "forbidden"
    assert library.calls == []


@pytest.mark.parametrize(("token", "status"), [("bad", 401), ("books:list", 403)])
async def test_the_body_is_not_read_before_the_caller_is_known_and_allowed(
    stranger: httpx2.AsyncClient, token: str, status: int
) -> None:
    read = False

    async def nonsense() -> AsyncIterator[bytes]:
        nonlocal read
        read = True
        yield b"{nonsense"

    answer = await stranger.post(
        "/library/books",
        content=nonsense(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "text/csv"},
    )
    assert answer.status_code == status
    assert not read


async def test_wrong_parameters_of_a_stranger_are_not_looked_at(
    stranger: httpx2.AsyncClient,
) -> None:
    assert (await stranger.get("/library/books/nonsense?limit=x")).status_code == 401


async def test_what_anyone_may_do_needs_no_token(
    stranger: httpx2.AsyncClient, library: Library
) -> None:
    answer = await stranger.get("/library/hours", headers={"Authorization": "Bearer bad"})
    assert answer.content == b'{"from":9,"to":17}\n'
    assert library.calls[0]["caller"].claims.attributes == NOTHING


@pytest.mark.parametrize(
    ("error", "status", "body"),
    [
        (NotFound(Gone(message="gone", uuid=BOOK)), 404, {"message": "gone", "uuid": str(BOOK)}),
        (
            NotAvailable("lent"),
            409,
            {
                "name": "not_available",
                "id": "xxxxxxxx",
                "message": "lent",
                "temporary": False,
                "timeout": False,
                "fault": False,
            },
        ),
    ],
)
async def test_a_declared_error_is_answered_with_its_body_and_named_in_a_header(
    client: httpx2.AsyncClient,
    library: Library,
    error: ServiceError,
    status: int,
    body: dict[str, object],
) -> None:
    if isinstance(error, NotAvailable):
        error.id = "xxxxxxxx"
    library.error = error
    with capture_logs() as entries:
        answer = await client.get(SHOW)
    assert (answer.status_code, answer.headers["library-error"]) == (status, error.name)
    assert list(answer.json().items()) == list(body.items())
    assert entries == []


async def test_a_design_that_names_no_header_gets_none(library: Library, connect: Connect) -> None:
    app = library_app(library)
    app.include_router(library_router(library, open_security(), None), prefix="/plain")
    answer = await connect(app).get("/plain" + SHOW)
    assert answer.status_code == 401
    assert "library-error" not in answer.headers


@pytest.mark.parametrize(
    "error", [KeyError("secret"), InternalError("secret"), RuntimeError("secret")]
)
async def test_any_other_error_is_a_fault_that_tells_nothing_and_is_logged_once(
    client: httpx2.AsyncClient, library: Library, error: Exception
) -> None:
    library.error = error
    with capture_logs() as entries:
        answer = await client.get(SHOW)
    body = answer.json()
    assert answer.status_code == 500
    assert list(body) == ["name", "id", "message", "temporary", "timeout", "fault"]
    assert (body["name"], body["message"], body["fault"]) == ("fault", "internal error", True)
    assert "library-error" not in answer.headers
    assert "secret" not in answer.text
    [entry] = entries
    assert (entry["operation"], entry["error_id"]) == ("show_book", body["id"])
    assert entry["exc_info"] is error


async def test_a_database_that_is_away_is_answered_503_and_logged_in_a_line(
    client: httpx2.AsyncClient, library: Library
) -> None:
    library.error = OperationalError("SELECT secret", {}, ConnectionRefusedError("secret"))
    with capture_logs() as entries:
        answer = await client.get(SHOW)
    body = answer.json()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert (body["name"], body["temporary"], body["fault"]) == ("unavailable", True, False)
    assert "secret" not in answer.text + str(entries)
    [entry] = entries
    assert (entry["operation"], entry["event"]) == ("show_book", "database.unavailable")


async def test_the_ids_of_errors_differ(client: httpx2.AsyncClient, library: Library) -> None:
    library.error = RuntimeError()
    with capture_logs():
        ids = {(await client.get(SHOW)).json()["id"] for _ in range(10)}
    assert len(ids) == 10
    assert {len(each) for each in ids} == {8}


async def test_fastapi_can_still_describe_the_routes(library: Library) -> None:
    document = json.loads(json.dumps(library_app(library).openapi()))
    operation = document["paths"]["/library/books/{uuid}"]["get"]
    assert operation["operationId"] == "show_book"
    assert {"200", "401", "403", "404", "409"} <= operation["responses"].keys()
    assert [parameter["name"] for parameter in operation["parameters"]] == ["uuid"]


async def test_uuids_in_the_path_may_be_written_in_any_way(
    client: httpx2.AsyncClient, library: Library
) -> None:
    for text in (str(BOOK).upper(), BOOK.hex, f"{{{BOOK}}}", f"urn:uuid:{BOOK}"):
        assert (await client.get(f"/library/books/{text}")).status_code == 200
    assert {call["uuid"] for call in library.calls} == {UUID(int=BOOK.int)}


async def test_a_refusal_without_reading_leaves_the_connection_usable(library: Library) -> None:
    async with served(library_app(library)) as address, httpx2.AsyncClient() as client:
        for token, status in (("bad", 401), ("books:add", 413)):
            answer = await client.post(
                f"{address}/library/books",
                content=b" " * 3_000_000,
                headers={"Authorization": f"Bearer {token}"},
            )
            assert answer.status_code == status
            assert (await client.get(f"{address}/library/hours")).status_code == 200
