-- name: insert_mutation$
-- W0: a new mutation, or nothing when its key is known. Returns its number, or null.
insert into mutation (
    source_system, source_id, effect, effect_number, key_division, administration, division, flow, endpoint, business_entity,
    source_day, source_version, mapped_with, source_changed_at, your_ref, token, payload, payload_version, payload_sha256, look, currency,
    amount_net, vat, customer, total, total_currency, subjects, method, target_id, undoes, because, waits_for, state, cause_code, cause_subject, cause_facts, exact_id, posted_at,
    event_facts, actor
) values (
    :source_system, :source_id, :effect, :effect_number, :key_division, :administration, :division, :flow, :endpoint, :business_entity,
    :source_day, :source_version, :mapped_with, :source_changed_at, :your_ref, :token, :payload, 1, :payload_sha256, :look, :currency,
    :amount_net, :vat, :customer, :total, :total_currency, :subjects, :method, :target_id, :undoes, :because, :waits_for,
    :state, :cause_code, :cause_subject, :cause_facts, :exact_id, case when :state = 'posted' then clock_timestamp() end,
    :event_facts, :by
) on conflict (source_system, source_id, effect, effect_number, key_division) do nothing
returning mutation_id;

-- name: mutation_by_key^
-- The mutation of a key, locked against other planners.
select * from mutation
where source_system = :source_system and source_id = :source_id and effect = :effect
  and effect_number = :effect_number and key_division = :key_division
for update;

-- name: id_of_key$
select mutation_id from mutation
where source_system = :source_system and source_id = :source_id and effect = :effect
  and effect_number = :effect_number and key_division = :key_division;

-- name: mutation_by_id^
select * from mutation where mutation_id = :mutation_id;

-- name: replace_draft!
-- A newer version of the source, or an operator's retry: payload version n + 1 under the same key and token.
update mutation set
    administration = :administration, flow = :flow, endpoint = :endpoint, source_day = :source_day, source_version = :source_version,
    mapped_with = :mapped_with, source_changed_at = :source_changed_at, payload = :payload, payload_version = payload_version + 1, payload_sha256 = :payload_sha256,
    look = :look, currency = :currency, amount_net = :amount_net, vat = :vat, subjects = :subjects, waits_for = :waits_for, state = :state,
    customer = coalesce(:customer, customer), total = coalesce(:total, total), total_currency = coalesce(:total_currency, total_currency),
    cause_code = :cause_code, cause_subject = :cause_subject, cause_facts = :cause_facts, not_before = 'epoch', actor = :by,
    resends = 0, asked = :asked, exact_id = coalesce(exact_id, :exact_id), posted_at = case when :state = 'posted' then clock_timestamp() end,
    event_facts = :event_facts
where mutation_id = :mutation_id and state = :state_before and payload_version = :version_before;

-- name: dismiss_before!
-- What was planned before its administration booked so far back, and never left, is not booked.
update mutation set state = 'dismissed', cause_code = :cause_code, cause_subject = :cause_subject, cause_facts = '{}',
    actor = :by, event_facts = '{}'
where division = :division and state = 'planned' and not may_have_left and source_day < :book_from::date;

-- name: planned_otherwise
-- What is planned, and never left, with another configuration than the one in force; and what waited for an outcome that is known now.
select m.source_id, m.effect from mutation m
where m.division = :division and m.flow = :flow and m.state = 'planned' and not m.may_have_left and m.method = 'POST'
  and (m.mapped_with <> :mapped_with
       or m.payload is null and exists (select from mutation w where w.mutation_id = m.waits_for and w.state = 'posted'))
order by m.mutation_id;

-- name: ids_of
-- The mutations of some source records, and those that they wait for.
select mutation_id from mutation where source_system = :source_system and source_id = any(:source_ids)
union
select waits_for from mutation where source_system = :source_system and source_id = any(:source_ids) and waits_for is not null;

-- name: family
-- All effects of some source records, and what was done to them.
select * from mutation
where source_system = :source_system and source_id = any(:source_ids) and key_division = 0
order by source_id, effect_number, mutation_id;

-- name: too_late_to_delete
-- Deletions of what the source cancelled, where the document had been processed meanwhile.
select * from mutation
where division = :division and method = 'DELETE' and state = 'dead_letter' and cause_code = :cause_code and because = any(:reasons)
order by mutation_id;

