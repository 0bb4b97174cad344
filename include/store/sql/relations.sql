-- name: history
-- All that we wanted, or want, of the relations of some customers in a division, the oldest effect first.
select * from mutation
where source_system = :source_system and key_division = :division and source_id = any(:source_ids)
order by source_id, effect, effect_number;

-- name: planned_relations
-- What is planned about relations of customers.
select mutation_id from mutation where division = :division and key_division = :division and flow = :flow and state = 'planned';
