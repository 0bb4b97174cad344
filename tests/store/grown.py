"""An outbox that has grown for months, made at once: documents of three administrations and three flows, with their events and calls."""

from __future__ import annotations

import psycopg

MUTATIONS = """
insert into mutation (source_system, source_id, effect, effect_number, key_division, administration, division, flow, endpoint,
    business_entity, source_day, source_version, source_changed_at, your_ref, token, payload, payload_version, look, vat, subjects,
    state, attempt, sent_at, cause_code, exact_id, posted_at, actor, created_at, updated_at)
select 'shop', n::text, 'sale', 1, 0, (array['UK', 'BE', 'NL'])[1 + n %% 3], (array[820101, 820202, 820303])[1 + n %% 3],
    (array['orders_to_invoices', 'orders_to_invoices', 'returns_to_credit_notes', 'customers_to_accounts'])[1 + n / 3 %% 4],
    'salesentry/SalesEntries', 'order ' || n, (at - delay)::date, 'v1', at - delay, n::text, 'T' || n, '{}', 1, '{}', '{}', '{}', state,
    (state in ('posted', 'unknown'))::integer, case when state in ('posted', 'unknown') then at + taken end,
    case state when 'dead_letter' then 'missing_gl_account' when 'dismissed' then 'not_a_sale' end,
    case when state = 'posted' then gen_random_uuid() end, case when state = 'posted' then at + taken end, 'seed', at, at + taken
from (
    select n, at, make_interval(secs => 60 + n %% 3000) as delay, make_interval(secs => 1 + n * 7 %% 900) as taken,
        case when n %% 50 = 0 then 'dead_letter' when n %% 11 = 0 then 'dismissed'
             when at > now() - interval '1 hour' and n %% 5 = 0 then 'planned' else 'posted' end as state
    from (select n, now() - make_interval(secs => %(days)s * 86400.0 * (%(documents)s - n) / %(documents)s) as at
          from generate_series(1, %(documents)s) n) as numbered
) as made
"""

EVENTS = """
insert into mutation_event (mutation_id, at, before, after, attempt, payload_version, actor, facts, previous_hash, hash)
select mutation_id, created_at, null, 'planned', 0, 1, 'seed', '{}'::jsonb, '', '' from mutation
union all
select mutation_id, updated_at, 'planned', state, attempt, 1, 'seed', '{}'::jsonb, '', '' from mutation where state <> 'planned'
order by 2
"""

CALLS = """
insert into api_call (at, app, division, method, endpoint, status, answer_class, seconds, mutation_id, owner)
select updated_at, 'app', division, 'POST', endpoint, case when state = 'dead_letter' then 400 else 201 end, 'posted', 0.3,
    mutation_id, 'seed'
from mutation where state in ('posted', 'dead_letter') order by updated_at
"""


def grow(dsn: str, *, documents: int, days: int) -> None:
    """Fill an empty database evenly with the documents of the last days; the triggers stay silent, as they would take their time."""
    with psycopg.connect(dsn) as connection:
        connection.execute("set local session_replication_role = replica")
        connection.execute(MUTATIONS, {"documents": documents, "days": days})
        connection.execute(EVENTS)
        connection.execute(CALLS)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("analyse")