-- name: bury_anew!
-- Another cause was found when a dead letter was to be tried again.
update mutation set cause_code = :cause_code, cause_subject = :cause_subject, cause_facts = :cause_facts, actor = :by, event_facts = '{}'
where mutation_id = :mutation_id and state = 'dead_letter' and payload_version = :version_before;

-- name: back_to_unknown!
update mutation set state = 'unknown', next_look_at = null, resends = 0, may_have_left = true, actor = :by, event_facts = '{}'
where mutation_id = :mutation_id and state = 'dead_letter' and cause_code = 'unknown_outcome';

-- name: revive_waiting!
-- What died with a mutation comes back with it.
update mutation set state = 'planned', actor = :by, event_facts = jsonb_build_object('waits_for', :mutation_id::text)
where waits_for = :mutation_id and state = 'dead_letter' and attempt = 0
  and (cause_code, cause_subject) = (:cause_code, :cause_subject);

-- name: move_cursor!
insert into source_cursor as c (flow, administration, changed_at) values (:flow, :administration, :changed_at)
on conflict (flow, administration) do update set changed_at = greatest(c.changed_at, excluded.changed_at);

-- name: cursor$
select changed_at from source_cursor where flow = :flow and administration = :administration;

-- name: bury_parked!
-- What needs the subject of a parked cause is a dead letter of that cause, unsent.
update mutation m set state = 'dead_letter', cause_code = c.code, cause_subject = c.subject,
    cause_facts = jsonb_build_object('parked', c.parks), actor = :by, event_facts = '{}'
from attention_case c
where m.division = :division and m.state = 'planned' and not m.may_have_left and not m.asked
  and c.administration = m.administration and c.state = 'open' and c.parks = any(m.subjects);

-- name: bury_waiting!
-- What waits for a mutation that died dies with it, under the same cause. An unknown outcome is no death: it may be in Exact, and what waits
-- goes on waiting; only when somebody gives it up does that end.
update mutation m set state = 'dead_letter',
    cause_code = case w.cause_code when 'unknown_outcome' then 'awaited_given_up' else w.cause_code end, cause_subject = w.cause_subject,
    cause_facts = jsonb_build_object('waits_for', w.mutation_id), actor = :by, event_facts = '{}'
from mutation w
where m.division = :division and m.state = 'planned' and w.mutation_id = m.waits_for
  and (w.state = 'dismissed' or w.state = 'dead_letter' and w.cause_code <> 'unknown_outcome');

-- name: ready
-- Planned, due, nothing to wait for, mapped, and no other change of the same business entity on its way.
select m.mutation_id from mutation m
where m.division = :division and m.state = 'planned' and m.not_before <= clock_timestamp() and (m.payload is not null or m.method = 'DELETE')
  and (m.mutation_id = any(:only::bigint[])
       or :only::bigint[] is null and not exists (select from held_effect h where h.division = m.division and h.effect = m.effect))
  -- A document that was made a moment ago may not be seen yet: whoever deletes it must see it first.
  and (m.waits_for is null or exists (
      select from mutation w where w.mutation_id = m.waits_for and w.state = 'posted'
        and (m.method <> 'DELETE' or w.posted_at < clock_timestamp() - make_interval(secs => :visible_s))))
  and (:bulk::boolean is null or :bulk::boolean = exists (select from bulk_mutation b where b.mutation_id = m.mutation_id))
  and not exists (
      select from mutation o
      where o.business_entity = m.business_entity and o.division = m.division and o.state in ('sending', 'unknown'))
order by m.mutation_id limit :limit;

-- name: next_due_s$
select extract(epoch from min(m.not_before) - clock_timestamp())::double precision from mutation m
where m.division = :division and m.state = 'planned' and m.not_before > clock_timestamp()
  and (:bulk::boolean is null or :bulk::boolean = exists (select from bulk_mutation b where b.mutation_id = m.mutation_id));

-- name: mark_bulk!
insert into bulk_mutation (mutation_id) values (:mutation_id) on conflict do nothing;

-- name: unmark_bulk!
-- News that wait for what was planned in bulk are not to wait for the hours of bulk.
delete from bulk_mutation where mutation_id = :mutation_id;

-- name: endpoint_of$
select endpoint from mutation where mutation_id = :mutation_id;

-- name: try_lock$
select pg_try_advisory_lock(:mutation_id);

-- name: unlock$
select pg_advisory_unlock(:mutation_id);

