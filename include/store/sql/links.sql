-- name: note_address!
insert into document_address as a (division, template) values (:division, :template)
on conflict (division) do update set template = excluded.template where a.template <> excluded.template;

-- name: due_documents
-- What is to be looked at; `was_seen`: the mirror showed it before; `being_deleted`: we delete it ourselves, or tried to.
select u.mutation_id, u.since, m.endpoint, m.state, m.effect, m.exact_id, m.payload, m.your_ref, m.look, m.posted_at,
    d.mutation_id is not null as was_seen, coalesce(d.differences, '{}') as differences,
    exists (
        select from mutation x
        where x.undoes = m.mutation_id and x.state in ('planned', 'sending', 'unknown', 'dead_letter')) as being_deleted
from document_due u join mutation m using (mutation_id) left join document d using (mutation_id)
where m.division = :division and u.mutation_id > :after
order by u.mutation_id limit :limit;

-- name: show_documents!
-- As the mirror shows them now, by the newest of their headers.
insert into document as d (mutation_id, number, status, total)
select distinct on (m.mutation_id) m.mutation_id, nullif(nullif(r.data ->> :number_field, ''), '0'),
    case when (r.data ->> 'Status')::integer >= :processed then 'processed' else :begun end, round((r.data ->> 'AmountFC')::numeric, 2)
from mutation m
join mirror_record r on r.document_id = m.exact_id and r.division = m.division and r.entity = :entity
where m.mutation_id = any(:mutation_ids) and (r.data ->> 'LineNumber')::integer = 0
order by m.mutation_id, r.row_timestamp desc
on conflict (mutation_id) do update
set number = excluded.number, status = excluded.status, total = excluded.total, changed_at = clock_timestamp()
where (d.number, d.status, d.total) is distinct from (excluded.number, excluded.status, excluded.total);

-- name: store_differences*!
update document set differences = :differences, changed_at = clock_timestamp() where mutation_id = :mutation_id;

-- name: mark_gone
-- Somebody deleted these documents in Exact; what we delete ourselves ends otherwise.
update mutation m set state = 'gone', cause_code = :cause_code, cause_subject = m.your_ref,
    cause_facts = jsonb_strip_nulls(jsonb_build_object('document', m.exact_id, 'number', coalesce(d.number, m.exact_number))),
    actor = :by, event_facts = '{"seen_by": "mirror"}'
from mutation o left join document d using (mutation_id)
where m.mutation_id = o.mutation_id and m.mutation_id = any(:mutation_ids) and m.state = 'posted'
  and not exists (
      select from mutation x where x.undoes = m.mutation_id and x.state in ('planned', 'sending', 'unknown', 'dead_letter'))
returning m.your_ref;

-- name: note_seconds
-- Other documents in Exact with the token of one of ours: one effect, booked twice. What somebody decided about is not noted again.
insert into case_finding (administration, code, subject, mutation_id, exact_id, facts)
select distinct on (m.mutation_id, r.document_id) m.administration, :code, m.your_ref, m.mutation_id, r.document_id,
    jsonb_strip_nulls(jsonb_build_object('ours', m.exact_id, 'another', r.document_id, 'number', nullif(r.data ->> :number_field, '0')))
from mutation m
join mirror_record r on r.division = m.division and r.entity = :entity and r.token = m.token
where m.mutation_id = any(:mutation_ids) and m.state = 'posted' and r.document_id <> m.exact_id
  and (r.data ->> 'LineNumber')::integer = 0
on conflict (code, mutation_id, exact_id) do nothing
returning subject, exact_id;

-- name: settle_vanished!
-- The other document is not in Exact any more.
update case_finding f set settled_at = clock_timestamp(), settled_by = :by, reason = 'it is not in Exact any more'
from mutation m
where m.mutation_id = f.mutation_id and m.division = :division and f.code = :code and f.settled_at is null
  and not exists (select from mirror_record r where r.division = m.division and r.document_id = f.exact_id);

-- name: looked_at!
-- Done with these, unless more was noted meanwhile.
delete from document_due u using unnest(:mutation_ids::bigint[], :sinces::timestamptz[]) as done(mutation_id, since)
where u.mutation_id = done.mutation_id and u.since = done.since;
