-- What a read-back showed of each credit: which sign Exact wants is not documented, so it is proven.

create table credit_proof (
    mutation_id bigint primary key references mutation,
    sign text not null check (sign in ('negative', 'positive')),
    amount_dc numeric,
    read_at timestamptz not null default clock_timestamp()
);

comment on column credit_proof.sign is 'How the credit was written.';
comment on column credit_proof.amount_dc is 'The amount in the currency of the division, as Exact shows it; null when the document is not there any more.';
