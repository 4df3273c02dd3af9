"""Every mapping of the language and its keys.

This list is the language's vocabulary: the check reads by it, and so may whoever writes a
reference or an editor's schema.
"""

from __future__ import annotations

from codegen.check.shape import Form, Key, Shape

_DOC = Key("doc", Form.TEXT, "what people should know about it")
_DEPRECATED = Key("deprecated", Form.FLAG, "whether clients should move away from it")
_REQUIRES = Key("requires", Form.ANY, "who may: an attribute, `signed-in`, or `anyone`")
_ERRORS = Key("errors", Form.LIST, "names of errors it may answer with")
_EMITS = Key("emits", Form.LIST, "names of events it may publish")

DESIGN = Shape(
    "a design",
    (
        Key("design", Form.INTEGER, "the version of the language: 1", required=True),
        Key("api", Form.MAPPING, "title and version of the API", required=True),
        Key("attributes", Form.MAPPING, "permissions, each with what it allows"),
        Key("security", Form.MAPPING, "how callers prove who they are"),
        Key("errors", Form.MAPPING, "errors, each with its status"),
        Key("types", Form.MAPPING, "records, enums, unions and aliases"),
        Key("services", Form.MAPPING, "groups of endpoints and events", required=True),
    ),
)
API = Shape(
    "an API",
    (
        Key("title", Form.TEXT, "its name for people", required=True),
        Key("version", Form.TEXT, 'its version, in quotes if it looks like a number: "1.0"', True),
        Key("error_header", Form.TEXT, "a response header that carries an error's wire name"),
        _DOC,
    ),
)
SCHEME = Shape(
    "a security scheme",
    (
        Key("scheme", Form.TEXT, "`bearer` or `ticket`", required=True),
        Key("cookie", Form.TEXT, "the cookie that carries a ticket"),
        Key("ttl", Form.TEXT, "how long a ticket is good, as in `5s`"),
        _DOC,
    ),
)
ERROR = Shape(
    "an error",
    (
        Key("status", Form.INTEGER, "its HTTP status, 400 to 599", required=True),
        Key("name", Form.TEXT, "its name on the wire, if that differs"),
        Key("body", Form.TEXT_OR_MAPPING, "the type of its body, if not the ordinary one"),
        _DOC,
    ),
)

_BOUNDS = (
    Key("min", Form.ANY, "the least value or length"),
    Key("max", Form.ANY, "the greatest value or length"),
    Key("pattern", Form.TEXT, "a regular expression that matches somewhere in the text"),
    Key("nil", Form.FLAG, "whether the nil UUID is allowed"),
)
_CORES = (
    Key("type", Form.TEXT, "the name of a type"),
    Key("list", Form.TEXT_OR_MAPPING, "the type of a list's items"),
    Key("map", Form.TEXT_OR_MAPPING, "the type of a map's values"),
    Key("const", Form.ANY, "the only value"),
)
CORE_KEYS = tuple(key.name for key in _CORES)
BOUND_KEYS = tuple(key.name for key in _BOUNDS)
_EXPRESSION = (
    *_CORES,
    Key("view", Form.TEXT, "the view of the record"),
    Key("nullable", Form.FLAG, "whether it may be null"),
    *_BOUNDS,
)

EXPRESSION = Shape("a type", _EXPRESSION)
FIELD = Shape(
    "a field",
    (
        *_EXPRESSION,
        Key("optional", Form.FLAG, "whether it may be absent"),
        Key("default", Form.ANY, "what its absence means"),
        Key("example", Form.ANY, "a value to show"),
        _DEPRECATED,
        _DOC,
    ),
)
RECORD = Shape(
    "a record",
    (
        Key("fields", Form.MAPPING, "its members, in the order of the wire"),
        Key("views", Form.MAPPING, "types that have some of its fields"),
        Key("example", Form.ANY, "a value to show"),
        _DOC,
    ),
    extensible=True,
)
ENUM = Shape("an enum", (Key("enum", Form.LIST, "its values"), _DOC), extensible=True)
UNION = Shape(
    "a union",
    (
        Key("oneof", Form.MAPPING, "tags and the records they stand for"),
        Key("tag", Form.TEXT, "`adjacent` (the default) or `inside`"),
        _DOC,
    ),
    extensible=True,
)
ALIAS = Shape("an alias", (*_EXPRESSION, _DOC), extensible=True)

