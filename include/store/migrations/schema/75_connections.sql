-- Who signed in with Exact, tried a connection or took its tokens away; sign-ins that were begun; since when a chain stands still.

alter table oauth_chain
    add signed_in_at timestamptz,
    add signed_in_by text not null default '',
    add stopped_at timestamptz,
    add stopped_by text not null default '';

comment on column oauth_chain.stopped_at is 'Since when nothing works without a new sign-in.';
comment on column oauth_chain.stopped_by is 'The person who took the tokens away; empty where Exact refused them.';

-- Whoever writes the state: since when it stands still is noted.
create function oauth_chain_stopped() returns trigger language plpgsql as $$
begin
    if new.state = 'needs_consent' and old.state <> 'needs_consent' then
        new.stopped_at := clock_timestamp();
    elsif new.state <> 'needs_consent' then
        new.stopped_at := null;
        new.stopped_by := '';
    end if;
    return new;
end
$$;

create trigger oauth_chain_stopped before update on oauth_chain for each row execute function oauth_chain_stopped();

-- A sign-in that a person began in a browser. State and session are known to that browser alone: what stands here is their SHA-256.
create table sign_in (
    state_hash text primary key,
    session_hash text not null,
    connection text not null,
    who text not null check (who <> ''),
    begun_at timestamptz not null default clock_timestamp(),
    used_at timestamptz
);

create table connection_act (
    act_id bigint primary key,
    at timestamptz not null default clock_timestamp(),
    connection text not null,
    who text not null check (who <> ''),
    what text not null check (what in ('begin_sign_in', 'sign_in', 'test', 'revoke')),
    outcome text not null,
    previous_hash text not null,
    hash text not null
);

comment on column connection_act.outcome is '`ok`, or the code of what went wrong.';

create index connection_act_connection on connection_act (connection, act_id);

create function connection_act_hash(done connection_act) returns text language sql immutable as $$
    select encode(sha256(convert_to(concat_ws('|', done.previous_hash, done.act_id, extract(epoch from done.at), done.connection, done.who,
        done.what, done.outcome), 'UTF8')), 'hex')
$$;

-- One chain through all of them, numbered without a gap, so that one that was changed or taken out shows.
create function connection_act_noted() returns trigger language plpgsql as $$
declare
    last_one connection_act;
begin
    perform pg_advisory_xact_lock(hashtextextended('connection acts', 2));
    select * into last_one from connection_act order by act_id desc limit 1;
    new.act_id := coalesce(last_one.act_id, 0) + 1;
    new.previous_hash := coalesce(last_one.hash, '');
    new.hash := connection_act_hash(new);
    return new;
end
$$;

create trigger connection_act_noted before insert on connection_act for each row execute function connection_act_noted();

create trigger connection_act_append_only before update or delete or truncate on connection_act
    for each statement execute function never_changed();
