"""One direction of imports: who may import whom, room by room."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

ALLOWED: dict[str, frozenset[str]] = {
    "codegen": frozenset(),
    "runtime": frozenset(),
    "generated": frozenset({"runtime"}),
    "service": frozenset({"generated", "runtime"}),
}
"""What each room may import beside itself."""

RUNTIME = (
    ("model", "clock", "metrics"),
    ("errors", "database", "download"),
    ("auth",),
    ("events",),
    ("client", "http", "durable"),
    ("monitor",),
    ("serving",),
)
"""The rooms of the runtime, floor by floor: each imports only those of the floors below it."""

STAGES = ("model", "read", "check", "emit", "write")
ALLOWED_STAGES: dict[str, frozenset[str]] = {
    "model": frozenset(),
    "read": frozenset(),
    "check": frozenset({"read", "model"}),
    "emit": frozenset({"model"}),
    "write": frozenset({"emit"}),
}
"""Inside the generator the flow goes one way: read, check, emit, write."""

PURE_MONITOR = ("stream", "sight", "frames", "ring", "hub", "watcher")
SOCKET_LIBRARIES = frozenset(
    {"fastapi", "starlette", "uvicorn", "websockets", "redis", "sqlalchemy"}
)

DOMAIN_WORDS = ("storage", "aip", "enduro")


def modules(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """Yield every absolute module that a file imports, relative ones resolved."""
    package = path.relative_to(ROOT).with_suffix("").parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            parent = package[: len(package) - node.level] if node.level else ()
            base = ".".join((*parent, *filter(None, [node.module])))
            yield base
            yield from (f"{base}.{name.name}" for name in node.names)


@pytest.mark.parametrize("room", ALLOWED)
def test_a_room_imports_only_the_rooms_below_it(room: str) -> None:
    assert modules(room), f"{room}/ holds no module: the test would prove nothing"
    backward = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in modules(room)
        for module in imports(path)
        if module.split(".")[0] in {*ALLOWED, "tests"} - {room} - ALLOWED[room]
    ]
    assert backward == []


@pytest.mark.parametrize("floor", range(len(RUNTIME)))
def test_a_room_of_the_runtime_imports_only_those_of_the_floors_below(floor: int) -> None:
    below = {room for rooms in RUNTIME[:floor] for room in rooms}
    backward = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in modules("runtime")
        if (room := room_of_runtime(path)) in RUNTIME[floor]
        for module in imports(path)
        if module.startswith("runtime.") and module.split(".")[1] not in below | {room}
    ]
    assert backward == []


def test_every_room_of_the_runtime_has_its_floor() -> None:
    rooms = {room_of_runtime(path) for path in modules("runtime")} - {"__init__"}
    assert rooms == {room for floor in RUNTIME for room in floor}


def room_of_runtime(path: Path) -> str:
    return path.relative_to(ROOT / "runtime").parts[0].removesuffix(".py")


@pytest.mark.parametrize("stage", STAGES)
def test_the_generator_flows_one_way(stage: str) -> None:
    backward = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in modules(f"codegen/{stage}")
        for module in imports(path)
        if module.startswith("codegen.")
        and module.split(".")[1] in set(STAGES) - {stage} - ALLOWED_STAGES[stage]
    ]
    assert backward == []


@pytest.mark.parametrize("name", PURE_MONITOR)
def test_the_core_of_the_monitor_touches_no_socket(name: str) -> None:
    path = ROOT / "runtime" / "monitor" / f"{name}.py"
    touched = {module.split(".")[0] for module in imports(path)} & SOCKET_LIBRARIES
    assert touched == set()


@pytest.mark.parametrize("room", ["codegen", "runtime"])
def test_the_generator_and_the_runtime_know_no_domain(room: str) -> None:
    knowing = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in sorted((ROOT / room).rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
        for word in DOMAIN_WORDS
        if word in path.read_text(encoding="utf-8").lower().replace("local_storage", "")
    ]
    assert knowing == []


def test_one_domain_of_the_service_never_imports_another() -> None:
    domains = [
        folder.name
        for folder in sorted((ROOT / "service").iterdir())
        if folder.is_dir() and (folder / "service.py").exists()
    ]
    crossing = [
        f"{path.relative_to(ROOT)} imports {module}"
        for domain in domains
        for path in modules(f"service/{domain}")
        for module in imports(path)
        if any(module.startswith(f"service.{other}") for other in domains if other != domain)
    ]
    assert domains, "the service has no domain: the test would prove nothing"
    assert crossing == []
