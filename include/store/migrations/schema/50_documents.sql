-- What became of our documents in Exact: kept by the mirror, read by the shop.

-- How far the mirror of a division goes back: its positions are worth nothing after the division moved to another database.
create table mirror_origin (
    division integer primary key,
    moved_at text not null
);

comment on column mirror_origin.moved_at is 'Exact''s DivisionMoveDate when the positions were begun; empty: it never moved.';

create table document (
    mutation_id bigint primary key references mutation,
    number text,
    status text not null check (status in ('draft', 'open', 'processed')),
    total numeric,
    differences jsonb not null default '{}',
    first_seen_at timestamptz not null default clock_timestamp(),
    changed_at timestamptz not null default clock_timestamp()
);

comment on table document is 'The document of a mutation as the mirror showed it last.';
comment on column document.total is 'Including VAT, in the currency of the document, as Exact shows it; null when Exact has not reckoned it.';
comment on column document.differences is 'What somebody changed in Exact: by field, what we wrote and what stands there.';

-- What was posted, or what the mirror brought or lost, since the documents were looked at.
create table document_due (
    mutation_id bigint primary key references mutation,
    since timestamptz not null default clock_timestamp()
);

create table document_address (
    division integer primary key,
    template text not null
);

comment on table document_address is 'Where people find a document in Exact: the connection''s document_url, with {division} and {id}.';

-- What a case is about beside records that wait: a document in Exact, of a mutation or of nobody; or a difference, by number and effect.
create table case_finding (
    finding_id bigint generated always as identity primary key,
    administration text not null,
    code text not null,
    subject text not null,
    mutation_id bigint references mutation,
    exact_id uuid,
    division integer,
    number text not null default '',
    effect text not null default '',
    facts jsonb not null,
    noted_at timestamptz not null default clock_timestamp(),
    settled_at timestamptz,
    settled_by text,
    reason text not null default '',
    unique (code, mutation_id, exact_id),
    check (mutation_id is not null and exact_id is not null or number <> '' and division is not null)
);

create unique index case_finding_number on case_finding (administration, code, number, effect) where number <> '';

comment on table case_finding is 'What needs a person although no mutation waits: its case stays open until it is settled.';

create index case_finding_open on case_finding (administration, code, subject) where settled_at is null;

create function case_finding_noted() returns trigger language plpgsql as $$
begin
    if new.settled_at is null then
        perform open_case(new.administration, new.code, new.subject);
    end if;
    return null;
end
$$;

create trigger case_finding_noted after insert on case_finding for each row execute function case_finding_noted();
create trigger case_finding_back after update on case_finding for each row
    when (old.settled_at is not null and new.settled_at is null) execute function case_finding_noted();

-- Whether anything of a case waits for a person.
create function case_waits(asked attention_case) returns boolean language sql stable as $$
    select exists (
        select from mutation m
        where m.administration = asked.administration and m.cause_code = asked.code and m.cause_subject = asked.subject
          and m.state in ('dead_letter', 'gone'))
    or exists (
        select from case_finding f
        where f.administration = asked.administration and f.code = asked.code and f.subject = asked.subject and f.settled_at is null)
$$;

-- When an administration first booked: what was sold before may stand in Exact already, under the shop's own number.
create table first_booking (
    division integer primary key,
    began_at timestamptz not null default clock_timestamp(),
    compared_at timestamptz
);

comment on column first_booking.compared_at is 'When all documents that Exact held at the beginning had been compared.';

create view document_links as
select m.source_system, m.source_id, m.effect, m.effect_number, m.administration, m.division,
    m.exact_id as document_id,
    coalesce(d.number, m.exact_number) as number,
    case
        when m.state in ('gone', 'dismissed') then 'deleted'
        when d.status is not null then d.status
        when m.endpoint = 'salesinvoice/SalesInvoices' then 'draft'
        else 'open'
    end as status,
    coalesce(d.differences <> '{}', false) as edited,
    case when m.state not in ('gone', 'dismissed') then
        nullif(replace(replace(a.template, '{division}', m.division::text), '{id}', m.exact_id::text), '')
    end as link,
    m.currency, m.amount_net as net, d.total,
    m.posted_at,
    greatest(m.posted_at, d.changed_at, (
        select max(e.at) from mutation_event e where e.mutation_id = m.mutation_id and e.after = 'gone')) as changed_at
from mutation m
left join document d using (mutation_id)
left join document_address a on a.division = m.division
where m.method = 'POST' and m.key_division = 0 and m.exact_id is not null;

comment on view document_links is 'For the shop: each document that we made or adopted in Exact, with its number, status and link. A contract: docs/way-back.md.';
