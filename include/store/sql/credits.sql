-- name: newest_sales
-- The newest sale of each order that is wanted; one that was credited in full has ended.
select distinct on (s.source_id) s.*, sale_standing(s) as standing,
    exists (select from document d where d.mutation_id = s.mutation_id and d.status = 'processed') as is_processed
from mutation s
where s.source_system = :source_system and s.source_id = any(:source_ids) and s.effect = 'sale' and is_wanted(s)
order by s.source_id, s.effect_number desc;

-- name: credits_on_their_way
select source_id from mutation
where source_system = :source_system and source_id = any(:source_ids) and effect = 'credit'
  and (state in ('planned', 'sending', 'unknown', 'posted') or state = 'dismissed' and cause_code = 'taken_from_draft');

-- name: taken_from_drafts
-- Returns that changed the draft of their sale, by order.
select cause_facts ->> 'sale' as order_number, source_id from mutation
where source_system = :source_system and effect = 'credit' and state = 'dismissed' and cause_code = 'taken_from_draft'
  and cause_facts ->> 'sale' = any(:source_ids)
order by mutation_id;

-- name: not_taken
-- Returns whose sale stands unchanged although they were to change its draft: nothing deletes it, or it was processed before that.
select c.* from mutation c
join mutation s on s.source_system = c.source_system and s.source_id = c.cause_facts ->> 'sale' and s.effect = 'sale'
    and s.effect_number = (c.cause_facts ->> 'document')::integer and s.state = 'posted'
where c.division = :division and c.effect = 'credit' and c.state = 'dismissed' and c.cause_code = 'taken_from_draft'
  and not exists (
      select from mutation d
      where d.undoes = s.mutation_id and (
          d.state in ('planned', 'sending', 'unknown', 'posted') or d.state = 'dead_letter' and d.cause_code <> 'changed_after_processing'))
order by c.mutation_id;

-- name: stuck_credits
-- Credits that ended unsent because of their sale, where the newest sale of that order stands otherwise by now.
select c.* from mutation c
join lateral (
    select sale_standing(s) as standing from mutation s
    where s.source_system = c.source_system and s.effect = 'sale' and is_wanted(s)
      and s.source_id = coalesce(c.cause_facts ->> 'sale', (select w.source_id from mutation w where w.mutation_id = c.waits_for))
    order by s.effect_number desc limit 1) s on true
where c.division = :division and c.effect = 'credit' and c.attempt = 0 and c.state in ('dead_letter', 'dismissed')
  and c.cause_code <> 'taken_from_draft' and (c.cause_facts ? 'sale' or c.cause_facts ? 'waits_for')
  and coalesce(c.cause_facts ->> 'sale_is', 'dead_letter') <> s.standing
order by c.mutation_id;

-- name: planned_credits
-- Planned, due, and their sale is posted.
select m.mutation_id from mutation m
where m.division = :division and m.effect = 'credit' and m.state = 'planned' and m.not_before <= clock_timestamp()
  and (m.waits_for is null or exists (select from mutation w where w.mutation_id = m.waits_for and w.state = 'posted'))
order by m.mutation_id;

-- name: changed_drafts
-- What changes the drafts from which returns were taken (these returns, if given): deletions, and what is written anew after them.
select m.mutation_id from mutation m
where m.division = :division and m.state = 'planned' and m.effect in ('sale', 'delete_sale') and m.source_id in (
    select c.cause_facts ->> 'sale' from mutation c
    where c.effect = 'credit' and c.state = 'dismissed' and c.cause_code = 'taken_from_draft' and c.source_system = m.source_system
      and (:numbers::text[] is null or c.source_id = any(:numbers)));

-- name: unproven_credits
select m.mutation_id, m.endpoint, m.token, m.your_ref, m.payload, m.amount_net as net,
    extract(epoch from clock_timestamp() - m.posted_at)::double precision as seconds
from mutation m left join credit_proof p using (mutation_id)
where m.division = :division and m.effect in ('credit', 'reverse_sale') and m.state = 'posted' and (p.mutation_id is null or p.amount_dc > 0)
order by m.mutation_id;

-- name: sign_is_proven$
select coalesce(bool_or(p.amount_dc < 0), false) and not coalesce(bool_or(p.amount_dc > 0), false)
from credit_proof p join mutation m using (mutation_id)
where m.division = :division and m.endpoint = :endpoint and p.sign = :sign;

-- name: store_proof*!
insert into credit_proof (mutation_id, sign, amount_dc) values (:mutation_id, :sign, :amount_dc)
on conflict (mutation_id) do update set amount_dc = excluded.amount_dc, read_at = clock_timestamp();

-- name: hold_credits!
insert into held_effect (division, effect) values (:division, 'credit') on conflict do nothing;

-- name: release_credits!
delete from held_effect where division = :division and effect = 'credit';
