"""Which relation in Exact a customer is: by our own mark, VAT number, registration number, or a code that something else confirms.

A relation that carries our token is taken, whatever else it says. Else those with the customer's VAT number count, those with its
registration number in its country, and the one whose code is the customer's number (or the code that we would give) if name, VAT number or
postcode agrees with the shop's. One of them is taken; of several, the one that the code confirms; else nobody is to guess. Where only the
code fits and nothing else does, nobody is to guess either: it may be another company, or the same one after a change.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from include.errors import RecordError
from include.exact.models.account import Account
from include.mappings.customers_to_accounts import plain_number

_FORMS = (
    "ab ag aps as bv bvba co cv eurl gmbh inc kg kk lda limited llc lp ltd nv oo oy plc pty sa sarl sas sl sp spa sprl srl ug uab vof z"
)
LEGAL_FORMS = frozenset(_FORMS.split())


@dataclass(frozen=True)
class Relation:
    """A relation as the mirror shows it, to be compared: numbers without what only divides them, texts empty where Exact has none."""

    id: UUID
    code: str
    name: str = ""
    vat_number: str = ""
    registration: str = ""
    postcode: str = ""
    country: str = ""
    token: str = ""

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Relation:
        """Read a row of the mirror's relations."""

        def text(name: str) -> str:
            return str(data.get(name) or "").strip()

        return cls(
            id=UUID(text("ID")),
            code=text("Code"),
            name=text("Name"),
            vat_number=plain_number(text("VATNumber")) or "",
            registration=_letters(text("ChamberOfCommerce")),
            postcode=_letters(text("Postcode")),
            country=text("Country").upper(),
            token=text("CodeAtSupplier"),
        )


@dataclass(frozen=True)
class Agreement:
    """What speaks for and against a relation being a customer, field by field; what one side does not know says nothing."""

    agreeing: tuple[str, ...]
    differing: tuple[str, ...]


@dataclass
class Relations:
    """All relations of a division, found by what they carry."""

    by_code: dict[str, Relation] = field(default_factory=dict)
    by_token: dict[str, Relation] = field(default_factory=dict)
    _by_vat_number: defaultdict[str, list[Relation]] = field(default_factory=lambda: defaultdict(list))
    _by_registration: defaultdict[str, list[Relation]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def over(cls, relations: Iterable[Relation]) -> Relations:
        """Sort relations by what they carry."""
        found = cls()
        for relation in relations:
            found.by_code[relation.code] = relation
            for key, index in ((relation.vat_number, found._by_vat_number), (relation.registration, found._by_registration)):
                if key:
                    index[key].append(relation)
            if relation.token:
                found.by_token[relation.token] = relation
        return found

    def alike(self, account: Account) -> list[Relation]:
        """The relations with the VAT number of an account, or with its registration number in its country; each once."""
        registered = [
            relation
            for relation in self._by_registration[_letters(account.chamber_of_commerce)]
            if relation.country in {account.country, ""} and account.chamber_of_commerce
        ]
        found = [*(self._by_vat_number[account.vat_number] if account.vat_number else ()), *registered]
        return list({relation.id: relation for relation in found}.values())


def relation_of(account: Account, codes: Sequence[str], token: str, relations: Relations) -> Relation | None:
    """Return the relation that a customer is, or None when Exact has none; raises `RecordError` where nobody is to guess.

    `codes`: those by which the relation may go in Exact, our own and the customer's number.
    """
    if token in relations.by_token:
        return relations.by_token[token]
    coded = [relations.by_code[code] for code in codes if code in relations.by_code]
    ours_alone = [relation for relation in coded if relation.token in {"", token}]
    confirmed = [relation for relation in ours_alone if agreement(account, relation).agreeing]
    alike = relations.alike(account)
    for found in (_both(confirmed, alike), _all(confirmed, alike)):
        if len(found) == 1:
            return found[0]
        if found:
            raise RecordError("relation_ambiguous", account.search_code, codes=" ".join(relation.code for relation in found[:5]))
    for relation in ours_alone:
        raise _differs(account, relation)
    return None


def agreement(account: Account, relation: Relation) -> Agreement:
    """Compare name, VAT number and postcode."""
    pairs = {
        "Name": (_name(account.name), _name(relation.name)),
        "VATNumber": (account.vat_number or "", relation.vat_number),
        "Postcode": (_letters(account.postcode), relation.postcode),
    }
    known = {name: ours == theirs for name, (ours, theirs) in pairs.items() if ours and theirs}
    return Agreement(
        agreeing=tuple(name for name, same in known.items() if same),
        differing=tuple(name for name, same in known.items() if not same),
    )


def _both(confirmed: list[Relation], alike: list[Relation]) -> list[Relation]:
    ids = {relation.id for relation in alike}
    return [relation for relation in confirmed if relation.id in ids][:1]


def _all(confirmed: list[Relation], alike: list[Relation]) -> list[Relation]:
    return list({relation.id: relation for relation in (*confirmed, *alike)}.values())


def _differs(account: Account, relation: Relation) -> RecordError:
    """Numbers of both sides; names and addresses are for whoever looks at both."""
    return RecordError(
        "relation_differs",
        account.search_code,
        relation_code=relation.code,
        differing=" ".join(agreement(account, relation).differing),
        vat_number_in_shop=account.vat_number or "none",
        vat_number_in_exact=relation.vat_number or "none",
        relation=relation.id,
    )


def _name(name: str) -> str:
    """A name as it sounds: no capitals, no accents, no points, and no legal form at its end."""
    plain = "".join(character for character in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(character))
    words = re.findall(r"\w+", re.sub(r"(?<=\w)[.'’](?=\w?)", "", plain))
    while len(words) > 1 and words[-1] in LEGAL_FORMS:
        words.pop()
    return " ".join(words)


def _letters(number: str | None) -> str:
    return "".join(character for character in (number or "").upper() if character.isalnum())
