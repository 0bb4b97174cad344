-- name: installation^
select i.environment, i.system_identifier, c.system_identifier::text as found
from installation i, pg_control_system() c;

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
    system_identifier = (select system_identifier::text from pg_control_system());
