-- name: note_deed!
-- Its number and its hash are given by the table.
insert into act (who, what, via, case_id, mutation_id, said, facts) values (:who, :what, :via, :case_id, :mutation_id, :said, :facts);

-- name: deeds_of_case
select a.act_id, a.at, a.who, a.what, a.via, a.case_id, a.mutation_id, a.said, a.facts,
    a.hash = act_hash(a) and a.previous_hash = coalesce((select b.hash from act b where b.act_id = a.act_id - 1), '') as untouched
from act a where a.case_id = :case_id order by a.act_id;

-- name: deeds_of_record
select a.act_id, a.at, a.who, a.what, a.via, a.case_id, a.mutation_id, a.said, a.facts,
    a.hash = act_hash(a) and a.previous_hash = coalesce((select b.hash from act b where b.act_id = a.act_id - 1), '') as untouched
from act a where a.mutation_id = :mutation_id order by a.act_id;

-- name: broken_deeds
-- Changed ones, and those before which one is missing.
select d.* from (
    select a.act_id, a.at, a.who, a.what, a.via, a.case_id, a.mutation_id, a.said, a.facts,
        a.hash = act_hash(a) and a.previous_hash = coalesce(lag(a.hash) over history, '')
            and a.act_id = coalesce(lag(a.act_id) over history, 0) + 1 as untouched
    from act a window history as (order by a.act_id)
) d where not d.untouched order by d.act_id;
