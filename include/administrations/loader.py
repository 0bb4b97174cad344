"""Loads the configuration: all files or none, with every mistake of every file at once."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from include.administrations.countries import iso_country
from include.administrations.mistakes import ConfigurationError, Mistake
from include.administrations.model import Administration
from include.administrations.names import DIRECTORY, administration_files
from include.administrations.together import blame_claims_made_twice, nobody_takes_the_rest
from include.administrations.wording import explain_finding
from include.administrations.yaml_files import Place, YamlFile, read_yaml_file
from include.errors import SetupError


@dataclass(frozen=True)
class Administrations:
    """All administrations, sorted by name; exactly one of them takes the orders that no other one names."""

    all: tuple[Administration, ...]

    def __iter__(self) -> Iterator[Administration]:
        return iter(self.all)

    def __len__(self) -> int:
        return len(self.all)

    def __getitem__(self, name: str) -> Administration:
        """Return the administration of that name; raises `SetupError` with the nearest one."""
        names = [administration.name for administration in self.all]
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1)
            known = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}"
            raise SetupError("unknown_administration", name, cure=f"no file describes it; {known}")
        return self.all[names.index(name)]

    def route(self, country: str) -> Administration:
        """Return the administration that books the orders of a country; raises `RecordError` for what is no country."""
        code = iso_country(country)
        named = (administration for administration in self.all if code in administration.routes.countries)
        rest = (administration for administration in self.all if administration.routes.rest)
        return next(named, None) or next(rest)

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of what all files say."""
        return hashlib.sha256("".join(administration.fingerprint for administration in self.all).encode()).hexdigest()


def load_administrations(directory: Path | str | None = None) -> Administrations:
    """Load every file of the directory; raises `ConfigurationError` with all mistakes if there is one."""
    folder = Path(directory) if directory is not None else DIRECTORY
    files = [read_yaml_file(path) for path in administration_files(folder)]
    administrations = [_administration(file) for file in files if file.readable]
    blame_claims_made_twice(files)
    mistakes = [mistake for file in files for mistakes in file.mistakes.values() for mistake in mistakes]
    mistakes.extend([*_misplaced(folder, files), *nobody_takes_the_rest(files)])
    if mistakes:
        raise ConfigurationError(mistakes)
    return Administrations(tuple(administration for administration in administrations if administration))


def _administration(file: YamlFile) -> Administration | None:
    if "name" in file.content:
        file.blame(("name",), "there is no key name", "delete it; the name of the file is the name of the administration")
    try:
        return Administration.model_validate({**file.content, "name": file.name.removesuffix(".yaml")})
    except ValidationError as error:
        for finding in error.errors(include_url=False):
            _blame(file, *explain_finding(finding, file))
    return None


def _blame(file: YamlFile, place: Place, cause: str, cure: str) -> None:
    if any(place[:length] in file.mistakes for length in range(len(place) + 1)):
        return
    file.blame(place, cause, cure)


def _misplaced(folder: Path, files: list[YamlFile]) -> Iterator[Mistake]:
    if not files:
        yield Mistake(str(folder), 0, "holds no file that ends with .yaml", "copy an existing administration into it")
    for path in sorted(folder.glob("*.yml")):
        yield Mistake(path.name, 0, "ends with .yml and would be overlooked", f"rename it to {path.stem}.yaml")
