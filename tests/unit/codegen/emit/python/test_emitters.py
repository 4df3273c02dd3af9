"""What the emitters make of designs of different shapes.  The goldens show a whole one."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from codegen.check.names import TYPE
from codegen.emit import EMITTERS, DuplicateFile, gather
from codegen.emit.file import File
from codegen.emit.python import attributes, errors, models, packages, publisher, router, streams
from codegen.model import Const, Design, Error, Ref
from tests.unit.codegen.emit.designs import BAKERY, EMPTY, LONG

GOLDEN = Path(__file__).resolve().parents[4] / "golden" / "generator"


def text(files: tuple[File, ...], path: str) -> str:
    return {file.path: file.text for file in files}[path]


def python(design: Design) -> dict[str, str]:
    mine = [emitter for emitter in EMITTERS if emitter.module.startswith("codegen.emit.python")]
    return gather(file for emitter in mine for file in emitter.emit(design))


@pytest.mark.parametrize("design", [BAKERY, EMPTY, LONG], ids=["bakery", "empty", "long"])
def test_every_design_makes_python(design: Design) -> None:
    for path, source in python(design).items():
        ast.parse(source, path)


def test_an_emitter_does_not_change_its_design() -> None:
    before = repr(BAKERY)
    python(BAKERY)
    assert repr(BAKERY) == before


def test_a_service_without_events_has_no_modules_about_them() -> None:
    [service] = EMPTY.services
    names = {path.partition("/")[2] for path in python(EMPTY) if path.startswith(service.name)}
    assert names == {"__init__.py", "attributes.py", "errors.py", "models.py", "router.py",
                     "service.py"}  # fmt: skip


def test_every_package_has_its_file() -> None:
    folders = {path.rpartition("/")[0] for path in python(BAKERY)}
    assert {f"{folder}/__init__.py".lstrip("/") for folder in folders} <= python(BAKERY).keys()
    assert len(packages.emit(BAKERY)) == len(folders)


def test_who_finds_no_place_on_a_stream_gets_the_streams_own_503() -> None:
    full = Error(name="full", wire_name="full", status=503)
    elsewhere = replace(full, name="asleep", wire_name="asleep")
    [service] = BAKERY.services
    watched = replace(service.streams[0], errors=("full",))
    design = replace(
        BAKERY,
        errors=(*BAKERY.errors, elsewhere, full),
        services=(replace(service, streams=(watched,)),),
    )
    assert "unavailable=errors.Full," in python(design)["bakery/router.py"]
    assert "unavailable=" not in python(BAKERY)["bakery/router.py"]


def test_a_stream_names_the_events_of_which_the_last_is_enough() -> None:
    [service] = BAKERY.services
    about = next(event for event in service.events if event.subject)
    events = tuple(replace(each, coalesce=each is about) for each in service.events)
    design = replace(BAKERY, services=(replace(service, events=events),))
    assert f"coalesce=frozenset({{{about.tag!r}}})," in text(
        streams.emit(design), "bakery/streams.py"
    )
    assert "coalesce=" not in text(streams.emit(BAKERY), "bakery/streams.py")


def test_a_design_without_errors_for_strangers_uses_those_of_the_runtime() -> None:
    quiet = replace(BAKERY, errors=tuple(e for e in BAKERY.errors if e.status not in (401, 403)))
    service = replace(
        BAKERY.services[0],
        operations=(replace(BAKERY.services[0].operations[0], errors=("not_valid",)),),
        streams=(),
    )
    quiet = replace(quiet, services=(service,))
    source = text(router.emit(quiet), "bakery/router.py")
    assert "from runtime.errors import Forbidden, Unauthorized" in source
    assert "unauthorized=Unauthorized" in source


def test_an_error_has_the_body_that_it_is_declared_with() -> None:
    design = replace(
        BAKERY,
        errors=(
            Error(name="unauthorized", wire_name="unauthorized", status=401),
            Error(name="forbidden", wire_name="forbidden", status=403, body=Const(3)),
            Error(name="no_loaf", wire_name="not_found", status=404, body=Ref("NoLoaf")),
            Error(name="not_valid", wire_name="not_valid", status=400),
            Error(name="no_photo", wire_name="not_found", status=404),
        ),
    )
    source = text(errors.emit(design), "bakery/errors.py")
    assert "class Unauthorized(MessageError)" in source
    assert "class Forbidden(ConstantError)" in source
    assert "body: ClassVar[str | int | bool] = 3" in source
    assert "class NoLoaf(BodyError[models.NoLoaf])" in source


def test_a_service_without_a_stream_has_nobody_to_tell_of_a_fault() -> None:
    service = replace(BAKERY.services[0], streams=())
    design = replace(BAKERY, services=(service,))
    assert "fault=None" in text(publisher.emit(design), "bakery/publisher.py")
    assert "fault=None" not in text(publisher.emit(BAKERY), "bakery/publisher.py")


def test_a_stream_without_a_ticket_has_none() -> None:
    service = BAKERY.services[0]
    stream = replace(service.streams[0], ticket=None)
    design = replace(BAKERY, services=(replace(service, streams=(stream,)),))
    assert "ticket=" not in text(streams.emit(design), "bakery/streams.py")


def test_attributes_stand_in_order_with_what_they_allow() -> None:
    source = text(attributes.emit(BAKERY), "bakery/attributes.py")
    assert source.index("bakery:loaves:bake") < source.index("bakery:loaves:list")
    assert "any_of('bakery:loaves:list', 'bakery:loaves:bake')" in source


def test_a_type_that_nobody_uses_is_not_made() -> None:
    source = text(models.emit(BAKERY), "bakery/models.py")
    assert "class Oven" not in source
    assert "class Loaf(" in source


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*/expected/**/models.py")), ids=str)
def test_no_type_may_have_the_name_of_what_its_module_imports(path: Path) -> None:
    imported = {
        alias.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and not node.level and node.module != "__future__"
        for alias in node.names
    }
    assert {name for name in imported if TYPE.pattern.fullmatch(name)} <= TYPE.reserved | {"ABSENT"}


def test_two_emitters_cannot_make_the_same_file() -> None:
    with pytest.raises(DuplicateFile, match=r"a\.py"):
        gather([File("a.py", "1"), File("a.py", "1")])
