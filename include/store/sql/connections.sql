-- name: chains
-- What is known of each chain; no token.
select chain, state, received_at, reason, signed_in_at, signed_in_by, stopped_at, stopped_by from oauth_chain;

-- name: limits
-- What Exact's headers said last, by app and division; of a day that is over, nothing is used up.
select app, division, minute_limit, day_limit, day_reset_at, paused_until, seen_at,
    case when day_reset_at <= clock_timestamp() then day_limit else day_remaining end as day_remaining
from quota where seen_at is not null;

-- name: forget_sign_ins!
delete from sign_in where begun_at < clock_timestamp() - interval '1 day';

-- name: begin_sign_in!
insert into sign_in (state_hash, session_hash, connection, who) values (:state_hash, :session_hash, :connection, :who);

-- name: take_sign_in$
-- The connection of a sign-in that this person began in this browser, once.
update sign_in set used_at = clock_timestamp()
where state_hash = :state_hash and session_hash = :session_hash and who = :who and used_at is null
  and begun_at > clock_timestamp() - make_interval(mins => :minutes)
returning connection;

-- name: note_sign_in!
update oauth_chain set signed_in_at = clock_timestamp(), signed_in_by = :who where chain = :chain;

-- name: revoke!
-- The generation moves on, so that a late refusal says nothing about the next sign-in.
update oauth_chain set state = 'needs_consent', access_token = null, refresh_token = null, previous_refresh_token = null, reason = '',
    stopped_by = :who, generation = generation + 1
where chain = :chain;

-- name: note_act!
insert into connection_act (connection, who, what, outcome) values (:connection, :who, :what, :outcome);

-- name: acts
-- The newest acts on each connection; `untouched` is false where one was changed, or the one before it is missing.
select connection, at, who, what, outcome, untouched from (
    select a.*, row_number() over (partition by connection order by act_id desc) as place,
        hash = connection_act_hash(a) and previous_hash = coalesce(lag(hash) over (order by act_id), '') as untouched
    from connection_act a
) noted where place <= :number order by connection, act_id desc;
