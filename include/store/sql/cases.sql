-- name: due_cases
-- Cases whose square is to be drawn: new ones, and those that others than their run closed. Locked, so that two Dags do not draw one twice.
select * from attention_case where raised_at is null and (state = 'open' or shown_at is null)
order by opened_at, case_id limit :at_most for update skip locked;

-- name: mark_raised
-- What is drawn is shown first, whatever was shown before; afresh: under another name, since Airflow gives no task back to a run.
update attention_case set raised_at = clock_timestamp(), shown_at = null, redrawn = redrawn + (case_id = any(:afresh))::integer
where case_id = any(:case_ids) returning *;

-- name: lock_cases
-- Still as they were compared? Whoever raised or reopened one meanwhile was first.
select case_id from attention_case
where case_id = any(:case_ids) and raised_at < clock_timestamp() - make_interval(secs => :grace_s)
order by opened_at, case_id limit :at_most for update skip locked;

-- name: drawn_cases
-- Cases that should have a square by now: all open ones, and those closed a short while ago, which may not be red any more.
select * from attention_case
where raised_at < clock_timestamp() - make_interval(secs => :grace_s)
  and (state = 'open' or closed_at > clock_timestamp() - make_interval(secs => :remembered_s))
order by opened_at, case_id;

-- name: case_by_id^
select * from attention_case where case_id = :case_id;

-- name: case_of_cause^
select * from attention_case where administration = :administration and code = :code and subject = :subject;

-- name: cases_like
-- Open cases of one code, whatever the administration and the subject.
select * from attention_case where state = 'open' and code = :code order by opened_at, case_id;

-- name: hold_case$
-- A lock that ends with the session: one at a time sends a case's records.
select pg_try_advisory_lock(hashtextextended(:case_id, 0));

-- name: let_go_case$
select pg_advisory_unlock(hashtextextended(:case_id, 0));

-- name: show_case$
-- The first start of the case's run only shows it: Exact refused a minute ago. True once per opening.
update attention_case set shown_at = clock_timestamp() where case_id = :case_id and state = 'open' and shown_at is null
returning true;

-- name: records_of_case
select m.* from mutation m join attention_case c
on c.case_id = :case_id and m.administration = c.administration and m.cause_code = c.code and m.cause_subject = c.subject
where m.state in ('dead_letter', 'gone') order by m.mutation_id limit :at_most;

-- name: waiting_in_case$
select (select count(*) from mutation m
        where m.administration = c.administration and m.cause_code = c.code and m.cause_subject = c.subject and m.state in ('dead_letter', 'gone'))
    + (select count(*) from case_finding f
       where f.administration = c.administration and f.code = c.code and f.subject = c.subject and f.settled_at is null)
from attention_case c where c.case_id = :case_id;

-- name: findings_of_case
-- Documents in Exact that the case is about beside those that records call their own, and differences of a reconciliation.
select f.exact_id, f.facts, f.noted_at, coalesce(m.your_ref, f.number) as your_ref, coalesce(m.effect, f.effect) as effect,
    coalesce(m.division, f.division) as division
from case_finding f left join mutation m using (mutation_id)
join attention_case c on c.case_id = :case_id and f.administration = c.administration and f.code = c.code and f.subject = c.subject
where f.settled_at is null order by f.noted_at, f.finding_id;

-- name: settle_findings!
update case_finding f set settled_at = clock_timestamp(), settled_by = :by, reason = :reason
from attention_case c
where c.case_id = :case_id and f.administration = c.administration and f.code = c.code and f.subject = c.subject and f.settled_at is null;

-- name: give_up!
update mutation set state = 'dismissed', cause_code = coalesce(cause_code, 'deleted_in_exact'), actor = :by, event_facts = :facts
where mutation_id = :mutation_id and state in ('dead_letter', 'gone');

-- name: unpark!
update attention_case set parks = null where case_id = :case_id;

-- name: lock_case!
-- A statement of its own: what counts the records must see those of whoever held the lock.
select from attention_case where case_id = :case_id for update;

-- name: close_case$
-- By the case's run, whose square turns green with it. A record that comes later opens the case again.
update attention_case c set state = 'closed', closed_at = coalesce(c.closed_at, clock_timestamp()), parks = null,
    shown_at = clock_timestamp(), raised_at = coalesce(c.raised_at, clock_timestamp())
where c.case_id = :case_id and not case_waits(c)
returning true;

-- name: empty_cases
-- Open cases without records that nobody works on at this moment; the lock lasts as long as the transaction.
select e.case_id from (
    select c.case_id from attention_case c
    where c.state = 'open' and not case_waits(c)
    order by c.case_id offset 0
) e where pg_try_advisory_xact_lock(hashtextextended(e.case_id, 0));

-- name: close_elsewhere$
-- By others than the case's run: its square, if it was ever drawn, is due to turn green.
update attention_case c set state = 'closed', closed_at = clock_timestamp(), parks = null,
    shown_at = case when c.raised_at is null then clock_timestamp() end, raised_at = null
where c.case_id = :case_id and c.state = 'open' and not case_waits(c)
returning true;

-- name: redraw!
-- A case that was closed without its run: its square is due to turn green.
update attention_case set raised_at = null, shown_at = null where case_id = :case_id and state = 'closed';

-- name: open_cases
select c.case_id, c.administration, c.code, c.subject, c.parks is not null as parked, c.opened_at,
    (select count(*) from mutation m
     where m.administration = c.administration and m.cause_code = c.code and m.cause_subject = c.subject and m.state in ('dead_letter', 'gone'))
    + (select count(*) from case_finding f
       where f.administration = c.administration and f.code = c.code and f.subject = c.subject and f.settled_at is null) as records
from attention_case c where c.state = 'open' order by c.administration, c.code, c.subject;
