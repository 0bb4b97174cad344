"""What a run has in its hands, and the one place that builds the real thing."""

from __future__ import annotations

import logging
import os
import socket
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import requests

from include.adapters.adoption import Adoption
from include.adapters.calls import GatedCalls, SystemClock
from include.adapters.changes import Changes
from include.adapters.forecasts import Forecasts
from include.adapters.links import NO_LINKS, Links
from include.adapters.mapping_checks import MappingChecks
from include.adapters.master import MirroredMaster, check_company
from include.adapters.pulls import Pulls
from include.adapters.relation_mirror import RelationMirror
from include.adapters.relations import CustomerRelations
from include.adapters.tokens import ChainWire
from include.adapters.way_back import WayBack
from include.adapters.wire import ExactWire
from include.administrations.loader import Administrations
from include.administrations.model import Administration, Mode
from include.errors import SetupError
from include.exact.client import ExactClient, Site
from include.exact.documents import KINDS
from include.exact.entities import MASTER_DATA
from include.exact.oauth import App, TokenEndpoint
from include.exact.transport import Transport
from include.outbox.chain import TokenChain
from include.outbox.drain import Drain, Parts
from include.outbox.model import Cursor, Draft, Tally
from include.outbox.off_peak import OffPeakGate
from include.outbox.ports import Purpose
from include.outbox.times import Times
from include.outbox.unknown import Unknowns
from include.sources.webshop import Webshop
from include.store.adoption import AdoptionStore
from include.store.cases import CaseStore
from include.store.chain import Cipher, StoredChain
from include.store.checks import CheckStore, EntryDays
from include.store.credits import CreditStore
from include.store.database import Database
from include.store.figures import FigureStore
from include.store.installation import check_installation
from include.store.links import LinkStore
from include.store.mirror import MirrorStore, Witness
from include.store.outbox import OutboxStore
from include.store.permits import PermitGate
from include.store.quota import QuotaStore
from include.store.relations import RelationStore

log = logging.getLogger(__name__)

WITNESSES = {kind.endpoint: Witness(kind.mirror_entity, kind.mirror_id_field, kind.mirror_journal_field) for kind in KINDS.values()}


@dataclass(frozen=True)
class Window:
    """Which part of the source a run reads: `since` included, `until` excluded, by moment of change; or single orders by number.

    `follows_cursor`: a scheduled run, which begins where the flow stopped reading; a window given by hand moves no cursor.
    """

    since: datetime
    until: datetime
    order_numbers: tuple[str, ...] = ()
    follows_cursor: bool = False


@dataclass(frozen=True)
class Access:
    """How to reach Exact: the app, and sessions with the administrator's TLS and proxy settings."""

    app: App
    new_session: Callable[[], requests.Session]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All that `open_run` needs, resolved by whoever starts the run. The data source names stay out of `repr`.

    `data_docs`: the folder where the mapping checks write their pages; None writes none.
    """

    administrations: Administrations
    name: str
    access: Access
    store_dsn: str = field(repr=False)
    source_dsn: str = field(repr=False)
    cipher: Cipher = field(repr=False)
    environment: str
    window: Window
    times: Times = field(default_factory=Times)
    purpose: Purpose = Purpose.NEAR_TIME
    dry_run: bool = False
    links: Links = NO_LINKS
    data_docs: Path | None = None


class Outbox:
    """The outbox of one administration: plan, send, settle."""

    def __init__(
        self, parts: Parts, store: OutboxStore, administration: Administration, purpose: Purpose, check: Callable[[], Tally]
    ) -> None:
        self._parts = parts
        self._administration = administration
        self._check = check
        self._lanes: Sequence[tuple[Parts, Purpose]] = [(parts, purpose)]
        if purpose is Purpose.NEAR_TIME:
            # What an earlier run planned in bulk and could not send keeps to the limits of bulk.
            near, bulk = replace(parts, store=store.lane(bulk=False)), replace(parts, store=store.lane(bulk=True))
            self._lanes = [(near, purpose), (bulk, Purpose.BULK)]
        self.store = store.lane(bulk=True) if purpose is Purpose.BULK else store

    def plan(self, drafts: Sequence[Draft], cursor: Cursor | None = None) -> Tally:
        """Store what is to be done, and how far the source was read, in one transaction. Raises `MovedOnError` as the store does."""
        return self.store.plan(drafts, cursor, judged=True)

    def drain(self, *, only: frozenset[int] | None = None, purpose: Purpose | None = None) -> Tally:
        """Send what is planned, unless the administration only observes; `purpose`: another one than the run's.

        Before the first write the company is checked, and what stands in Exact already is taken: `check` does both.
        """
        if self._administration.mode is not Mode.BOOK:
            log.info("%s is in mode %s: nothing is sent", self._administration.name, self._administration.mode.value)
            return Tally()
        if not self._parts.store.ready(self._administration.division, 1, only):
            return Tally()
        lanes = [(self._parts, purpose)] if purpose else self._lanes
        return sum((Drain(parts, whose).run(only=only) for parts, whose in lanes), self._check())

    def settle_unknown(self) -> Tally:
        """Take over what dead workers left, find out what became of what nobody knows, and send again what is surely absent.

        Only that: a backlog is the drain's, and would keep the next looks waiting.
        """
        unknowns = Unknowns(self._parts)
        tally = unknowns.settle()
        if unknowns.planned_again:
            tally += self.drain(only=frozenset(unknowns.planned_again))
        return tally


@dataclass(frozen=True, kw_only=True)
class Run:
    """A run's hands: nothing in a flow touches the world but through these."""

    administration: Administration
    administrations: Administrations
    sources: Webshop
    exact: ExactClient
    outbox: Outbox
    cases: CaseStore
    figures: FigureStore
    credits: CreditStore
    mirror: MirrorStore
    master: MirroredMaster
    mapping: MappingChecks
    relations: CustomerRelations
    changes: Changes
    entry_days: EntryDays
    pulls: Pulls
    way_back: WayBack
    quota: Forecasts
    chain: TokenChain
    links: Links
    window: Window
    dry_run: bool
    owner: str
    calls: Callable[[], int]


