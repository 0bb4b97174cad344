"""Books of any size with differences planted in them: a shop behind its contract, the mirror of three companies, and the outbox between.

Everything is made by the database from the number of a document, so that a million takes a minute, and a seed says all.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date

import psycopg
from psycopg import sql

from include.sources.contract import SCHEMA, SQL_TYPES, VIEWS, View

# Each is planted as often as the others. What is deleted counts as edited.
KINDS = ("missing", "not_sent", "duplicate", "amount", "vat", "wrong_administration", "edited", "deleted", "by_hand")
KIND_OF = {kind: "edited" if kind == "deleted" else kind for kind in KINDS}
FIRST_NUMBER = 600_000
DAYS = 28

# Lines of the shop's documents: drafts in pounds without VAT, entries without VAT, drafts with VAT in the prices.
_LINES = """
create unlogged table proof_line as
select i, line, i %% 3 as book, (600000 + i)::text as number, %(last)s::date - (i %% 28)::integer as day,
    (array['UK', 'BE', 'NL'])[i %% 3 + 1] as administration, (array[820101, 820202, 820303])[i %% 3 + 1] as division,
    (array['GBP', 'EUR', 'EUR'])[i %% 3 + 1] as currency, (array['GB', 'BE', 'NL'])[i %% 3 + 1] as country,
    case when i %% 3 = 0 then 20 when i %% 3 = 1 then 21 when line = 1 then 21 else 9 end as rate,
    case when i %% 3 = 0 then '1' when i %% 3 = 1 then '21' when line = 1 then 'NL21' else 'NL9' end as vat_code,
    1 + i %% 3 as quantity, (100 + (i * 7919 + line * 104729 + %(seed)s) %% 90000) / 100.0 as price
from generate_series(1, %(documents)s::bigint) i cross join generate_series(1, 2) line
where line = 1 or i %% 5 = 0
"""
_ORDERS = """
insert into exactly_contract.orders (number, country, currency, prices_include_vat, ordered_at, invoiced_at, changed_at, status,
    payment_method)
select number, country, currency, book = 2, day + time '12:00', day + time '12:00',
    day + time '12:00' + i * interval '1 microsecond', 'open', 'card'
from proof_line where line = 1
"""
_ORDER_LINES = """
insert into exactly_contract.order_lines (order_number, position, article_code, description, quantity, unit_price, vat_rate,
    product_group, kind)
select number, line, '20725', 'LUNCH BAG RED RETROSPOT', quantity, price, rate, (array['gifts', 'home'])[line], 'article' from proof_line
"""
# What Exact holds of each document: as the shop has it, but for what is planted. `copy` tells a second document.
_BOOKED = """
create unlogged table proof_booked as
select l.i, copy, line, book, number, day, currency, rate, vat_code, quantity, price, p.kind,
    case when p.kind = 'wrong_administration' then (l.book + 1) %% 3 else l.book end as held_by,
    case
        when p.kind in ('amount', 'edited') and line = 1 then price + (1 + l.i %% 7) / 100.0
        else price
    end as held_price
from proof_line l left join proof_planted p using (i)
cross join lateral generate_series(1, case when p.kind = 'duplicate' then 2 else 1 end) copy
where coalesce(p.kind, '') not in ('missing', 'not_sent', 'deleted')
"""
_BY_HAND = """
insert into proof_booked
select i, 1, 1, i %% 3, 'HAND ' || i, %(last)s::date - (i %% 28)::integer, (array['GBP', 'EUR', 'EUR'])[i %% 3 + 1],
    (array[20, 21, 21])[i %% 3 + 1], (array['1', '21', 'NL21'])[i %% 3 + 1], 1, 12.34, 'by_hand', i %% 3, 12.34
from generate_series(%(first)s::bigint, %(first)s::bigint + %(count)s - 1) i
"""
# Net and VAT as Exact reckons them; what has another VAT code than it should has that code's rate.
_RECKONED = """
create unlogged table proof_held as
select b.*, (array[820101, 820202, 820303])[held_by + 1] as division, md5(i || '/' || copy)::uuid as document_id,
    case when kind = 'by_hand' then null else upper(left(md5('token' || i), 12)) end as token,
    case when held_by = 1 then 'TransactionLines' else 'SalesInvoices' end as entity,
    held_code, round(quantity * held_price, 2) as amount,
    case when held_by = 2 then round(quantity * held_price - round(quantity * held_price / (1 + held_rate / 100.0), 30), 2)
        else round(quantity * held_price * held_rate / 100.0, 2) end as vat
