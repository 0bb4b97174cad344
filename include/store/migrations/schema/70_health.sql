-- How the flows fare, summed up per slice of a thousand mutations or calls, so that a page over a month reads thousands of rows, not millions.
-- No truth of its own: a slice is counted anew from `mutation` and `api_call` when one of its rows changed.

create index mutation_updated on mutation (updated_at);

create table health_outcome (
    slice bigint not null,
    administration text not null,
    flow text not null,
    hour timestamptz not null,
    state text not null,
    is_document boolean not null,
    is_bulk boolean not null,
    documents integer not null,
    refused integer not null,
    oldest_at timestamptz not null,
    primary key (slice, administration, flow, hour, state, is_document, is_bulk)
);

comment on column health_outcome.hour is 'In which they were planned first.';
comment on column health_outcome.is_document is 'Something new in Exact: neither a change or deletion, nor what a newer document took the place of.';
comment on column health_outcome.refused is 'How many of them were a dead letter at some time.';
comment on column health_outcome.oldest_at is 'Since when the oldest of them is known; of those on their way, when it was sent.';

create index health_outcome_hour on health_outcome (hour);
create index health_outcome_open on health_outcome (administration) where state not in ('posted', 'dismissed');

-- Durations, counted by steps of three tenths: what was booked by itself, past windows apart.
create table health_pace (
    slice bigint not null,
    administration text not null,
    flow text not null,
    hour timestamptz not null,
    since text not null check (since in ('source', 'planned')),
    step smallint not null,
    documents integer not null,
    primary key (slice, administration, flow, hour, since, step)
);

comment on column health_pace.hour is 'In which they were booked.';
comment on column health_pace.since is 'From where it is counted: the change in the source, or our first planning.';

create index health_pace_hour on health_pace (hour);

create table health_calls (
    slice bigint not null,
    division integer not null,
    hour timestamptz not null,
    flow text not null,
    calls integer not null,
    refused integer not null,
    unanswered integer not null,
    documents integer not null,
    primary key (slice, division, hour, flow)
);

comment on column health_calls.flow is 'Whose documents they carried; empty for reads and looks.';
comment on column health_calls.calls is 'Those that count against the limits: all but those that Exact turned away because of them.';
comment on column health_calls.documents is 'How many documents they were about; one that two slices share counts twice.';

create index health_calls_hour on health_calls (hour);

create table health_mark (
    one boolean primary key default true check (one),
    changed_up_to timestamptz not null default 'epoch',
    calls_up_to bigint not null default 0
);

insert into health_mark default values;

comment on column health_mark.changed_up_to is 'What changed before was counted; a little is counted again, as it may have been committed later.';

-- Steps of three tenths from a tenth of a second on.
create function pace_step(seconds double precision) returns smallint language sql immutable as $$
    select least(85, greatest(0, floor(ln(greatest(seconds, 0.1) / 0.1) / ln(1.3))))::smallint
$$;

-- The duration at which this share of a step's documents was booked, as if they were spread evenly over it.
create function pace_seconds(step smallint, share numeric) returns double precision language sql immutable as $$
    select 0.1 * power(1.3::double precision, step) * (1 + 0.3 * share::double precision)
$$;

-- Count the slices of mutations that changed since the mark.
create function sum_up_mutations(p_since timestamptz) returns void language plpgsql as $$
declare
    changed bigint[];
begin
    select array_agg(distinct mutation_id / 1000) into changed from mutation where updated_at >= p_since;
    if changed is null then
        return;
    end if;
    delete from health_outcome where slice = any(changed);
    delete from health_pace where slice = any(changed);
    insert into health_outcome
    select s.slice, m.administration, m.flow, date_trunc('hour', m.created_at, 'UTC'), m.state,
        m.method = 'POST' and (m.state <> 'dismissed' or m.cause_code <> 'replaced'), b.mutation_id is not null, count(*),
        -- With its limit it is looked up for each: as `exists` it would read all events.
        count(*) filter (where m.state = 'dead_letter'
                         or (select true from mutation_event e where e.mutation_id = m.mutation_id and e.after = 'dead_letter' limit 1)),
        min(case when m.state in ('sending', 'unknown') then m.sent_at else m.created_at end)
    from unnest(changed) as s(slice)
    join mutation m on m.mutation_id >= s.slice * 1000 and m.mutation_id < (s.slice + 1) * 1000
    left join bulk_mutation b on b.mutation_id = m.mutation_id
    group by 1, 2, 3, 4, 5, 6, 7;
    insert into health_pace
    select s.slice, m.administration, m.flow, date_trunc('hour', m.posted_at, 'UTC'), p.since,
        pace_step(extract(epoch from m.posted_at - p.began_at)::double precision), count(*)
    from unnest(changed) as s(slice)
    join mutation m on m.mutation_id >= s.slice * 1000 and m.mutation_id < (s.slice + 1) * 1000
    cross join lateral (values ('source', m.source_changed_at), ('planned', m.created_at)) as p(since, began_at)
    where m.posted_at is not null and m.method = 'POST' and m.attempt > 0
      and not exists (select from bulk_mutation b where b.mutation_id = m.mutation_id)
    group by 1, 2, 3, 4, 5, 6;
end
$$;

-- Calls are only ever added: the slices from the mark on.
create function sum_up_calls(p_since bigint) returns bigint language plpgsql as $$
declare
    newest bigint := coalesce((select max(call_id) from api_call), 0);
begin
    delete from health_calls where slice >= p_since / 1000;
    insert into health_calls
    select c.call_id / 1000, c.division, date_trunc('hour', c.at, 'UTC'), coalesce(m.flow, ''),
        count(*) filter (where c.status is distinct from 429), count(*) filter (where c.status >= 400),
        count(*) filter (where c.status is null), count(distinct c.mutation_id)
    from api_call c left join mutation m using (mutation_id)
    where c.call_id >= p_since / 1000 * 1000
    group by 1, 2, 3, 4;
    return newest;
end
$$;

-- Bring the sums up to date, unless somebody is at it. Transactions of ours take seconds at most: what committed late is seen next time.
create function sum_up_health() returns timestamptz language plpgsql as $$
declare
    began_at timestamptz := clock_timestamp();
    mark health_mark;
    newest bigint;
begin
    if not pg_try_advisory_xact_lock(hashtextextended('health', 0)) then
        return (select changed_up_to from health_mark);
    end if;
    select * into mark from health_mark;
    perform sum_up_mutations(mark.changed_up_to - interval '2 minutes');
    newest := sum_up_calls(greatest(0, mark.calls_up_to - 1000));
    update health_mark set changed_up_to = began_at, calls_up_to = newest;
    return began_at;
end
$$;