def chain_name(app: App) -> str:
    """What a chain is called: host and client id; each connection signs in as one Exact user."""
    return f"{app.base_url.rstrip('/')} {app.client_id}"


def owner_name() -> str:
    """Who holds locks and permits: machine, process and a unique part, as process numbers come again."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


@contextmanager
def open_run(settings: Settings) -> Iterator[Run]:
    """Build the run of one administration and close what it opened. Raises `SetupError` in a foreign environment."""
    administration = settings.administrations[settings.name]
    with ExitStack() as stack:
        database = Database(settings.store_dsn, name=f"exactly {administration.name}")
        stack.callback(database.close)
        check_installation(database, settings.environment)
        sources = stack.enter_context(Webshop(settings.source_dsn))
        yield _run(settings, administration, database, sources)


def _run(settings: Settings, administration: Administration, database: Database, sources: Webshop) -> Run:
    owner, division, times = owner_name(), administration.division, settings.times
    mirror, quota = MirrorStore(database, division), QuotaStore(database, division)
    line = _line(settings, administration, database, owner)
    pulls = Pulls(line.client, mirror, overlap_s=2 * times.quarantine_s)
    wire = ExactWire(line.client, pulls)
    store = OutboxStore(database, WITNESSES, app=settings.access.app.client_id, owner=owner, times=times)
    relations = CustomerRelations(
        administration, settings.administrations, RelationMirror(mirror, pulls), RelationStore(database, division), settings.window.until
    )
    parts = Parts(division, owner, store, line.gate, wire, line.clock, times)
    adoption = Adoption(administration, AdoptionStore(database, division, owner=owner), mirror, pulls)
    links = LinkStore(database, division, owner=owner)
    return Run(
        administration=administration,
        administrations=settings.administrations,
        sources=sources,
        exact=line.client,
        outbox=Outbox(parts, store, administration, settings.purpose, lambda: _checked(mirror, adoption)),
        cases=CaseStore(database),
        figures=FigureStore(database),
        credits=CreditStore(database, division),
        mirror=mirror,
        master=MirroredMaster(mirror, pulls, administration.currency, relations.accounts),
        mapping=MappingChecks(
            administration=administration, mirror=mirror, pulls=pulls, store=CheckStore(database), docs=settings.data_docs
        ),
        relations=relations,
        changes=Changes(administration, store, lambda: administration.local_day(mirror.now())),
        entry_days=EntryDays(database),
        pulls=pulls,
        way_back=WayBack(links, mirror, line.client, visible_s=2 * times.quarantine_s, address=settings.links.document),
        quota=Forecasts(administration, quota),
        chain=line.chain,
        links=settings.links,
        window=settings.window,
        dry_run=settings.dry_run,
        owner=owner,
        calls=lambda: line.guard.calls + wire.changes,
    )


@dataclass(frozen=True)
class _Line:
    """The way to Exact: who lets a call through, who signs in, who calls."""

    clock: SystemClock
    gate: OffPeakGate
    guard: GatedCalls
    chain: TokenChain
    client: ExactClient


def _line(settings: Settings, administration: Administration, database: Database, owner: str) -> _Line:
    clock, times, app, division = SystemClock(), settings.times, settings.access.app, administration.division
    permits = PermitGate(database, app=app.client_id, division=division, owner=owner, times=times)
    gate = OffPeakGate(permits, administration.off_peak, QuotaStore(database, division).now)
    transport = Transport(settings.access.new_session, deadline_s=times.deadline_s)
    chain = TokenChain(
        StoredChain(database, chain_name(app), settings.cipher),
        ChainWire(TokenEndpoint(app, transport), permits.nobody_there),
        clock,
        times,
    )
    guard = GatedCalls(gate, clock, _reading(settings.purpose), times.longest_wait_s)
    return _Line(clock, gate, guard, chain, ExactClient(Site(app.base_url, division), transport, chain, guard, clock.sleep))


def _reading(purpose: Purpose) -> Purpose:
    """Reads are few, so that a past window is planned at any hour; what it sends is bulk."""
    return Purpose.NEAR_TIME if purpose is Purpose.BULK else purpose


def _checked(mirror: MirrorStore, adoption: Adoption) -> Tally:
    """It is the right company, and what stands there already under our numbers is taken."""
    administration = adoption.administration
    adoption.pulls.pull_missing([MASTER_DATA[0]])
    name = check_company(mirror, administration.division, registration=administration.registration, vat_number=administration.vat_number)
    log.info("%s books in division %s, %s", administration.name, administration.division, name)
    return adoption.adopt()


def require_booking(administration: Administration) -> None:
    """Raise `SetupError` when an act of an operator would write to an administration that does not book."""
    if administration.mode is not Mode.BOOK:
        raise SetupError("not_booking", administration.name, cure=f"its mode is {administration.mode.value}: set it to book first")
