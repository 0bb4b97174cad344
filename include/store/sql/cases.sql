-- name: unraised
-- Open cases whose red square nobody was shown: never raised, or raised some time ago without the run ever starting.
select case_id from attention_case
where state = 'open' and shown_at is null and (raised_at is null or raised_at < clock_timestamp() - interval '2 minutes')
order by opened_at, case_id for update skip locked;

-- name: mark_raised!
update attention_case set raised_at = clock_timestamp() where case_id = any(:case_ids);

-- name: case_by_id^
select * from attention_case where case_id = :case_id;

-- name: show_case$
-- The first start of the case's run only shows it: Exact refused a minute ago. True once per opening.
update attention_case set shown_at = clock_timestamp() where case_id = :case_id and state = 'open' and shown_at is null
returning true;

-- name: records_of_case
select m.* from mutation m join attention_case c
on c.case_id = :case_id and m.administration = c.administration and m.cause_code = c.code and m.cause_subject = c.subject
where m.state = 'dead_letter' order by m.mutation_id;

-- name: unpark!
update attention_case set parks = null where case_id = :case_id;

-- name: lock_case$
-- Whoever adds a record to the case waits, or is seen by the next statement.
select case_id from attention_case where case_id = :case_id for update;

-- name: close_case$
-- In the transaction that locked it: a statement of its own, since it must see what was added while it waited for the lock.
update attention_case c set state = 'closed', closed_at = clock_timestamp(), parks = null
where c.case_id = :case_id and not exists (
    select from mutation m
    where m.administration = c.administration and m.cause_code = c.code and m.cause_subject = c.subject and m.state = 'dead_letter')
returning true;

-- name: open_cases
select c.case_id, c.administration, c.code, c.subject, c.parks is not null as parked, c.opened_at,
    (select count(*) from mutation m
     where m.administration = c.administration and m.cause_code = c.code and m.cause_subject = c.subject and m.state = 'dead_letter') as records
from attention_case c where c.state = 'open' order by c.administration, c.code, c.subject;
