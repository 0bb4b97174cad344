-- name: work_sums
-- How many records a task instance left in which state; of each record, what its workers noted last.
with own as (
    select owner from worker where dag_id = :dag_id and run_id = :run_id and task_id = :task_id and map_index = :map_index
), last as (
    select distinct on (e.mutation_id) e.mutation_id, e.after from mutation_event e where e.actor in (select owner from own)
    order by e.mutation_id, e.event_id desc
)
select m.administration, l.after as state, count(*)::integer as records
from last l join mutation m using (mutation_id) group by 1, 2 order by 1, 2;

-- name: work_records
-- The records that a task instance worked on, those that were refused first; `state` is what the task left them in.
with own as (
    select owner from worker where dag_id = :dag_id and run_id = :run_id and task_id = :task_id and map_index = :map_index
), last as (
    select distinct on (e.mutation_id) e.mutation_id, e.event_id, e.after, e.cause, e.at
    from mutation_event e where e.actor in (select owner from own) order by e.mutation_id, e.event_id desc
)
select m.mutation_id, m.administration, m.your_ref, m.effect, m.method, l.after as state, m.source_day, m.customer, m.total, m.total_currency,
    l.at as since, l.cause, m.state as state_now
from last l join mutation m using (mutation_id)
order by l.after <> 'dead_letter', l.event_id desc limit :at_most;
