-- name: mutations
-- The documents that the outbox holds for some days of one administration: enough to compare them with both sides.
select mutation_id, source_system, source_id, effect, effect_number, division, endpoint, source_day, source_version, source_changed_at,
    your_ref, token, payload, payload_sha256, vat, currency, amount_net, state, may_have_left, cause_code, cause_subject, exact_id, created_at, posted_at
from mutation
where administration = :administration and source_day >= :since and source_day < :until and key_division = 0 and method = 'POST'
order by mutation_id;

-- name: known_tokens
select token from mutation where division = :division and token = any(:tokens);

-- name: days
-- First day and last reading of an administration's source.
select min(source_day) as first_day, max(source_changed_at) as read_up_to from mutation where administration = :administration and key_division = 0;

-- name: broken_history
-- Events that were not legal, were changed, or of which one before is missing; and mutations that stand otherwise than their last event.
with chained as (
    select e.mutation_id, e.event_id, e.before, e.after, e.previous_hash, e.hash,
        e.hash = event_hash(e) and e.previous_hash = coalesce(lag(e.hash) over history, '') as untouched,
        e.before is not distinct from lag(e.after) over history as continuous,
        row_number() over (partition by e.mutation_id order by e.event_id desc) = 1 as is_last
    from mutation_event e
    join mutation m using (mutation_id)
    where m.administration = :administration and m.source_day >= :since and m.source_day < :until
    window history as (partition by e.mutation_id order by e.event_id)
)
select m.your_ref, coalesce(c.before, 'nothing') as before, c.after, c.untouched, c.continuous,
    c.before is null or exists (select from legal_transition l where l.before = c.before and l.after = c.after) as legal,
    not c.is_last or c.after = m.state as agrees
from mutation m left join chained c using (mutation_id)
where m.administration = :administration and m.source_day >= :since and m.source_day < :until
  and (c.mutation_id is null or not c.untouched or not c.continuous or (c.is_last and c.after <> m.state)
       or (c.before is not null and not exists (select from legal_transition l where l.before = c.before and l.after = c.after)))
order by m.mutation_id, c.event_id;
