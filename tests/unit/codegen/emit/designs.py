"""A small design, made by hand, with one of everything that the language can say."""

from __future__ import annotations

from codegen.model import (
    Alias,
    Anyone,
    Api,
    Attribute,
    Background,
    Body,
    Const,
    Design,
    EmptyContent,
    Enum,
    Error,
    Event,
    Field,
    FileContent,
    Heartbeat,
    JsonContent,
    ListOf,
    MapOf,
    Nullable,
    Operation,
    Parameter,
    Record,
    Ref,
    RequiresAll,
    RequiresAny,
    Result,
    Scalar,
    SecurityScheme,
    Service,
    SignedIn,
    Stream,
    StreamTicket,
    Type,
    Union,
    Variant,
)

TEXT = Scalar(kind="str")
NUMBER = Scalar(kind="int")
UUID = Scalar(kind="uuid")
TIME = Scalar(kind="datetime")


def field(name: str, type_: Type, doc: str = "") -> Field:
    """A field that must be there."""
    return Field(name=name, type=type_, required=True, doc=doc)


REASON = Field(name="reason", type=Scalar(kind="str"), required=True)


def optional(name: str, type_: Type, doc: str = "") -> Field:
    """A field that may be left out."""
    return Field(name=name, type=type_, required=False, doc=doc)


CRUMB = Enum(name="Crumb", values=("open", "very tight", "on", "no"), doc="How a loaf is inside.")

JAM = Record(name="Jam", fields=(field("fruit", TEXT), optional("sugar", Scalar(kind="float"))))
CHEESE = Record(name="Cheese", fields=(field("name", TEXT),), doc="A slice of cheese.")
TOPPING = Union(
    name="Topping",
    doc="What lies on a loaf.",
    variants=(Variant(tag="jam", type=Ref("Jam")), Variant(tag="old-cheese", type=Ref("Cheese"))),
)
PAYMENT = Union(
    name="Payment",
    tagging="inside",
    variants=(Variant(tag="jam", type=Ref("Jam")), Variant(tag="cheese", type=Ref("Cheese"))),
)

LOAF = Record(
    name="Loaf",
    doc="A loaf of bread.\n\nIt is sold whole. Nobody buys half of it */ really.",
    fields=(
        field("uuid", Scalar(kind="uuid", nil=False), "Which loaf."),
        Field(
            name="name",
            type=Scalar(kind="str", min=1, max=64, pattern="^[A-Z]"),
            required=True,
            example="Rye",
        ),
        Field(
            name="crumb",
            type=Ref("Crumb"),
            required=False,
            default="open",
            doc="Inside.",
            example="no",
        ),
        field("baked_at", Nullable(TIME), "When it left the oven, or null."),
        optional("oven_uuid", UUID),
        optional("note", Nullable(TEXT)),
        optional("topping", Ref("Topping"), "Its topping."),
        optional("second_crumb", Nullable(Ref("Crumb"))),
        Field(name="weight", type=Scalar(kind="int", min=1, max=5000), required=False, default=500),
        Field(name="price", type=Scalar(kind="float"), required=False, deprecated=True),
        optional("slices", ListOf(item=Ref("Loaf"), max=20)),
        optional("labels", MapOf(Nullable(TEXT))),
        optional("photo", Scalar(kind="bytes")),
        optional("page", Scalar(kind="url")),
        optional("baker", Scalar(kind="email")),
        optional("best_before", Scalar(kind="date")),
    ),
    example={"uuid": "1b7a", "name": "Rye", "baked_at": None},
    extensions={"x-shelf": ("left", 3)},
)
LOAF_SHORT = Record(
    name="LoafShort",
    view_of="Loaf",
    view="short",
    fields=(field("uuid", UUID), field("name", TEXT)),
)
OVEN = Record(
    name="Oven",
    fields=(field("uuid", UUID), field("hot", Scalar(kind="bool")), field("kind", Const("stone"))),
)
NEW_LOAF = Record(
    name="NewLoaf",
    fields=(
        field("name", TEXT),
        optional("crumb", Ref("Crumb")),
        optional("topping", Ref("Topping")),
    ),
)
LOAVES = Record(name="Loaves", fields=(field("items", ListOf(item=Ref("LoafShort"))),))
NO_LOAF = Record(name="NoLoaf", fields=(field("message", TEXT), field("uuid", UUID)))
WEIGHT = Alias(name="Weights", type=ListOf(item=NUMBER, min=1), doc="In grams.")

