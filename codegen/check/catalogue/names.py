"""Names that cannot be used, or cannot be used twice."""

from codegen.check.diagnostics import Kind

BAD_NAME = Kind(
    "bad-name",
    "`{name}` is not a name for {what}",
    "such a name is {says}",
    doc="Names become names in Python, in TypeScript and in documents.  Each kind has one form, "
    "so that it is the same name everywhere.",
)
RESERVED_NAME = Kind(
    "reserved-name",
    "`{name}` cannot be the name of {what}",
    "generated code needs this name for something else; choose another",
    doc="Keywords of Python, names that generated modules import, and members that every "
    "generated model has are taken.",
)
NAMES_COLLIDE = Kind(
    "names-collide",
    "`{name}` and `{other}` become the same name, `{same}`, in generated code",
    "rename one of the two",
    doc="Generated code writes a name in several cases (RyeBread, rye_bread, RYE_BREAD).  Two "
    "names that differ only in case or punctuation would be one there.",
)
DUPLICATE_NAME = Kind(
    "duplicate-name",
    "`{name}` is the name of {other} already",
    "rename one of the two",
    doc="Types, views and events share one set of names, endpoints of all services another: "
    "documents and clients have one list of each.",
)
