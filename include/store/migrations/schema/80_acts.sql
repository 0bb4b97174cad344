-- What people did about what waits for them: asked for another try, decided, noted. Who and when, never changed.

create table act (
    act_id bigint primary key,
    at timestamptz not null default clock_timestamp(),
    who text not null check (who <> ''),
    what text not null check (what in ('retry', 'stop', 'dismiss', 'adopt', 'note', 'current_period', 'rebook', 'book_again')),
    via text not null check (via in ('desk', 'terminal', 'airflow')),
    case_id text,
    mutation_id bigint references mutation,
    said text not null default '' check (length(said) <= 2000),
    facts jsonb not null default '{}',
    previous_hash text not null,
    hash text not null,
    check (case_id is not null or mutation_id is not null)
);

comment on column act.who is 'The person, as Airflow or the terminal knows them.';
comment on column act.said is 'The reason, or the note, in the person''s own words.';

create index act_case on act (case_id, act_id) where case_id is not null;
create index act_mutation on act (mutation_id, act_id) where mutation_id is not null;

create function act_hash(done act) returns text language sql immutable as $$
    select encode(sha256(convert_to(concat_ws('|', done.previous_hash, done.act_id, extract(epoch from done.at), done.who, done.what,
        done.via, coalesce(done.case_id, ''), coalesce(done.mutation_id::text, ''), done.said, done.facts), 'UTF8')), 'hex')
$$;

-- One chain through all acts: numbered without a gap, so that one that was taken out shows.
create function act_noted() returns trigger language plpgsql as $$
declare
    last_one act;
begin
    perform pg_advisory_xact_lock(hashtextextended('acts', 2));
    select * into last_one from act order by act_id desc limit 1;
    new.act_id := coalesce(last_one.act_id, 0) + 1;
    new.previous_hash := coalesce(last_one.hash, '');
    new.hash := act_hash(new);
    return new;
end
$$;

create trigger act_noted before insert on act for each row execute function act_noted();

create trigger act_append_only before update or delete or truncate on act for each statement execute function never_changed();

-- Another try that somebody asked for: of a whole case, or of some of its records. Its case's run works it off and says how far it is.
create table case_retry (
    retry_id bigint generated always as identity primary key,
    case_id text not null references attention_case,
    asked_by text not null check (asked_by <> ''),
    via text not null check (via in ('desk', 'terminal', 'airflow')),
    kind text not null check (kind in ('again', 'rebook', 'book_again')),
    asked_at timestamptz not null default clock_timestamp(),
    whole boolean not null,
    pace_per_minute integer not null check (pace_per_minute between 1 and 6000),
    total integer not null default 0,
    done integer not null default 0,
    posted integer not null default 0,
    refused integer not null default 0,
    canary_passed boolean not null default false,
    stop_asked_by text,
    not_before timestamptz not null default 'epoch',
    begun_at timestamptz,
    moved_at timestamptz,
    finished_at timestamptz,
    outcome text check (outcome in ('done', 'canary_refused', 'stopped', 'failed', 'withdrawn')),
    why text not null default '',
    check ((finished_at is null) = (outcome is null))
);

comment on column case_retry.kind is 'Sent again; credited and booked anew; booked once more after somebody deleted it in Exact.';
comment on column case_retry.refused is 'Tried, and still under the cause of the case.';
comment on column case_retry.canary_passed is 'One of them left the cause of the case, so that the others follow.';
comment on column case_retry.not_before is 'Exact''s limits make it rest until then; the sweep takes it up again.';
comment on column case_retry.why is 'Why it rests, or did not go through.';

create index case_retry_unfinished on case_retry (case_id, retry_id) where finished_at is null;
create index case_retry_case on case_retry (case_id, retry_id);

create table case_retry_record (
    retry_id bigint not null references case_retry,
    mutation_id bigint not null references mutation,
    attempt_before integer not null,
    result text check (result in ('posted', 'refused', 'on_its_way', 'elsewhere')),
    primary key (retry_id, mutation_id)
);

comment on column case_retry_record.result is 'None: not tried yet. Elsewhere: dismissed meanwhile, or under another cause.';

create index case_retry_record_left on case_retry_record (retry_id, mutation_id) where result is null;
create index case_retry_record_mutation on case_retry_record (mutation_id) where result is null;
