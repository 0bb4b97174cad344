-- name: begin_booking$
-- The first time that the administration books. Returns whether what Exact held then was compared already.
insert into first_booking as f (division) values (:division)
on conflict (division) do update set began_at = f.began_at
returning f.compared_at is not null;

-- name: compared!
update first_booking set compared_at = coalesce(compared_at, clock_timestamp()) where division = :division;

-- name: taken_numbers
-- What is planned, never left, and was sold before the administration began to book, where the same journal holds a document with the
-- same reference that is none of ours. The mirror is asked per planned order (`offset 0`), and by the number alone (`|| ''`, `+ 0`): on a
-- first run PostgreSQL has not counted the new rows yet, and would else compare each document with each order.
select distinct m.mutation_id, m.your_ref, m.effect, m.endpoint, m.payload, r.document_id
from (select began_at from first_booking where division = :division) f
cross join lateral (
    select * from mutation
    where division = :division and endpoint = :endpoint and state = 'planned' and method = 'POST' and key_division = 0
      and effect = any(:effects) and attempt = 0 and not may_have_left and payload is not null
      and source_day <= (f.began_at at time zone 'UTC')::date
    offset 0) m
cross join lateral (
    select document_id, token, data from mirror_record
    where your_ref = m.your_ref and entity || '' = :entity and division + 0 = :division
    offset 0) r
where r.document_id is not null and trim(r.data ->> :journal_field) = m.payload::jsonb ->> 'Journal'
  and not exists (select from mutation o where o.exact_id = r.document_id)
  and not exists (select from mutation o where o.division = :division and o.token = r.token and o.mutation_id <> m.mutation_id)
order by m.mutation_id, r.document_id;

-- name: lock_document!
select pg_advisory_xact_lock(hashtextextended(:exact_id::text, 1));

-- name: take$
-- The document is the effect's own: nothing is sent.
update mutation m set state = 'posted', exact_id = :exact_id, exact_number = :exact_number, posted_at = clock_timestamp(), actor = :by,
    event_facts = jsonb_build_object('adopted', :exact_id::text, 'on', 'first run')
where m.mutation_id = :mutation_id and m.state = 'planned' and m.attempt = 0
  and not exists (select from mutation o where o.exact_id = :exact_id)
returning true;

-- name: ask_about$
update mutation set state = 'dead_letter', cause_code = :cause_code, cause_subject = :cause_subject, cause_facts = :cause_facts,
    actor = :by, event_facts = '{}'
where mutation_id = :mutation_id and state = 'planned' and attempt = 0
returning true;