from proof_booked b
cross join lateral (
    select case
        when kind = 'vat' and line = 1 then (array['4', 'I0', 'NL9'])[held_by + 1]
        when kind = 'wrong_administration' then (array['1', '21', 'NL21'])[held_by + 1]
        else vat_code end as held_code
) code
cross join lateral (
    select case held_code when '1' then 20 when '4' then 0 when '21' then 21 when 'I0' then 0 when 'NL21' then 21 else 9 end as held_rate
) r
"""
_MIRROR = """
insert into mirror_record (division, entity, record_id, row_timestamp, token, your_ref, document_id, data)
select division, entity, document_id || '/' || part, row_number() over (), token, number, document_id, data from (
    select distinct division, entity, document_id, token, number, 0 as part, case entity
        when 'SalesInvoices' then jsonb_build_object('InvoiceID', document_id, 'LineNumber', 0, 'Journal', '70', 'Type', 8020, 'Status', 20,
            'Currency', currency, 'OrderDate', at, 'YourRef', number, 'Description', token, 'Modified', at)
        else jsonb_build_object('EntryID', document_id, 'LineNumber', 0, 'JournalCode', '70', 'Type', 20, 'Status', 20,
            'Currency', currency, 'Date', at, 'YourRef', number, 'ExternalLinkReference', token, 'GLAccountCode', '1300',
            'Modified', at) end as data
    from proof_held cross join lateral (select '/Date(' || extract(epoch from day)::bigint * 1000 || ')/' as at) moment where line = 1
    union all
    select division, entity, document_id, null, number, line, case entity
        when 'SalesInvoices' then jsonb_build_object('InvoiceID', document_id, 'LineNumber', line, 'Type', 8020, 'VATCode', held_code,
            'AmountFC', amount::text, 'VATAmountFC', vat::text)
        else jsonb_build_object('EntryID', document_id, 'LineNumber', line, 'Type', 20, 'VATCode', held_code, 'AmountFC', (-amount)::text,
            'GLAccountCode', (array['8000', '8010'])[line]) end
    from proof_held
    union all
    select division, entity, document_id, null, number, 10 + line, jsonb_build_object('EntryID', document_id, 'LineNumber', line,
        'Type', 20, 'VATCode', held_code, 'AmountFC', (-vat)::text, 'GLAccountCode', '1500')
    from proof_held where entity = 'TransactionLines' and vat <> 0
) row
"""
_MASTER_DATA = """
insert into mirror_record (division, entity, record_id, code, data)
select division, 'VATCodes', division || code, code, jsonb_build_object('Code', code, 'Type', type, 'Percentage', share::text)
from (values (820101, '1', 'E', 0.2), (820101, '4', 'E', 0), (820202, '21', 'E', 0.21), (820202, 'I0', 'E', 0), (820303, 'NL21', 'I', 0.21),
    (820303, 'NL9', 'I', 0.09)) v (division, code, type, share)
union all
select division, 'GLAccounts', division || code, code, jsonb_build_object('Code', code, 'Type', type)
from unnest(array[820101, 820202, 820303]) division, (values ('1300', 20), ('1500', 24), ('8000', 110), ('8010', 110)) a (code, type);
insert into mirror_cursor (division, entity, began_at, finished_at)
select division, entity, clock_timestamp(), clock_timestamp()
from (values (820101, 'SalesInvoices'), (820202, 'TransactionLines'), (820303, 'SalesInvoices')) m (division, entity)
"""
_OUTBOX = """
insert into mutation (source_system, source_id, effect, effect_number, key_division, administration, division, flow, endpoint,
    business_entity, source_day, source_version, source_changed_at, your_ref, token, payload, payload_version, look, currency,
    amount_net, vat, subjects, state, cause_code, exact_id, posted_at, actor)
