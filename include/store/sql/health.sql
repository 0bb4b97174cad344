-- name: sum_up$
-- Bring the sums up to date; returns up to which moment they count.
select sum_up_health();

-- name: period^
-- The bounds of a period of whole days or hours that ends with the running one, in the time zone of the reader.
select ((date_trunc(:unit, now.at at time zone :zone) - make_interval(days => :days)) at time zone :zone) - make_interval(hours => :hours) as since,
    now.at as until
from (select clock_timestamp() as at) now;

-- name: outcomes
-- Documents that were planned in the period, by what became of them.
select administration, flow, state, sum(documents)::integer as documents, sum(refused)::integer as refused
from health_outcome where hour >= :since and is_document group by 1, 2, 3 order by 1, 2, 3;

-- name: outcomes_over_time
select administration, date_trunc(:unit, hour, :zone) as at, state, sum(documents)::integer as documents, sum(refused)::integer as refused
from health_outcome where hour >= :since and is_document and (:flow::text is null or flow = :flow) group by 1, 2, 3 order by 1, 2, 3;

-- name: paces
-- How long it took until half of them, and until nineteen of twenty were booked, in seconds; within a tenth, as durations are counted by steps.
with counted as (
    select administration, flow, since, step, sum(documents) as documents from health_pace where hour >= :since group by 1, 2, 3, 4
), placed as (
    select *, sum(documents) over so_far - documents as before, sum(documents) over whole as total
    from counted window whole as (partition by administration, flow, since), so_far as (whole order by step)
)
select administration, flow, since, max(total)::integer as documents,
    max(pace_seconds(step, (0.50 * total - before) / documents)) filter (where before < 0.50 * total and before + documents >= 0.50 * total) as p50_s,
    max(pace_seconds(step, (0.95 * total - before) / documents)) filter (where before < 0.95 * total and before + documents >= 0.95 * total) as p95_s
from placed group by 1, 2, 3 order by 1, 2, 3;

-- name: paces_over_time
with counted as (
    select administration, date_trunc(:unit, hour, :zone) as at, since, step, sum(documents) as documents
    from health_pace where hour >= :since and since = 'source' and (:flow::text is null or flow = :flow) group by 1, 2, 3, 4
), placed as (
    select *, sum(documents) over so_far - documents as before, sum(documents) over whole as total
    from counted window whole as (partition by administration, at), so_far as (whole order by step)
)
select administration, at,
    max(pace_seconds(step, (0.50 * total - before) / documents)) filter (where before < 0.50 * total and before + documents >= 0.50 * total) as p50_s,
    max(pace_seconds(step, (0.95 * total - before) / documents)) filter (where before < 0.95 * total and before + documents >= 0.95 * total) as p95_s
from placed group by 1, 2 order by 1, 2;

-- name: open
-- What waits now, whenever it was planned; what was planned in bulk apart.
select administration, flow, state, is_bulk, sum(documents)::integer as documents, min(oldest_at) as oldest_at
from health_outcome where state not in ('posted', 'dismissed') group by 1, 2, 3, 4 order by 1, 2, 3, 4;

-- name: calls_over_time
select division, date_trunc(:unit, hour, :zone) as at, sum(calls)::integer as calls, sum(refused)::integer as refused,
    sum(unanswered)::integer as unanswered
from health_calls where hour >= :since group by 1, 2 order by 1, 2;

-- name: planned
-- What is planned in a division, by flow, bulk apart.
select flow, is_bulk, sum(documents)::integer as documents
from health_outcome where administration = :administration and state = 'planned' group by 1, 2 order by 2, 1;

-- name: measured
-- Calls that the documents of each flow needed lately, and without a flow those that carried none.
select flow, sum(calls)::integer as calls, sum(documents)::integer as documents,
    extract(epoch from clock_timestamp() - min(min(hour)) over ())::double precision as seconds
from health_calls
where division = :division and hour >= clock_timestamp() - make_interval(days => :days) group by 1;

-- name: mirrors
-- The feed of each division that was read longest ago, and how many there are.
select distinct on (division) division, entity, began_at, count(*) over (partition by division) as feeds
from mirror_cursor where began_at is not null order by division, began_at;

-- name: cases
select administration, count(*)::integer as cases, min(opened_at) as opened_at from attention_case where state = 'open' group by 1 order by 1;

-- name: moment$
select clock_timestamp();
