-- One OAuth chain per host, client id and Exact user. Tokens are encrypted before they get here.

create table oauth_chain (
    chain text primary key,
    state text not null check (state in ('ok', 'refreshing', 'needs_consent')),
    access_token bytea,
    refresh_token bytea,
    previous_refresh_token bytea,
    asked_at timestamptz,
    received_at timestamptz,
    refresh_begun_at timestamptz,
    generation integer not null default 0,
    reason text not null default ''
);
