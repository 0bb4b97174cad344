-- What the mapping checks found last, and what people decided about single documents.

create table mapping_check (
    administration text primary key,
    fingerprint text not null,
    checked_at timestamptz not null default clock_timestamp(),
    findings jsonb not null
);

comment on column mapping_check.fingerprint is 'Of both sides: the administration''s file, and what the mirror held of the things that it names.';

create table chosen_entry_day (
    mutation_id bigint primary key references mutation,
    entry_day date not null,
    chosen_by text not null,
    chosen_at timestamptz not null default clock_timestamp()
);

comment on table chosen_entry_day is 'Documents of closed periods that an operator books on another day; it holds whenever they are mapped again.';
