"""A generated router and a generated client, one asking the other, without a socket."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from uuid import UUID

import httpx2
import pytest

from runtime.auth.attributes import Attributes
from runtime.auth.claims import Caller, Claims
from runtime.auth.tickets.memory import MemoryTicketStore
from runtime.auth.tickets.ticket import Tickets
from runtime.auth.tokens import InvalidToken
from runtime.client.call import Ticket
from runtime.download import Download
from runtime.http.app import install, new_app
from runtime.http.security import Security
from runtime.monitor.sight import Selection
from runtime.monitor.watcher import Watcher
from tests.golden.generator.everything.expected.clients.python.corner_shop import CornerShopClient
from tests.golden.generator.everything.expected.corner_shop import errors
from tests.golden.generator.everything.expected.corner_shop.models import (
    Crumb,
    Jam,
    Loaf,
    Loaves,
    NotFound,
    Page,
    Path,
    Payment,
    PaymentJam,
    Shelf,
    Stream,
    Topping,
    ToppingJam,
)
from tests.golden.generator.everything.expected.corner_shop.router import corner_shop_router
from tests.golden.generator.everything.expected.corner_shop.service import CornerShopService

RYE = UUID("11111111-1111-4111-8111-111111111111")
NONE = UUID("99999999-9999-4999-8999-999999999999")
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


class Shop(CornerShopService):
    """Remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[object] = []

    async def list_loaves(
        self,
        caller: Caller,
        *,
        crumb: Crumb | None = None,
        limit: int = 20,
        names: list[str] | None = None,
        since: datetime | None = None,
        weight: int | None = None,
        service: bool | None = None,
        sizes: list[int],
        shop: UUID,
        day: date,
        x_shelf: str | None = None,
        taste: str | None = None,
    ) -> Loaves:
        self.asked += [crumb, limit, names, since, weight, service, x_shelf, taste]
        self.asked += [sizes, shop, day]
        return Loaves(items=[], page=Page(limit=limit, offset=0))

    async def answer(self, caller: Caller, body: str | None) -> str | None:
        self.asked.append(body)
        return body

    async def bake_loaf(self, caller: Caller, body: Loaf) -> Loaf:
        return body

    async def show_loaf(self, caller: Caller, *, uuid: UUID, number: int) -> Loaf:
        raise errors.NotFound(NotFound(message=f"no slice {number}", uuid=uuid))

    async def spread(self, caller: Caller, body: Topping | None = None, *, uuid: UUID) -> Topping:
        self.asked.append(body)
        return body or ToppingJam(value=Jam(fruit="none"))

    async def weigh(self, caller: Caller, body: list[int]) -> Shelf:
        return sorted(body)

    async def throw_away(self, caller: Caller, *, uuid: UUID) -> None:
        self.asked.append((caller.operation, uuid))

    async def photo_request(self, caller: Caller, *, uuid: UUID, number: int) -> None:
        if uuid == NONE:
            raise errors.NotFound(NotFound(message="no photo", uuid=uuid))

    async def photo(self, caller: Caller, *, uuid: UUID, number: int) -> Download:
        return Download.of(caller.claims.subject.encode(), f"{number}.png", "image/png")

    async def opening_hours(self, caller: Caller) -> dict[str, str]:
        return {"monday": caller.claims.subject or "closed"}

    async def pay(self, caller: Caller, body: Payment) -> None:
        self.asked.append(body)

    async def way(self, caller: Caller) -> Path:
        return Path(steps=["left"])

    async def canal(self, caller: Caller) -> Stream:
        return Stream(length=3)

    async def caller(self, caller: Caller) -> None:
        self.asked.append(caller.operation)

    async def window(self, caller: Caller, selection: Selection) -> Watcher:
        raise NotImplementedError("nobody watches here")


class Names:
    """A token is the name of its bearer, who may do everything; one is a lodger, who may not."""

    async def verify(self, token: str) -> Claims:
        if not token:
            raise InvalidToken("none")
        return Claims(subject=token, attributes=Attributes.of([] if token == "lodger" else ["*"]))


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
async def http(shop: Shop) -> AsyncIterator[httpx2.AsyncClient]:
    app = new_app()
    install(app)
    security = Security(tokens=Names(), tickets=Tickets(MemoryTicketStore()))
    app.include_router(corner_shop_router(shop, security))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app)) as http:
        yield http


@pytest.fixture
def client(http: httpx2.AsyncClient) -> CornerShopClient:
    return CornerShopClient("http://shop", token="baker", http=http)


@pytest.fixture
def lodger(http: httpx2.AsyncClient) -> CornerShopClient:
    return CornerShopClient("http://shop", token="lodger", http=http)


