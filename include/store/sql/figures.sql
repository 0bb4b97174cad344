-- name: states
-- What was to be made in Exact, by administration and state; neither deletions nor what newer documents took the place of.
select administration, state, count(*) as documents, coalesce(sum(amount_net) filter (where state = 'posted'), 0) as net
from mutation where method = 'POST' and (state <> 'dismissed' or cause_code <> 'replaced')
group by administration, state;

-- name: flows
-- What each flow made of its records, by administration, state and cause.
select administration, flow, state, cause_code || case when cause_subject = '' then '' else ':' || cause_subject end as cause,
    count(*) as records
from mutation group by administration, flow, state, 4 order by administration, flow, state, 4;

-- name: causes
-- Dead letters by administration and cause.
select administration, cause_code || case when cause_subject = '' then '' else ':' || cause_subject end as cause, count(*) as documents
from mutation where state = 'dead_letter' group by administration, 2 order by 3 desc, 2;

-- name: dismissals
select administration, cause_code as cause, count(*) as documents
from mutation where state = 'dismissed' group by administration, cause_code;

-- name: calls
-- Calls to Exact by division; those that carry a document apart. Seconds from the first document sent to the last one booked.
select c.division, count(*) as calls, count(*) filter (where c.method = 'POST') as posts, count(*) filter (where c.status = 429) as http_429,
    coalesce(extract(epoch from max(c.at) filter (where c.method = 'POST') - min(c.at - make_interval(secs => c.seconds::double precision))
        filter (where c.method = 'POST')), 0)::double precision as seconds
from api_call c group by c.division;

-- name: divisions
select distinct administration, division from mutation;

-- name: late
-- How late unknown outcomes turned out to be posted, in seconds.
select administration, max(late_by_s) as latest_s, count(late_by_s) as found from mutation where late_by_s is not null group by administration;

-- name: quotas
select * from quota order by app, division;

-- name: chains
-- The state of each chain; no token.
select chain, state, received_at, generation, reason, clock_timestamp() - received_at as age from oauth_chain order by chain;

-- name: trace
-- A document by our reference or its id in Exact.
select * from mutation where your_ref = :number or source_id = :number or exact_id::text = :number or exact_number = :number
order by mutation_id;

-- name: events
select * , hash = event_hash(e) and previous_hash = coalesce(lag(hash) over (partition by mutation_id order by event_id), '') as untouched
from mutation_event e where mutation_id = :mutation_id order by event_id;

-- name: calls_of
select at, method, endpoint, status, answer_class, seconds, owner from api_call where mutation_id = :mutation_id order by call_id;

-- name: known_versions
-- The version and division under which records are known: those of the newest effect, which come last. What was taken back is not known:
-- the source may want it again, just as it was.
select m.source_id, m.effect, m.source_version, m.division from mutation m
where m.source_system = :source_system and m.source_id = any(:source_ids) and not exists (
    select from mutation u
    where u.source_system = m.source_system and u.source_id = m.source_id and u.effect_number = m.effect_number
      and u.effect in ('delete_' || m.effect, 'reverse_' || m.effect) and u.state <> 'dismissed')
order by m.effect_number;

-- name: sums_per_day
-- What the outbox holds per day: counts by state, and net sums of what was posted.
select administration, source_day, effect, currency, state, count(*) as documents, coalesce(sum(amount_net), 0) as net
from mutation where source_day >= :since and source_day < :until
group by administration, source_day, effect, currency, state order by 1, 2, 3;

-- name: waiting
-- Since when the oldest planned record waits, and the oldest one of unknown outcome.
select administration, min(created_at) filter (where state = 'planned') as planned_since,
    min(sent_at) filter (where state in ('sending', 'unknown')) as unknown_since
from mutation where state in ('planned', 'sending', 'unknown') group by administration;

-- name: cursors
-- How far each flow has read its source.
select flow, administration, changed_at from source_cursor order by administration, flow;

-- name: last_events
-- When the outbox last changed anything for an administration.
select administration, max(updated_at) as at from mutation group by administration;

-- name: trace_mirrored
-- Documents by the number that Exact gave them after they were made, as the mirror shows it.
select m.* from mutation m where m.exact_id is not null and m.exact_id::text in (
    select r.data ->> :id_field from mirror_record r where r.entity = :entity and r.data ->> :number_field = :number)
order by m.mutation_id;

-- name: mirrored_rows
-- What the mirror shows of one document: its header and lines.
select record_id, data, pulled_at from mirror_record
where division = :division and entity = :entity and data ->> :id_field = :exact_id order by (data ->> 'LineNumber')::integer;

-- name: moment$
select clock_timestamp();
