"""What can be wrong between things that are right each by itself: claims made twice, by two files or two lines."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from decimal import Decimal, InvalidOperation

from include.administrations.mistakes import Mistake
from include.administrations.yaml_files import Place, YamlFile

ONE_STOP_SHOP = "one_stop_shop"
Claims = Callable[[YamlFile], Iterator[tuple[Place, Hashable]]]


def blame_claims_made_twice(files: list[YamlFile]) -> None:
    """Note in each file what it claims although another place claims it already."""
    for file in files:
        _once([file], _rates, "VAT rate {claim} is the same as another key of the table", "keep one of the two")
    _once(files, _countries, "country {claim} is routed already, by {other}", "name each country once, in one file")
    _once(files, _divisions, "division and connection are those of {other}", "write the number of this company's own division")
    _once(files, _rests, "the rest goes already to {other}", "write rest: true in one file only")


def nobody_takes_the_rest(files: list[YamlFile]) -> Iterator[Mistake]:
    """Yield a mistake when orders of some country would have nowhere to go; silent while a file cannot be read."""
    if all(file.readable for file in files) and not any(True for file in files for _ in _rests(file)):
        yield Mistake("routes of all files", 0, "no administration takes the rest", "write rest: true under routes in one of them")


def _once(files: list[YamlFile], claims: Claims, cause: str, cure: str) -> None:
    taken: dict[Hashable, str] = {}
    for file in files:
        for place, claim in claims(file):
            if claim in taken:
                file.blame(place, cause.format(claim=claim, other=taken[claim]), cure)
            taken.setdefault(claim, f"{file.name}:{file.line_of(place)}")


def _rates(file: YamlFile) -> Iterator[tuple[Place, Hashable]]:
    for place, table in _rate_tables(file):
        for key in table:
            try:
                yield ("vat_codes", *place, key), f"{' '.join(place)} {Decimal(key).normalize():f}"
            except (InvalidOperation, ValueError):
                continue


def _rate_tables(file: YamlFile) -> Iterator[tuple[tuple[str, ...], dict[str, object]]]:
    for regime, table in _table(file.content.get("vat_codes")).items():
        yield (regime,), _table(table)
        if regime == ONE_STOP_SHOP:
            yield from (((regime, country), _table(rates)) for country, rates in _table(table).items())


def _countries(file: YamlFile) -> Iterator[tuple[Place, Hashable]]:
    countries = _table(file.content.get("routes")).get("countries")
    if isinstance(countries, list):
        for number, country in enumerate(countries):
            if isinstance(country, str):
                yield ("routes", "countries", number), country


def _divisions(file: YamlFile) -> Iterator[tuple[Place, Hashable]]:
    division, connection = file.content.get("division"), file.content.get("connection")
    if isinstance(division, int) and isinstance(connection, str):
        yield ("division",), (division, connection)


def _rests(file: YamlFile) -> Iterator[tuple[Place, Hashable]]:
    if _table(file.content.get("routes")).get("rest") is True:
        yield ("routes", "rest"), "rest"


def _table(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}
