-- What the reconciliations found: what the shop sold beside what Exact holds, and each difference with its kind.

-- A day in the books of Exact: its dates are milliseconds of midnight, UTC (FACTS 3.12).
create function exact_day(value text) returns date language sql immutable parallel safe as $$
    select date '1970-01-01' + floor(substring(value from '-?[0-9]+')::bigint / 86400000.0)::integer
$$;

-- Headers of documents by their day: whoever asks for some days of the books need not read all of them.
create index mirror_record_day on mirror_record (division, entity, exact_day(coalesce(data ->> 'OrderDate', data ->> 'Date')))
    where document_id is not null and data ->> 'LineNumber' = '0';

create table reconciliation_run (
    run_id bigint generated always as identity primary key,
    since date not null,
    until date not null,
    administrations text[] not null,
    started_by text not null,
    began_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    seen_at jsonb not null default '{}',
    expected_documents integer not null default 0,
    booked_documents integer not null default 0,
    agreeing_documents integer not null default 0,
    check (since < until)
);

comment on column reconciliation_run.until is 'The day after the last one.';
comment on column reconciliation_run.seen_at is 'By administration: when the reading of Exact began that this run compared with.';

create table reconciliation_total (
    run_id bigint not null references reconciliation_run on delete cascade,
    administration text not null,
    day date not null,
    document_type text not null,
    currency text not null,
    vat_code text not null,
    expected_documents integer not null default 0,
    expected_net numeric not null default 0,
    expected_vat numeric not null default 0,
    booked_documents integer not null default 0,
    booked_net numeric not null default 0,
    booked_vat numeric not null default 0,
    primary key (run_id, administration, day, document_type, currency, vat_code)
);

create table reconciliation_difference (
    difference_id bigint generated always as identity primary key,
    run_id bigint not null references reconciliation_run on delete cascade,
    kind text not null check (kind in
        ('missing', 'not_sent', 'duplicate', 'amount', 'rounding', 'vat', 'wrong_administration', 'edited', 'by_hand', 'dismissed')),
    administration text not null,
    division integer not null,
    day date not null,
    document_type text not null,
    number text not null,
    mutation_id bigint references mutation,
    state text,
    cause_code text,
    cause_subject text,
    facts jsonb not null default '{}',
    documents jsonb not null default '[]'
);

comment on column reconciliation_difference.documents is 'The documents in Exact that it is about: division, id, number, our_ref, day, whether they carry our token.';

create index reconciliation_difference_run on reconciliation_difference (run_id, kind, day);
create index reconciliation_difference_number on reconciliation_difference (number);

create table reconciliation_amount (
    difference_id bigint not null references reconciliation_difference on delete cascade,
    administration text not null,
    currency text not null,
    vat_code text not null,
    expected_documents integer not null,
    expected_net numeric not null,
    expected_vat numeric not null,
    booked_documents integer not null,
    booked_net numeric not null,
    booked_vat numeric not null,
    primary key (difference_id, administration, currency, vat_code)
);

create schema reporting;
comment on schema reporting is 'Views for reports: stable names and columns, read only (docs/reconciliation.md).';

create view reporting.reconciliation_runs as
select run_id, since, until - 1 as last_day, administrations, started_by, began_at, finished_at,
    expected_documents, booked_documents, agreeing_documents,
    (select count(*) from reconciliation_difference d where d.run_id = r.run_id and d.kind not in ('rounding', 'dismissed')) as differences,
    (select count(*) from reconciliation_difference d where d.run_id = r.run_id and d.kind = 'rounding') as explained_by_rounding,
    (select count(*) from reconciliation_difference d where d.run_id = r.run_id and d.kind = 'dismissed') as dismissed
from reconciliation_run r where finished_at is not null;

comment on view reporting.reconciliation_runs is 'Each finished comparison of the shop with Exact.';
comment on column reporting.reconciliation_runs.last_day is 'The last day that was compared.';
comment on column reporting.reconciliation_runs.expected_documents is 'Documents that the shop''s orders and returns of these days ask for.';
comment on column reporting.reconciliation_runs.booked_documents is 'Documents that Exact holds for these days; a reversal counts as one less.';
comment on column reporting.reconciliation_runs.agreeing_documents is 'Documents of the shop that stand in Exact to the cent.';
comment on column reporting.reconciliation_runs.differences is 'Documents that differ, those that rounding explains aside.';

-- The newest comparison of each day of each administration.
create view reporting.reconciliation_latest as
select distinct on (a.administration, d.day) a.administration, d.day::date as day, r.run_id, r.finished_at
from reconciliation_run r
cross join lateral unnest(r.administrations) as a (administration)
cross join lateral generate_series(r.since::timestamp, r.until::timestamp - interval '1 day', interval '1 day') as d (day)
where r.finished_at is not null
order by a.administration, d.day, r.run_id desc;

comment on view reporting.reconciliation_latest is 'By administration and day: the newest comparison.';

create view reporting.reconciliation_totals as
select t.administration, t.day, t.document_type, t.currency, t.vat_code,
    t.expected_documents, t.expected_net, t.expected_vat, t.expected_net + t.expected_vat as expected_gross,
    t.booked_documents, t.booked_net, t.booked_vat, t.booked_net + t.booked_vat as booked_gross,
    t.booked_documents - t.expected_documents as difference_documents, t.booked_net - t.expected_net as difference_net,
    t.booked_vat - t.expected_vat as difference_vat, t.booked_net + t.booked_vat - t.expected_net - t.expected_vat as difference_gross,
    t.run_id
from reconciliation_total t join reporting.reconciliation_latest l using (run_id, administration, day);

comment on view reporting.reconciliation_totals is 'Shop beside Exact by day, administration, type of document, currency and VAT code, as compared last.';
comment on column reporting.reconciliation_totals.document_type is 'sale or credit.';
comment on column reporting.reconciliation_totals.expected_documents is 'Documents that the shop asks for; one with several VAT codes counts under the first of them.';
comment on column reporting.reconciliation_totals.expected_net is 'What the shop charged excluding VAT, credits negative.';
comment on column reporting.reconciliation_totals.booked_net is 'What stands in Exact excluding VAT, credits negative.';
comment on column reporting.reconciliation_totals.difference_net is 'Exact less the shop.';

create view reporting.reconciliation_differences as
select d.difference_id, d.run_id, d.kind, d.administration, d.division, d.day, d.document_type, d.number, d.state, d.cause_code,
    d.cause_subject, d.documents, d.facts, a.currency,
    a.expected_net, a.expected_vat, a.booked_net, a.booked_vat, a.difference_net, a.difference_vat,
    a.difference_net + a.difference_vat as difference_gross
from reconciliation_difference d
join reporting.reconciliation_latest l using (run_id, administration, day)
cross join lateral (
    select currency, sum(expected_net) as expected_net, sum(expected_vat) as expected_vat, sum(booked_net) as booked_net,
        sum(booked_vat) as booked_vat, sum(booked_net - expected_net) as difference_net, sum(booked_vat - expected_vat) as difference_vat
    from reconciliation_amount a where a.difference_id = d.difference_id group by currency
) a;

comment on view reporting.reconciliation_differences is 'Each document that differs, as compared last, with its kind; a document in two currencies has two rows.';
comment on column reporting.reconciliation_differences.kind is
    'missing, not_sent, duplicate, amount, rounding, vat, wrong_administration, edited, by_hand or dismissed.';
comment on column reporting.reconciliation_differences.number is 'The shop''s own number; for what was made by hand, the reference or the id in Exact.';
comment on column reporting.reconciliation_differences.difference_net is 'Exact less the shop, excluding VAT.';
