"""Countries by their ISO code, and which of them are one VAT area.

European Union: the 27 member states since 1 February 2020, when the United Kingdom left
(https://european-union.europa.eu/principles-countries-history/eu-countries_en, as of November 2026).
Territories follow Council Directive 2006/112/EC: Monaco counts as France and the Isle of Man as the United Kingdom (article 7);
places outside the VAT area that have an ISO code of their own (Åland, Réunion, Guadeloupe, ...) are outside (article 6).

What a country code cannot tell: Northern Ireland, which is `GB` in ISO 3166, counts as the United Kingdom also for goods, for which
the Windsor Framework treats it as a part of the Union's VAT area; the Canary Islands, Ceuta, Livigno, Büsingen and the like count as
the state that they belong to. A company that ships there has to book those orders by hand, or to give them a country of their own.
"""

from __future__ import annotations

from enum import StrEnum

from include.errors import RecordError


class Area(StrEnum):
    """Where a country lies, as seen from the administration."""

    HOME = "home"
    UNION = "union"
    ELSEWHERE = "elsewhere"


_MEMBER_STATES = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
_ISO_3166 = """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
    CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO
    FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE
    JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO
    MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW
    PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM
    TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
    """
EUROPEAN_UNION = frozenset(_MEMBER_STATES.split())
COUNTRIES = frozenset(_ISO_3166.split())

# What people write instead; VAT numbers say EL for Greece.
ALIASES = {"EL": "GR"}
VAT_AREA_OF = {"MC": "FR", "IM": "GB"}
MISTAKEN = {"UK": "GB", "XI": "GB", "EN": "GB", "EL": "GR", "EU": "the codes of its member states, one by one"}


def iso_country(code: str) -> str:
    """Return the ISO code that is meant, in capitals; raises `RecordError` for what is no country."""
    country = ALIASES.get(code.strip().upper(), code.strip().upper())
    if country not in COUNTRIES:
        raise RecordError("unknown_country", code.strip()[:10])
    return country


def vat_area_of(country: str) -> str:
    """The state to whose VAT a country belongs, both ISO codes: Monaco is France."""
    return VAT_AREA_OF.get(country, country)


def area(home: str, destination: str) -> Area:
    """Say where `destination` lies from `home`, both ISO codes; seen from outside the Union, its member states are `union` as well."""
    state = vat_area_of(destination)
    if state == vat_area_of(home):
        return Area.HOME
    return Area.UNION if state in EUROPEAN_UNION else Area.ELSEWHERE
