"""The Python that is generated, at work: the golden output itself is imported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, assert_never
from uuid import UUID

import pytest
from pydantic import TypeAdapter, ValidationError

from runtime.auth.attributes import Attributes
from runtime.errors import MessageError
from runtime.events.event import subject_of
from runtime.model import ABSENT
from tests.golden.generator.everything.expected import models as shared
from tests.golden.generator.everything.expected.corner_shop import attributes, errors
from tests.golden.generator.everything.expected.corner_shop.events import (
    EVENT_BY_TAG,
    CornerShopEvent,
    LoafBakedEvent,
    LoafEatenEvent,
    WindowPingEvent,
    WindowResetEvent,
)
from tests.golden.generator.everything.expected.corner_shop.models import (
    Crumb,
    Jam,
    Loaf,
    LoafShort,
    Page,
    Payment,
    PaymentJam,
    Topping,
    ToppingJam,
)
from tests.golden.generator.everything.expected.corner_shop.publisher import PUBLISHER
from tests.golden.generator.everything.expected.corner_shop.streams import WINDOW
from tests.golden.generator.everything.expected.letters.models import Page as LettersPage

LOAF_UUID = UUID("11111111-1111-4111-8111-111111111111")
LEAST: Mapping[str, Any] = {
    "uuid": str(LOAF_UUID),
    "name": "Rye",
    "baked_at": None,
    "oven": "stone",
}


def loaf(**more: Any) -> Loaf:
    return Loaf.model_validate({**LEAST, **more})


def encoded(value: Loaf) -> Any:
    return TypeAdapter(Any).validate_json(value.to_json())


def test_an_optional_field_without_a_value_is_left_out() -> None:
    assert "oven_uuid" not in encoded(loaf())
    assert encoded(loaf(oven_uuid=str(LOAF_UUID)))["oven_uuid"] == str(LOAF_UUID)


def test_a_required_field_that_may_be_null_is_written_as_null_and_must_be_there() -> None:
    assert encoded(loaf())["baked_at"] is None
    with pytest.raises(ValidationError, match="baked_at"):
        Loaf.model_validate({key: value for key, value in LEAST.items() if key != "baked_at"})


def test_a_field_that_may_be_absent_or_null_knows_which() -> None:
    assert loaf().note is ABSENT
    assert "note" not in encoded(loaf())
    assert loaf(note=None).note is None
    assert encoded(loaf(note=None))["note"] is None
    assert encoded(loaf(note="warm"))["note"] == "warm"
    assert not loaf().note


def test_no_text_of_a_document_is_taken_for_absence() -> None:
    assert loaf(note="absent").note == "absent"


def test_an_absent_field_means_its_default() -> None:
    assert loaf().crumb is Crumb.OPEN
    assert loaf().weight == 500
    assert encoded(loaf())["best_before"] == "2030-01-01"
    assert encoded(loaf())["opens"] == "2026-01-02T03:04:05Z"
    assert loaf().shop == LOAF_UUID


def test_every_text_of_an_enum_has_a_member() -> None:
    assert [member.value for member in Crumb] == ["open", "very tight", "on", "3 holes", "None"]
    assert Crumb("3 holes") is Crumb.VALUE_3_HOLES


@pytest.mark.parametrize(
    "wrong",
    [
        {"uuid": "00000000-0000-0000-0000-000000000000"},
        {"uuid": "no uuid"},
        {"name": ""},
        {"name": "rye"},
        {"name": "R" * 65},
        {"name": 3},
        {"crumb": "closed"},
        {"baked_at": "2026-01-02T03:04:05"},
        {"comment": "c" * 101},
        {"weight": 0},
        {"weight": 5001},
        {"weight": True},
        {"weight": "5"},
        {"price": "1.5"},
        {"slices": [LEAST] * 21},
        {"slices": [{}]},
        {"labels": {"a": 1}},
        {"photo": "not base64"},
        {"page": "no url"},
        {"baker": "nobody"},
        {"oven": "wood"},
        {"note": 1},
        {"topping": {"type": "jam", "value": {}}},
        {"topping": {"type": "ham", "value": {"fruit": "plum"}}},
        {"topping": {"value": {"fruit": "plum"}}},
    ],
    ids=str,
)
def test_a_value_that_the_design_does_not_allow_is_refused(wrong: Mapping[str, Any]) -> None:
    with pytest.raises(ValidationError):
        loaf(**wrong)


def test_bytes_are_base64_on_the_wire_alone() -> None:
    assert loaf(photo="AAEC").photo == b"\x00\x01\x02"
    assert encoded(loaf(photo=b"\x00\x01\x02"))["photo"] == "AAEC"


def test_an_address_is_kept_as_it_was_written() -> None:
    assert encoded(loaf(page="https://Example.org"))["page"] == "https://Example.org"


def test_keys_that_are_not_known_are_ignored() -> None:
    assert loaf(colour="brown") == loaf()


def test_a_union_has_its_tag_beside_the_value() -> None:
    topping = loaf(topping={"type": "jam", "value": {"fruit": "plum"}}).topping
    assert topping == ToppingJam(value=Jam(fruit="plum"))
    assert encoded(loaf(topping=topping))["topping"] == {"type": "jam", "value": {"fruit": "plum"}}


def test_a_union_has_its_tag_inside_on_request() -> None:
    payment: Payment = TypeAdapter[Any](Payment).validate_python({"type": "jam", "fruit": "plum"})
    assert payment == PaymentJam(fruit="plum")
    assert payment.to_json() == b'{"type":"jam","fruit":"plum"}'


def said(topping: Topping) -> str:
    if topping.type == "jam":
        return topping.value.fruit
    if topping.type == "old-cheese":
        return topping.value.name
    assert_never(topping)


def test_a_type_checker_tells_the_variants_of_a_union_apart() -> None:
    assert said(ToppingJam(value=Jam(fruit="plum"))) == "plum"


def news(event: CornerShopEvent) -> str:
    match event:
        case WindowPingEvent():
            return event.message
        case WindowResetEvent():
            return event.reason
        case LoafBakedEvent():
            return event.item.name
        case LoafEatenEvent():
            return "eaten"
        case _:
            assert_never(event)


def test_a_type_checker_knows_when_all_events_are_handled() -> None:
    baked = LoafBakedEvent(uuid=LOAF_UUID, item=LoafShort(uuid=LOAF_UUID, name="Rye"))
    assert news(baked) == "Rye"


def test_an_event_is_known_by_its_tag_and_says_what_it_is_about() -> None:
    baked = LoafBakedEvent(uuid=LOAF_UUID, item=LoafShort(uuid=LOAF_UUID, name="Rye"))
    assert EVENT_BY_TAG["loaf_baked_event"] is LoafBakedEvent
    assert subject_of(baked) == str(LOAF_UUID)
    assert subject_of(LoafEatenEvent()) is None
    assert LoafEatenEvent().to_json() == b"{}"
    assert LoafEatenEvent(by=None).to_json() == b'{"by":null}'


def test_the_publisher_knows_who_emits_what_and_what_to_say_of_a_fault() -> None:
    baked = LoafBakedEvent(uuid=LOAF_UUID, item=LoafShort(uuid=LOAF_UUID, name="Rye"))
    assert PUBLISHER.declared("bake_loaf", baked)
    assert PUBLISHER.declared("evening", LoafEatenEvent())
    assert not PUBLISHER.declared("throw_away", baked)
    assert PUBLISHER.fault == WindowResetEvent(reason="fault")


def test_a_stream_says_hello_in_whole_payloads() -> None:
    assert WINDOW.heartbeat.seconds == 0.5
    assert WINDOW.heartbeat.first.to_json() == b'{"message":"Hello","at":"2026-01-02T03:04:05Z"}'
    assert WINDOW.heartbeat.then.to_json() == b'{"message":"Ping"}'
    assert WINDOW.ticket is None


def test_rights_are_those_of_the_design() -> None:
    either, both = attributes.OPERATIONS["list_loaves"], attributes.OPERATIONS["bake_loaf"]
    baker = Attributes.of(["shop:loaves:bake"])
    assert either.met_by(baker)
    assert not both.met_by(baker)
    assert not attributes.OPERATIONS["opening_hours"].token
    assert attributes.OPERATIONS["way"].met_by(Attributes())
    assert attributes.EVENTS["loaf_eaten_event"].met_by(baker)
    assert not attributes.EVENTS["loaf_baked_event"].met_by(baker)


def test_an_error_that_keeps_strangers_out_needs_no_words() -> None:
    error = errors.Unauthorized()
    assert isinstance(error, MessageError)
    assert error.message == "The token is missing or not valid."
    assert errors.Forbidden().document() == "Forbidden"


def test_what_services_share_is_one_class() -> None:
    assert Page is LettersPage is shared.Page


def test_text_of_the_design_stays_text() -> None:
    assert errors.NotValid.__doc__ == (
        'It cannot be honoured. A "quoted" end: \\n is no line end, and """ ends nothing \\'
    )
    assert attributes.ATTRIBUTES["shop:loaves:list"] == 'See the "loaves"'
