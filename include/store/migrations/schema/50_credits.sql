-- What a read-back showed of each credit: which sign Exact wants is not documented, so it is proven.

create table credit_proof (
    mutation_id bigint primary key references mutation,
    sign text not null check (sign in ('negative', 'positive')),
    amount_dc numeric,
    read_at timestamptz not null default clock_timestamp()
);

comment on column credit_proof.sign is 'How the credit was written.';
comment on column credit_proof.amount_dc is 'The amount in the currency of the division, as Exact shows it; null when the document is not there any more.';

-- What must not go out by itself, but only when it is named: credits, until their sign is proven.
create table held_effect (
    division integer not null,
    effect text not null,
    primary key (division, effect)
);

-- Whether a sale is one that somebody wants, and not the remains of a change that was taken back.
create function is_wanted(sale mutation) returns boolean language sql stable as $$
    select not (sale.state = 'dismissed' and sale.cause_code = 'as_booked')
$$;

-- How a sale stands for its returns: one that was credited in full has ended.
create function sale_standing(sale mutation) returns text language sql stable as $$
    select case when sale.state = 'posted' and exists (
        select from mutation r
        where r.source_system = sale.source_system and r.source_id = sale.source_id and r.effect = 'reverse_sale'
          and r.effect_number = sale.effect_number and r.state <> 'dismissed') then 'dismissed' else sale.state end
$$;

-- Each order that is read asks whether a return changed its draft.
create index mutation_taken_from_draft on mutation ((cause_facts ->> 'sale')) where effect = 'credit' and cause_code = 'taken_from_draft';