ERRORS = (
    Error(name="unauthorized", wire_name="unauthorized", status=401, body=Const("Unauthorized")),
    Error(name="forbidden", wire_name="forbidden", status=403, body=Const("Forbidden")),
    Error(name="not_valid", wire_name="not_valid", status=400, doc="It cannot be done."),
    Error(name="no_loaf", wire_name="not_found", status=404, body=Ref("NoLoaf"), doc="No loaf."),
    Error(name="no_photo", wire_name="not_found", status=404, doc="No photo of it."),
)

LIST = Operation(
    name="list_loaves",
    method="GET",
    path="/bakery/loaves",
    requires=RequiresAll(("bakery:loaves:list",)),
    result=Result(status=200, content=JsonContent(Ref("Loaves")), example={"items": ()}),
    security="bearer",
    parameters=(
        Parameter(where="query", wire_name="crumb", field=optional("crumb", Ref("Crumb"))),
        Parameter(
            where="query",
            wire_name="limit",
            field=Field(name="limit", type=NUMBER, required=False, default=20, doc="How many."),
        ),
        Parameter(where="query", wire_name="name", field=optional("name", ListOf(item=TEXT))),
        Parameter(where="header", wire_name="X-Shelf", field=optional("shelf", TEXT)),
        Parameter(where="cookie", wire_name="taste", field=optional("taste", TEXT)),
    ),
    errors=("unauthorized", "forbidden", "not_valid"),
    doc="List the loaves, e.g. for a window. The newest comes first.",
)
BAKE = Operation(
    name="bake_loaf",
    method="POST",
    path="/bakery/loaves",
    requires=RequiresAll(("bakery:loaves:bake", "bakery:ovens:use")),
    result=Result(status=201, content=JsonContent(Ref("Loaf")), doc="The loaf, still warm."),
    security="bearer",
    body=Body(type=Ref("NewLoaf")),
    errors=("unauthorized", "forbidden"),
    emits=("LoafBakedEvent",),
    doc="Bake a loaf.",
    extensions={"x-noise": "loud"},
)
SHOW = Operation(
    name="show_loaf",
    method="GET",
    path="/bakery/loaves/{uuid}",
    requires=RequiresAny(("bakery:loaves:list", "bakery:loaves:bake")),
    result=Result(status=200, content=JsonContent(Ref("Loaf"))),
    security="bearer",
    parameters=(Parameter(where="path", wire_name="uuid", field=field("uuid", UUID)),),
    errors=("unauthorized", "forbidden", "no_loaf", "no_photo"),
)
THROW_AWAY = Operation(
    name="throw_away",
    method="DELETE",
    path="/bakery/loaves/{uuid}",
    requires=RequiresAll(("bakery:loaves:bake",)),
    result=Result(status=204, content=EmptyContent()),
    security="bearer",
    parameters=(Parameter(where="path", wire_name="uuid", field=field("uuid", UUID)),),
    body=Body(type=Nullable(TEXT), required=False),
    errors=("unauthorized", "forbidden"),
    emits=("LoafEatenEvent",),
    deprecated=True,
)
PHOTO_REQUEST = Operation(
    name="photo_request",
    method="POST",
    path="/bakery/loaves/{uuid}/photo",
    requires=RequiresAll(("bakery:loaves:list",)),
    result=Result(status=200, content=EmptyContent()),
    security="bearer",
    parameters=(Parameter(where="path", wire_name="uuid", field=field("uuid", UUID)),),
    errors=("unauthorized", "forbidden", "no_loaf"),
    issues="photo_ticket",
    doc="Ask for a ticket to the photo.",
)
PHOTO = Operation(
    name="photo",
    method="GET",
    path="/bakery/loaves/{uuid}/photo",
    requires=SignedIn(),
    result=Result(status=200, content=FileContent("image/png")),
    security="photo_ticket",
    parameters=(Parameter(where="path", wire_name="uuid", field=field("uuid", UUID)),),
    errors=("no_photo",),
    doc="Look at a loaf.",
)
HOURS = Operation(
    name="opening_hours",
    method="GET",
    path="/bakery/hours",
    requires=Anyone(),
    result=Result(status=200, content=JsonContent(MapOf(TEXT))),
    doc="When we are open.",
)
WATCH_REQUEST = Operation(
    name="window_request",
    method="POST",
    path="/bakery/window",
    requires=SignedIn(),
    result=Result(status=200, content=EmptyContent()),
    security="bearer",
    errors=("unauthorized",),
    issues="window_ticket",
    doc="Ask for a ticket to the window.",
)

