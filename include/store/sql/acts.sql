-- name: waiting_for_person
-- What a person may act upon, by the shop's number.
select * from mutation where (source_id = :number or your_ref = :number) and state in ('dead_letter', 'gone') order by mutation_id;

-- name: record_by_id^
select * from mutation where mutation_id = :mutation_id;

-- name: lock_records!
-- In one order, so that two who decide about the same records wait for each other.
select from mutation where mutation_id = any(:mutation_ids) order by mutation_id for update;

-- name: dismiss
update mutation m set state = 'dismissed', cause_code = coalesce(cause_code, :cause_code), actor = :by, event_facts = :facts
where m.mutation_id = any(:mutation_ids) and m.state in ('dead_letter', 'gone')
  and (:case_id::text is null or exists (
      select from attention_case c
      where c.case_id = :case_id and c.administration = m.administration and c.code = m.cause_code and c.subject = m.cause_subject))
returning m.mutation_id;

-- name: cases_of_records
select distinct c.case_id from attention_case c join mutation m
on m.mutation_id = any(:mutation_ids) and c.administration = m.administration and c.code = m.cause_code and c.subject = m.cause_subject;

-- name: fates
select m.mutation_id, m.your_ref, m.state, e.actor as by, e.at from mutation m
cross join lateral (select actor, at from mutation_event e where e.mutation_id = m.mutation_id order by event_id desc limit 1) e
where m.mutation_id = any(:mutation_ids) order by m.mutation_id;

-- name: lock_document!
-- Two people adopt one document at the same time: the second waits, and then sees the first.
select pg_advisory_xact_lock(hashtextextended(:exact_id::text, 1));

-- name: document_owner^
select your_ref, administration from mutation where exact_id = :exact_id and mutation_id <> :mutation_id limit 1;

-- name: give_payload!
-- A letter that was never mapped gets what it would have sent, to be compared with the document.
update mutation set payload = :payload, payload_sha256 = :payload_sha256, payload_version = payload_version + 1, look = :look,
    currency = :currency, amount_net = :amount_net, vat = :vat, total = :total, total_currency = :total_currency, subjects = :subjects, source_version = :source_version,
    source_changed_at = :source_changed_at, actor = :by, event_facts = '{}'
where mutation_id = :mutation_id and state = 'dead_letter' and payload is null;

-- name: adopt$
update mutation set state = 'posted', exact_id = :exact_id, exact_number = :exact_number, posted_at = clock_timestamp(),
    cause_code = null, cause_subject = '', cause_facts = '{}', unrecognised = null, actor = :by, event_facts = :facts
where mutation_id = :mutation_id and state = 'dead_letter' and payload is not null and (exact_id is null or exact_id = :exact_id)
returning mutation_id;
