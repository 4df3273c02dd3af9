"""Types, fields and values that do not work."""

from codegen.check.diagnostics import Kind

UNKNOWN_TYPE = Kind(
    "unknown-type",
    "there is no type `{name}`",
    doc="A type is a scalar of the language or a name declared under `types`.",
)
UNKNOWN_VIEW = Kind(
    "unknown-view",
    "`{type}` has no view `{name}`",
    doc="Views are declared with the record they are cut from, under `views`.",
)
UNKNOWN_FIELD = Kind(
    "unknown-field",
    "`{type}` has no field `{name}`",
    doc="A view, a subject or an example names fields that are declared.",
)
WHICH_TYPE = Kind(
    "which-type",
    "{what} says {how} what it is",
    "it has exactly one of {choices}",
    doc="One of these keys decides what a type is; with none or two of them nobody could tell.",
)
INLINE_TYPE = Kind(
    "inline-type",
    "`{name}` cannot be declared in place",
    "declare it under `types` and write its name here",
    doc="Enums, unions and records have names: generated code, documents and errors need one.",
)
NOT_A_RECORD = Kind(
    "not-a-record",
    "`{name}` is {kind}, not a record",
    "declare a record with `fields` and use it here",
    doc="Only records have views, and a union chooses among records.",
)
BAD_CONSTANT = Kind(
    "bad-constant",
    "a constant is a text, a whole number, `true` or `false`",
    doc="What cannot be compared exactly is no constant.",
)
TAG_IN_FIELD = Kind(
    "tag-in-field",
    "the tag of the union stands in `type`, and `{name}` has a field of that name",
    "rename the field, or leave `tag: inside` out",
    doc="With `tag: inside` the tag is written into the record itself, as `type`.",
)
ODD_ENUM_VALUE = Kind(
    "odd-enum-value",
    "`{name}` cannot become a constant",
    "it needs a letter or a digit of the ASCII alphabet, and stands on one line",
    doc="Generated code names every value of an enum after its text.",
)
RECURSIVE_ALIAS = Kind(
    "recursive-alias",
    "`{name}` is declared by itself: {cycle}",
    "make one of them a record; a record may contain itself",
    doc="An alias stands for another type; following this one never ends.",
)
ENDLESS_RECORD = Kind(
    "endless-record",
    "no value of `{name}` can exist: each would have to contain another",
    "make the field `{field}` optional or nullable, or a list",
    doc="A record may contain itself where the chain can end: in an optional or nullable field, "
    "a list or a map.",
)
NESTED_NULL = Kind(
    "nested-null",
    "`{name}` may be null already",
    "remove the `| null` here",
    doc="There is one null; allowing it twice says nothing.",
)
MISPLACED_BOUND = Kind(
    "misplaced-bound",
    "`{bound}` has no meaning for {kind}",
    "{allowed}",
    doc="`min` and `max` bound numbers, lengths of texts and of lists; `pattern` is for `str` "
    "and `nil` for `uuid`.  `bytes` take none: the documents could bound only the length of their Base64.",
)
BAD_BOUND = Kind(
    "bad-bound",
    "{problem}",
    doc="A bound is a number of the type's own kind, a length is not negative, and `min` is not "
    "above `max`.",
)
BAD_PATTERN = Kind(
    "bad-pattern",
    "this pattern cannot be used: {problem}",
    "keep to what ECMAScript, Python and RE2 share: no look-around, no back-references, no flags",
    doc="A pattern goes into the documents (ECMA 262), into clients and into the service, and "
    "must mean the same in each; what needs backtracking is refused, for it can be made to hang.",
)
DEFAULT_MISFIT = Kind(
    "default-misfit",
    "the default does not fit: {problem}",
    doc="What an absent value means must itself be a value of the type.",
)
EXAMPLE_MISFIT = Kind(
    "example-misfit",
    "the example does not fit: {problem}",
    doc="Examples are shown to people and used by tools; a wrong one is worse than none.",
)
REDUNDANT_OPTIONAL = Kind(
    "redundant-optional",
    "`{name}` has a default, so that it may be absent already",
    "remove the `?`",
    doc="A field with a default is never required.",
    severity="warning",
)
