"""A bakery as YAML, with one of everything that the language can say, and how to check a text."""

from __future__ import annotations

from codegen.check import Outcome, check_sources
from codegen.model import Design
from codegen.read import Source

BAKERY = """\
design: 1
api:
  title: Bakery
  version: "1.0"
  doc: Bread.
  error_header: bakery-error
attributes:
  bakery:loaves:list: See the loaves
  bakery:loaves:bake: Bake a loaf
security:
  bearer: {scheme: bearer}
  feed_ticket: {scheme: ticket, cookie: bakery-feed, ttl: 5s, doc: Opens the feed.}
errors:
  unauthorized: {status: 401, body: {const: Unauthorized}}
  forbidden: {status: 403}
  not_valid: {status: 400, doc: The request makes no sense.}
  no_loaf: {status: 404, name: not_found, body: Missing}
types:
  Missing: {fields: {message: str}}
  Name: {type: str, min: 1, max: 40, doc: What people call it.}
  Crust: {enum: [soft, very hard], doc: How it sounds.}
  Sweet: {fields: {sugar: int}}
  Savoury: {fields: {salt: int}}
  Filling: {oneof: {sweet: Sweet, savoury: Savoury}, x-shelf: 2}
  Topping: {tag: inside, oneof: {sweet: Sweet}}
  Loaf:
    doc: Something to eat.
    fields:
      uuid: {type: uuid, nil: false}
      name: Name
      crust: Crust = soft
      filling?: Filling | null
      toppings: {list: Topping, max: 3, default: []}
      prices: map[str, float]
      baked_at?: {type: datetime, doc: When it left the oven., deprecated: true}
    views:
      short: [uuid, name]
    example:
      uuid: 11111111-1111-4111-8111-111111111111
      name: Rye
      prices: {whole: 3.5}
services:
  bakery:
    path: /bakery
    security: bearer
    errors: [unauthorized, forbidden]
    doc: Bakes.
    endpoints:
      list_loaves:
        get: /loaves
        requires: bakery:loaves:list
        query:
          crust?: Crust
          limit: int = 20
        headers:
          If-None-Match?: str
        returns: list[Loaf.short]
        errors: [not_valid]
      bake_loaf:
        doc: Bake.
        post: /loaves
        requires: {all: [bakery:loaves:bake, bakery:loaves:list]}
        body: {name: Name, crust: Crust}
        returns: {status: 201, type: Loaf, doc: The loaf.}
        errors: [not_valid]
        emits: [LoafBaked]
        deprecated: true
        x-team: ovens
      show_loaf:
        get: /loaves/{uuid}
        requires: anyone
        path: {uuid: uuid}
        returns: Loaf
        errors: [not_valid, no_loaf]
      photo:
        get: /photo
        requires: signed-in
        returns: {file: image/png}
      close: {delete: /, requires: signed-in, returns: 204}
    events:
      LoafBaked:
        requires: {any: [bakery:loaves:list, bakery:loaves:bake]}
        subject: uuid
        coalesce: true
        fields: {uuid: uuid, item: Loaf.short}
      OvenBeat: {tag: beat, requires: signed-in, fields: {message: str}}
      FeedReset: {requires: signed-in, fields: {reason: str}}
    streams:
      feed:
        get: /feed
        requires: signed-in
        over: [websocket, sse]
        ticket: {name: feed_request, post: /feed, requires: signed-in, with: feed_ticket}
        sends: all
        heartbeat: {event: OvenBeat, every: 10s}
        reset: FeedReset
        resume: true
        select: [types, subject]
    background:
      night_shift: {doc: Bakes at night., emits: [LoafBaked]}
"""

SMALL = """\
design: 1
api: {title: Bakery, version: "1"}
"""

OPEN = """\
services:
  bakery:
    path: /bakery
    endpoints:
      open: {get: /open, requires: anyone, returns: RETURNS}
"""


def check(*texts: str) -> Outcome:
    """Check a design that the texts make together."""
    names = ["design.yaml", *(f"more{number}.yaml" for number in range(1, len(texts)))]
    return check_sources(
        Source(name=name, text=text) for name, text in zip(names, texts, strict=True)
    )


def said(*texts: str) -> list[str]:
    """What is said about a design: code and place of each diagnostic."""
    return [f"{found.code} {found.span}" for found in check(*texts).diagnostics]


def design(text: str) -> Design:
    """The design that a text without mistakes makes."""
    outcome = check(text)
    assert outcome.diagnostics == ()
    assert outcome.design is not None
    return outcome.design


def design_of(types: str, returns: str = "204") -> Design:
    """A design with some types, and an endpoint that returns one."""
    outcome = check(SMALL + types + OPEN.replace("RETURNS", returns))
    assert outcome.design is not None, outcome.diagnostics
    return outcome.design
