-- The outbox: one row per effect in Exact. States, transitions and keys are enforced here, whoever writes.

-- Where this database is. Another cluster, or another line of its history (a restore to a moment, a promoted standby); another database
-- (restored from a template); other tables in it (restored by pg_restore --clean).
create function database_place() returns text language sql stable as $$
    select concat_ws('/', s.system_identifier, c.timeline_id, d.oid, to_regclass('installation')::oid)
    from pg_control_system() s, pg_control_checkpoint() c, pg_database d where d.datname = current_database()
$$;

create table installation (
    one boolean primary key default true check (one),
    environment text not null,
    place text not null,
    -- The transaction that wrote this row: a row that was restored was written by another.
    stamped_by text not null default pg_current_xact_id()::xid::text,
    looks_first_before timestamptz,
    created_at timestamptz not null default clock_timestamp()
);

comment on column installation.looks_first_before is 'When somebody accepted this database after a restore or a move.';

-- Companies of whose documents the outbox may have forgotten some, since somebody used a newer token than it knew.
create table looks_first (
    division integer primary key,
    before timestamptz not null
);

create table mutation (
    mutation_id bigint generated always as identity primary key,
    source_system text not null,
    source_id text not null,
    effect text not null,
    effect_number integer not null,
    key_division integer not null,
    administration text not null,
    division integer not null,
    flow text not null,
    endpoint text not null,
    method text not null default 'POST' check (method in ('POST', 'PUT', 'DELETE')),
    target_id uuid,
    undoes bigint references mutation,
    because text not null default '',
    business_entity text not null,
    source_day date not null,
    source_version text not null,
    mapped_with text not null default '',
    source_changed_at timestamptz not null,
    your_ref text not null,
    token text not null,
    payload text,
    payload_version integer not null,
    payload_sha256 text,
    look jsonb not null,
    currency text,
    amount_net numeric,
    vat jsonb not null,
    customer text,
    total numeric,
    total_currency text,
    subjects text[] not null,
    waits_for bigint references mutation,
    state text not null check (state in ('planned', 'sending', 'unknown', 'posted', 'dead_letter', 'dismissed', 'gone')),
    attempt integer not null default 0,
    may_have_left boolean not null default false,
    asked boolean not null default false,
    owner text,
    sent_at timestamptz,
    not_before timestamptz not null default 'epoch',
    looks integer not null default 0,
    next_look_at timestamptz,
    resends integer not null default 0,
    unrecognised text,
    cause_code text,
    cause_subject text not null default '',
    cause_facts jsonb not null default '{}',
    exact_id uuid,
    exact_number text,
    posted_at timestamptz,
    late_by_s numeric,
    actor text not null,
    event_facts jsonb not null default '{}',
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    unique (source_system, source_id, effect, effect_number, key_division),
    unique (division, token),
    check (method <> 'POST' or state not in ('posted', 'gone') or exact_id is not null),
    check (method <> 'PUT' or target_id is not null),
    check (method <> 'DELETE' or undoes is not null),
    -- What waits for a mutation whose outcome it needs is mapped when that is known.
    check (method = 'DELETE' or state not in ('planned', 'sending', 'unknown', 'posted') or payload is not null
           or state = 'planned' and waits_for is not null),
    check (state not in ('sending', 'unknown') or sent_at is not null),
    check (state not in ('dead_letter', 'dismissed') or cause_code is not null)
);

comment on column mutation.mapped_with is 'The configuration that the payload was made with: what was planned with another one is mapped again before it is sent.';
comment on column mutation.asked is 'An operator asked for the next attempt: it goes out although its cause is parked, as the canary.';
comment on column mutation.customer is 'The source''s number of the customer, for whoever looks for it.';
comment on column mutation.total is 'Including VAT, in total_currency, as the source has it: known of what could not be mapped as well. Of a credit it is negative.';
comment on column mutation.target_id is 'The record in Exact that a change is about.';
comment on column mutation.undoes is 'The effect whose document a deletion takes away; it is dismissed with the deletion, because of `because`.';
comment on table mutation is 'One effect that we want, or wanted, in Exact; its key is unique for ever.';

