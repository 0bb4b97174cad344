"""Makes the demo's relations and items from the real orders: `python include/sandbox/seeds/generate_demo.py online_retail.csv`.

Rules: a relation per customer number, with an invented name; an item per article code in upper case, described by its most frequent
description; its group by the first rule whose words occur in that description.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter, defaultdict
from pathlib import Path

LICENCE = (
    "# Derived from Online Retail by Daqing Chen, UCI Machine Learning Repository (2015), DOI 10.24432/C5BW33, licence CC BY 4.0. "
    "Names and cities are invented.\n"
)
COUNTRIES = {
    "United Kingdom": ("GB", "London", "Ltd"),
    "Germany": ("DE", "Berlin", "GmbH"),
    "EIRE": ("IE", "Dublin", "Ltd"),
    "France": ("FR", "Paris", "SARL"),
    "Lithuania": ("LT", "Vilnius", "UAB"),
    "Australia": ("AU", "Sydney", "Pty Ltd"),
    "Netherlands": ("NL", "Utrecht", "B.V."),
    "Norway": ("NO", "Oslo", "AS"),
    "Switzerland": ("CH", "Bern", "AG"),
    "Spain": ("ES", "Madrid", "S.L."),
    "Poland": ("PL", "Warsaw", "Sp. z o.o."),
    "Portugal": ("PT", "Lisbon", "Lda"),
    "Italy": ("IT", "Milan", "S.r.l."),
    "Belgium": ("BE", "Ghent", "BV"),
    "Japan": ("JP", "Tokyo", "K.K."),
}
NO_ARTICLES = frozenset({"POST", "DOT", "C2", "D", "M", "BANK CHARGES"})
GROUPS = (
    ("christmas", ("CHRISTMAS", "XMAS", "ADVENT", "SNOW", "REINDEER")),
    ("bags", ("BAG", "PURSE", "LUGGAGE", "SHOPPER")),
    ("stationery", ("CARD", "PAPER", "PEN", "PENCIL", "NOTEBOOK", "WRAP", "STICKER", "TAPE", "CHALK", "ERASER", "JOURNAL", "RIBBON")),
    (
        "kitchen",
        (
            "MUG",
            "CUP",
            "CAKE",
            "BOWL",
            "TEA",
            "COFFEE",
            "KITCHEN",
            "PLATE",
            "BOTTLE",
            "LUNCH",
            "CUTLERY",
            "APRON",
            "JAR",
            "EGG",
            "BAKING",
            "DISH",
            "TRAY",
        ),
    ),
    (
        "home",
        (
            "HOLDER",
            "CANDLE",
            "CLOCK",
            "CUSHION",
            "DOOR",
            "FRAME",
            "LIGHT",
            "HOOK",
            "LAMP",
            "MIRROR",
            "DRAWER",
            "CABINET",
            "GARDEN",
            "SIGN",
            "HANGER",
            "RACK",
            "BOX",
        ),
    ),
)


def main(source: Path, target: Path) -> None:
    """Write both files."""
    with source.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    customers = {row["CustomerID"]: row["Country"] for row in rows if row["CustomerID"]}
    _write(target / "demo_accounts.csv", ("code", "name", "country", "city"), [_account(*pair) for pair in sorted(customers.items())])
    descriptions: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        descriptions[row["StockCode"].upper()][row["Description"].strip()] += bool(row["Description"].strip())
    items = [_item(code, found) for code, found in sorted(descriptions.items()) if code not in NO_ARTICLES]
    _write(target / "demo_items.csv", ("code", "description", "group"), items)


def _account(code: str, country: str) -> tuple[str, ...]:
    iso, city, form = COUNTRIES[country]
    return code, f"Customer {code} {form}", iso, city


def _item(code: str, found: Counter[str]) -> tuple[str, ...]:
    best = max(found.items(), key=lambda pair: (pair[1], pair[0]))[0]
    description = (best or f"Article {code}")[:60]
    return code, description, _group(description)


def _group(description: str) -> str:
    words = description.upper()
    return next((group for group, parts in GROUPS if any(part in words for part in parts)), "gifts")


def _write(path: Path, names: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as lines:
        lines.write(LICENCE)
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(__file__).parent)
