"""Names: what each kind looks like, and which are taken."""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass

from codegen.check.catalogue.names import BAD_NAME, RESERVED_NAME
from codegen.check.report import Report
from codegen.read.forms import Name

SCALARS = ("str", "int", "float", "bool", "uuid", "datetime", "date", "bytes", "url", "email")

_KEYWORDS = frozenset(keyword.kwlist) | {"self", "cls"}

# Generated code calls these by their names, beside whatever a design puts there.
_BUILTINS = frozenset("bool bytes dict float int list object set str tuple".split())
# A field is an attribute of a pydantic model, which has members of its own, and the types of its
# neighbours are looked up beside it: a field named `date` would hide the type of the next one.
_MODEL_NAMES = _BUILTINS | frozenset(
    "construct copy date dict fields_set from_orm json parse_file parse_obj parse_raw schema "
    "schema_json update_forward_refs validate".split()
)
# Members that every generated event has.
_EVENT_MEMBERS = frozenset(["subject_field", "tag"])
# An operation's inputs are arguments, beside the ones that every operation has.
_ARGUMENT_NAMES = frozenset("body caller request response".split())
# An object of JavaScript is made by the one, and taken for a promise if it has the other.
_CLIENT_MEMBERS = frozenset(["constructor", "then"])
# Generated modules import these, or their readers take them for the language's own.
_TYPE_NAMES = frozenset(
    "Annotated Any Array BaseModel Boolean Date Enum Error Event Exception False Field Function "
    "Generic Json List Literal Map Mapping None Number Object Optional Partial Pick Promise "
    "Readonly Record Request Response RootModel Sequence Set Self String StrEnum Symbol Tuple "
    "Type TypeAlias True UUID Union Unknown "
    # What the module of the types imports, wherever those come from.
    "AwareDatetime Base64 Base64Str DateTime Email EmailStr Float64 Int64 Maybe Model NonNilUUID "
    "SecretStr StrictBool StrictFloat StrictInt StrictStr TypeAliasType UUID1 Url".split()
)
# A service becomes a package, beside these.
_SERVICE_NAMES = frozenset(["clients", "docs", "models"])


@dataclass(frozen=True, slots=True)
class NameRule:
    """What a name of one kind looks like, and which are taken."""

    what: str
    pattern: re.Pattern[str]
    says: str
    reserved: frozenset[str] = frozenset()
    prefix: str = "\0"


_SNAKE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*", re.ASCII)
_SNAKE_SAYS = "lower-case words joined by `_`, as in `list_loaves`"
_PASCAL = re.compile(r"[A-Z][A-Za-z0-9]*", re.ASCII)
_PASCAL_SAYS = "an upper-case letter, then letters and digits, as in `RyeBread`"
# The tag of an event is a constant beside its class: without a small letter both have one name.
_MIXED = re.compile(r"[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*", re.ASCII)
_MIXED_SAYS = f"{_PASCAL_SAYS}; one letter at least is small"
# A capital at the start is for types: a field named as its type would hide it.
_WORD = re.compile(r"[a-z][A-Za-z0-9_]*", re.ASCII)
_WORD_SAYS = "a lower-case letter, then letters, digits and `_`, as in `baked_at`"
_TOKEN = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*", re.ASCII)
_TOKEN_SAYS = "letters and digits joined by `-`, as in `bakery-ticket`"

SERVICE = NameRule("a service", _SNAKE, _SNAKE_SAYS, _KEYWORDS | _SERVICE_NAMES)
OPERATION = NameRule("an endpoint", _SNAKE, _SNAKE_SAYS, _KEYWORDS | _CLIENT_MEMBERS)
STREAM = NameRule("a stream", _SNAKE, _SNAKE_SAYS, _KEYWORDS | _CLIENT_MEMBERS)
BACKGROUND = NameRule("background work", _SNAKE, _SNAKE_SAYS, _KEYWORDS)
ERROR = NameRule("an error", _SNAKE, _SNAKE_SAYS, _KEYWORDS)
SCHEME = NameRule("a security scheme", _SNAKE, _SNAKE_SAYS, _KEYWORDS | {"none"})
VIEW = NameRule("a view", _SNAKE, _SNAKE_SAYS)
TYPE = NameRule("a type", _PASCAL, _PASCAL_SAYS, _TYPE_NAMES)
EVENT = NameRule("an event", _MIXED, _MIXED_SAYS, _TYPE_NAMES)
FIELD = NameRule("a field", _WORD, _WORD_SAYS, _KEYWORDS | _MODEL_NAMES, prefix="model_")
EVENT_FIELD = NameRule(
    "a field of an event",
    _WORD,
    _WORD_SAYS,
    _KEYWORDS | _MODEL_NAMES | _EVENT_MEMBERS,
    prefix="model_",
)
PARAMETER = NameRule("a parameter", _WORD, _WORD_SAYS, _KEYWORDS | _ARGUMENT_NAMES | _BUILTINS)
HEADER = NameRule("a header", _TOKEN, _TOKEN_SAYS)
COOKIE = NameRule("a cookie", _TOKEN, _TOKEN_SAYS)
TAG = NameRule("a tag", _TOKEN, "letters and digits joined by `_` or `-`")
VARIANT = NameRule("a tag", _TOKEN, "letters and digits joined by `_` or `-`")
ATTRIBUTE = NameRule(
    "an attribute",
    re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*(?::[a-z0-9]+(?:[-_][a-z0-9]+)*)*", re.ASCII),
    "lower-case words joined by `:`, as in `bakery:loaves:list`",
    frozenset(["anyone", "signed-in"]),
)


def check_name(report: Report, name: Name, rule: NameRule) -> None:
    """Report a name that its kind does not allow."""
    if not rule.pattern.fullmatch(name.text):
        report.add(BAD_NAME, name.span, name=name.text, what=rule.what, says=rule.says)
    elif name.text in rule.reserved or name.text.startswith(rule.prefix):
        report.add(RESERVED_NAME, name.span, name=name.text, what=rule.what)
