-- name: latest_run$
-- The newest finished comparison; with days, the newest that holds all of them.
select max(run_id) from reconciliation_run
where finished_at is not null and (:since::date is null or since <= :since) and (:until::date is null or until >= :until);

-- name: run^
select r.*, (select count(*) from reconciliation_difference d where d.run_id = r.run_id and d.kind not in ('rounding', 'dismissed')) as differences,
    (select count(*) from reconciliation_difference d where d.run_id = r.run_id and d.kind = 'rounding') as rounded
from reconciliation_run r where r.run_id = :run_id and r.finished_at is not null;

-- name: runs
select r.*, r.until - 1 as last_day,
    (select count(*) from reconciliation_difference d where d.run_id = r.run_id and d.kind not in ('rounding', 'dismissed')) as differences
from reconciliation_run r where r.finished_at is not null order by r.run_id desc limit :at_most;

-- name: days
-- Per day of a run: documents of both sides, and how many differ by kind.
with total as (
    select day, sum(expected_documents) as expected, sum(booked_documents) as booked from reconciliation_total
    where run_id = :run_id and day >= :since and day < :until and (:administration = '' or administration = :administration) group by day
), kind as (
    select day, jsonb_object_agg(kind, documents) as kinds from (
        select day, kind, count(*) as documents from reconciliation_difference
        where run_id = :run_id and day >= :since and day < :until and (:administration = '' or administration = :administration) group by day, kind
    ) k group by day
)
select day, coalesce(t.expected, 0) as expected, coalesce(t.booked, 0) as booked, coalesce(k.kinds, '{}') as kinds
from total t full join kind k using (day) order by day;

-- name: totals
-- Both sides of a run's days together, by administration, type of document, currency and VAT code.
select administration, document_type, currency, vat_code, sum(expected_documents) as expected_documents, sum(expected_net) as expected_net,
    sum(expected_vat) as expected_vat, sum(booked_documents) as booked_documents, sum(booked_net) as booked_net, sum(booked_vat) as booked_vat
from reconciliation_total
where run_id = :run_id and day >= :since and day < :until and (:administration = '' or administration = :administration)
group by administration, document_type, currency, vat_code order by administration, document_type desc, currency, vat_code;

-- name: daily_totals
select administration, day, document_type, currency, vat_code, expected_documents, expected_net, expected_vat, booked_documents, booked_net,
    booked_vat
from reconciliation_total
where run_id = :run_id and day >= :since and day < :until and (:administration = '' or administration = :administration)
order by day, administration, document_type desc, currency, vat_code;

-- name: kinds
-- How many documents of each kind a run found, how many of them somebody decided about, and what they add up to, by currency: Exact less
-- the shop. `asked`: documents that the shop asks for among them.
with shown as (
    select d.*, f.settled_at is not null as is_decided from reconciliation_difference d
    left join case_finding f on f.administration = d.administration and f.code = 'reconciliation_' || d.kind and f.number = d.number
        and f.effect = d.document_type
    where d.run_id = :run_id and d.day >= :since and d.day < :until and (:administration = '' or d.administration = :administration)
), summed as (
    select kind, currency, sum(booked_net - expected_net) as net, sum(booked_vat - expected_vat) as vat, sum(expected_documents) as asked
    from shown join reconciliation_amount using (difference_id) group by kind, currency
)
select kind, (select count(*) from shown d where d.kind = s.kind) as documents,
    (select count(*) from shown d where d.kind = s.kind and d.is_decided) as decided, sum(asked)::bigint as asked,
    jsonb_agg(jsonb_build_object('currency', currency, 'net', net::text, 'vat', vat::text) order by currency) as sums
from summed s group by kind;

-- name: differences
-- The documents of a run that differ, those of a kind if one is named, with their sums, their case, and where people find them.
select d.*, a.currency, a.expected_net, a.expected_vat, a.booked_net, a.booked_vat,
    replace(w.template, '{division}', d.division::text) as address,
    coalesce(c.case_id, o.case_id, second.case_id) as case_id, f.settled_at, f.settled_by, f.reason
from reconciliation_difference d
cross join lateral (
    select string_agg(distinct currency, '/') as currency, sum(expected_net) as expected_net, sum(expected_vat) as expected_vat,
        sum(booked_net) as booked_net, sum(booked_vat) as booked_vat
    from reconciliation_amount a where a.difference_id = d.difference_id
) a
left join document_address w on w.division = d.division
left join attention_case c on d.state in ('dead_letter', 'gone') and c.administration = d.administration and c.code = d.cause_code
    and c.subject = d.cause_subject and c.state = 'open'
left join case_finding f on f.administration = d.administration and f.code = 'reconciliation_' || d.kind and f.number = d.number
    and f.effect = d.document_type
left join attention_case o on o.administration = f.administration and o.code = f.code and o.subject = f.subject and f.settled_at is null
left join lateral (
    select x.case_id from case_finding s
    join attention_case x on x.administration = s.administration and x.code = s.code and x.subject = s.subject and x.state = 'open'
    where s.mutation_id = d.mutation_id and s.settled_at is null limit 1
) second on true
where d.run_id = :run_id and d.day >= :since and d.day < :until
  and (:administration = '' or d.administration = :administration) and (:kind = '' or d.kind = :kind)
order by d.day, d.administration, d.number limit :at_most offset :skipped;
