-- What the desk finds records by, and who worked for which run of Airflow.

create index mutation_source on mutation (source_id);
create index mutation_token on mutation (token);
create index mutation_customer on mutation (customer) where customer is not null;
create index mutation_exact_number on mutation (exact_number) where exact_number is not null;
create index mutation_total on mutation (abs(total)) where total is not null;
create index mutation_net on mutation (abs(amount_net)) where amount_net is not null;
-- Order numbers by how they begin, whatever the collation.
create index mutation_your_ref_begins on mutation (your_ref text_pattern_ops);
create index mutation_done on mutation (updated_at, mutation_id) where state in ('posted', 'dismissed', 'gone');
create index document_number on document (number) where number is not null;
create index document_total on document (abs(total)) where total is not null;

-- Names by their words: of relations in Exact, and of those that Exact has not taken yet.
create index mirror_record_name on mirror_record using gin (to_tsvector('simple', coalesce(data ->> 'Name', ''))) where entity = 'Accounts';
create index mutation_relation_words on mutation using gin (to_tsvector('simple', coalesce(payload, ''))) where endpoint = 'crm/Accounts';

-- Each worker's name stands in events and calls; here is the task that it worked for.
create table worker (
    owner text primary key,
    dag_id text not null,
    run_id text not null,
    task_id text not null,
    map_index integer not null,
    try_number integer not null,
    began_at timestamptz not null default clock_timestamp()
);

comment on table worker is 'The task instance of Airflow behind a worker''s name, so that an event or a call leads to its log.';

-- What is on its way, and what has to happen first; `at`: when that is known to the second.
create view mutation_waiting as
select m.mutation_id, m.administration, m.division, m.source_id, m.your_ref, m.effect, m.method, m.state, m.flow, m.source_day, m.total,
    m.total_currency, m.customer, m.attempt, m.exact_id, m.key_division, m.created_at, m.sent_at, m.looks,
    w.mutation_id as awaited_id, w.your_ref as awaited_ref, w.effect as awaited_effect, w.state as awaited_state,
    case
        when m.state = 'sending' then 'sending'
        when m.state = 'unknown' then 'look'
        when w.state in ('planned', 'sending', 'unknown') then 'awaited'
        when w.state <> 'posted' then 'awaited_stuck'
        when exists (
            select from mutation o where o.business_entity = m.business_entity and o.division = m.division
            and o.state in ('sending', 'unknown')) then 'after_another'
        when exists (select from held_effect h where h.division = m.division and h.effect = m.effect) then 'held'
        when m.not_before > clock_timestamp() then 'later'
        when exists (select from bulk_mutation b where b.mutation_id = m.mutation_id) then 'bulk'
        else 'run'
    end as kind,
    case when m.state = 'unknown' then m.next_look_at when m.state = 'planned' and m.not_before > clock_timestamp() then m.not_before end as at
from mutation m left join mutation w on w.mutation_id = m.waits_for
where m.state in ('planned', 'sending', 'unknown');