-- At most one change of a business entity is on its way: a second would not know what the first became.
create unique index mutation_one_in_flight on mutation (business_entity, division) where state in ('sending', 'unknown');
create index mutation_ready on mutation (division, not_before, mutation_id) where state = 'planned';
create index mutation_in_flight on mutation (division, sent_at) where state in ('sending', 'unknown');
create index mutation_cause on mutation (administration, cause_code, cause_subject) where state in ('dead_letter', 'gone');
create index mutation_your_ref on mutation (your_ref);
create index mutation_exact_id on mutation (exact_id);
create index mutation_day on mutation (administration, source_day);
create index mutation_undoes on mutation (undoes) where undoes is not null;
create index mutation_waits on mutation (waits_for) where waits_for is not null;

create table legal_transition (
    before text not null,
    after text not null,
    primary key (before, after)
);

insert into legal_transition values
    ('planned', 'planned'), ('planned', 'sending'), ('planned', 'dead_letter'), ('planned', 'dismissed'),
    -- A record that stands in Exact already, and is taken.
    ('planned', 'posted'),
    ('sending', 'posted'), ('sending', 'dead_letter'), ('sending', 'planned'), ('sending', 'unknown'),
    ('unknown', 'posted'), ('unknown', 'planned'), ('unknown', 'dead_letter'),
    ('dead_letter', 'planned'), ('dead_letter', 'posted'), ('dead_letter', 'dismissed'), ('dead_letter', 'unknown'),
    ('dead_letter', 'dead_letter'),
    ('posted', 'gone'), ('gone', 'dismissed'),
    -- What was dismissed because its source was cancelled, or was no sale, is planned when the source says otherwise.
    ('dismissed', 'planned'), ('dismissed', 'dead_letter'), ('dismissed', 'dismissed');

-- Each event carries the hash of the one before it: a changed or missing event of a mutation shows.
create table mutation_event (
    event_id bigint generated always as identity primary key,
    mutation_id bigint not null references mutation,
    at timestamptz not null default clock_timestamp(),
    before text,
    after text not null,
    attempt integer not null,
    payload_version integer not null,
    cause text,
    actor text not null,
    facts jsonb not null,
    previous_hash text not null,
    hash text not null
);

create index mutation_event_mutation on mutation_event (mutation_id, event_id);

create function event_hash(event mutation_event) returns text language sql immutable as $$
    select encode(sha256(convert_to(concat_ws('|', event.previous_hash, event.mutation_id,
        extract(epoch from event.at), coalesce(event.before, ''), event.after, event.attempt, event.payload_version,
        coalesce(event.cause, ''), event.actor, event.facts), 'UTF8')), 'hex')
$$;

create function mutation_guard() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        raise exception 'mutation % cannot be deleted', old.mutation_id using errcode = 'integrity_constraint_violation';
    end if;
    if tg_op = 'INSERT' then
        if new.state not in ('planned', 'dead_letter', 'dismissed') and not (new.state = 'posted' and new.exact_id is not null) then
            raise exception 'a mutation does not begin as %', new.state using errcode = 'integrity_constraint_violation';
        end if;
        return new;
    end if;
    new.updated_at := clock_timestamp();
    if old.state <> new.state
       and not exists (select from legal_transition l where l.before = old.state and l.after = new.state) then
        raise exception 'mutation %: % to % is not legal', old.mutation_id, old.state, new.state
            using errcode = 'integrity_constraint_violation';
    end if;
    if old.state = 'dead_letter' and new.state in ('planned', 'unknown')
       and (old.cause_code = 'unknown_outcome') <> (new.state = 'unknown') then
        raise exception 'mutation %: an unknown outcome goes back to unknown, and only that', old.mutation_id
            using errcode = 'integrity_constraint_violation';
    end if;
    if old.exact_id is not null and new.exact_id is distinct from old.exact_id then
        raise exception 'mutation %: its document cannot be exchanged', old.mutation_id using errcode = 'integrity_constraint_violation';
    end if;
    if (old.source_system, old.source_id, old.effect, old.effect_number, old.key_division, old.division, old.token)
       is distinct from (new.source_system, new.source_id, new.effect, new.effect_number, new.key_division, new.division, new.token) then
        raise exception 'mutation %: key, division and token never change', old.mutation_id
            using errcode = 'integrity_constraint_violation';
    end if;
    if new.payload is distinct from old.payload and new.payload_version <= old.payload_version then
        raise exception 'mutation %: a payload is frozen per version', old.mutation_id using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end
$$;

