"""The catalogue of validation errors, which Exact sends as HTTP 500 in the language of its user (FACTS 3.15, 3.16).

The only place where errors are told apart by text. A text that is not here is unknown, never guessed: what is here was surely not booked.
Dutch texts stand in public threads but for those marked `invented`; most English and French ones are translations that nobody has been
quoted with yet.
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


# What a refusal can be about, by our kind of subject: captions of fields in Dutch, English and French.
CAPTIONS = {
    "account": (
        "Factuur voor|Besteld door|Leveren aan|Klant|Relatie|Invoice to|Ordered by|Deliver to|Customer|Account"
        "|Factur(?:e|er) à|Commandé par|Livrer à|Client|Relation"
    ),
    "journal": "Dagboek|Journal",
    "gl_account": "Grootboekrekening|G/L account|Compte général",
    "item": "Artikel|Item|Article",
    "vat_code": "Btw-code|VAT code|Code TVA",
    "currency": "Valuta|Currency|Devise",
    "payment_condition": "Betalingsconditie|Payment condition|Condition de paiement",
}
BLOCKED = {
    "account": "blocked_account",
    "journal": "journal_blocked",
    "gl_account": "gl_account_blocked",
    "item": "item_blocked",
    "vat_code": "vat_code_blocked",
}
REFERENCE = "Ongeldige referentie|Invalid reference|Référence non valide"
MANDATORY = "Verplicht|Mandatory|Obligatoire"
INVALID = "Ongeldig|Invalid|Non valide"
NOT_ALLOWED = "Niet toegestaan|Not allowed|Non autorisé"
TOO_MUCH = "Te lang|Te groot|Too long|Too large|Trop long|Trop grand"


def _entry(pattern: str, code: str, subject_kind: str = "", *, invented: bool = False) -> Entry:
    """An entry for a line as it stands; a full stop may follow, and in a French text a blank stands before the colon."""
    whole = pattern.replace("): ", r")\s?: ").replace("'", "['’]")
    return Entry(re.compile(rf"(?:{whole})\.?", re.IGNORECASE), Refusal(code, subject_kind), invented)


def _about(words: str, kind: str, code: str, *, invented: bool = False) -> Entry:
    return _entry(rf"(?:{words}): (?:{CAPTIONS[kind]})", code, kind, invented=invented)


# The first entry that matches decides: what is said of a field comes before what may be said of any.
CATALOGUE: tuple[Entry, ...] = (
    *(_about(REFERENCE, kind, "invalid_reference") for kind in CAPTIONS),
    *(_about("Geblokkeerd|Blocked|Bloqué", kind, code, invented=True) for kind, code in BLOCKED.items()),
    _about("Niet actief|Not active|Non actif", "currency", "currency_inactive", invented=True),
    _entry(rf"(?:{INVALID}): (?:{CAPTIONS['account']}) \(Type\)", "account_not_customer", "account"),
    _entry(rf"(?:{INVALID}): (?:Leverancier|Supplier|Fournisseur) \(Type\)", "account_not_supplier", "account"),
    _entry(rf"(?:{INVALID}): (?:{CAPTIONS['journal']}) \(Type\)", "journal_wrong_type", "journal", invented=True),
    _entry("Invalid journal. .+", "journal_refused", "journal"),
    _entry(rf"(?:{INVALID}): (?:Grootboekrekeningtype|G/L account type|Type de compte général)", "gl_account_refused", "gl_account"),
    _entry(rf"(?:{INVALID}): (?:Btw-percentage|VAT percentage|Pourcentage (?:de )?TVA)(?: \[.*\])?", "vat_code_refused", "vat_code"),
    _entry("Ongeldig controlecijfer voor btw-nummer", "vat_number_refused", "vat_number"),
    _entry(
        "Invalid check digit for VAT number|Chiffre de contrôle non valide (?:du|pour le) numéro de TVA",
        "vat_number_refused",
        "vat_number",
        invented=True,
    ),
    _entry(rf"(?:{INVALID}): (?:Postcode|Postal code|Code postal)", "postcode_refused", invented=True),
    _entry(rf"(?:{MANDATORY}): (?:Boekjaar|Financial year|Exercice)", "closed_period", "period"),
    _entry("(?:Afgesloten|Closed|Clôturé): (?:Periode|Period|Période)", "closed_period", "period", invented=True),
    _entry("(?:Periode is afgesloten|Period is closed|La période est clôturée)\\b.*", "closed_period", "period", invented=True),
    _entry(rf"(?:{MANDATORY}): (?:Wisselkoers|Exchange rate|Taux de change)", "missing_exchange_rate", "currency", invented=True),
    _entry(
        "(?:In gebruik|In use|En cours d'utilisation): (?:Boekstuknummer|Entry number|Numéro (?:de pièce|d'écriture))",
        "entry_number_in_use",
    ),
    _entry("Reeds verwerkt|Already processed|Déjà traité", "already_processed"),
    _entry("Data already exists|Gegeven bestaat reeds|La donnée existe déjà", "already_exists"),
    _entry(rf"(?:{REFERENCE}): .+", "invalid_reference"),
    _entry(rf"(?:{MANDATORY}): .+", "required_field_missing"),
    _entry(rf"(?:{INVALID}|{NOT_ALLOWED}): .+", "payload_refused"),
    _entry(rf"(?:{TOO_MUCH}): .+", "payload_refused", invented=True),
)


def recognise(text: str) -> Refusal | None:
    """Name the refusal when *every* line of an error text is known; the first line decides. None: unknown."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    found = [_refusal(line) for line in lines]
    return found[0] if found and all(found) else None


def _refusal(line: str) -> Refusal | None:
    return next((entry.refusal for entry in CATALOGUE if entry.pattern.fullmatch(line)), None)
