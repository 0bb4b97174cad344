-- What Exact holds, as its sync and other read services gave it.

create table mirror_record (
    division integer not null,
    entity text not null,
    record_id text not null,
    row_timestamp bigint not null default 0,
    code text,
    token text,
    your_ref text,
    document_id uuid,
    data jsonb not null,
    pulled_at timestamptz not null default clock_timestamp(),
    primary key (division, entity, record_id)
);

create index mirror_record_code on mirror_record (division, entity, upper(code));
create index mirror_record_token on mirror_record (division, entity, token) where token is not null;
create index mirror_record_document on mirror_record (document_id) where document_id is not null;
create index mirror_record_your_ref on mirror_record (your_ref, division, entity) where your_ref is not null;

-- How far a feed was read, and when. A pull starts from where a pull of some time ago stood, since a long transaction in Exact shows
-- rows below a position that was passed meanwhile.
create table mirror_position (
    division integer not null,
    entity text not null,
    row_timestamp bigint not null,
    at timestamptz not null default clock_timestamp()
);

create index mirror_position_feed on mirror_position (division, entity, at);

create table mirror_cursor (
    division integer not null,
    entity text not null,
    began_at timestamptz,
    finished_at timestamptz,
    primary key (division, entity)
);

comment on column mirror_cursor.began_at is 'When the last pull that reached its last page began: the earlier of our clock and the Date header of its first answer.';
