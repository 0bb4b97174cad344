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

-- name: look_first_if_broken!
-- A token was refused that nobody had thrown away: somebody may have gone on with a newer one, and this database was put back to before that.
-- What it did not send by its own account may be in Exact all the same.
with broken as (
    select refresh_begun_at as at from oauth_chain
    where chain = :chain and state = 'needs_consent' and refresh_token is not null and refresh_begun_at is not null
), companies as (
    insert into looks_first as l (division, before) select division, broken.at from broken, unnest(:divisions::integer[]) division
    on conflict (division) do update set before = greatest(l.before, excluded.before)
)
update mutation m set may_have_left = true, payload_version = payload_version + 1, actor = :by,
    event_facts = jsonb_build_object('token_refused', 'looks first')
from broken
where m.division = any(:divisions::integer[]) and m.state in ('planned', 'dead_letter') and not m.may_have_left and m.created_at < broken.at;