PING = Event(
    name="WindowPingEvent",
    tag="ping",
    requires=SignedIn(),
    fields=(field("message", TEXT),),
    doc="The window is open.",
)
RESET = Event(
    name="WindowResetEvent", tag="reset", requires=SignedIn(), fields=(field("reason", TEXT),)
)
BAKED = Event(
    name="LoafBakedEvent",
    tag="loaf_baked",
    requires=RequiresAll(("bakery:loaves:list",)),
    fields=(field("uuid", UUID), field("item", Ref("Loaf"))),
    subject="uuid",
    doc="A loaf left the oven.",
)
EATEN = Event(
    name="LoafEatenEvent",
    tag="loaf_was_eaten_by_somebody_who_was_very_hungry",
    requires=RequiresAny(("bakery:loaves:list", "bakery:loaves:bake")),
    fields=(field("uuid", UUID), optional("by", Nullable(TEXT))),
    subject="uuid",
    deprecated=True,
)

WINDOW = Stream(
    name="window",
    path="/bakery/window",
    requires=SignedIn(),
    over=("websocket", "sse"),
    sends=("WindowPingEvent", "WindowResetEvent", "LoafBakedEvent", "LoafEatenEvent"),
    heartbeat=Heartbeat(
        event="WindowPingEvent", every=10, first={"message": "Hello"}, then={"message": "Ping"}
    ),
    security="bearer",
    ticket=StreamTicket(operation="window_request", scheme="window_ticket"),
    reset="WindowResetEvent",
    resume=True,
    select=("types", "subject"),
    errors=("unauthorized",),
    doc="Look through the window.",
)

BAKERY = Design(
    api=Api(
        title="The corner bakery",
        version="1.2.0",
        doc="Bread: baked, sold and eaten.",
        error_header="bakery-error",
    ),
    attributes=(
        Attribute(name="bakery:loaves:list", doc="See the loaves"),
        Attribute(name="bakery:loaves:bake", doc="Bake a loaf"),
        Attribute(name="bakery:ovens:use", doc="Use an oven"),
    ),
    security=(
        SecurityScheme(name="bearer", scheme="bearer"),
        SecurityScheme(name="window_ticket", scheme="ticket", cookie="bakery-window", ttl=5),
        SecurityScheme(name="photo_ticket", scheme="ticket", cookie="bakery-photo", ttl=5),
    ),
    errors=ERRORS,
    types=(
        CRUMB, JAM, CHEESE, TOPPING, PAYMENT, LOAF, LOAF_SHORT, OVEN, NEW_LOAF, LOAVES, NO_LOAF,
        WEIGHT,
    ),
    services=(
        Service(
            name="bakery",
            path="/bakery",
            doc="Loaves and who eats them.",
            operations=(
                LIST, BAKE, SHOW, THROW_AWAY, PHOTO_REQUEST, PHOTO, HOURS, WATCH_REQUEST,
            ),
            events=(PING, RESET, BAKED, EATEN),
            streams=(WINDOW,),
            background=(Background(name="evening", emits=("LoafEatenEvent",)),),
        ),
    ),
)  # fmt: skip