SERVICE = Shape(
    "a service",
    (
        Key("path", Form.TEXT, "what all its paths begin with, such as `/bakery`", required=True),
        Key("security", Form.TEXT, "the security scheme of its endpoints"),
        Key("errors", Form.LIST, "errors that every endpoint may answer with"),
        Key("endpoints", Form.MAPPING, "what callers may ask for"),
        Key("events", Form.MAPPING, "what may happen"),
        Key("streams", Form.MAPPING, "feeds of events"),
        Key("background", Form.MAPPING, "work that no caller waits for"),
        _DOC,
    ),
)
METHODS = ("get", "post", "put", "patch", "delete")
ENDPOINT = Shape(
    "an endpoint",
    (
        *(Key(method, Form.TEXT, f"the path, for {method.upper()}") for method in METHODS),
        _REQUIRES,
        Key("security", Form.TEXT, "its security scheme, or `none`"),
        Key("path", Form.MAPPING, "parameters in the path"),
        Key("query", Form.MAPPING, "parameters in the query"),
        Key("headers", Form.MAPPING, "parameters in headers"),
        Key("cookies", Form.MAPPING, "parameters in cookies"),
        Key("body", Form.TEXT_OR_MAPPING, "the type of the body, or its fields"),
        Key("body_required", Form.FLAG, "`false` if the body may be left out whole"),
        Key("returns", Form.ANY, "status and type of the answer"),
        _ERRORS,
        _EMITS,
        Key("issues", Form.TEXT, "the ticket scheme whose ticket it issues"),
        _DEPRECATED,
        _DOC,
    ),
    extensible=True,
)
RESULT = Shape(
    "a result",
    (
        Key("status", Form.INTEGER, "its HTTP status, 200 if not given"),
        Key("type", Form.TEXT_OR_MAPPING, "the type of the body"),
        Key("file", Form.TEXT, "the media type of the file that is sent"),
        Key("example", Form.ANY, "a body to show"),
        _DOC,
    ),
)
EVENT = Shape(
    "an event",
    (
        Key("tag", Form.TEXT, "its name on the wire, if not its own in snake_case"),
        _REQUIRES,
        Key("fields", Form.MAPPING, "its payload"),
        Key("subject", Form.TEXT, "the field that says which entity it happened to"),
        Key("coalesce", Form.FLAG, "whether of several in a row the last is enough"),
        _DEPRECATED,
        _DOC,
    ),
    extensible=True,
)
STREAM = Shape(
    "a stream",
    (
        Key("get", Form.TEXT, "its path", required=True),
        _REQUIRES,
        Key("security", Form.TEXT, "the scheme for callers without a ticket, or `none`"),
        Key("over", Form.LIST, "transports: `websocket`, `sse`", required=True),
        Key("ticket", Form.MAPPING, "how a browser gets in"),
        Key("sends", Form.ANY, "`all`, or a list of events", required=True),
        Key("heartbeat", Form.MAPPING, "the event that keeps it alive", required=True),
        Key(
            "reset", Form.TEXT, "the event for a position that cannot be honoured; it must be there"
        ),
        Key("resume", Form.FLAG, "whether a client may ask for what it missed"),
        Key("select", Form.LIST, "what a client may narrow by: `types`, `subject`"),
        _ERRORS,
        _DOC,
    ),
)
TICKET = Shape(
    "a ticket",
    (
        Key("name", Form.TEXT, "the name of the endpoint that issues it", required=True),
        Key("post", Form.TEXT, "the path of that endpoint", required=True),
        _REQUIRES,
        Key("with", Form.TEXT, "its ticket scheme", required=True),
        _ERRORS,
        _DOC,
    ),
)
HEARTBEAT = Shape(
    "a heartbeat",
    (
        Key("event", Form.TEXT, "the event it is made of", required=True),
        Key("every", Form.TEXT, "how often, as in `10s`", required=True),
        Key("first", Form.MAPPING, "the payload that opens the stream"),
        Key("then", Form.MAPPING, "the payload of every other beat"),
    ),
)
BACKGROUND = Shape("background work", (_EMITS, _DOC))
REQUIREMENT = Shape(
    "a requirement",
    (
        Key("any", Form.LIST, "attributes of which one is enough"),
        Key("all", Form.LIST, "attributes that are all needed"),
    ),
)
