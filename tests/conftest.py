"""What every test may use."""

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes to make or to try says how busy the machine is, not whether it holds.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")

pytest_plugins = ["tests.servers.fixtures", "tests.guard"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--accept", action="store_true", help="take what the golden tests see as what they expect"
    )
    parser.addoption(
        "--soak-seconds",
        type=float,
        default=60.0,
        help="how long the watchers of tests/integration/test_soak.py watch",
    )
    parser.addoption(
        "--package-bytes", type=int, default=64 << 20, help="how large the large package is"
    )
    parser.addoption(
        "--crowd-seconds",
        type=float,
        default=20.0,
        help="how long the people of tests/integration/test_concurrency.py work, on each database",
    )
    parser.addoption(
        "--fuzz-examples",
        type=int,
        default=10,
        help="how many examples of each operation tests/integration/fuzzing makes up",
    )


@pytest.fixture
def package_bytes(request: pytest.FixtureRequest) -> int:
    """How large the large package is."""
    return int(request.config.getoption("--package-bytes"))


@pytest.fixture
def accept(request: pytest.FixtureRequest) -> bool:
    """Whether golden tests write their files instead of comparing them."""
    return bool(request.config.getoption("--accept"))
