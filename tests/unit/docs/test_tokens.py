"""What operators read about tokens is what the service does."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from pydantic_core import PydanticUndefined

from service.config import load_settings
from service.providers import ProviderSettings

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "tokens.md").read_text(encoding="utf-8")
SOURCE = "".join(
    file.read_text(encoding="utf-8")
    for file in sorted((ROOT / "runtime" / "auth" / "oidc").glob("*.py"))
)
EXAMPLES = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


def rows(heading: str) -> list[list[str]]:
    """The cells of each row of the table below a heading."""
    table = PAGE.partition(heading)[2].partition("\n\n")[0]
    return [line.strip("| ").split(" | ") for line in table.splitlines()[2:]]


def test_every_setting_is_in_the_table_with_its_default() -> None:
    told = {cells[0].strip("`"): cells[1] for cells in rows("| setting | default | what it is |")}
    assert list(told) == list(ProviderSettings.model_fields)
    for name, field in ProviderSettings.model_fields.items():
        match field.default:
            case bool() as switch:
                assert told[name] == f"`{str(switch).lower()}`"
            case float() as number:
                assert told[name] == f"`{number:g}`"
            case default if default is PydanticUndefined:
                assert told[name] == "needed"
            case _:
                assert told[name] in ("none", "needed with access control")


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_every_example_can_be_used(
    example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "[auth]" not in example:
        example = f'[auth]\nmode = "oidc"\n{example}'
    file = tmp_path / "example.toml"
    file.write_text(example)
    monkeypatch.chdir(tmp_path)
    settings = load_settings(file)
    assert settings.auth.mode == "oidc"
    assert len(settings.auth.oidc) == len(tomllib.loads(example)["auth"]["oidc"])
    for each in settings.auth.oidc:
        each.provider()


def test_the_example_for_the_environment_can_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in re.findall(r"^(SERVICE_\w+)='?(.*?)'?$", PAGE, re.MULTILINE):
        monkeypatch.setenv(name, value)
    assert len(load_settings().auth.oidc) == 1


def test_every_reason_is_one_that_the_service_gives() -> None:
    told = re.findall(r"^\| (`.*?`) \|", PAGE.partition("## What the log says")[2], re.MULTILINE)
    reasons = [reason for cell in told for reason in re.findall(r"`(.+?)`", cell)]
    assert len(reasons) > 20
    source = re.sub(r'"\s*\n\s*f?"', "", SOURCE)
    for reason in reasons:
        for fragment in re.split(r"…", reason):
            assert fragment.strip(" ()") in source, reason
