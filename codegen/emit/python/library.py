"""datamodel-code-generator in a process of its own, which gets ready while others work.

Importing the library takes longer than all the rest of a run.  Whoever is going to need it says so
early (:func:`starting`); then another processor loads it while the design is read and checked.
Without that it is loaded here, when it is needed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

ROOT = "RootOfTheDesign"
"""The name of the class that stands for the document around the schemas."""


class LibraryFailed(Exception):
    """The library could not declare the types."""


_PATIENCE = 60.0
"""Seconds that the library may take; it needs less than one."""

# The same modules are found there as here, whatever lies in the folder it is run in.
_PROGRAM = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    f"from {__name__} import serve; serve()"
)

_process: subprocess.Popen[bytes] | None = None


@contextmanager
def starting() -> Iterator[None]:
    """Have the library loaded from now on, for :func:`source` to be asked inside.

    Where no process can be started it is loaded here, later.
    """
    global _process
    pipe = subprocess.PIPE
    command = [sys.executable, "-P", "-c", _PROGRAM, json.dumps(sys.path)]
    # Whatever plugins of pydantic are installed here are for others, and take time to look for.
    environment = {**os.environ, "PYDANTIC_DISABLE_PLUGINS": "__all__"}
    try:
        _process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment)
    except OSError:
        _process = None
    try:
        yield
    finally:
        process, _process = _process, None
        if process is not None:
            process.kill()
            process.communicate()


def source(schemas: Mapping[str, Any]) -> str:
    """Return Python source that declares each of the named JSON Schemas.

    Raises:
        LibraryFailed: It has no answer.
    """
    document = json.dumps({"title": ROOT, "type": "object", "$defs": schemas})
    if find_spec("datamodel_code_generator") is None:
        raise LibraryFailed(
            "datamodel-code-generator is not installed; it comes with the extra `codegen` of this "
            "package"
        )
    return _declared(document) if _process is None else _answered(_process, document)


def _answered(process: subprocess.Popen[bytes], document: str) -> str:
    try:
        answer, complaint = process.communicate(document.encode(), timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        raise LibraryFailed(
            f"datamodel-code-generator has not answered for {_PATIENCE:.0f} seconds"
        ) from None
    if process.returncode != 0:
        told = complaint.decode(errors="replace").strip() or f"it ended with {process.returncode}"
        raise LibraryFailed(f"datamodel-code-generator could not declare the types:\n{told}")
    return answer.decode()


def _declared(document: str) -> str:
    from datamodel_code_generator.parser.jsonschema import JsonSchemaParser

    parsed = JsonSchemaParser(document, **_options()).parse()
    if not isinstance(parsed, str):
        raise LibraryFailed("datamodel-code-generator made more than one module")
    return parsed


def _options() -> dict[str, Any]:
    """Return options as in the preset standard-py311-20260619, as far as they matter here.

    They are for the parser itself: ``generate`` puts a configuration around it that takes as long
    as the parsing.
    """
    from datamodel_code_generator.enums import DataModelType, StrictTypes
    from datamodel_code_generator.format import PythonVersion
    from datamodel_code_generator.model import get_data_model_types
    from datamodel_code_generator.parser import LiteralType

    kinds = get_data_model_types(
        DataModelType.PydanticV2BaseModel, PythonVersion.PY_311, use_type_alias=True
    )
    return {
        "data_model_type": kinds.data_model,
        "data_model_root_type": kinds.root_model,
        "data_model_field_type": kinds.field_model,
        "data_type_manager_type": kinds.data_type_manager,
        "dump_resolve_reference_action": kinds.dump_resolve_reference_action,
        "target_python_version": PythonVersion.PY_311,
        "formatters": [],
        "base_class": "runtime.model.Model",
        "strict_types": [StrictTypes.str, StrictTypes.int, StrictTypes.bool, StrictTypes.float],
        "use_type_alias": True,
        "use_standard_collections": True,
        "use_union_operator": True,
        "use_annotated": True,
        "field_constraints": True,
        "enum_field_as_literal": LiteralType.One,
        "use_subclass_enum": True,
        "use_specialized_enum": True,
        "strict_nullable": True,
    }


def serve() -> None:
    """Load the library, and answer the one question that comes in, if one comes."""
    # Nothing here lives long enough to be worth collecting.
    import gc

    gc.disable()
    import datamodel_code_generator.config
    import datamodel_code_generator.parser.jsonschema  # noqa: F401 - both loaded before the question

    _options()
    if document := sys.stdin.buffer.read():
        sys.stdout.buffer.write(_declared(document.decode()).encode())
        sys.stdout.buffer.flush()
