"""Endpoints, errors and security that do not work."""

from codegen.check.diagnostics import Kind

MISSING_REQUIRES = Kind(
    "missing-requires",
    "the {what} `{name}` does not say what it requires",
    "write `requires:` with an attribute, `signed-in` (any valid token) or `anyone` (no token)",
    doc="Silence is never permission: who may call an endpoint, or see an event, is written out.",
)
UNKNOWN_ATTRIBUTE = Kind(
    "unknown-attribute",
    "there is no attribute `{name}`",
    doc="Attributes are a closed list under `attributes`, each with what it allows.",
)
BAD_REQUIREMENT = Kind(
    "bad-requirement",
    "{problem}",
    "write one attribute, `{{any: [a, b]}}` or `{{all: [a, b]}}`",
    doc="A requirement is `anyone`, `signed-in`, one attribute, any of several or all of several.",
)
UNKNOWN_SCHEME = Kind(
    "unknown-scheme",
    "there is no security scheme `{name}`",
    doc="Schemes are declared under `security`; `none` stands for no scheme.",
)
NO_SCHEME = Kind(
    "no-scheme",
    "`{name}` requires a token, but no security scheme tells how one is shown",
    "write `security:` here or at the service",
    doc="Without a scheme nobody could ever be let in.",
)
ANYONE_SECURED = Kind(
    "anyone-secured",
    "`{name}` is open to anyone, but names a security scheme",
    "remove `security`, or require `signed-in`",
    doc="A scheme that is not asked for protects nothing.",
)
SCHEME_KEYS = Kind(
    "scheme-keys",
    "a {scheme} scheme {problem}",
    "a ticket scheme has `cookie` and `ttl`, a bearer scheme has neither",
    doc="A ticket lives in a cookie for a short time and needs both `cookie` and `ttl`; a bearer "
    "token comes in the Authorization header and has neither.",
)
NOT_A_TICKET = Kind(
    "not-a-ticket",
    "`{name}` is not a ticket scheme",
    "name a scheme that is declared with `scheme: ticket`",
    doc="Only tickets can be issued.",
)
TICKET_NOT_ISSUED = Kind(
    "ticket-not-issued",
    "nothing issues tickets of the scheme `{name}`",
    "give an endpoint `issues: {name}`",
    doc="An endpoint that only a ticket opens stays shut if nobody can get one.",
)
UNKNOWN_ERROR = Kind(
    "unknown-error",
    "there is no error `{name}`",
    doc="Errors are declared once, under `errors`, each with its status.",
)
INHERITED_ERROR = Kind(
    "inherited-error",
    "`{name}` is declared for the whole service already",
    "remove it here",
    doc="Errors of a service are inherited by each of its endpoints.",
    severity="warning",
)
ERRORS_ALIKE = Kind(
    "errors-alike",
    "`{name}` and `{other}` look the same to a caller: both answer {status} `{wire}`",
    "give one of them another status or wire name, or keep one",
    doc="Two errors of one endpoint that share status and name cannot be told apart.",
)
BAD_ERROR_BODY = Kind(
    "bad-error-body",
    "the body of an error is a record or a constant, not {kind}",
    "declare a record and write its name, write `{{const: …}}`, or leave `body` out",
    doc="An error becomes an exception that carries a record, or says always the same.  Without "
    "`body` it has the ordinary one, with a message.",
)
BAD_STATUS = Kind(
    "bad-status",
    "{status} is not the status of {what}",
    "{wanted}",
    doc="Answers that worked are 200 to 299, errors 400 to 599.",
)
BODILESS_STATUS = Kind(
    "bodiless-status",
    "an answer with status {status} has no body",
    "write `returns: {status}` alone, or use another status",
    doc="HTTP forbids a body with 204 and 205.",
)
WHICH_METHOD = Kind(
    "which-method",
    "`{name}` has {how} method",
    "write exactly one of `get`, `post`, `put`, `patch` and `delete`, with the path",
    doc="An endpoint is one method on one path.",
)
BAD_PATH = Kind(
    "bad-path",
    "this is not a path: {problem}",
    "a path is `/` and segments, each literal or one parameter in braces: `/loaves/{{id}}`",
    doc="Segments are letters, digits, `-`, `_`, `.` and `~`, or exactly one `{{parameter}}`.",
)
UNDECLARED_PATH_PARAMETER = Kind(
    "undeclared-path-parameter",
    "the parameter `{name}` of the path has no type",
    "write `path: {{{name}: …}}`",
    doc="Every parameter in the path's braces is declared under `path`.",
)
UNUSED_PATH_PARAMETER = Kind(
    "unused-path-parameter",
    "`{name}` is not in the path `{path}`",
    "write `{{{name}}}` into the path, or move the parameter to `query`",
    doc="What is declared under `path` stands in braces in the path.",
)
BAD_PARAMETER = Kind(
    "bad-parameter",
    "{problem}",
    doc="Parameters are text outside the body: scalars and enums, in a query also lists of them. "
    "One in the path is always there, and none can be null.",
)
DUPLICATE_PARAMETER = Kind(
    "duplicate-parameter",
    "`{name}` is a parameter of this endpoint already",
    "rename one of the two",
    doc="Parameters become arguments of one method, wherever they come from.",
)
RESERVED_HEADER = Kind(
    "reserved-header",
    "the header `{name}` cannot be a parameter",
    "{instead}",
    doc="HTTP, the security schemes and the body speak through these headers.",
)
DUPLICATE_ROUTE = Kind(
    "duplicate-route",
    "{method} {path} is answered by `{other}` already",
    "change the method or the path of one of the two",
    doc="Two endpoints with one method and one path: nobody could say which is meant.  Names of "
    "parameters make no difference.",
)
SHADOWED_ROUTE = Kind(
    "shadowed-route",
    "{method} {path} never gets here: `{other}` takes it first",
    "declare `{name}` before `{other}`",
    doc="Endpoints are tried in the order of the design, and a parameter takes any text.",
)
BODY_ON_GET = Kind(
    "body-on-get",
    "a {method} request has no body",
    "use `query`, or another method",
    doc="HTTP gives a body of GET and DELETE no meaning; proxies drop it.",
)
STRAY_BODY_REQUIRED = Kind(
    "stray-body-required",
    "`body_required` without a `body`",
    "remove it, or declare the body",
    doc="There is nothing that could be left out.",
)
MISSING_RETURNS = Kind(
    "missing-returns",
    "`{name}` does not say what it returns",
    "write `returns:` with a type, or with a status alone for an empty answer: `returns: 204`",
    doc="An empty answer is a decision, and is written down.",
)
ISSUES_AND_RETURNS = Kind(
    "issues-and-returns",
    "an endpoint that issues a ticket returns nothing else",
    "remove `returns`",
    doc="The answer is 200 without a body; the ticket travels in its cookie.",
)
BAD_MEDIA_TYPE = Kind(
    "bad-media-type",
    "`{name}` is not a media type",
    "a media type is two words joined by `/`, as in `application/pdf`",
    doc="The media type of a file goes into a header as it stands.",
)
ALSO_401 = Kind(
    "undeclared-401",
    "`{name}` requires a token, but declares no error with status 401",
    "add one to the service's `errors`",
    doc="Clients should know what a missing or expired token looks like.",
    severity="warning",
)
ALSO_403 = Kind(
    "undeclared-403",
    "`{name}` requires an attribute, but declares no error with status 403",
    "add one to the service's `errors`",
    doc="Clients should know what a missing attribute looks like.",
    severity="warning",
)
ALSO_400 = Kind(
    "undeclared-400",
    "`{name}` takes input, but declares no error with status 400",
    "add one to its `errors`",
    doc="Input can be wrong; clients should know what that looks like.",
    severity="warning",
)
