-- name: read_chain^
select * from oauth_chain where chain = :chain;

-- name: begin_refresh$
-- Returns the generation whose refresh token is about to be used.
update oauth_chain set state = 'refreshing', refresh_begun_at = clock_timestamp() where chain = :chain returning generation;

-- name: save_pair!
insert into oauth_chain as c (chain, state, access_token, refresh_token, asked_at, received_at, generation)
values (:chain, 'ok', :access_token, :refresh_token, :asked_at, :received_at, 1)
on conflict (chain) do update set state = 'ok', access_token = excluded.access_token, previous_refresh_token = c.refresh_token,
    refresh_token = excluded.refresh_token, asked_at = excluded.asked_at, received_at = excluded.received_at,
    generation = c.generation + 1, reason = '', refresh_begun_at = null;

-- name: keep_chain!
-- Exact said that it is too early: the stored pair stays what it was.
update oauth_chain set state = 'ok' where chain = :chain and state = 'refreshing';

-- name: need_consent!
-- A refusal says nothing about a newer pair, which somebody stored while it was on its way.
update oauth_chain set state = 'needs_consent', reason = :reason
where chain = :chain and (:generation::integer is null or generation = :generation);

-- name: bound_wait$
select set_config('lock_timeout', :milliseconds, true);

-- name: lock_chain$
select pg_advisory_lock(-abs(hashtextextended(:chain, 0)));

-- name: unlock_chain$
select pg_advisory_unlock(-abs(hashtextextended(:chain, 0)));

-- name: moment$
select clock_timestamp();