def _long_design() -> Design:
    """A design whose names do not fit on a line, nor do two of them together."""
    oven = "TheOvenInTheCornerBehindTheDoorThatNobodyOpens"
    loaf = "TheLoafThatWasForgottenInTheOvenInTheCorner"
    deep = "how_deep_it_is_in_the_oven_behind_the_door_that_nobody_opens"
    colour = Enum(
        name="ColourOfTheLoafThatWasForgotten",
        values=('"black"', "it's brown", "a \"so\" 'so'", "back\\slash", "grün", "x" * 50),
        doc="How it looks, if anybody looks, which is rare; a long line that has to be broken.",
    )
    forgotten = Record(
        name=loaf,
        fields=(
            optional(deep, Nullable(Ref(colour.name))),
            field("oven", Nullable(Ref(oven))),
            optional("others_that_were_forgotten", ListOf(item=Nullable(Ref(colour.name)))),
            optional("where_they_were_found", MapOf(Nullable(Ref(colour.name)))),
            optional("short", Nullable(TEXT), "A doc\nof two lines.\n\n- and\n- a list"),
        ),
    )
    empty = Record(name=oven, fields=())
    union = Union(
        name="WhatIsInTheOvenInTheCorner",
        variants=(
            Variant(tag="the-loaf-that-was-forgotten", type=Ref(loaf)),
            Variant(tag="the_oven", type=Ref(oven)),
        ),
    )
    inside = Union(
        name="WhatIsInside",
        tagging="inside",
        variants=(Variant(tag="loaf", type=Ref(loaf)), Variant(tag="oven", type=Ref(oven))),
    )
    alias = Alias(name="NamesOfAllTheLoavesThatWereForgotten", type=Nullable(Ref(union.name)))
    list_alias = Alias(name="Lists", type=ListOf(item=ListOf(item=Nullable(Ref("Lists")))))
    open_door = Operation(
        name="open_the_door_that_nobody_has_opened_for_a_long_time",
        method="PUT",
        path="/a_very_long_path_that_leads_to_the_bakery_behind_the_corner/and_then_to_its_door",
        requires=Anyone(),
        parameters=(
            Parameter(where="query", wire_name=deep, field=optional(deep, Nullable(NUMBER))),
            Parameter(
                where="header", wire_name="X-" + "Long-" * 12 + "Name", field=optional("h", TEXT)
            ),
        ),
        body=Body(type=Nullable(Ref(loaf))),
        result=Result(status=200, content=JsonContent(ListOf(item=Nullable(Ref(loaf))))),
        doc="Open it.",
    )
    constructor = Operation(
        name="constructor",
        method="GET",
        path="/",
        requires=Anyone(),
        result=Result(status=200, content=JsonContent(MapOf(Ref(union.name)))),
    )
    only = Event(
        name="TheLoafThatWasForgottenWasFoundEvent",
        tag="the_loaf_that_was_forgotten_was_found_by_somebody_who_looked",
        requires=Anyone(),
        fields=(),
    )
    beat = Event(name="BeatEvent", tag="beat", requires=Anyone(), fields=())
    lost = Event(name="LostEvent", tag="lost", requires=Anyone(), fields=(REASON,))
    stream = Stream(
        name="watch_the_oven_in_the_corner",
        path="/" + "a_very_long_path" * 5,
        requires=Anyone(),
        over=("sse",),
        sends=("BeatEvent", "LostEvent"),
        heartbeat=Heartbeat(event="BeatEvent", every=0.5, first={}, then={}),
        reset="LostEvent",
        select=("types",),
    )
    plain = Stream(
        name="plain",
        path="/plain",
        requires=Anyone(),
        over=("websocket",),
        sends=("BeatEvent", "LostEvent"),
        heartbeat=Heartbeat(event="BeatEvent", every=0.5, first={}, then={}),
        reset="LostEvent",
    )
    return Design(
        api=Api(title='The bakery */ "behind"\nthe corner', version="1"),
        attributes=(),
        security=(),
        errors=(
            Error(name="gone", wire_name="gone", status=410, body=Nullable(Ref(union.name))),
            Error(
                name="the_oven_is_far_too_hot_for_anything_else",
                wire_name="the_oven_is_far_too_hot_for_anything_else",
                status=418,
                body=Nullable(Ref(loaf)),
            ),
        ),
        types=(colour, forgotten, empty, union, inside, alias, list_alias),
        services=(
            Service(
                name="the_bakery_behind_the_corner",
                path="/",
                operations=(open_door, constructor),
                events=(only, beat, lost),
                streams=(stream, plain),
            ),
            Service(name="small", path="/", operations=(), events=(beat,)),
        ),
    )


LONG = _long_design()

EMPTY = Design(
    api=Api(title="Nothing", version="0"),
    attributes=(),
    security=(),
    errors=(),
    types=(),
    services=(Service(name="nothing", path="/", operations=()),),
)
