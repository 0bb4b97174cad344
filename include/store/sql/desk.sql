-- name: moment$
select clock_timestamp();

-- name: open_causes
-- What waits for a person, by cause: how much, since when, how far a try is. One page behind (key, label, case_id), in the order of :sort.
with sums as (
    select m.administration, m.cause_code as code, m.cause_subject as subject, m.total_currency as currency,
        count(*) as records, sum(m.total) as total, min(m.source_day) as oldest_day
    from mutation m
    where m.state in ('dead_letter', 'gone') and (:administration::text is null or m.administration = :administration)
      and (:code::text is null or m.cause_code = :code) and (:subject::text is null or m.cause_subject = :subject)
    group by 1, 2, 3, 4
), waiting as (
    select administration, code, subject, sum(records)::integer as records, min(oldest_day) as oldest_day, sum(abs(total)) as stake,
        jsonb_object_agg(currency, total::text) filter (where total is not null) as totals
    from sums group by 1, 2, 3
), found as (
    select administration, code, subject, count(*)::integer as findings from case_finding where settled_at is null group by 1, 2, 3
), listed as (
    select c.case_id, c.redrawn, c.administration, c.code, c.subject, c.parks is not null as parked, c.opened_at,
        coalesce(w.records, 0) + coalesce(f.findings, 0) as records, w.oldest_day, coalesce(w.totals, '{}') as totals,
        case :sort when 'records' then -(coalesce(w.records, 0) + coalesce(f.findings, 0)) when 'amount' then -coalesce(w.stake, 0)
            when 'oldest' then extract(epoch from c.opened_at) else 0 end::numeric as key,
        case :sort when 'administration' then c.administration || ' ' || c.code else '' end as label
    from attention_case c
    left join waiting w using (administration, code, subject)
    left join found f using (administration, code, subject)
    where c.state = 'open' and (w.records > 0 or f.findings > 0) and (:administration::text is null or c.administration = :administration)
      and (:code::text is null or c.code = :code) and (:subject::text is null or c.subject = :subject)
)
select l.*, r.total as retry_total, r.done as retry_done, r.posted as retry_posted, r.begun_at is not null as retry_begun
from (
    select * from listed
    where :after_id::text is null or (key, label, case_id) > (:after_key::numeric, :after_label::text, :after_id::text)
    order by key, label, case_id limit :at_most
) l
left join lateral (
    select total, done, posted, begun_at from case_retry t where t.case_id = l.case_id and t.finished_at is null order by retry_id limit 1) r on true
order by l.key, l.label, l.case_id;

-- name: open_choices
-- What the list of causes can be narrowed to, with how many causes there are of each.
select administration, code, count(*)::integer as cases from attention_case where state = 'open' group by 1, 2 order by 1, 2;

-- name: counts^
-- How much is open, on its way, and how many documents were booked since a moment.
select
    (select count(*) from mutation where state in ('dead_letter', 'gone') and (state = 'dead_letter' or cause_code = 'deleted_in_exact'))
        + (select count(*) from case_finding where settled_at is null) as open,
    (select count(*) from mutation where state = 'planned') + (select count(*) from mutation where state in ('sending', 'unknown')) as waiting,
    (select count(*) from mutation
     where state in ('posted', 'dismissed', 'gone') and state = 'posted' and key_division = 0 and updated_at >= :since) as booked;

-- name: case_records
-- The records of a cause, a page behind (key, mutation_id) in the order of :sort.
select l.*, e.at as waits_since from (
    select * from (
        select m.mutation_id, m.administration, m.division, m.source_id, m.your_ref, m.effect, m.method, m.state, m.source_day, m.total,
            m.total_currency, m.customer, m.attempt, m.exact_id, m.key_division, m.cause_facts,
            case :sort when 'amount' then -coalesce(abs(m.total), 0) when 'newest' then -(m.source_day - date '2000-01-01')
                else m.source_day - date '2000-01-01' end::numeric as key
        from mutation m
        where m.administration = :administration and m.cause_code = :code and m.cause_subject = :subject and m.state in ('dead_letter', 'gone')
    ) r
    where :after_id::bigint is null or (key, mutation_id) > (:after_key::numeric, :after_id::bigint)
    order by key, mutation_id limit :at_most
) l
left join lateral (
    select x.at from mutation_event x where x.mutation_id = l.mutation_id order by x.event_id desc limit 1) e on true
