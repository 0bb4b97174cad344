"""The catalogue of validation errors, which Exact sends as HTTP 500 in the language of its user (FACTS 3.15, 3.16).

The only place where errors are told apart by text. A text that is not here is unknown, never guessed.
Entries marked `invented` are translations that nobody has been quoted with yet; all others stand in public threads.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal:
    """Our code for a refusal, and the kind of subject that it speaks of, such as `account` or `vat_code`."""

    code: str
    subject_kind: str = ""


@dataclass(frozen=True)
class Entry:
    """A pattern that a whole line of an error text matches."""

    pattern: re.Pattern[str]
    refusal: Refusal
    invented: bool = False


def _entry(pattern: str, code: str, subject_kind: str = "", *, invented: bool = False) -> Entry:
    return Entry(re.compile(pattern, re.IGNORECASE), Refusal(code, subject_kind), invented)


ACCOUNT_WORDS = (
    r"(Factuur voor|Besteld door|Leveren aan|Klant|Invoice to|Ordered by|Deliver to|Customer|Facturer à|Commandé par|Livrer à|Client)"
)

CATALOGUE: tuple[Entry, ...] = (
    _entry(rf"(Ongeldige referentie|Invalid reference|Référence non valide): {ACCOUNT_WORDS}\.?", "invalid_reference", "account"),
    _entry(rf"(Ongeldig|Invalid|Non valide): {ACCOUNT_WORDS} \(Type\)\.?", "account_not_customer", "account"),
    _entry(r"Ongeldig: Leverancier \(Type\)", "account_not_supplier", "account"),
    _entry(rf"(Geblokkeerd|Blocked|Bloqué): {ACCOUNT_WORDS}\.?", "blocked_account", "account", invented=True),
    _entry(r"Ongeldig controlecijfer voor btw-nummer\.", "vat_number_refused", "account"),
    _entry(
        r"(Invalid check digit for VAT number|Chiffre de contrôle non valide du numéro de TVA)\.",
        "vat_number_refused",
        "account",
        invented=True,
    ),
    _entry(r"(Verplicht: Boekjaar|Mandatory: Financial year|Obligatoire: Exercice)\.?", "closed_period", "period"),
    _entry(r"(Periode is afgesloten|Period is closed|La période est clôturée)\b.*", "closed_period", "period", invented=True),
    _entry(r"(Ongeldig: Btw-percentage|Invalid: VAT percentage|Non valide: Pourcentage de TVA)( \[.*\])?", "vat_code_refused", "vat_code"),
    _entry(r"(Ongeldig: Grootboekrekeningtype|Invalid: G/L account type)\.?", "gl_account_refused", "gl_account"),
    _entry(r"(In gebruik: Boekstuknummer|In use: Entry number|En cours d'utilisation: Numéro de pièce)\.?", "entry_number_in_use"),
    _entry(r"(Reeds verwerkt|Already processed|Déjà traité)\.?", "already_processed"),
    _entry(r"(Data already exists|Gegeven bestaat reeds)\.?", "already_exists"),
    _entry(r"Invalid journal\. .*", "journal_refused", "journal"),
    _entry(r"(Verplicht|Mandatory|Obligatoire): .+", "required_field_missing"),
    _entry(r"(Ongeldige referentie|Invalid reference|Référence non valide): .+", "invalid_reference"),
)


def recognise(text: str) -> Refusal | None:
    """Name the refusal when *every* line of an error text is known; the first line decides. None: unknown."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    found = [_refusal(line) for line in lines]
    return found[0] if found and all(found) else None


def _refusal(line: str) -> Refusal | None:
    return next((entry.refusal for entry in CATALOGUE if entry.pattern.fullmatch(line)), None)
