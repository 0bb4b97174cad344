"""Options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class Language(StrEnum):
    """The languages that causes are told in."""

    DUTCH = "nl"
    ENGLISH = "en"


InLanguage = Annotated[Language, typer.Option(help="Language of causes and cures.")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON, for machines.")]
