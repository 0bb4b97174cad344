-- name: take_permit^
select * from take_permit(:app, :division, :endpoint, :holder, :lease_s, :minute_s, :reserve, :error_slots);

-- name: free_permit$
-- Free again `cooldown` after the answer was received; ours only, as a lease may have handed it on. Returns when it was taken.
update permit set free_at = clock_timestamp() + make_interval(secs => :cooldown_s), holder = null
where app = :app and division = :division and slot = :slot and holder = :holder
returning taken_at;

-- name: free_error_slot!
-- A counted error keeps its slot for the error window.
update error_slot set free_at = clock_timestamp() + make_interval(secs => :window_s), holder = null
where app = :app and division = :division and endpoint = :endpoint and slot = :error_slot and holder = :holder;

-- name: note_limits$
-- What the headers said; what they did not say stays. A 429 makes the division wait.
select note_limits(
    :app, :division, :taken_at, :minute_s, :may_have_counted,
    :minute_limit, :minute_remaining, :minute_window, :minute_reset_s, :day_limit, :day_remaining, :day_window, :day_reset_s, :pause_s,
    :is_there);

-- name: note_presence$
select note_presence(:app, :division, :is_there, :minute_s);

-- name: note_streak!
update quota set unknown_streak = case when :is_unknown then unknown_streak + 1 else 0 end
where app = :app and division = :division;

-- name: note_call!
insert into api_call (app, division, method, endpoint, status, answer_class, seconds, mutation_id, owner)
values (:app, :division, :method, :endpoint, :status, :answer_class, :seconds, :mutation_id, :owner);

-- name: quota_of^
select * from quota where app = :app and division = :division;
