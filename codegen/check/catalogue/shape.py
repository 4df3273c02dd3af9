"""Keys that are missing, unknown, or hold something of the wrong form."""

from codegen.check.diagnostics import Kind

EMPTY_DESIGN = Kind(
    "empty-design",
    "there is no design here",
    "a design is one or more .yaml files; the smallest has `design`, `api` and `services`",
    doc="No file was found, or none says anything.",
)
UNKNOWN_VERSION = Kind(
    "unknown-version",
    "this is not a version of the language that is known here",
    "write `design: 1`",
    doc="The number after `design` is the version of the language, not of your API.",
)
WRONG_FORM = Kind(
    "wrong-form",
    "{what} is {wanted}, not {found}",
    doc="Another kind of YAML value is wanted here: a text, a number, a list, a mapping.",
)
UNKNOWN_KEY = Kind(
    "unknown-key",
    "{what} has no key `{name}`",
    doc="An unknown key is never ignored: a misspelt one would silently say nothing.  Your own "
    "notes for other tools begin with `x-`, where the language allows it.",
)
MISSING_KEY = Kind(
    "missing-key",
    "{what} needs the key `{name}`",
    "{doc}",
    doc="The key has no default that would be right for everybody.",
)
UNKNOWN_WORD = Kind(
    "unknown-word",
    "`{name}` is not one of the words that may stand here",
    doc="The language has a closed list for this key.",
)
SEVERAL_LINES = Kind(
    "several-lines",
    "{what} is one line",
    "say more in `doc`",
    doc="It stands where there is room for one line: in headings, headers and package files.",
)
EMPTY_LIST = Kind(
    "empty-list",
    "{what} is empty",
    "leave the key out, or name at least one",
    doc="An empty list says nothing that its absence does not say better.",
)
REPEATED_ITEM = Kind(
    "repeated-item",
    "`{name}` stands here twice",
    "remove one of the two",
    doc="The list is a set: naming something twice has no meaning.",
)
BAD_SHORT_FORM = Kind(
    "bad-short-form",
    "{problem}",
    doc="The grammar of the short forms fits on one page of the reference.  Everything that has "
    "a short form can also be written long.",
)
BRACES_OPTIONAL = Kind(
    "braces-optional",
    "a field marked `?` cannot stand inside braces",
    "write the fields on lines of their own, or write `{name}: {{type: …, optional: true}}`",
    doc="YAML parsers disagree about a `?` inside braces, so that an editor and this tool could "
    "read two different designs.",
)
