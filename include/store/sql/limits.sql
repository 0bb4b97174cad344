-- name: take_permit^
select * from take_permit(:app, :division, :endpoint, :holder, :lease_s, :reserve, :error_slots);

-- name: free_permit!
-- Free again `cooldown` after the answer was received; ours only, as a lease may have handed it on.
update permit set free_at = clock_timestamp() + make_interval(secs => :cooldown_s), holder = null
where app = :app and division = :division and slot = :slot and holder = :holder;

-- name: free_error_slot!
-- A counted error keeps its slot for the error window.
update error_slot set free_at = clock_timestamp() + make_interval(secs => :window_s), holder = null
where app = :app and division = :division and endpoint = :endpoint and slot = :error_slot and holder = :holder;

-- name: note_limits!
-- What the headers said; what they did not say stays, and so does a limit of 0. An exhausted minute stops the division until its reset.
update quota set
    -- `least` passes over nulls: what was not said must not become the bound.
    minute_limit = case when :minute_limit::bigint > 0 then least(:minute_limit::bigint, 100000) else minute_limit end,
    day_limit = case when :day_limit::bigint is not null then least(:day_limit::bigint, 1000000000) else day_limit end,
    day_remaining = case when :day_remaining::bigint is not null then least(:day_remaining::bigint, 1000000000) else day_remaining end,
    day_reset_at = coalesce(clock_timestamp() + make_interval(secs => :day_reset_s), day_reset_at),
    paused_until = greatest(paused_until, clock_timestamp() + make_interval(secs => :pause_s)),
    seen_at = clock_timestamp()
where app = :app and division = :division;

-- name: note_streak!
update quota set unknown_streak = case when :is_unknown then unknown_streak + 1 else 0 end
where app = :app and division = :division;

-- name: note_call!
insert into api_call (app, division, method, endpoint, status, answer_class, seconds, mutation_id, owner)
values (:app, :division, :method, :endpoint, :status, :answer_class, :seconds, :mutation_id, :owner);

-- name: quota_of^
select * from quota where app = :app and division = :division;