select 'webshop', number, 'sale', 1, 0, (array['UK', 'BE', 'NL'])[held_by + 1], (array[820101, 820202, 820303])[held_by + 1],
    'orders_to_invoices', case held_by when 1 then 'salesentry/SalesEntries' else 'salesinvoice/SalesInvoices' end,
    'webshop/' || number, day, 'v', day + time '12:00' + i * interval '1 microsecond', number, upper(left(md5('token' || i), 12)),
    '{}', 1, '{}', currency, 0, '{}', '{}', state, case when state = 'dead_letter' then 'unknown_relation' end,
    case when state in ('posted', 'gone') then md5(i || '/1')::uuid end,
    case when state in ('posted', 'gone') then now() - interval '2 days' end, 'proof'
from proof_line left join proof_planted p using (i)
cross join lateral (select case when p.kind = 'wrong_administration' then (book + 1) %% 3 else book end as held_by) h
cross join lateral (
    select case
        when p.kind = 'not_sent' then (array['dead_letter', 'planned'])[i %% 2 + 1]
        when p.kind = 'deleted' then (array['gone', 'posted'])[i %% 2 + 1]
        else 'posted' end as state
) s
where line = 1 and p.kind is distinct from 'missing'
"""
_NOTICED = """
insert into document (mutation_id, status, differences)
select m.mutation_id, 'draft', '{"net under VAT code 1": "1.00 → 2.00"}'
from mutation m join proof_planted p on m.source_id = (600000 + p.i)::text
where p.kind = 'edited'
"""


def make_books(dsn: str, *, documents: int, planted: int, seed: int, last_day: date) -> dict[str, str]:
    """Fill an empty, migrated database; returns the planted kind by number (`HAND n` for what was made by hand)."""
    chosen = _chosen(documents, planted, seed)
    with psycopg.connect(dsn, autocommit=True) as connection:
        # Millions of rows without the history that each of them would get: nothing of this is a mutation that happened.
        connection.execute("set session_replication_role = replica")
        connection.execute("set synchronous_commit = off")
        _make_shop(connection)
        connection.execute("create unlogged table proof_planted (i bigint primary key, kind text not null)")
        with connection.cursor() as cursor, cursor.copy("copy proof_planted from stdin") as copy:
            for number, kind in chosen.items():
                copy.write_row((number, kind))
        by_hand = len([kind for kind in _shares(planted) if kind == "by_hand"])
        first = documents + 1
        _fill(connection, {"documents": documents, "seed": seed, "last": last_day, "first": first, "count": by_hand})
    found = {str(FIRST_NUMBER + number): KIND_OF[kind] for number, kind in chosen.items()}
    return found | {f"HAND {number}": "by_hand" for number in range(first, first + by_hand)}


def _shares(planted: int) -> Sequence[str]:
    """As many of each kind; edited and deleted share one."""
    eight = [kind for kind in KINDS if kind != "deleted"]
    turns = [eight[place % len(eight)] for place in range(planted)]
    return ["deleted" if kind == "edited" and place // len(eight) % 2 else kind for place, kind in enumerate(turns)]


def _chosen(documents: int, planted: int, seed: int) -> dict[int, str]:
    wanted = [kind for kind in _shares(planted) if kind != "by_hand"]
    numbers = random.Random(seed).sample(range(1, documents + 1), len(wanted))
    return dict(zip(numbers, wanted, strict=True))


def _make_shop(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """The contract as tables, with the indexes that it asks for."""
    connection.execute(sql.SQL("create schema {}").format(sql.Identifier(SCHEMA)))
    for view in VIEWS:
        connection.execute(_table_of(view))
    connection.execute("create index on exactly_contract.orders (changed_at)")
    connection.execute("create index on exactly_contract.orders (number)")
    connection.execute("create index on exactly_contract.order_lines (order_number)")


def _table_of(view: View) -> sql.Composed:
    columns = [sql.SQL("{} {}").format(sql.Identifier(each.name), sql.SQL(SQL_TYPES[each.form])) for each in view.columns]
    return sql.SQL("create table {} ({})").format(sql.Identifier(SCHEMA, view.name), sql.SQL(", ").join(columns))


def _fill(connection: psycopg.Connection[tuple[object, ...]], values: dict[str, object]) -> None:
    for statement in (_LINES, _ORDERS, _ORDER_LINES, _BOOKED, _BY_HAND, _RECKONED, _MIRROR, _MASTER_DATA, _OUTBOX, _NOTICED):
        connection.execute(statement, values)
    connection.execute("ANALYZE mirror_record, mutation, exactly_contract.orders, exactly_contract.order_lines")
