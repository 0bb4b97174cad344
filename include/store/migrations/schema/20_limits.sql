-- Exact's limits, shared by all workers: permits of the minute, slots of the error budget, the day as the headers gave it.

create table permit (
    app text not null,
    division integer not null,
    slot integer not null,
    free_at timestamptz not null default 'epoch',
    holder text,
    taken_at timestamptz not null default 'epoch',
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
    minute_window bigint not null default 0,
    minute_remaining integer not null default 0,
    minute_reset_at timestamptz not null default 'epoch',
    minute_own integer not null default 0,
    minute_seen integer not null default 0,
    minute_others integer not null default 0,
    unseen integer not null default 0,
    unseen_at timestamptz not null default 'epoch',
    told_taken_at timestamptz not null default 'epoch',
    told_at timestamptz not null default 'epoch',
    day_limit integer,
    day_window bigint,
    day_remaining integer,
    day_reset_at timestamptz,
    paused_until timestamptz not null default 'epoch',
    unknown_streak integer not null default 0,
    failures integer not null default 0,
    knocks integer not null default 0,
    knock_at timestamptz not null default 'epoch',
    answers integer not null default 64,
    seen_at timestamptz,
    primary key (app, division)
);

comment on column quota.minute_window is 'Which minute of Exact the following is about: its end, as Exact numbers it; `day_window` likewise.';
comment on column quota.minute_remaining is 'The least that any answer of this minute told; `day_remaining` likewise.';
comment on column quota.minute_own is 'Our own calls of this minute that were answered; what is gone beside them is others'' doing.';
comment on column quota.minute_seen is 'How many calls others made in this minute, at least.';
comment on column quota.minute_others is 'How many calls others made in the minutes before; one less with each minute in which fewer were seen.';
comment on column quota.unseen is 'Calls of ours whose answers told nothing, and that no later answer is sure to have counted.';
comment on column quota.told_taken_at is 'When the call that told what is left took its permit; `told_at`: when its answer was noted.';
comment on column quota.unknown_streak is 'Unknown outcomes in a row; at three no POST leaves until a harmless read was answered.';
comment on column quota.failures is 'Calls in a row that met nobody; from the third on Exact is away, and one call knocks at `knock_at`.';
comment on column quota.answers is 'How many answers came since Exact is back, up to 64: so many calls, and one, may be on their way at once.';

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

-- Calls that are on their way: permits whose holder has not given them back, until their lease ends.
create function calls_in_flight(p_app text, p_division integer, moment timestamptz) returns integer language sql stable as $$
    select count(*)::integer from permit where app = p_app and division = p_division and holder is not null and free_at > moment
$$;

-- Whether a worker was let through already: it holds the permit of a request, and looks before it sends that.
create function holds_permit(p_app text, p_division integer, p_holder text, moment timestamptz) returns boolean language sql stable as $$
    select exists (select from permit where app = p_app and division = p_division and holder = p_holder and free_at > moment)
$$;

-- How many calls others may make until our next one arrives: their pace, for as long as what we know is old, our call is on its way, and a
-- quarter of a minute, as it may take longer than the last one and nobody's pace is even; and one more where there are others.
create function calls_of_others(q quota, in_flight integer, moment timestamptz, minute_s double precision) returns integer
language sql immutable as $$
    select ceil(pace * least(minute_s,
            minute_s / 4 + greatest(0, extract(epoch from (moment - q.told_taken_at) + (q.told_at - q.told_taken_at)))))::integer
        + (pace > 0)::integer
    from (select greatest(q.minute_others / minute_s, case when q.minute_reset_at > moment then
            greatest(q.minute_seen, q.minute_limit - q.minute_remaining - q.minute_own - in_flight)
            / greatest(minute_s / 60, minute_s - extract(epoch from q.minute_reset_at - moment)) else 0 end) as pace) as others
$$;

-- How many more calls may leave in the minute and in the day that run now: what the headers left, less what is on its way, and in the minute
-- less what others may take meanwhile. Null: nothing is known of it, and the permits alone decide. The same rule as `include.outbox.allowance`.
create function calls_left(
    q quota, in_flight integer, moment timestamptz, minute_s double precision, reserve double precision,
    out of_minute integer, out of_day integer
) language sql immutable as $$
    select case when q.minute_reset_at > moment then q.minute_remaining - gone - calls_of_others(q, in_flight, moment, minute_s) end,
           case when q.day_reset_at > moment then ceil(q.day_remaining - gone - reserve * q.day_limit - 1e-9)::integer end
    from (select in_flight + q.unseen as gone) as g
