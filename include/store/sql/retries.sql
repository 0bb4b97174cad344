-- name: lock_case^
-- Whoever asks for a try waits for whoever asked before; a statement of its own, so that it sees what they wrote.
select * from attention_case where case_id = :case_id for update;

-- name: usual_pace$
-- Half of the calls of a minute: people who act on single records, and the flows, have the other half.
select coalesce((
    select greatest(1, max(q.minute_limit) / 2) from quota q
    where q.division in (select m.division from mutation m join attention_case c
        on c.case_id = :case_id and m.administration = c.administration and m.cause_code = c.code and m.cause_subject = c.subject
        where m.state in ('dead_letter', 'gone') limit 1)), :otherwise)::integer;

-- name: insert_retry^
insert into case_retry (case_id, asked_by, via, kind, whole, pace_per_minute)
values (:case_id, :asked_by, :via, :kind, :whole, :pace_per_minute)
returning *;

-- name: add_records!
-- The case's dead letters, or those that were chosen; what was deleted in Exact, to be booked once more; but for what another try is going to send anyway.
insert into case_retry_record (retry_id, mutation_id, attempt_before)
select :retry_id, m.mutation_id, m.attempt
from mutation m join attention_case c
on c.case_id = :case_id and m.administration = c.administration and m.cause_code = c.code and m.cause_subject = c.subject
where m.state = case :kind when 'book_again' then 'gone' else 'dead_letter' end and (:chosen::bigint[] is null or m.mutation_id = any(:chosen::bigint[]))
  and not exists (
      select from case_retry_record r join case_retry t using (retry_id)
      where r.mutation_id = m.mutation_id and r.result is null and t.case_id = :case_id and t.finished_at is null and t.retry_id <> :retry_id)
on conflict do nothing;

-- name: more_records!
update case_retry set total = total + :added where retry_id = :retry_id;

-- name: retry_by_id^
select * from case_retry where retry_id = :retry_id;

-- name: unfinished
select * from case_retry where case_id = :case_id and finished_at is null order by retry_id;

-- name: covering^
-- The try that is going to send what somebody else asks for now.
select * from case_retry t where t.case_id = :case_id and t.finished_at is null and exists (
    select from case_retry_record r
    where r.retry_id = t.retry_id and r.result is null and (:chosen::bigint[] is null or r.mutation_id = any(:chosen::bigint[])))
order by t.retry_id limit 1;

-- name: last_retry^
select * from case_retry where case_id = :case_id order by retry_id desc limit 1;

-- name: begin_retry^
update case_retry set begun_at = coalesce(begun_at, clock_timestamp()), moved_at = clock_timestamp(), why = '', not_before = 'epoch'
where retry_id = :retry_id and finished_at is null returning *;

-- name: next_records
select m.*, m.attempt > r.attempt_before as sent_since
from case_retry_record r join mutation m using (mutation_id)
where r.retry_id = :retry_id and r.result is null order by m.mutation_id limit :at_most;

-- name: note_results^
-- What became of these records, and how far the try is. When it rests, it goes on with what is planned and was not sent.
with noted as (
    update case_retry_record r set result = case
        when m.state = 'posted' then 'posted'
        when m.state = 'dead_letter' and m.cause_code = c.code and m.cause_subject = c.subject then 'refused'
        when m.state in ('planned', 'sending', 'unknown') then 'on_its_way'
        else 'elsewhere' end
    from mutation m, case_retry t join attention_case c using (case_id)
    where r.retry_id = :retry_id and t.retry_id = r.retry_id and m.mutation_id = r.mutation_id
      and r.mutation_id = any(:mutation_ids) and r.result is null and not (:rests and m.state = 'planned')
    returning r.result
)
update case_retry set moved_at = clock_timestamp(), done = done + (select count(*) from noted),
    posted = posted + (select count(*) from noted where result = 'posted'),
    refused = refused + (select count(*) from noted where result = 'refused')
where retry_id = :retry_id returning *;

-- name: pass_canary^
update case_retry set canary_passed = true where retry_id = :retry_id returning *;

-- name: rest^
-- Until Exact's limits let it go on, as far as they are known.
update case_retry t set moved_at = clock_timestamp(), why = :why, not_before = greatest(
    clock_timestamp() + make_interval(secs => :at_least_s),
    (select max(greatest(q.paused_until, case when q.day_remaining <= :reserve * q.day_limit then q.day_reset_at end))
     from quota q where q.division = :division and q.minute_limit > 0))
where retry_id = :retry_id returning *;

-- name: finish^
update case_retry set finished_at = clock_timestamp(), moved_at = clock_timestamp(), outcome = :outcome, why = :why
where retry_id = :retry_id and finished_at is null returning *;

-- name: stop^
-- The try that somebody works on ends at its next step; one that nobody began ends at once.
update case_retry set stop_asked_by = coalesce(stop_asked_by, :by),
    finished_at = case when begun_at is null then clock_timestamp() end, outcome = case when begun_at is null then 'stopped' end
where retry_id = (select t.retry_id from case_retry t where t.case_id = :case_id and t.finished_at is null order by t.retry_id limit 1)
returning *;

-- name: stalled
-- Tries that should be under way, and that nobody works on: their worker is gone, or their rest is over.
select e.case_id from (
    select distinct t.case_id from case_retry t
    where t.finished_at is null and t.not_before <= clock_timestamp()
      and coalesce(t.moved_at, t.asked_at) < clock_timestamp() - make_interval(secs => :grace_s)
    order by t.case_id offset 0
) e where pg_try_advisory_xact_lock(hashtextextended(e.case_id, 0));
