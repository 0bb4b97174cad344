-- name: waiting_for_person
-- What a person may act upon, by the shop's number.
select * from mutation where (source_id = :number or your_ref = :number) and state in ('dead_letter', 'gone') order by mutation_id;

-- name: dismiss$
update mutation set state = 'dismissed', cause_code = coalesce(cause_code, :cause_code), actor = :by, event_facts = :facts
where mutation_id = :mutation_id and state in ('dead_letter', 'gone')
returning mutation_id;

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
