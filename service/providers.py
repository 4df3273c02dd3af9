"""The settings of identity providers (mode ``oidc``)."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictStr,
    field_validator,
    model_validator,
)

from runtime.auth.attributes import EVERYTHING
from runtime.auth.oidc.address import check_issuer
from runtime.auth.oidc.attributes import AttributeClaim
from runtime.auth.oidc.provider import NOT_BEFORE_LEEWAY, Provider

Text = Annotated[StrictStr, Field(min_length=1)]


class ProviderSettings(BaseModel):
    """One identity provider (contract, auth.md section 2).

    ``audiences`` are the client ids of which a token must name one.  ``access_control`` switched
    off grants everything to every bearer; it is on when not said, and then ``claim_path`` is
    needed.  ``docs/tokens.md`` has a table of all of them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: Text
    audiences: tuple[Text, ...]
    skip_email_verified_check: bool = False
    not_before_leeway: Annotated[float, Field(ge=0, le=3600)] = NOT_BEFORE_LEEWAY
    access_control: bool = True
    claim_path: StrictStr = ""
    claim_path_separator: StrictStr = ""
    claim_value_prefix: StrictStr = ""
    use_roles: bool = False
    roles_mapping: dict[str, tuple[Text, ...]] = {}

    @model_validator(mode="before")
    @classmethod
    def _known_names(cls, value: object) -> object:
        if not isinstance(value, Mapping):
            raise ValueError('must be a table: issuer = "https://...", audiences = [...], ...')
        if unknown := [key for key in value if key not in cls.model_fields]:
            raise ValueError("; ".join(_no_such_setting(str(key)) for key in unknown))
        return value

    @field_validator("audiences", mode="before")
    @classmethod
    def _one_or_several(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @field_validator("audiences")
    @classmethod
    def _at_least_one(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            raise ValueError("must name at least one: the client id that tokens are for")
        return value

    @field_validator("roles_mapping", mode="before")
    @classmethod
    def _table_or_json(cls, value: object) -> object:
        return from_json(value, "an object of roles, each with a list of attributes")

    @field_validator("issuer")
    @classmethod
    def _address(cls, value: str) -> str:
        check_issuer(value)
        return value

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.access_control and not self.claim_path:
            raise ValueError(
                "claim_path is needed: name the claim that lists attributes, or set"
                " access_control to false, which lets every bearer do everything"
            )
        if self.use_roles and not self.roles_mapping:
            raise ValueError("use_roles needs a roles_mapping")
        return self

    def provider(self) -> Provider:
        """Return what the runtime verifies with."""
        return Provider(
            issuer=self.issuer,
            audiences=self.audiences,
            attributes=self._claim() if self.access_control else EVERYTHING,
            skip_email_verified_check=self.skip_email_verified_check,
            not_before_leeway=self.not_before_leeway,
        )

    def _claim(self) -> AttributeClaim:
        return AttributeClaim(
            path=self.claim_path,
            separator=self.claim_path_separator,
            prefix=self.claim_value_prefix,
            roles=self.roles_mapping if self.use_roles else None,
        )


def from_json(value: object, what: str) -> object:
    """Parse a text, as the environment has it; leave what a file has as it is.

    Raises:
        ValueError: The text is not JSON.
    """
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError as error:
        raise ValueError(f"must be JSON, {what}: {error}") from error


def _no_such_setting(name: str) -> str:
    close = difflib.get_close_matches(name, ProviderSettings.model_fields, n=1)
    return f"there is no setting {name}" + (f"; did you mean {close[0]}?" if close else "")
