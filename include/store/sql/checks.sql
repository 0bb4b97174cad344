-- name: moment$
select clock_timestamp();

-- name: mirror_fingerprint$
-- Of whole lists, and of the records of longer ones that are named by code.
select md5(coalesce(string_agg(entity || '/' || record_id || '/' || md5(data::text), ',' order by entity, record_id), ''))
from mirror_record
where division = :division and (entity = any(:whole) or (entity = any(:named) and upper(code) = any(:codes)));

-- name: last_check^
select administration, fingerprint, checked_at, findings from mapping_check where administration = :administration;

-- name: last_checks
select administration, fingerprint, checked_at, findings from mapping_check order by administration;

-- name: save_check^
insert into mapping_check as c (administration, fingerprint, findings) values (:administration, :fingerprint, :findings)
on conflict (administration) do update
set fingerprint = excluded.fingerprint, findings = excluded.findings, checked_at = clock_timestamp()
returning administration, fingerprint, checked_at, findings;

-- name: records_named
-- The records of an entity under these codes.
select record_id, code, data from mirror_record where division = :division and entity = :entity and upper(code) = any(:codes);

-- name: currencies_asked_for
-- Currencies for which documents wait that Exact has no exchange rate for.
select distinct cause_subject as currency from mutation
where administration = :administration and state = 'dead_letter' and cause_code = 'missing_exchange_rate' order by 1;

-- name: choose_entry_day*!
insert into chosen_entry_day as c (mutation_id, entry_day, chosen_by) values (:mutation_id, :entry_day, :by)
on conflict (mutation_id) do update set entry_day = excluded.entry_day, chosen_by = excluded.chosen_by, chosen_at = clock_timestamp();

-- name: chosen_entry_days
-- By source record, of all documents that are not in Exact yet.
select m.source_id, m.effect, c.entry_day from chosen_entry_day c join mutation m using (mutation_id)
where m.division = :division and m.state in ('planned', 'dead_letter');