-- name: claim^
-- W2. The caller commits before the first byte leaves.
update mutation set state = 'sending', attempt = attempt + 1, owner = :owner, sent_at = clock_timestamp(), looks = 0, next_look_at = null,
    actor = :owner, event_facts = '{}'
where mutation_id = (
    select m.mutation_id from mutation m
    where m.mutation_id = :mutation_id and m.state = 'planned' and m.not_before <= clock_timestamp()
      and (m.payload is not null or m.method = 'DELETE')
      and not exists (
          select from mutation o
          where o.business_entity = m.business_entity and o.division = m.division and o.state in ('sending', 'unknown'))
    for update skip locked)
returning *;

-- name: undone^
-- The document that a deletion takes away: its id, and what we wrote.
select exact_id, payload from mutation where mutation_id = :mutation_id;

-- name: again!
-- An operator's retry of a change: it is tried as it stands, and looks at its record first.
update mutation set state = 'planned', cause_code = null, cause_subject = '', cause_facts = '{}', not_before = 'epoch', resends = 0, actor = :by,
    event_facts = '{}'
where mutation_id = :mutation_id and state = 'dead_letter' and method <> 'POST' and cause_code <> 'unknown_outcome';

-- name: take_away!
-- The document of an effect was deleted.
update mutation set state = 'gone', actor = :by, event_facts = :facts
where mutation_id = :mutation_id and state = 'posted';

-- name: dismiss_taken!
update mutation set state = 'dismissed', cause_code = :because, cause_subject = '', cause_facts = '{}', actor = :by, event_facts = '{}'
where mutation_id = :mutation_id and state = 'gone';

-- name: settle^
-- W3: compare-and-swap by attempt and state.
update mutation set
    state = :state,
    cause_code = case when :state = 'dead_letter' then :cause_code else cause_code end,
    cause_subject = case when :state = 'dead_letter' then :cause_subject else cause_subject end,
    cause_facts = case when :state = 'dead_letter' then :cause_facts::jsonb else cause_facts end,
    exact_id = coalesce(:exact_id, exact_id), exact_number = coalesce(:exact_number, exact_number),
    posted_at = case when :state = 'posted' then clock_timestamp() end,
    late_by_s = case when :state = 'posted' and state = 'unknown' then extract(epoch from clock_timestamp() - sent_at) else late_by_s end,
    not_before = case when :state = 'planned' then clock_timestamp() + make_interval(secs => :not_before_s) else not_before end,
    next_look_at = case when :state = 'unknown' then clock_timestamp() + make_interval(secs => :next_look_s) end,
    looks = looks + (state = 'unknown')::integer,
    resends = resends + :resend,
    may_have_left = :may_have_left, asked = asked and :state = 'planned',
    unrecognised = case when :state = 'unknown' then :unrecognised end,
    actor = :by, event_facts = :facts
where mutation_id = :mutation_id and attempt = :attempt and state = any(:states_before)
returning mutation_id;

-- name: claim_late!
-- A late answer with an id, when the mutation was planned again meanwhile: take it back, so that it can be settled as posted.
update mutation set state = 'sending', actor = :by, event_facts = '{"late": "answer"}'
where mutation_id = :mutation_id and attempt = :attempt and state = 'planned';

-- name: sending
-- `sending` rows; `over` when they are older than the lease.
select m.*, clock_timestamp() - m.sent_at > make_interval(secs => :lease_s) as over from mutation m
where m.division = :division and m.state = 'sending' order by m.mutation_id;

-- name: due_looks
select * from mutation
where division = :division and state = 'unknown' and coalesce(next_look_at, 'epoch') <= clock_timestamp()
order by next_look_at limit 500;

-- name: unknown_for_s$
select extract(epoch from clock_timestamp() - sent_at)::double precision from mutation where mutation_id = :mutation_id;

-- name: same_cause$
select count(*) from mutation
where division = :division and state = 'dead_letter' and cause_code = :cause_code and cause_subject = :cause_subject;

-- name: park_case!
update attention_case c set parks = :subject
from mutation m
where m.division = :division and m.state = 'dead_letter' and m.cause_code = :cause_code and m.cause_subject = :cause_subject
  and c.case_id = case_id(m.administration, m.cause_code, m.cause_subject) and c.state = 'open' and c.parks is distinct from :subject;

-- name: unknown_streak$
-- Unknown outcomes in a row, or calls that met nobody.
select max(greatest(unknown_streak, failures)) from quota where division = :division;

-- name: clear_streak!
update quota set unknown_streak = 0, failures = 0 where division = :division;