order by l.key, l.mutation_id;

-- name: case_sums
-- How much of a cause is at stake, by currency.
select m.total_currency as currency, count(*)::integer as records, sum(m.total) as total, min(m.source_day) as oldest_day
from mutation m
where m.administration = :administration and m.cause_code = :code and m.cause_subject = :subject and m.state in ('dead_letter', 'gone')
group by 1 order by 1;

-- name: waiting_groups
-- What is on its way, by what has to happen first.
select administration, division, flow, kind, count(*)::integer as records, min(at) as first_at, max(at) as last_at,
    min(created_at) as since
from mutation_waiting where :administration::text is null or administration = :administration
group by 1, 2, 3, 4 order by 1, 3, 4;

-- name: waiting_records
-- The records that wait for one thing, or one of them, a page behind a record.
select * from mutation_waiting
where (:administration::text is null or administration = :administration) and (:flow::text is null or flow = :flow)
  and (:kind::text is null or kind = :kind) and (:mutation_id::bigint is null or mutation_id = :mutation_id)
  and (:after_id::bigint is null or mutation_id > :after_id)
order by mutation_id limit :at_most;

-- name: divisions_limits
-- What Exact's headers said of each division, and how long it wants to be left alone.
select division, max(day_remaining) as day_remaining, max(day_limit) as day_limit, max(day_reset_at) as day_reset_at,
    max(paused_until) as paused_until, max(unknown_streak) as unknown_streak
from quota group by division;

-- name: done_records
-- What ended, the latest first, a page behind (updated_at, mutation_id).
select m.mutation_id, m.administration, m.division, m.source_id, m.your_ref, m.effect, m.method, m.state, m.source_day, m.total,
    m.total_currency, m.customer, m.attempt, m.exact_id, m.key_division, m.cause_code, m.cause_subject, m.updated_at, m.actor,
    m.event_facts, coalesce(d.number, m.exact_number) as number, d.status as document_status
from mutation m left join document d using (mutation_id)
where m.state in ('posted', 'dismissed', 'gone') and (:state::text is null or m.state = :state)
  and (:administration::text is null or m.administration = :administration)
  and (:until::timestamptz is null or m.updated_at < :until)
  and (:after_id::bigint is null or (m.updated_at, m.mutation_id) < (:after_at::timestamptz, :after_id::bigint))
order by m.updated_at desc, m.mutation_id desc limit :at_most;

-- name: done_by_day
-- How many ended on each of the last days, in the time zone of the reader.
select (m.updated_at at time zone :zone)::date as day, m.state, count(*)::integer as records
from mutation m
where m.state in ('posted', 'dismissed', 'gone') and m.updated_at >= :since and m.updated_at < :until
  and (:administration::text is null or m.administration = :administration)
group by 1, 2;