async def test_every_kind_of_parameter_arrives(client: CornerShopClient, shop: Shop) -> None:
    await client.list_loaves(
        crumb=Crumb.VERY_TIGHT,
        limit=5,
        names=["Rye", "Oat & more"],
        since=NOON,
        weight=1,
        service=False,
        x_shelf="left",
        taste="sour",
        sizes=[3],
        shop=NONE,
        day=date(2026, 1, 2),
    )
    assert shop.asked == [
        Crumb.VERY_TIGHT, 5, ["Rye", "Oat & more"], NOON, 1, False, "left", "sour",
        [3], NONE, date(2026, 1, 2),
    ]  # fmt: skip


async def test_absent_parameters_mean_their_defaults(client: CornerShopClient, shop: Shop) -> None:
    loaves = await client.list_loaves()
    assert shop.asked == [None, 20, *[None] * 6, [1, 2], RYE, date(2030, 1, 1)]
    assert loaves == Loaves(items=[], page=Page(limit=20, offset=0))


async def test_a_parameter_out_of_its_bounds_is_refused(client: CornerShopClient) -> None:
    with pytest.raises(Exception, match="weight"):
        await client.list_loaves(weight=0)


async def test_a_record_comes_back_as_it_went(client: CornerShopClient) -> None:
    loaf = Loaf(uuid=RYE, name="Rye", baked_at=None, note=None, photo=b"\0", oven="stone")
    assert await client.bake_loaf(loaf) == loaf


async def test_a_body_may_be_a_union_and_may_be_left_out(
    client: CornerShopClient, shop: Shop
) -> None:
    jam = ToppingJam(value=Jam(fruit="plum"))
    assert await client.spread(jam, uuid=RYE) == jam
    assert await client.spread(uuid=RYE) == ToppingJam(value=Jam(fruit="none"))
    await client.pay(PaymentJam(fruit="plum"))
    assert shop.asked == [jam, None, PaymentJam(fruit="plum")]


async def test_a_body_that_must_be_there_may_be_null(
    client: CornerShopClient, http: httpx2.AsyncClient, shop: Shop
) -> None:
    assert await client.answer(None) is None
    assert await client.answer("yes") == "yes"
    assert shop.asked == [None, "yes"]
    headers = {"Authorization": "Bearer baker"}
    assert (await http.post("http://shop/shop/answers", headers=headers)).status_code == 400


async def test_what_the_design_deprecates_warns_who_calls_it(client: CornerShopClient) -> None:
    with pytest.warns(DeprecationWarning, match="throw_away is deprecated"):
        await client.throw_away(uuid=RYE)


async def test_a_body_may_be_a_list(client: CornerShopClient) -> None:
    assert await client.weigh([3, 1, 2]) == [1, 2, 3]


async def test_an_error_of_the_design_is_raised_again(client: CornerShopClient) -> None:
    with pytest.raises(errors.NotFound) as raised:
        await client.show_loaf(uuid=RYE, number=7)
    assert raised.value.body == NotFound(message="no slice 7", uuid=RYE)


async def test_an_operation_without_an_answer_answers_nothing(
    client: CornerShopClient, shop: Shop
) -> None:
    await client.pay(PaymentJam(fruit="plum"))
    assert shop.asked == [PaymentJam(fruit="plum")]


async def test_who_lacks_an_attribute_is_refused(lodger: CornerShopClient) -> None:
    with pytest.raises(errors.Forbidden):
        await lodger.show_loaf(uuid=RYE, number=1)


async def test_what_is_open_to_anyone_asks_for_no_token(http: httpx2.AsyncClient) -> None:
    nobody = CornerShopClient("http://shop", http=http)
    assert await nobody.opening_hours() == {"monday": "closed"}
    with pytest.raises(errors.Unauthorized):
        await nobody.canal()


async def test_a_ticket_opens_the_very_thing_it_was_issued_for_once(
    client: CornerShopClient,
) -> None:
    ticket = await client.photo_request(uuid=RYE, number=2)
    assert ticket is not None
    with pytest.raises(errors.Unauthorized):
        async with client.photo(ticket, uuid=RYE, number=3):
            pass
    async with client.photo(ticket, uuid=RYE, number=2) as photo:
        assert (photo.filename, photo.media_type) == ("2.png", "image/png")
        assert b"".join([part async for part in photo.content]) == b"baker"
    with pytest.raises(errors.Unauthorized):
        async with client.photo(ticket, uuid=RYE, number=2):
            pass


async def test_no_ticket_is_issued_for_what_is_refused(client: CornerShopClient) -> None:
    with pytest.raises(errors.NotFound):
        await client.photo_request(uuid=NONE, number=1)


async def test_a_ticket_that_nobody_issued_opens_nothing(client: CornerShopClient) -> None:
    with pytest.raises(errors.Unauthorized):
        async with client.photo(Ticket("shop-photo", "made up"), uuid=RYE, number=2):
            pass


async def test_names_that_the_router_uses_are_free_for_designs(
    client: CornerShopClient, shop: Shop
) -> None:
    await client.caller()
    assert shop.asked == ["caller"]
    assert await client.way() == Path(steps=["left"])
    assert await client.canal() == Stream(length=3)
