-- name: history
-- All that we wanted, or want, of the relations of some customers in a division, the oldest effect first.
select * from mutation
where source_system = :source_system and key_division = :division and source_id = any(:source_ids)
order by source_id, effect, effect_number;
