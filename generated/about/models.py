"""Types of the about service.

Generated from the design: do not edit.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StrictStr

from runtime.model import Int64, Model, is_none


class ChildWorkflowType(StrEnum):
    """When a child workflow runs."""

    PREPROCESSING = "preprocessing"
    POSTSTORAGE = "poststorage"
    POSTBATCH = "postbatch"


class ChildWorkflow(Model):
    """A workflow of the installation's own that others start."""

    type: ChildWorkflowType
    task_queue: StrictStr
    """The queue its workers listen to."""
    workflow_name: StrictStr
    """Its name there."""


class About(Model):
    """What this installation is and can do."""

    version: StrictStr
    """The version of the service."""
    preservation_system: StrictStr
    """The system that makes the packages."""
    child_workflows: Annotated[list[ChildWorkflow] | None, Field(exclude_if=is_none)] = None
    upload_max_size: Int64
    """The largest upload that is taken, in bytes."""
