"""The company behind a division, as the mirror shows it, beside what the administration's file expects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from include.adapters.master import letters
from include.administrations.model import Administration
from include.store.mirror import MirrorStore

DIVISIONS = "Divisions"


@dataclass(frozen=True, kw_only=True)
class SeenCompany:
    """What Exact showed at `read_at`; names and numbers are empty where the Exact user does not see the division."""

    is_visible: bool
    name: str
    registration: str
    vat_number: str
    registration_fits: bool
    vat_number_fits: bool
    read_at: datetime

    @property
    def fits(self) -> bool:
        return self.is_visible and self.registration_fits and self.vat_number_fits


def seen_company(mirror: MirrorStore, administration: Administration) -> SeenCompany | None:
    """Compare what Exact showed last with the file; None before anything was read."""
    read_at = mirror.pulled_at(DIVISIONS)
    if read_at is None:
        return None
    rows = (row["data"] for row in mirror.records(DIVISIONS))
    data = next((each for each in rows if int(each["Code"]) == administration.division), None)
    shown = data or {}
    registration, vat_number = (str(shown.get(field) or "") for field in ("ChamberOfCommerceNumber", "VATNumber"))
    return SeenCompany(
        is_visible=data is not None,
        name=str(shown.get("Description") or ""),
        registration=registration,
        vat_number=vat_number,
        registration_fits=letters(registration) == letters(administration.registration),
        vat_number_fits=letters(vat_number) == letters(administration.vat_number),
        read_at=read_at,
    )
