"""Writes the relations and items of the sandbox's demo books, so that they are those of the shop: `python -m include.demo.seeds`.

A relation per customer number and an item per article code in upper case, with the shop's names, addresses, VAT numbers and groups.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from include.demo.buyers import Buyer
from include.demo.retail import CODE_GROUPS, Document, buyers_of, read_documents

PROJECT = Path(__file__).parents[2]
SOURCE = PROJECT / "include" / "demo" / "data" / "online_retail.csv"
TARGET = PROJECT / "include" / "sandbox" / "seeds"
LICENCE = (
    "# Derived from Online Retail by Daqing Chen, UCI Machine Learning Repository (2015), DOI 10.24432/C5BW33, licence CC BY 4.0. "
    "Names and addresses are invented.\n"
)
ACCOUNTS = ("code", "name", "country", "city", "postcode", "street", "email", "vat_number")
ITEMS = ("code", "description", "group")
LONGEST_DESCRIPTION = 60


def main(target: Path = TARGET) -> None:
    """Write `demo_accounts.csv` and `demo_items.csv` into a folder."""
    documents = read_documents(SOURCE, today=date(2026, 1, 1))
    buyers = sorted(buyers_of(documents), key=lambda buyer: buyer.number)
    _write(target / "demo_accounts.csv", ACCOUNTS, map(_account, buyers))
    _write(target / "demo_items.csv", ITEMS, sorted(_items(documents)))


def _account(buyer: Buyer) -> Sequence[str]:
    place = (buyer.country, buyer.town, buyer.postcode, buyer.street)
    return (buyer.number, buyer.name, *place, buyer.email, buyer.vat_number or "")


def _items(documents: Iterable[Document]) -> list[tuple[str, str, str]]:
    titles: dict[str, str] = {}
    groups: dict[str, str] = {}
    for item in (item for document in documents for item in document.items if item.sku.upper() not in CODE_GROUPS):
        code = item.sku.upper()
        titles[code] = titles.get(code) or item.title.strip()
        groups[code] = item.group
    return [(code, (title or f"Article {code}")[:LONGEST_DESCRIPTION], groups[code]) for code, title in titles.items()]


def _write(path: Path, names: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as lines:
        lines.write(LICENCE)
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(rows)


if __name__ == "__main__":
    main(*(Path(folder) for folder in sys.argv[1:]))