$$;

-- Note whether a call met somebody. The same rule as `include.outbox.presence`.
create function note_presence(p_app text, p_division integer, p_is_there boolean, p_minute_s double precision) returns void language sql as $$
    update quota set
        answers = case when not p_is_there then answers when failures >= 3 then 0 else least(64, answers + 1) end,
        knocks = case when p_is_there then 0 else knocks end,
        knock_at = case when p_is_there then 'epoch' when failures = 2 then clock_timestamp() + make_interval(secs => p_minute_s / 3) else knock_at end,
        failures = case when p_is_there then 0 else failures + 1 end
    where app = p_app and division = p_division and p_is_there is not null
$$;

-- Note what an answer told, or that it told nothing although Exact may have counted the call.
create function note_limits(
    p_app text, p_division integer, p_taken_at timestamptz, p_minute_s double precision, p_may_have_counted boolean,
    p_minute_limit bigint, p_minute_remaining bigint, p_minute_window bigint, p_minute_reset_s double precision,
    p_day_limit bigint, p_day_remaining bigint, p_day_window bigint, p_day_reset_s double precision, p_pause_s double precision,
    p_is_there boolean
) returns void language plpgsql as $$
declare
    q quota;
    moment timestamptz;
    limit_before integer;
begin
    perform note_presence(p_app, p_division, p_is_there, p_minute_s);
    select * into q from quota where app = p_app and division = p_division for update;
    moment := clock_timestamp();
    limit_before := q.minute_limit;
    -- A limit of 0 is none; `least` passes over nulls: what was not said must not become the bound.
    q.minute_limit := case when p_minute_limit > 0 then least(p_minute_limit, 100000) else q.minute_limit end;
    if coalesce(p_minute_remaining, p_day_remaining) is null then
        if p_may_have_counted then
            q.unseen := q.unseen + 1;
            q.unseen_at := moment;
            q.minute_own := q.minute_own + 1;
        end if;
    elsif p_taken_at > q.unseen_at then
        q.unseen := 0;
    end if;
    -- A 429 makes all wait until its reset; what others did is not to be learnt from it.
    if p_may_have_counted and p_minute_remaining is not null and p_minute_window is not null and p_minute_reset_s is not null then
        if p_minute_window = q.minute_window and q.minute_limit = limit_before then
            q.minute_own := q.minute_own + 1;
            q.minute_reset_at := least(q.minute_reset_at, moment + make_interval(secs => least(p_minute_reset_s, p_minute_s)));
            if p_minute_remaining <= q.minute_remaining then
                q.minute_remaining := p_minute_remaining;
                q.told_taken_at := coalesce(p_taken_at, moment);
                q.told_at := moment;
            end if;
        elsif p_minute_window >= q.minute_window or q.minute_reset_at <= moment then
            q.minute_others := case when p_minute_window - q.minute_window between 1 and 1500 * p_minute_s
                then greatest(0, q.minute_seen, q.minute_others - 1) else 0 end;
            q.minute_seen := 0;
            q.minute_window := p_minute_window;
            q.minute_remaining := least(p_minute_remaining, 100000);
            q.minute_own := 1;
            q.minute_reset_at := moment + make_interval(secs => least(p_minute_reset_s, p_minute_s));
            q.told_taken_at := coalesce(p_taken_at, moment);
            q.told_at := moment;
        end if;
        if p_minute_window = q.minute_window then
            q.minute_seen := greatest(q.minute_seen,
                q.minute_limit - q.minute_remaining - q.minute_own - calls_in_flight(p_app, p_division, moment));
        end if;
    end if;
    if p_day_remaining is not null then
        q.day_remaining := least(p_day_remaining, 1000000000, case
            when p_day_window = q.day_window and p_day_limit is not distinct from q.day_limit::bigint then q.day_remaining end);
        q.day_window := p_day_window;
    end if;
    update quota set
        minute_limit = q.minute_limit, minute_window = q.minute_window, minute_remaining = q.minute_remaining, minute_reset_at = q.minute_reset_at,
        minute_own = q.minute_own, minute_seen = q.minute_seen, minute_others = q.minute_others, unseen = q.unseen, unseen_at = q.unseen_at,
        told_taken_at = q.told_taken_at, told_at = q.told_at,
        day_limit = case when p_day_limit is not null then least(p_day_limit, 1000000000) else day_limit end, day_window = q.day_window, day_remaining = q.day_remaining,
        day_reset_at = coalesce(moment + make_interval(secs => p_day_reset_s), day_reset_at),
        paused_until = greatest(paused_until, moment + make_interval(secs => p_pause_s)), seen_at = moment
    where app = p_app and division = p_division;
