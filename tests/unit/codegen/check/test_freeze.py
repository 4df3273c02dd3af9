from __future__ import annotations

import pytest

from codegen import model
from codegen.model import (
    MISSING,
    Alias,
    Anyone,
    Const,
    EmptyContent,
    Enum,
    Field,
    FileContent,
    JsonContent,
    ListOf,
    MapOf,
    Nullable,
    Parameter,
    Record,
    Ref,
    RequiresAll,
    RequiresAny,
    Scalar,
    SignedIn,
    Union,
    Variant,
)
from tests.unit.codegen.check.bakery import BAKERY, SMALL, design, design_of

TEXT = Scalar(kind="str")


@pytest.fixture(scope="module")
def bakery() -> model.Design:
    return design(BAKERY)


def operation(bakery: model.Design, name: str) -> model.Operation:
    (service,) = bakery.services
    return next(operation for operation in service.operations if operation.name == name)


def test_what_is_said_of_the_api_arrives(bakery: model.Design) -> None:
    assert bakery.api == model.Api(
        title="Bakery", version="1.0", doc="Bread.", error_header="bakery-error"
    )
    assert bakery.attributes[0] == model.Attribute(name="bakery:loaves:list", doc="See the loaves")


def test_a_ticket_scheme_lives_for_seconds(bakery: model.Design) -> None:
    assert bakery.scheme_by_name["feed_ticket"] == model.SecurityScheme(
        name="feed_ticket", scheme="ticket", cookie="bakery-feed", ttl=5, doc="Opens the feed."
    )


def test_an_error_has_a_wire_name_and_a_body_of_its_own(bakery: model.Design) -> None:
    errors = bakery.error_by_name
    assert errors["unauthorized"].body == Const("Unauthorized")
    assert errors["not_valid"].body is None
    assert errors["no_loaf"] == model.Error(
        name="no_loaf", wire_name="not_found", status=404, body=Ref("Missing")
    )


def test_types_stand_in_the_order_of_declaration_each_view_after_its_record(
    bakery: model.Design,
) -> None:
    names = [named.name for named in bakery.types]
    assert names == [
        "Missing",
        "Name",
        "Crust",
        "Sweet",
        "Savoury",
        "Filling",
        "Topping",
        "Loaf",
        "LoafShort",
        "BakeLoafBody",
    ]


def test_aliases_enums_and_unions_arrive(bakery: model.Design) -> None:
    types = bakery.type_by_name
    assert types["Name"] == Alias(
        name="Name", type=Scalar(kind="str", min=1, max=40), doc="What people call it."
    )
    assert types["Crust"] == Enum(name="Crust", values=("soft", "very hard"), doc="How it sounds.")
    assert types["Filling"] == Union(
        name="Filling",
        variants=(
            Variant(tag="sweet", type=Ref("Sweet")),
            Variant(tag="savoury", type=Ref("Savoury")),
        ),
        extensions={"x-shelf": 2},
    )
    assert isinstance(types["Topping"], Union)
    assert types["Topping"].tagging == "inside"


def test_absence_null_and_default_are_three_things(bakery: model.Design) -> None:
    loaf = bakery.type_by_name["Loaf"]
    assert isinstance(loaf, Record)
    assert loaf.fields == (
        Field(name="uuid", type=Scalar(kind="uuid", nil=False), required=True),
        Field(name="name", type=Ref("Name"), required=True),
        Field(name="crust", type=Ref("Crust"), required=False, default="soft"),
        Field(name="filling", type=Nullable(Ref("Filling")), required=False),
        Field(name="toppings", type=ListOf(item=Ref("Topping"), max=3), required=False, default=()),
        Field(name="prices", type=MapOf(Scalar(kind="float")), required=True),
        Field(
            name="baked_at",
            type=Scalar(kind="datetime"),
            required=False,
            doc="When it left the oven.",
            deprecated=True,
        ),
    )


def test_a_view_is_a_record_that_keeps_some_fields(bakery: model.Design) -> None:
    short = bakery.type_by_name["LoafShort"]
    assert isinstance(short, Record)
    assert [field.name for field in short.fields] == ["uuid", "name"]
    assert (short.view_of, short.view) == ("Loaf", "short")
    assert short.example == {"uuid": "11111111-1111-4111-8111-111111111111", "name": "Rye"}


def test_a_body_in_place_becomes_a_record_named_after_its_endpoint(bakery: model.Design) -> None:
    bake = operation(bakery, "bake_loaf")
    assert bake.body == model.Body(type=Ref("BakeLoafBody"))
    body = bakery.type_by_name["BakeLoafBody"]
    assert isinstance(body, Record)
    assert [field.name for field in body.fields] == ["name", "crust"]


def test_an_endpoint_inherits_security_and_errors(bakery: model.Design) -> None:
    bake = operation(bakery, "bake_loaf")
    assert (bake.method, bake.path, bake.security) == ("POST", "/bakery/loaves", "bearer")
    assert bake.errors == ("unauthorized", "forbidden", "not_valid")
    assert bake.emits == ("LoafBaked",)
    assert bake.requires == RequiresAll(("bakery:loaves:bake", "bakery:loaves:list"))
    assert bake.deprecated
    assert bake.extensions == {"x-team": "ovens"}


def test_an_endpoint_for_anyone_has_no_security(bakery: model.Design) -> None:
    show = operation(bakery, "show_loaf")
    assert (show.requires, show.security) == (Anyone(), None)


