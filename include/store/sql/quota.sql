-- name: day_of^
-- What the headers said last about a division, and our own calls of that day. A refused call counts nowhere; one without answer may have.
select q.minute_limit, q.day_limit, coalesce(q.day_remaining, q.day_limit) as remaining, q.day_reset_at as resets_at, q.paused_until, (
    select count(*) from api_call c
    where c.app = q.app and c.division = q.division and c.status is distinct from 429
      and c.at >= q.day_reset_at - interval '1 day' and c.at < q.day_reset_at) as own_calls
from quota q where q.division = :division and q.day_limit is not null and q.day_reset_at is not null
order by q.seen_at desc nulls last limit 1;

-- name: backlogs
-- What is planned, by flow, bulk apart.
select m.flow, b.mutation_id is not null as is_bulk, count(*) as documents
from mutation m left join bulk_mutation b using (mutation_id)
where m.division = :division and m.state = 'planned' group by 1, 2 order by 2, 1;

-- name: measured
-- Calls that the documents of each flow needed lately.
select m.flow, count(*) as calls, count(distinct c.mutation_id) as documents
from api_call c join mutation m using (mutation_id)
where c.division = :division and c.at >= clock_timestamp() - make_interval(days => :days) and c.status is distinct from 429
group by m.flow;

-- name: background^
-- Calls of ours that carried no document: reads of the mirror and looks; and for how long they have been noted.
select count(*) filter (where mutation_id is null) as calls,
    coalesce(extract(epoch from clock_timestamp() - min(at)), 0)::double precision as seconds
from api_call
where division = :division and at >= clock_timestamp() - make_interval(days => :days) and status is distinct from 429;

-- name: moment$
select clock_timestamp();