end
$$;

-- Take a permit and a slot of the endpoint's error budget at once, or say how long to wait and why.
create function take_permit(
    p_app text, p_division integer, p_endpoint text, p_holder text,
    p_lease_s double precision, p_minute_s double precision, p_reserve double precision, p_error_slots integer,
    out slot integer, out error_slot integer, out wait_s double precision, out reason text
) language plpgsql as $$
declare
    -- So near to the end nobody counts at the same time as another.
    few constant integer := 16;
    q quota;
    moment timestamptz := clock_timestamp();
    in_flight integer;
    of_minute integer;
    of_day integer;
begin
    insert into quota (app, division) values (p_app, p_division) on conflict do nothing;
    select * into q from quota where app = p_app and division = p_division;
    if q.paused_until > moment then
        wait_s := extract(epoch from q.paused_until - moment);
        reason := 'Exact asked the division to wait';
        return;
    end if;
    for closely in 0..1 loop
        in_flight := calls_in_flight(p_app, p_division, moment);
        select * into of_minute, of_day from calls_left(q, in_flight, moment, p_minute_s, p_reserve);
        exit when closely = 1 or q.failures < 3 and q.answers = 64 and coalesce(least(of_minute, of_day), few + 1) > few;
        select * into q from quota where app = p_app and division = p_division for update;
        moment := clock_timestamp();
    end loop;
    -- A person who asks for something, and leaves nothing to others, knocks at once.
    if q.failures >= 3 and q.knock_at > moment and p_reserve > 0 and not holds_permit(p_app, p_division, p_holder, moment) then
        wait_s := extract(epoch from q.knock_at - moment);
        reason := 'Exact is away';
        return;
    end if;
    if q.failures < 3 and q.answers < 64 and in_flight > q.answers and not holds_permit(p_app, p_division, p_holder, moment) then
        wait_s := p_minute_s / 60;
        reason := 'Exact is back: calls come one after the other';
        return;
    end if;
    if of_day <= 0 or of_minute <= 0 then
        -- What is on its way may turn out not to count: worth another look soon.
        wait_s := extract(epoch from (case when of_day <= 0 then q.day_reset_at else q.minute_reset_at end) - moment);
        if coalesce(of_day, 1) + in_flight > 0 and coalesce(of_minute, 1) + in_flight > 0 then
            wait_s := least(wait_s, greatest(p_minute_s / 120, extract(epoch from q.told_at - q.told_taken_at)));
        end if;
        wait_s := greatest(0.05, wait_s);
        reason := case when of_day <= 0 then 'the calls of the day are used up' else 'the calls of the minute are used up' end;
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
    update permit p set free_at = moment + make_interval(secs => p_lease_s), holder = p_holder, taken_at = moment
    where p.app = p_app and p.division = p_division and p.slot = take_permit.slot;
    update error_slot e set free_at = moment + make_interval(secs => p_lease_s), holder = p_holder
    where e.app = p_app and e.division = p_division and e.endpoint = p_endpoint and e.slot = take_permit.error_slot;
    if q.failures >= 3 and (q.knock_at <= moment or p_reserve = 0) then
        -- This call knocks, and nobody else before the next knock.
        update quota set knocks = least(9, q.knocks + 1),
            knock_at = moment + make_interval(secs => p_minute_s * least(15, 2 ^ least(9, q.knocks + 1) / 3))
        where app = p_app and division = p_division;
    end if;
end
$$;