-- After a restore: what the shop had by then looks in Exact first, since the outbox may have forgotten that it was sent. What has changed
-- since may have been sent in an older version: so its day counts as well.
create function mutation_looks_first() returns trigger language plpgsql as $$
begin
    if exists (
        select from (
            select looks_first_before as before from installation
            union all
            select before from looks_first where division = new.division
        ) forgotten
        where before > new.source_changed_at or new.source_day <= (before at time zone 'UTC')::date + 1
    ) then
        new.may_have_left := true;
    end if;
    return new;
end
$$;

create trigger mutation_looks_first before insert on mutation for each row execute function mutation_looks_first();

create trigger mutation_guard before insert or update or delete on mutation for each row execute function mutation_guard();

-- A case per cause: what a failed run of the Dag `attention` stands for. Opened here, with the dead letter, so that none goes unseen.
create table attention_case (
    case_id text primary key,
    administration text not null,
    code text not null,
    subject text not null,
    state text not null check (state in ('open', 'closed')),
    parks text,
    raised_at timestamptz,
    shown_at timestamptz,
    redrawn integer not null default 0,
    opened_at timestamptz not null default clock_timestamp(),
    closed_at timestamptz,
    unique (administration, code, subject)
);

comment on column attention_case.redrawn is 'How often it got a run of another name, as the task of the one before was deleted.';
comment on column attention_case.raised_at is 'When its square in Airflow was last drawn; none: it is due, unless it was shown.';
comment on column attention_case.shown_at is 'When its run last showed the case as it stands, open or closed.';

create index attention_case_due on attention_case (opened_at) where raised_at is null;
create index attention_case_open on attention_case (administration) where state = 'open';

-- URL-safe, as it is the run id in Airflow.
create function case_id(administration text, code text, subject text) returns text language sql immutable as $$
    select administration || ':' || code || case
        when subject = '' then ''
        when subject ~ '^[A-Za-z0-9_.-]{1,60}$' then ':' || subject
        else ':' || left(regexp_replace(subject, '[^A-Za-z0-9_.-]+', '_', 'g'), 40) || '~' || left(md5(subject), 8)
    end
$$;

create function open_case(administration text, code text, subject text) returns void language sql as $$
    insert into attention_case as c (case_id, administration, code, subject, state)
    values (case_id(administration, code, subject), administration, code, subject, 'open')
    on conflict (case_id) do update
    set state = 'open', opened_at = clock_timestamp(), closed_at = null, raised_at = null, shown_at = null, parks = null
    where c.state = 'closed'
$$;

create function mutation_noted() returns trigger language plpgsql as $$
declare
    event mutation_event;
begin
    if tg_op = 'UPDATE' and old.state = new.state and old.payload_version = new.payload_version
       and (old.cause_code, old.cause_subject) is not distinct from (new.cause_code, new.cause_subject) then
        return null;
    end if;
    event.mutation_id := new.mutation_id;
    event.at := clock_timestamp();
    event.before := case when tg_op = 'UPDATE' then old.state end;
    event.after := new.state;
    event.attempt := new.attempt;
    event.payload_version := new.payload_version;
    event.cause := case when new.state in ('dead_letter', 'dismissed', 'gone') then new.cause_code || ':' || new.cause_subject end;
    event.actor := new.actor;
    event.facts := new.event_facts;
    event.previous_hash := coalesce((select hash from mutation_event where mutation_id = new.mutation_id order by event_id desc limit 1), '');
    insert into mutation_event (mutation_id, at, before, after, attempt, payload_version, cause, actor, facts, previous_hash, hash)
    values (event.mutation_id, event.at, event.before, event.after, event.attempt, event.payload_version, event.cause, event.actor,
            event.facts, event.previous_hash, event_hash(event));
    -- What we deleted ourselves is gone for a moment, without this cause.
    if new.state = 'dead_letter' or new.state = 'gone' and new.cause_code = 'deleted_in_exact' then
        perform open_case(new.administration, new.cause_code, new.cause_subject);
    end if;
    if new.state = 'posted' and new.method = 'POST' and new.key_division = 0 then
        insert into document_due (mutation_id) values (new.mutation_id) on conflict do nothing;
    end if;
    return null;
end
$$;

create trigger mutation_noted after insert or update on mutation for each row execute function mutation_noted();

create function never_changed() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'integrity_constraint_violation';
end
$$;

create trigger mutation_event_append_only before update or delete or truncate on mutation_event
    for each statement execute function never_changed();

create table source_cursor (
    flow text not null,
    administration text not null,
    changed_at timestamptz not null,
    primary key (flow, administration)
);
