-- name: installation^
select i.environment, i.place, database_place() as found, i.stamped_by = i.xmin::text as is_its_own_row from installation i;

-- name: look_first!
-- Nobody knows what became of these while the database slept: each looks in Exact before it is sent. The new version leaves an event.
update mutation set may_have_left = true, payload_version = payload_version + 1, actor = :by,
    event_facts = jsonb_build_object('accepted_database', 'looks first')
where state in ('planned', 'dead_letter');

-- name: forget_tokens!
update oauth_chain set state = 'needs_consent', access_token = null, refresh_token = null, previous_refresh_token = null,
    reason = 'the database was restored or moved: its tokens are older than those of Exact';

-- name: stamp!
update installation set environment = :environment, looks_first_before = clock_timestamp(),
    place = database_place(), stamped_by = pg_current_xact_id()::xid::text;

-- name: look_first_in!
-- Somebody used a newer token than the outbox knew: what it did not send by its own account may be in Exact all the same.
with companies as (
    insert into looks_first as l (division, before) select division, :before from unnest(:divisions::integer[]) division
    on conflict (division) do update set before = greatest(l.before, excluded.before)
)
update mutation set may_have_left = true, payload_version = payload_version + 1, actor = :by,
    event_facts = jsonb_build_object('signed_in_anew', 'looks first')
where division = any(:divisions) and state in ('planned', 'dead_letter') and not may_have_left and created_at < :before;
