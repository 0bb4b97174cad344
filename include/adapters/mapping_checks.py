"""The mapping checks of one administration: made when its file or the mirror has changed, remembered, asked before anything is booked."""

from __future__ import annotations

import hashlib
import logging
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from include.adapters.master import MirroredMaster, mirrored_periods
from include.adapters.pulls import Pulls
from include.administrations.model import Administration
from include.checks.mapping_findings import MappingFinding
from include.checks.mapping_page import Checked, write_page
from include.checks.mapping_pairs import LONG_LISTS, SHORT_LISTS, Mirrored, Pair, named_codes, pairs
from include.errors import SetupError
from include.exact.entities import MASTER_DATA, PERIODS, Entity
from include.outbox.causes import Language
from include.store.checks import CheckStore, LastCheck
from include.store.mirror import MirrorStore

log = logging.getLogger(__name__)

ENTITIES = {entity.name: entity for entity in MASTER_DATA}
LANGUAGES: tuple[Language, ...] = ("nl", "en")
# Raise it when the checks ask something new: what was judged before is judged again then.
QUESTIONS_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class MappingChecks:
    """`docs`: the folder for Data Docs and our own page; None writes no files."""

    administration: Administration
    mirror: MirrorStore
    pulls: Pulls
    store: CheckStore
    docs: Path | None = None

    def require(self) -> None:
        """Raise `SetupError` when the division, its journal, its currencies or its periods are not as the file says.

        What speaks against them is read from Exact again first: somebody may just have mended it.
        """
        checked = self.verdict()
        if checked.stops:
            self._read_again(PERIODS)
            self._read_again([ENTITIES[SHORT_LISTS[table]] for table in ("division", "journals", "currencies")])
            checked = self.verdict()
        self.tell(checked)
        if checked.stops:
            raise refusal_of(self.administration.name, checked.stops)

    def verdict(self) -> Checked:
        """What was found last, or what is found now where either side has changed since; costs no call while the mirror is whole."""
        self._complete_mirror()
        known = self.known()
        return known if known is not None and self._fingerprint() == self._last_fingerprint() else self.check()

    def known(self) -> Checked | None:
        """What was found last, whatever has changed since."""
        last = self.store.last(self.administration.name)
        return checked_of(last) if last else None

    def check(self) -> Checked:
        """Judge now, remember it, and write the pages."""
        self._complete_mirror()
        fingerprint = self._fingerprint()
        findings = self._judged(pairs(self.administration, self._mirrored(), self._today(), self._asked()))
        checked = checked_of(self.store.save(self.administration.name, fingerprint, [finding.stored() for finding in findings]))
        self._publish()
        log.info("%s: mapping checked, %s findings, %s of them stop it", checked.name, len(findings), len(checked.stops))
        return checked

    def check_anew(self) -> Checked:
        """Read the short lists from Exact, then judge: for the daily check, and for whoever has just mended something."""
        self._read_again([*(ENTITIES[name] for name in SHORT_LISTS.values()), *PERIODS])
        return self.check()

    def tell(self, checked: Checked) -> None:
        """Log each finding with cause and cure, in both languages."""
        for finding in checked.findings:
            for language in LANGUAGES:
                log.log(
                    logging.ERROR if finding.stops else logging.WARNING,
                    "%s %s: %s",
                    finding,
                    language.upper(),
                    " ".join(finding.told(language)),
                )

    def _judged(self, tables: dict[str, list[Pair]]) -> list[MappingFinding]:
        # Takes seconds to import: only who has a check to make pays for it.
        from include.checks.mapping_expectations import judge

        if self.docs is None:
            return judge(tables)
        try:
            return _replacing(self.docs / self.administration.name, lambda folder: judge(tables, folder))
        except OSError as error:
            self._cannot_write(error)
            return judge(tables)

    def _publish(self) -> None:
        try:
            if self.docs is not None:
                write_page(self.docs, [checked_of(last) for last in self.store.all()])
        except OSError as error:
            self._cannot_write(error)

    def _cannot_write(self, error: OSError) -> None:
        """Pages are for people to read: booking does not depend on them."""
        log.error("the pages of the mapping checks cannot be written to %s (%s): set EXACTLY_DATA_DOCS", self.docs, error)

    def _complete_mirror(self) -> None:
        self.pulls.pull_missing([*self._entities(), *PERIODS])

    def _entities(self) -> list[Entity]:
        long = [name for table, name in LONG_LISTS.items() if named_codes(self.administration, table)]
        return [ENTITIES[name] for name in (*SHORT_LISTS.values(), *long)]

    def _read_again(self, entities: Sequence[Entity]) -> None:
        for entity in entities:
            self.pulls.pull(entity)

    def _mirrored(self) -> Mirrored:
        records = {name: [row["data"] for row in self.mirror.records(name)] for name in SHORT_LISTS.values()}
        for table, name in LONG_LISTS.items():
            rows = self.store.records_named(self.administration.division, name, self._capitals(table))
            records[name] = [row["data"] for row in rows]
        master = MirroredMaster(self.mirror, self.pulls, self.administration.currency)
        periods = mirrored_periods(self.mirror, self.administration.journals.sales)
        return Mirrored(
            records,
            [(period.begins, period.ends, period.closed) for period in periods],
            lambda currency: master.exchange_rate(currency, self._today()),
        )

    def _capitals(self, table: str) -> set[str]:
        return {code.upper() for code in named_codes(self.administration, table)}

    def _asked(self) -> list[str]:
        return self.store.currencies_asked_for(self.administration.name)

    def _today(self) -> date:
        return self.administration.local_day(self.mirror.now())

    def _fingerprint(self) -> str:
        """Of both sides; and of the month, as the current period is another one then."""
        mirror = self.store.mirror_fingerprint(
            self.administration.division,
            whole=[*SHORT_LISTS.values(), *(entity.name for entity in PERIODS)],
            named=LONG_LISTS.values(),
            codes=set().union(*(self._capitals(table) for table in LONG_LISTS)),
        )
        parts = [str(QUESTIONS_VERSION), self.administration.fingerprint, mirror, f"{self._today():%Y-%m}", *self._asked()]
        return hashlib.sha256("|".join(parts).encode()).hexdigest()

    def _last_fingerprint(self) -> str | None:
        last = self.store.last(self.administration.name)
        return last.fingerprint if last else None


def checked_of(last: LastCheck) -> Checked:
    """A verdict as it was stored."""
    return Checked(last.administration, last.checked_at, tuple(map(MappingFinding.from_stored, last.findings)))


def refusal_of(administration: str, findings: Sequence[MappingFinding]) -> SetupError:
    """An error that names the codes, and the cure of each in both languages."""
    cures = [f"{language.upper()}: {' '.join(finding.told(language)[1] for finding in findings)}" for language in LANGUAGES]
    return SetupError("mapping_check", f"{administration}: {', '.join(map(str, findings))}", cure=" ".join(cures))


def _replacing(folder: Path, write: Callable[[Path], list[MappingFinding]]) -> list[MappingFinding]:
    """Let `write` fill a new folder, and put it in the place of the old one: nobody sees half of it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as temporary:
        fresh, old = Path(temporary) / "fresh", Path(temporary) / "old"
        found = write(fresh)
        if folder.exists():
            folder.rename(old)
        fresh.rename(folder)
    return found
