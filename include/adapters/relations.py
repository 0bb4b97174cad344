"""From a customer of the shop to drafts of the outbox: its relation, contact and addresses; and what an order finds of its relation.

Each is a mutation of master data, whose key carries the division. The first makes the record, or takes the one that stands in Exact; each
later one changes it. Contact and addresses wait for their relation, since they need its id: they are planned without payload, and mapped
again once it is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from include.adapters.relation_mirror import RelationMirror
from include.administrations.loader import Administrations
from include.administrations.model import Administration
from include.errors import RecordError
from include.exact.models.account import Account
from include.exact.models.address import Address, AddressType
from include.exact.models.base import ExactRecord, canonical_json
from include.exact.models.contact import Contact
from include.mappings.customers_to_accounts import account_of, addresses_of, codes_for, contact_of
from include.mappings.master_data import NOBODY
from include.mappings.relation_changes import Fields, changed_fields, told_so_far, wanted_changes
from include.mappings.relation_matching import relation_of
from include.outbox.model import Cause, Draft, Key, Method, Mutation
from include.outbox.states import State
from include.sources.records import BadRecord, Customer
from include.store.relations import RelationStore

SOURCE = "webshop"
FLOW = "customers_to_accounts"
ACCOUNT, CONTACT, INVOICE_ADDRESS, DELIVERY_ADDRESS = "account", "contact", "address_invoice", "address_delivery"
# Contact and addresses, by their effect; an address has its type.
PARTS = {CONTACT: None, INVOICE_ADDRESS: AddressType.INVOICE, DELIVERY_ADDRESS: AddressType.DELIVERY}
ENDPOINTS = {ACCOUNT: Account.endpoint, CONTACT: Contact.endpoint, INVOICE_ADDRESS: Address.endpoint, DELIVERY_ADDRESS: Address.endpoint}
CHANGED_IN_EXACT = "relation_changed_in_exact"
TAKEN, NO_MORE, SO_ALREADY = Cause("relation_taken"), Cause("no_more_in_source"), Cause("already_so_in_exact")
NEVER_SENT = frozenset({State.PLANNED, State.DEAD_LETTER})
TOLD = frozenset({State.SENDING, State.UNKNOWN, State.POSTED, State.DISMISSED})
Record = Customer | BadRecord
History = Sequence[Mutation]
Accounts = dict[str, UUID | Key | None]


@dataclass(frozen=True)
class Place:
    """Where a draft goes: an effect and its number. `before`: what was done earlier, the oldest first; `replaces`: the number is taken."""

    effect: str
    number: int
    before: History
    replaces: bool

    @classmethod
    def after(cls, effect: str, rows: History) -> Place:
        """What was never sent is replaced; what was sent is followed by a change."""
        own = [row for row in rows if row.key.effect == effect]
        if own and own[-1].state in NEVER_SENT:
            return cls(effect, own[-1].key.effect_number, own[:-1], replaces=True)
        return cls(effect, len(own) + 1, own, replaces=False)

    @property
    def made(self) -> Mutation | None:
        """The mutation that made, or took, the record that is to be changed."""
        return self.before[0] if self.before else None

    @property
    def told(self) -> Fields:
        """What Exact was told of the record."""
        return told_so_far(row.payload for row in self.before if row.payload is not None and row.state in TOLD)


@dataclass
class CustomerRelations:
    """Drafts the relations of one administration; `read_at` stands in for the moment of change that a bad record lacks.

    `accounts`: the relation in Exact of each customer that was asked about, or the mutation to wait for; None for one that was deleted.
    """

    administration: Administration
    administrations: Administrations
    exact: RelationMirror
    store: RelationStore
    read_at: datetime
    accounts: Accounts = field(default_factory=dict)
    _given: set[str] = field(default_factory=set)
    _decided: frozenset[str] = frozenset()

    def drafts(self, records: Sequence[Record]) -> list[Draft]:
        """What is to be done about these customers: nothing for other administrations', and nothing for what is known in this version."""
        self._decided = frozenset()
        known = self.store.history(SOURCE, [record.number for record in records])
        ours = [record for record in records if record.number in known or self._route(record) == self.administration.name]
        return [draft for record in ours for draft in self._news(record, known.get(record.number, ()))]

    def again(self, records: Sequence[Record], *, decided: frozenset[str] = frozenset()) -> list[Draft]:
        """What would be planned now for customers of whom something is planned already, or died.

        `decided`: the customers of whom a person wants the shop's values in Exact, whatever somebody wrote there.
        """
        self._decided = decided
        known = self.store.history(SOURCE, [record.number for record in records])
        return [draft for record in records for draft in self._drafts(record, known.get(record.number, ()))]

    def missing(self, numbers: Sequence[str], read: Callable[[Sequence[str]], Sequence[Record]]) -> list[Draft]:
        """Drafts for those customers of orders who have no relation, and none on its way; `accounts` has all of them afterwards."""
        known = self.store.history(SOURCE, numbers)
        self.accounts |= {number: _account(rows) for number, rows in known.items()}
        unknown = [number for number in dict.fromkeys(numbers) if number not in self.accounts]
        drafts = [draft for record in (read(unknown) if unknown else ()) for draft in self._drafts(record, ())]
        if self.administration.customers is not None and not self.administration.customers.number_is_code:
            # A relation that happens to have such a code is no relation of theirs.
            self.accounts |= {number: None for number in unknown if number not in self.accounts}
        return drafts

    def _route(self, record: Record) -> str:
        try:
            return self.administrations.route(record.country or "").name
        except RecordError:
            return next(each.name for each in self.administrations if each.routes.rest)

    def _news(self, record: Record, rows: History) -> Iterator[Draft]:
        newest = {row.key.effect: row.source_version for row in rows}
        if not newest or set(newest.values()) != {record.version}:
            yield from (draft for draft in self._drafts(record, rows) if newest.get(draft.key.effect) != record.version)

    def _drafts(self, record: Record, rows: History) -> Iterator[Draft]:
        self.accounts[record.number] = _account(rows)
        account = self._judged(Place.after(ACCOUNT, rows), record, self._account)
        if account is not None:
            yield account
        if account is not None and account.key.effect_number == 1:
            self.accounts[record.number] = account.adopts or account.key
        # A relation that was taken stays as people made it: contacts and addresses are theirs.
        taken = any(row.key.effect == ACCOUNT and row.exact_id and not row.attempt for row in rows) or bool(account and account.adopts)
        for effect in PARTS:
            place = Place.after(effect, rows)
            draft = self._dismissed(place, record, TAKEN) if taken else self._judged(place, record, self._part)
            if draft is not None:
                yield draft

    def _judged(self, place: Place, record: Record, drafted: Callable[[Place, Customer], Draft | None]) -> Draft | None:
        """A draft, or the dead letter that says why there is none; None where nothing is to be done.

        What is on its way to Exact is changed once it is there: its customer is read again for hours. What a person did away with never is.
        """
        if place.made is not None and place.made.state is not State.POSTED:
            return None
        if isinstance(record, BadRecord):
            wanted = place.effect == ACCOUNT
            return replace(self._blank(place, record), cause=Cause(record.code, record.subject, record.facts)) if wanted else None
        try:
            return drafted(place, record)
        except RecordError as error:
            return replace(self._blank(place, record), cause=Cause(error.code, error.subject, error.facts))

    def _account(self, place: Place, customer: Customer) -> Draft | None:
        if place.made is not None:
            return self._change(place, customer, account_of(customer, "0"))
        rule = self.administration.customers
        if rule is None:
            raise RecordError("unknown_relation", customer.number)
        draft = self._blank(place, customer)
        codes = list(codes_for(customer.number, rule))
        account = account_of(customer, codes[0])
        likely = [codes[0], customer.number] if rule.number_is_code else codes[:1]
        found = relation_of(account, likely, draft.key.token, self.exact.relations)
        if found is None:
            account = account.model_copy(update={"code": self._free_code(customer, codes)})
        numbers = frozenset({f"vat_number:{account.vat_number}"}) if account.vat_number else frozenset[str]()
        payload = account.with_token(draft.key.token).payload()
        return replace(draft, payload=payload, adopts=found.id if found else None, subjects=numbers)

    def _free_code(self, customer: Customer, codes: Sequence[str]) -> str:
        taken = self._given | self.exact.relations.by_code.keys()
        code = next((code for code in codes if code not in taken), None)
        if code is None:
            raise RecordError("no_free_code", customer.number)
        self._given.add(code)
        return code

    def _part(self, place: Place, customer: Customer) -> Draft | None:
        account = self.accounts[customer.number]
        record = _part_of(place.effect, customer, account if isinstance(account, UUID) else NOBODY)
        if record is None:
            return self._dismissed(place, customer, NO_MORE)
        if place.made is not None:
            return self._change(place, customer, record)
        draft = self._blank(place, customer)
        if isinstance(account, Key):
            return replace(draft, waits_for=account)
        if account is None:
            return None
        return replace(draft, payload=record.with_token(draft.key.token).payload(), look={"Account": str(account)})

    def _change(self, place: Place, customer: Customer, record: ExactRecord) -> Draft | None:
        """The fields that the shop changed since Exact was told, if Exact does not show them yet."""
        changes = changed_fields(place.told, record)
        if not changes or place.made is None or place.made.exact_id is None:
            return None
        in_exact = self.exact.fields_of(record.endpoint, place.made.exact_id)
        if in_exact is None:
            raise RecordError("relation_gone", customer.number)
        payload = canonical_json(changes)
        draft = replace(self._blank(place, customer), payload=payload)
        try:
            wanted = wanted_changes(customer.number, place.told, changes, in_exact)
        except RecordError as error:
            if customer.number in self._decided:
                return draft
            return replace(draft, cause=Cause(error.code, error.subject, error.facts))
        return draft if wanted else replace(draft, cause=SO_ALREADY, dismissed=True)

    def _dismissed(self, place: Place, record: Record, cause: Cause) -> Draft | None:
        """What was planned and is not wanted any more; None where nothing was."""
        wanted = place.replaces and place.made is None
        return replace(self._blank(place, record), cause=cause, dismissed=True) if wanted else None

    def _blank(self, place: Place, record: Record) -> Draft:
        here = self.administration
        changed_at = record.changed_at or self.read_at
        return Draft(
            key=Key(SOURCE, record.number, place.effect, place.number, here.division),
            administration=here.name,
            division=here.division,
            flow=FLOW,
            endpoint=ENDPOINTS[place.effect],
            # A customer belongs to no day: an old one is as welcome as a new one.
            source_day=max(here.local_day(changed_at), here.book_from),
            source_version=record.version,
            source_changed_at=changed_at,
            mapped_with=here.fingerprint,
            your_ref=record.number,
            customer=record.number,
            method=Method.PUT if place.made else Method.POST,
            target_id=place.made.exact_id if place.made else None,
        )


def _account(rows: History) -> UUID | Key | None:
    """The relation's id, or the mutation that makes it; None when a person deleted it, or there never was one."""
    made = next((row for row in rows if row.key.effect == ACCOUNT), None)
    if made is None or made.state is State.GONE:
        return None
    return made.exact_id or made.key


def _part_of(effect: str, customer: Customer, account_id: UUID) -> Contact | Address | None:
    if effect == CONTACT:
        return contact_of(customer, account_id)
    return next((address for address in addresses_of(customer, account_id) if address.type is PARTS[effect]), None)