-- name: found
-- Records by whatever a person may have in hand; each with why it was found. Every branch walks an index.
with hit as (
    (select mutation_id, 1 as rank, 'number' as why from mutation where your_ref = :text limit :at_most)
    union all (select mutation_id, 1, 'number' from mutation where source_id = :text limit :at_most)
    union all (select mutation_id, 2, 'exact_number' from mutation where exact_number = :text limit :at_most)
    union all (select mutation_id, 2, 'exact_number' from document where number = :text limit :at_most)
    union all (select mutation_id, 3, 'exact_id' from mutation where exact_id = :guid::uuid limit :at_most)
    union all (select mutation_id, 3, 'second_document' from case_finding where exact_id = :guid::uuid and mutation_id is not null limit :at_most)
    union all (select mutation_id, 3, 'token' from mutation where token = upper(:text) limit :at_most)
    union all (select mutation_id, 4, 'customer' from mutation where customer = :text order by mutation_id desc limit :at_most)
    union all (select mutation_id, 5, 'amount' from mutation where abs(total) = :amount::numeric order by mutation_id desc limit :at_most)
    union all (select mutation_id, 5, 'amount_in_exact' from document where abs(total) = :amount::numeric order by mutation_id desc limit :at_most)
    union all (select mutation_id, 6, 'amount_net' from mutation where abs(amount_net) = :amount::numeric order by mutation_id desc limit :at_most)
    union all (select mutation_id, 7, 'begins' from mutation
               where your_ref ~>=~ :begins::text and your_ref ~<~ :beyond::text and your_ref <> :text order by your_ref limit :at_most)
    union all (select m.mutation_id, 8, 'name' from mirror_record r
               join mutation m on m.customer = coalesce(nullif(r.data ->> 'SearchCode', ''), r.code) and m.division = r.division
               where r.entity = 'Accounts' and to_tsvector('simple', coalesce(r.data ->> 'Name', '')) @@ to_tsquery('simple', :words) limit :at_most)
    union all (select m.mutation_id, 8, 'name' from mirror_record r
               join mutation m on m.customer = r.code and m.division = r.division
               where r.entity = 'Accounts' and to_tsvector('simple', coalesce(r.data ->> 'Name', '')) @@ to_tsquery('simple', :words) limit :at_most)
    union all (select m.mutation_id, 8, 'name' from mutation m
               where m.endpoint = 'crm/Accounts' and to_tsvector('simple', coalesce(m.payload, '')) @@ to_tsquery('simple', :words)
               limit :at_most)
), best as (
    select mutation_id, min(rank) as rank, array_agg(distinct why) as why from hit group by mutation_id
)
select m.mutation_id, m.administration, m.division, m.source_id, m.your_ref, m.effect, m.effect_number, m.method, m.state, m.source_day, m.total,
    m.total_currency, m.customer, m.attempt, m.exact_id, m.key_division, m.cause_code, m.cause_subject, m.updated_at,
    coalesce(d.number, m.exact_number) as number, best.why
from best join mutation m using (mutation_id) left join document d using (mutation_id)
order by best.rank, m.state in ('dead_letter', 'gone') desc, m.mutation_id desc limit :at_most;

-- name: record^
-- One record with what became of its document in Exact.
select m.*, d.number as document_number, d.status as document_status, d.total as document_total, d.differences as document_differences,
    case_id(m.administration, m.cause_code, m.cause_subject) as case_id, c.state as case_state, c.redrawn
from mutation m
left join document d using (mutation_id)
left join attention_case c
    on c.administration = m.administration and c.code = m.cause_code and c.subject = m.cause_subject and m.state in ('dead_letter', 'gone')
where m.mutation_id = :mutation_id;

-- name: relatives
-- The other effects of the same source record, what the record waits for, and what waits for it.
select r.mutation_id, r.administration, r.your_ref, r.effect, r.effect_number, r.method, r.state, r.source_day, r.total, r.total_currency,
    r.exact_id, r.cause_code, r.cause_subject,
    case when r.mutation_id = m.waits_for then 'awaited' when r.waits_for = m.mutation_id then 'awaits' else 'same' end as relation
from mutation m join lateral (
    select * from mutation f where f.source_system = m.source_system and f.source_id = m.source_id
    union select * from mutation a where a.mutation_id = m.waits_for
    union select * from mutation b where b.waits_for = m.mutation_id
) r on r.mutation_id <> m.mutation_id
where m.mutation_id = :mutation_id order by r.mutation_id limit 50;

-- name: calls_of_record
-- Calls to Exact about a record, with the task that made them where Airflow ran it.
select c.at, c.method, c.endpoint, c.status, c.answer_class, c.seconds, c.owner from api_call c
where c.mutation_id = :mutation_id order by c.call_id;

-- name: workers
-- The tasks of Airflow behind workers' names.
select * from worker where owner = any(:owners);

-- name: note_worker!
insert into worker (owner, dag_id, run_id, task_id, map_index, try_number)
values (:owner, :dag_id, :run_id, :task_id, :map_index, :try_number) on conflict (owner) do nothing;

-- name: names_in_exact
-- What stands behind ids and codes of master data, as the mirror has it.
select entity, record_id, code, data from mirror_record
where division = :division and entity = any(:entities) and (record_id = any(:record_ids) or upper(code) = any(:codes));

-- name: document_address$
select template from document_address where division = :division;
