-- Exact's limits, shared by all workers: permits of the minute, slots of the error budget, the day as the headers gave it.

create table permit (
    app text not null,
    division integer not null,
    slot integer not null,
    free_at timestamptz not null default 'epoch',
    holder text,
    primary key (app, division, slot)
);

create table error_slot (
    app text not null,
    division integer not null,
    endpoint text not null,
    slot integer not null,
    free_at timestamptz not null default 'epoch',
    holder text,
    primary key (app, division, endpoint, slot)
);

create table quota (
    app text not null,
    division integer not null,
    minute_limit integer not null default 60,
    day_limit integer,
    day_remaining integer,
    day_reset_at timestamptz,
    paused_until timestamptz not null default 'epoch',
    unknown_streak integer not null default 0,
    seen_at timestamptz,
    primary key (app, division)
);

comment on column quota.unknown_streak is 'Unknown outcomes in a row; at three no POST leaves until a harmless read was answered.';

create table api_call (
    call_id bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    app text not null,
    division integer not null,
    method text not null,
    endpoint text not null,
    status integer,
    answer_class text not null,
    seconds numeric not null,
    mutation_id bigint,
    owner text not null
);

create index api_call_at on api_call (division, at);
create index api_call_mutation on api_call (mutation_id) where mutation_id is not null;

-- What was planned in bulk: it is sent on the permits of bulk, whichever run sends it.
create table bulk_mutation (
    mutation_id bigint primary key references mutation
);

-- Take a permit and a slot of the endpoint's error budget at once, or say how long to wait and why.
create function take_permit(
    p_app text, p_division integer, p_endpoint text, p_holder text,
    p_lease_s double precision, p_reserve double precision, p_error_slots integer,
    out slot integer, out error_slot integer, out wait_s double precision, out reason text
) language plpgsql as $$
declare
    q quota;
    moment timestamptz := clock_timestamp();
begin
    insert into quota (app, division) values (p_app, p_division) on conflict do nothing;
    select * into q from quota where app = p_app and division = p_division;
    if q.paused_until > moment then
        wait_s := extract(epoch from q.paused_until - moment);
        reason := 'Exact asked the division to wait';
        return;
    end if;
    if q.day_reset_at > moment and q.day_remaining <= p_reserve * q.day_limit then
        wait_s := extract(epoch from q.day_reset_at - moment);
        reason := 'the calls of the day are used up';
        return;
    end if;
    insert into permit (app, division, slot) select p_app, p_division, n from generate_series(0, q.minute_limit - 1) n
    where (select count(*) from permit p where p.app = p_app and p.division = p_division) < q.minute_limit
    on conflict do nothing;
    insert into error_slot (app, division, endpoint, slot) select p_app, p_division, p_endpoint, n from generate_series(0, p_error_slots - 1) n
    where not exists (select from error_slot e where e.app = p_app and e.division = p_division and e.endpoint = p_endpoint)
    on conflict do nothing;
    select e.slot into error_slot from error_slot e
    where e.app = p_app and e.division = p_division and e.endpoint = p_endpoint and e.free_at <= moment
    limit 1 for update skip locked;
    if error_slot is null then
        select case when bool_or(e.holder is not null) then 0.1 else greatest(0.05, extract(epoch from min(e.free_at) - moment)) end,
               'the error budget of ' || p_endpoint || ' rests'
        into wait_s, reason
        from error_slot e where e.app = p_app and e.division = p_division and e.endpoint = p_endpoint;
        return;
    end if;
    select p.slot into slot from permit p
    where p.app = p_app and p.division = p_division and p.slot < q.minute_limit and p.free_at <= moment
    limit 1 for update skip locked;
    if slot is null then
        error_slot := null;
        select greatest(0.05, extract(epoch from min(p.free_at) - moment)), 'the calls of the minute are used up'
        into wait_s, reason
        from permit p where p.app = p_app and p.division = p_division and p.slot < q.minute_limit;
        return;
    end if;
    update permit p set free_at = moment + make_interval(secs => p_lease_s), holder = p_holder
    where p.app = p_app and p.division = p_division and p.slot = take_permit.slot;
    update error_slot e set free_at = moment + make_interval(secs => p_lease_s), holder = p_holder
    where e.app = p_app and e.division = p_division and e.endpoint = p_endpoint and e.slot = take_permit.error_slot;
end
$$;