def test_parameters_keep_the_names_of_both_worlds(bakery: model.Design) -> None:
    crust, limit, match = operation(bakery, "list_loaves").parameters
    assert crust.field == Field(name="crust", type=Ref("Crust"), required=False)
    assert limit.field == Field(name="limit", type=Scalar(kind="int"), required=False, default=20)
    assert match == Parameter(
        where="header",
        wire_name="If-None-Match",
        field=Field(name="if_none_match", type=TEXT, required=False),
    )


def test_an_endpoint_answers_json_a_file_or_nothing(bakery: model.Design) -> None:
    results = {name: operation(bakery, name).result for name in ("bake_loaf", "photo", "close")}
    assert results["bake_loaf"] == model.Result(
        status=201, content=JsonContent(Ref("Loaf")), doc="The loaf."
    )
    assert results["photo"] == model.Result(status=200, content=FileContent("image/png"))
    assert results["close"] == model.Result(status=204, content=EmptyContent())
    listed = operation(bakery, "list_loaves").result.content
    assert listed == JsonContent(ListOf(item=Ref("LoafShort")))


def test_the_path_of_a_service_alone_has_no_slash_at_its_end(bakery: model.Design) -> None:
    assert operation(bakery, "close").path == "/bakery"


def test_a_service_at_the_root_adds_nothing_to_its_paths() -> None:
    text = "services: {top: {path: /, endpoints: {a: {get: /a, requires: anyone, returns: 204}, "
    text += "b: {get: /, requires: anyone, returns: 204}}}}\n"
    (service,) = design(SMALL + text).services
    assert [operation.path for operation in service.operations] == ["/a", "/"]


def test_the_ticket_of_a_stream_is_an_operation_that_issues_it(bakery: model.Design) -> None:
    (service,) = bakery.services
    request = service.operations[-1]
    assert (request.name, request.method, request.path) == ("feed_request", "POST", "/bakery/feed")
    assert request.issues == "feed_ticket"
    assert request.result == model.Result(status=200, content=EmptyContent())
    assert request.errors == ("unauthorized", "forbidden")


def test_a_stream_knows_all_its_events(bakery: model.Design) -> None:
    (service,) = bakery.services
    assert service.streams == (
        model.Stream(
            name="feed",
            path="/bakery/feed",
            requires=SignedIn(),
            over=("websocket", "sse"),
            sends=("LoafBaked", "OvenBeat", "FeedReset"),
            heartbeat=model.Heartbeat(
                event="OvenBeat",
                every=10,
                first={"message": "Hello"},
                then={"message": "Ping"},
            ),
            security="bearer",
            ticket=model.StreamTicket(operation="feed_request", scheme="feed_ticket"),
            reset="FeedReset",
            resume=True,
            select=("types", "subject"),
            errors=("unauthorized", "forbidden"),
        ),
    )


def test_a_list_of_what_a_stream_sends_always_has_heartbeat_and_reset() -> None:
    text = BAKERY.replace("sends: all", "sends: [LoafBaked]")
    (service,) = design(text).services
    assert service.streams[0].sends == ("LoafBaked", "OvenBeat", "FeedReset")


def test_an_event_has_a_tag_and_may_have_a_subject(bakery: model.Design) -> None:
    (service,) = bakery.services
    baked, beat, _ = service.events
    assert (baked.tag, baked.subject, beat.tag) == ("loaf_baked", "uuid", "beat")
    assert (baked.coalesce, beat.coalesce) == (True, False)
    assert baked.requires == RequiresAny(("bakery:loaves:list", "bakery:loaves:bake"))
    assert service.background == (
        model.Background(name="night_shift", emits=("LoafBaked",), doc="Bakes at night."),
    )


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("a?: str", "a: {type: str, optional: true}"),
        ("a: str | null", "a: {type: str, nullable: true}"),
        ("a: int = 5", "a: {type: int, default: 5}"),
        ('a: str = "5"', 'a: {type: str, default: "5"}'),
        ("a: list[str]", "a: {list: str}"),
        ("a: list[str | null] = []", "a: {list: {type: str, nullable: true}, default: []}"),
        ("a: map[str, int]", "a: {map: int}"),
        ("a: Other.short", "a: {type: Other, view: short}"),
        ("a: Other.short | null", "a: {type: Other, view: short, nullable: true}"),
        ("a?: list[Other.short]", "a: {list: {type: Other, view: short}, optional: true}"),
    ],
)
def test_every_short_form_of_a_field_has_an_equal_long_form(short: str, long: str) -> None:
    types = "types:\n  Other: {fields: {b: str}, views: {short: [b]}}\n  Loaf:\n    fields:\n"
    assert design_of(f"{types}      {short}\n", "Loaf") == design_of(
        f"{types}      {long}\n", "Loaf"
    )


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("202", "{status: 202}"),
        ("Loaf", "{type: Loaf}"),
        ("201 Loaf", "{status: 201, type: Loaf}"),
        ("'list[Loaf]'", "{type: {list: Loaf}}"),
    ],
)
def test_every_short_form_of_a_result_has_an_equal_long_form(short: str, long: str) -> None:
    types = "types: {Loaf: {fields: {a: str}}}\n"
    assert design_of(types, short) == design_of(types, long)


def test_an_alias_may_be_written_short() -> None:
    assert design_of("types: {Tags: 'list[str]'}\n", "Tags").types == (
        Alias(name="Tags", type=ListOf(item=TEXT)),
    )


def test_what_is_not_said_is_missing_not_null(bakery: model.Design) -> None:
    loaf = bakery.type_by_name["Crust"]
    assert loaf.doc == "How it sounds."
    assert operation(bakery, "close").result.example is MISSING
