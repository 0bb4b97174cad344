"""What an administration's file says about the hours of the day in which bulk may leave."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from include.administrations.parts import Part, mistake


def _clock(value: object) -> time:
    found = re.fullmatch(r"([01][0-9]|2[0-3]):([0-5][0-9])", str(value))
    if found is None:
        raise mistake(f"{value!r} is no time of the day", 'write hours and minutes in quotes, such as "19:00"')
    return time(int(found[1]), int(found[2]))


Clock = Annotated[time, BeforeValidator(_clock)]


class BulkHours(Part):
    """Each day from one time to another; past midnight when it ends earlier than it begins."""

    begin: Clock = Field(alias="from", description="time of the day from which bulk may leave", examples=['"19:00"'])
    end: Clock = Field(alias="until", description="time of the day until which bulk may leave", examples=['"07:00"'])

    @model_validator(mode="after")
    def _is_not_empty(self) -> BulkHours:
        if self.begin == self.end:
            raise mistake("from and until are the same", "delete bulk_hours: without it bulk may always leave")
        return self
