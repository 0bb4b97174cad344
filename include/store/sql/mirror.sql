-- name: moment$
select clock_timestamp();

-- name: upsert_record*!
-- A row of Exact; an older row never replaces a newer one (FACTS 4.2).
insert into mirror_record as r (division, entity, record_id, row_timestamp, code, token, your_ref, document_id, data)
values (:division, :entity, :record_id, :row_timestamp, :code, :token, :your_ref, :document_id, :data)
on conflict (division, entity, record_id) do update
set row_timestamp = excluded.row_timestamp, code = excluded.code, token = excluded.token, your_ref = excluded.your_ref,
    document_id = excluded.document_id, data = excluded.data, pulled_at = clock_timestamp()
where r.row_timestamp <= excluded.row_timestamp;

-- name: delete_record*!
-- A deletion counts only when the stored row is not newer (FACTS 4.4).
delete from mirror_record where division = :division and entity = :entity and record_id = :record_id and row_timestamp <= :row_timestamp;

-- name: forget_absent!
-- Entities without sync are read whole: what the last read did not bring is gone.
delete from mirror_record where division = :division and entity = :entity and pulled_at < :began_at;

-- name: forget_entity!
delete from mirror_record where division = :division and entity = any(:entities);

-- name: forget_positions!
delete from mirror_position where division = :division and entity = any(:entities);

-- name: forget_cursors!
delete from mirror_cursor where division = :division and entity = any(:entities);

-- name: mirror_cursor^
select * from mirror_cursor where division = :division and entity = :entity;

-- name: position$
-- Where a pull may start: the position of `overlap_s` before the last complete pull, whenever that was, since what was on its way in
-- Exact during that pull lies above this position, and may lie below all later ones.
select coalesce(max(row_timestamp), 0) from mirror_position
where division = :division and entity = :entity and at <= coalesce(
    (select finished_at from mirror_cursor where division = :division and entity = :entity), clock_timestamp()
) - make_interval(secs => :overlap_s);

-- name: note_position!
insert into mirror_position (division, entity, row_timestamp) values (:division, :entity, :row_timestamp);

-- name: prune_positions!
-- Keep the newest position that is older than the overlap, and all after it.
delete from mirror_position p where division = :division and entity = :entity and at < (
    select max(at) from mirror_position o
    where o.division = p.division and o.entity = p.entity and o.at <= clock_timestamp() - make_interval(secs => :overlap_s));

-- name: finish_pull!
insert into mirror_cursor as c (division, entity, began_at, finished_at) values (:division, :entity, :began_at, clock_timestamp())
on conflict (division, entity) do update set began_at = greatest(c.began_at, excluded.began_at), finished_at = clock_timestamp();

-- name: records_by_code
select record_id, code, data from mirror_record where division = :division and entity = :entity and code is not null;

-- name: records
select record_id, code, data from mirror_record where division = :division and entity = :entity;

-- name: documents_like
-- Documents with the token in its field, or else with our reference in the same journal.
select record_id, token, your_ref, data from mirror_record
where division = :division and entity = :entity and (token = :token or your_ref = :your_ref);

-- name: mirror_ages
select entity, finished_at, began_at, (select count(*) from mirror_record r where r.division = c.division and r.entity = c.entity) as records
from mirror_cursor c where division = :division order by entity;

-- name: note_documents!
-- What a page brought of our documents, or of others that carry a token of ours.
with came as (select * from unnest(:document_ids::uuid[], :tokens::text[]) as came(document_id, token))
insert into document_due as d (mutation_id)
select m.mutation_id from came join mutation m on m.exact_id = came.document_id
where m.division = :division and m.method = 'POST' and m.key_division = 0
union
select m.mutation_id from came join mutation m on m.division = :division and m.token = came.token
where m.method = 'POST' and m.key_division = 0
on conflict (mutation_id) do update set since = clock_timestamp();

-- name: note_lost_documents!
-- Our documents of which rows are about to leave the mirror; of the whole entity without record ids.
insert into document_due as d (mutation_id)
select distinct m.mutation_id from mirror_record r
join mutation m on m.exact_id = r.document_id and m.division = r.division and m.method = 'POST' and m.key_division = 0
where r.division = :division and r.entity = :entity and (:record_ids::text[] is null or r.record_id = any(:record_ids))
on conflict (mutation_id) do update set since = clock_timestamp();

-- name: origin$
select moved_at from mirror_origin where division = :division;

-- name: store_origin!
insert into mirror_origin as o (division, moved_at) values (:division, :moved_at)
on conflict (division) do update set moved_at = excluded.moved_at;

-- name: rows_of_documents
select document_id, data from mirror_record where division = :division and document_id = any(:document_ids);
