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


# What Exact calls the things that a document refers to, in Dutch, English and French.
SUBJECTS = {
    "account": (
        "Factuur voor|Besteld door|Leveren aan|Klant|Relatie"
        "|Invoice to|Ordered by|Deliver to|Customer|Account"
        "|Facture à|Facturer à|Commandé par|Livrer à|Client|Relation"
    ),
    "journal": "Dagboek|Journal",
    "gl_account": "Grootboekrekening|G/L account|Compte général",
    "item": "Artikel|Item|Article",
    "vat_code": "Btw-code|VAT code|Code TVA",
    "currency": "Valuta|Currency|Devise",
    "payment_condition": "Betalingsconditie|Payment condition|Condition de paiement",
}
REFERENCE = r"(Ongeldige referentie|Invalid reference|Référence non valide)\s?: "
BLOCKED = r"(Geblokkeerd|Blocked|Bloqué)\s?: "
INVALID = r"(Ongeldig|Invalid|Non valide)\s?: "
MANDATORY = r"(Verplicht|Mandatory|Obligatoire)\s?: "
BLOCKED_CODES = {
    "account": "blocked_account",
    "journal": "journal_blocked",
    "gl_account": "gl_account_blocked",
    "item": "item_blocked",
    "vat_code": "vat_code_blocked",
}

CATALOGUE: tuple[Entry, ...] = (
    *(_entry(rf"{REFERENCE}({words})\.?", "invalid_reference", kind) for kind, words in SUBJECTS.items()),
    *(_entry(rf"{BLOCKED}({SUBJECTS[kind]})\.?", code, kind, invented=True) for kind, code in BLOCKED_CODES.items()),
    _entry(rf"{INVALID}({SUBJECTS['account']}) \(Type\)\.?", "account_not_customer", "account"),
    _entry(rf"{INVALID}(Leverancier|Supplier|Fournisseur) \(Type\)\.?", "account_not_supplier", "account"),
    _entry(rf"{INVALID}(Grootboekrekeningtype|G/L account type|Type de compte général)\.?", "gl_account_refused", "gl_account"),
    _entry(rf"{INVALID}(Btw-percentage|VAT percentage|Pourcentage (de )?TVA)( \[.*\])?", "vat_code_refused", "vat_code"),
    _entry(rf"{INVALID}(Dagboek|Journal)( \(Type\))?\.?", "journal_refused", "journal", invented=True),
    _entry(r"Invalid journal\. .*", "journal_refused", "journal"),
    _entry(r"Ongeldig controlecijfer voor btw-nummer\.", "vat_number_refused", "account"),
    _entry(
        r"(Invalid check digit for VAT number|Chiffre de contrôle non valide (pour le|du) numéro de TVA)\.",
        "vat_number_refused",
        "account",
        invented=True,
    ),
    _entry(rf"{MANDATORY}(Boekjaar|Financial year|Exercice)\.?", "closed_period", "period"),
    _entry(r"(Afgesloten|Closed|Clôturé)\s?: (Periode|Period|Période)\.?", "closed_period", "period", invented=True),
    _entry(r"(Niet actief|Not active|Non actif)\s?: (Valuta|Currency|Devise)\.?", "currency_inactive", "currency", invented=True),
    _entry(rf"{MANDATORY}(Wisselkoers|Exchange rate|Taux de change)\.?", "missing_exchange_rate", "currency", invented=True),
    _entry(r"(In gebruik|In use|En cours d'utilisation)\s?: (Boekstuknummer|Entry number|Numéro d'écriture)\.?", "entry_number_in_use"),
    _entry(r"(Reeds verwerkt|Already processed|Déjà traité)\.?", "already_processed"),
    _entry(r"(Data already exists|Gegeven bestaat reeds|La donnée existe déjà)\.?", "already_exists"),
    _entry(rf"{MANDATORY}.+", "required_field_missing"),
    _entry(r"(Niet toegestaan|Not allowed|Non autorisé)\s?: .+", "payload_refused"),
    _entry(r"(Te lang|Too long|Trop long|Te groot|Too large|Trop grand)\s?: .+", "payload_refused", invented=True),
    _entry(rf"{REFERENCE}.+", "invalid_reference"),
    _entry(rf"{INVALID}.+", "payload_refused"),
)


def recognise(text: str) -> Refusal | None:
    """Name the refusal when *every* line of an error text is known; the first line decides. None: unknown."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    found = [_refusal(line) for line in lines]
    return found[0] if found and all(found) else None


def _refusal(line: str) -> Refusal | None:
    return next((entry.refusal for entry in CATALOGUE if entry.pattern.fullmatch(line)), None)
