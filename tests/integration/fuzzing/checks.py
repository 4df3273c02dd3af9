"""Checks of ours for schemathesis, which imports this: its own, where the contract is wider."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import schemathesis
from schemathesis import Case, CheckContext, Response
from schemathesis.checks import CHECKS, load_all_checks

load_all_checks()
Check = Callable[[CheckContext, Response, Case[Any]], bool | None]
REJECTION = cast(Check, CHECKS.get_one("negative_data_rejection"))
ACCEPTANCE = cast(Check, CHECKS.get_one("positive_data_acceptance"))
REFUSED_FOR_WHAT_IT_SAYS = ("not_valid", "failed_dependency")
"""A request that was understood, and asks for what there is not: an unknown location, a uuid in
use, the move of a package that was never moved.  No schema knows that beforehand."""


@schemathesis.check
def what_is_wrong_is_rejected(
    context: CheckContext, response: Response, case: Case[Any]
) -> bool | None:
    """Let an optional member be null, and a parameter empty: both count as absent.

    (Wire contract, section 1.)
    """
    empty = "" in case.query.values()
    null = case.body is None or (isinstance(case.body, dict) and None in case.body.values())
    return None if empty or null else REJECTION(context, response, case)


@schemathesis.check
def what_is_right_is_understood(
    context: CheckContext, response: Response, case: Case[Any]
) -> bool | None:
    """Let a request that keeps to the document be refused, but only for what it asks for."""
    [error] = response.headers.get("goa-error", [""])
    if response.status_code in (400, 424) and error in REFUSED_FOR_WHAT_IT_SAYS:
        return None
    return ACCEPTANCE(context, response, case)
