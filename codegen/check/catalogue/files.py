"""Files that cannot be read as a design."""

from codegen.check.diagnostics import Kind

UNREADABLE = Kind(
    "unreadable",
    "this file cannot be read: {reason}",
    doc="The file system refused.  Check the path and your rights to it.",
)
NOT_UTF_8 = Kind(
    "not-utf-8",
    "this is not UTF-8",
    "save the file with the encoding UTF-8",
    doc="A design is UTF-8 text, so that it means the same on every machine.",
)
CONTROL_CHARACTER = Kind(
    "control-character",
    "the character {character} is not allowed",
    "remove it; it cannot be seen, or it changes the order in which text is shown",
    doc="Control characters, and those that turn the direction of text, make a design look "
    "different from what it says.  They are refused everywhere, also when written as escapes.",
)
YAML_SYNTAX = Kind(
    "yaml-syntax",
    "this is not YAML: {problem}",
    doc="The YAML parser could not go on here.  The mistake is often on the line before.  The "
    "rest of the file was not read, and the other files were not checked against it.",
)
ALIAS = Kind(
    "alias",
    "anchors and aliases (`{name}`) are not part of the language",
    "declare a type with a name, and use the name",
    doc="A reader must not have to jump through a file to know what a line says.",
)
TAG = Kind(
    "tag",
    "tags (`{tag}`) are not part of the language",
    'leave it out; put a text that looks like a number in quotes, as in "1.0"',
    doc="What a value is follows from its place; no YAML tag can change it.",
)
MERGE_KEY = Kind(
    "merge-key",
    "the merge key `<<` is not part of the language",
    "write the keys out",
    doc="YAML 1.2 has no merge keys, and parsers disagree about them.",
)
DUPLICATE_KEY = Kind(
    "duplicate-key",
    "the key `{name}` stands here twice",
    "keep one of the two",
    doc="Most YAML parsers silently keep the last one.",
)
DECLARED_TWICE = Kind(
    "declared-twice",
    "`{name}` is declared in two files",
    "keep one of the two",
    doc="Files are joined name by name.  A name belongs to one file: whoever has found it has "
    "found all of it.",
)
ODD_KEY = Kind(
    "odd-key",
    "a key is a word, not a list or a mapping",
    "put a text that starts with `[` or `{{` in quotes",
    doc="YAML allows any value as a key; JSON and this language do not.",
)
SECOND_DOCUMENT = Kind(
    "second-document",
    "a second document begins here",
    "remove the `---`, or move what follows to a file of its own",
    doc="One file is one YAML document.",
)
TOO_DEEP = Kind(
    "too-deep",
    "this is nested more than {levels} levels deep",
    doc="No design needs that, and it would only exhaust whoever reads it.",
)
NOT_A_MAPPING = Kind(
    "not-a-mapping",
    "a design is a mapping: sections such as `api:`, `types:` and `services:`",
    doc="The top level of every file names the sections of the language.",
)
