-- name: begin_staging#
-- Both sides of one comparison, for this session alone; amounts are in cents, since whole numbers add up fastest.
drop table if exists shop_amount, exact_header, exact_amount, books, differing;
create temp table books (
    division integer primary key, administration text, entity text, journal text, seen_at timestamptz, read_up_to timestamptz
);
create temp table shop_amount (
    division integer, document text collate "C", effect text collate "C", day date, currency text collate "C", vat_code text collate "C",
    net bigint, vat bigint, documents smallint, net_off integer, vat_off integer, gross_off integer, changed_at timestamptz
);
create temp table exact_header (
    division integer, document_id uuid, entity text, document text collate "C", effect text collate "C", day date,
    currency text collate "C", sign smallint, mutation_id bigint, marked boolean, number text, your_ref text, own_day date,
    modified_at timestamptz, modifier text
);
create temp table exact_amount (
    division integer, document text collate "C", effect text collate "C", day date, currency text collate "C", vat_code text collate "C",
    net bigint, vat bigint, documents smallint
);

-- name: add_books!
insert into books (division, administration, entity, journal, seen_at, read_up_to)
values (:division, :administration, :entity, :journal, :seen_at,
    (select max(changed_at) from source_cursor where administration = :administration));

-- name: forget_older_versions!
-- A record that changed while the shop was read came twice: the newer one counts.
delete from shop_amount s using (
    select document, effect, max(changed_at) as newest from shop_amount
    group by document, effect having min(changed_at) < max(changed_at)
) twice
where s.document = twice.document and s.effect = twice.effect and s.changed_at < twice.newest;

-- name: merge_taken_from_drafts#
-- A return that changed a draft, and has no document of its own, lowers what its sale asks for.
create temp table taken on commit drop as
select m.source_id as document, m.cause_facts ->> 'sale' as sale
from mutation m
where m.effect = 'credit' and m.state = 'dismissed' and m.cause_code = 'taken_from_draft' and m.key_division = 0
  and exists (select from shop_amount s where s.document = m.cause_facts ->> 'sale' and s.effect = 'sale');
create temp table merged on commit drop as
with returned as (
    delete from shop_amount s using taken t where s.effect = 'credit' and s.document = t.document returning s.*, t.sale
), sold as (
    delete from shop_amount s where s.effect = 'sale' and s.document in (select sale from taken) returning s.*, s.document as sale
)
select * from returned union all select * from sold;
insert into shop_amount
select s.division, s.document, 'sale', s.day, s.currency, m.vat_code, m.net, m.vat,
    case when row_number() over (partition by m.sale order by m.vat_code) = 1 then 1 else 0 end,
    m.net_off, m.vat_off, m.gross_off, s.changed_at
from (
    select sale, currency, vat_code, sum(net) as net, sum(vat) as vat, sum(net_off) as net_off, sum(vat_off) as vat_off,
        sum(gross_off) as gross_off
    from merged group by sale, currency, vat_code having sum(net) <> 0 or sum(vat) <> 0
) m
join (select distinct on (sale) * from merged where effect = 'sale' order by sale) s on s.sale = m.sale and s.currency = m.currency;

-- name: collect_headers!
-- The sales documents of Exact that belong to these days: by their own day, by a mutation of these days, by a reference of the shop.
-- Each gets the key of the shop's document that it stands for: by our token, by the id that we noted, else by the reference.
insert into exact_header
with wanted as (
    select r.division, r.entity, r.record_id from books b join mirror_record r on r.division = b.division and r.entity = b.entity
    where r.document_id is not null and r.data ->> 'LineNumber' = '0'
      and exact_day(coalesce(r.data ->> 'OrderDate', r.data ->> 'Date')) >= :since
      and exact_day(coalesce(r.data ->> 'OrderDate', r.data ->> 'Date')) < :until
    union
    select r.division, r.entity, r.record_id from books b
    join mutation m on m.administration = b.administration and m.source_day >= :since and m.source_day < :until
    join mirror_record r on r.document_id = m.exact_id and r.division = m.division and r.entity = b.entity
    where m.method = 'POST' and m.key_division = 0 and r.data ->> 'LineNumber' = '0'
    union
    select r.division, r.entity, r.record_id from books b
    join mutation m on m.administration = b.administration and m.source_day >= :since and m.source_day < :until
    join mirror_record r on r.division = b.division and r.entity = b.entity and r.token = m.token
    where m.method = 'POST' and m.key_division = 0 and r.data ->> 'LineNumber' = '0'
    union
    select r.division, r.entity, r.record_id from (select distinct document from shop_amount) s
    cross join books b join mirror_record r on r.division = b.division and r.entity = b.entity and r.your_ref = s.document
    where r.data ->> 'LineNumber' = '0'
), header as (
    select r.division, r.entity, r.document_id, r.token, nullif(r.your_ref, '') as your_ref, r.data,
        (r.data ->> 'Type')::integer in (21, 8021, 8024) as is_credit,
        btrim(coalesce(r.data ->> 'Journal', r.data ->> 'JournalCode')) as journal
    from wanted w join mirror_record r using (division, entity, record_id)
    where (r.data ->> 'Type')::integer in (20, 21, 8020, 8021, 8023, 8024)
), marked as (
    select h.*, b.journal = h.journal as in_journal, coalesce(t.mutation_id, x.mutation_id) as mutation_id, t.mutation_id is not null as has_token
    from header h join books b using (division)
    left join mutation t on t.division = h.division and t.token = h.token and t.key_division = 0
    left join mutation x on t.mutation_id is null and x.exact_id = h.document_id and x.division = h.division and x.method = 'POST'
        and x.key_division = 0
), keyed as (
    select k.*, m.source_id, m.source_day, replace(m.effect, 'reverse_', '') as own_effect, starts_with(m.effect, 'reverse_') as reverses,
        s.document as named, s.day as named_day
    from marked k
    left join mutation m on m.mutation_id = k.mutation_id
    left join (select distinct document, effect, day from shop_amount) s
        on m.mutation_id is null and k.in_journal and s.document = k.your_ref and s.effect = case when k.is_credit then 'credit' else 'sale' end
)
select k.division, k.document_id, k.entity,
    coalesce(k.source_id, k.named, '~' || k.document_id),
    coalesce(k.own_effect, case when k.is_credit then 'credit' else 'sale' end),
    coalesce(k.source_day, k.named_day, exact_day(coalesce(k.data ->> 'OrderDate', k.data ->> 'Date'))),
    btrim(k.data ->> 'Currency'), case when k.reverses then -1 else 1 end, k.mutation_id, k.has_token,
    nullif(nullif(coalesce(k.data ->> 'InvoiceNumber', k.data ->> 'EntryNumber'), ''), '0'), k.your_ref,
    exact_day(coalesce(k.data ->> 'OrderDate', k.data ->> 'Date')),
    to_timestamp(substring(k.data ->> 'Modified' from '-?[0-9]+')::bigint / 1000.0), k.data ->> 'Modifier'
from keyed k
where case
    when k.source_id is not null then k.source_day >= :since and k.source_day < :until
    when k.named is not null then true
    -- Nobody's: a sale in our journal, of these days, that is not the document of other days either.
    else k.in_journal and exact_day(coalesce(k.data ->> 'OrderDate', k.data ->> 'Date')) >= :since
        and exact_day(coalesce(k.data ->> 'OrderDate', k.data ->> 'Date')) < :until
        and not exists (
            select from mutation o
            where o.your_ref = k.your_ref and o.key_division = 0 and (o.effect in ('credit', 'reverse_sale')) = k.is_credit)
end;

-- name: merge_headers_of_taken!
-- What a returned draft's credit may have left in Exact belongs to its sale as well.
update exact_header h set document = m.cause_facts ->> 'sale', effect = 'sale'
from mutation m
where h.effect = 'credit' and m.effect = 'credit' and m.source_id = h.document and m.key_division = 0
  and m.state = 'dismissed' and m.cause_code = 'taken_from_draft';

-- name: add_up_exact!
-- Net and VAT of each document by VAT code, from its lines: revenue and VAT lines of entries (which stand as credit, so negative);
-- amounts of invoices, which include VAT where the code is of type I. VAT that Exact has not reckoned yet is reckoned line by line (FACTS 6.3).
insert into exact_amount
with code as (
    select r.division, btrim(r.data ->> 'Code') as code, r.data ->> 'Type' as type, (r.data ->> 'Percentage')::numeric as share
    from books b join mirror_record r on r.division = b.division and r.entity = 'VATCodes'
), account as (
    select r.division, btrim(r.data ->> 'Code') as code, (r.data ->> 'Type')::integer as type
    from books b join mirror_record r on r.division = b.division and r.entity = 'GLAccounts'
), line as (
    select h.division, h.document_id, btrim(coalesce(r.data ->> 'VATCode', '')) as vat_code, round((r.data ->> 'AmountFC')::numeric, 2) as amount,
        round((r.data ->> 'VATAmountFC')::numeric, 2) as vat, btrim(r.data ->> 'GLAccountCode') as gl_account, h.entity = 'TransactionLines' as is_entry
    from exact_header h
    join mirror_record r on r.document_id = h.document_id and r.division = h.division and r.entity = h.entity and r.data ->> 'LineNumber' <> '0'
), reckoned as (
    select l.division, l.document_id, l.vat_code,
        case
            when l.is_entry then case when a.type in (20, 22, 24) then 0 else -l.amount end
            when c.type = 'I' then l.amount - coalesce(l.vat, round(l.amount - l.amount / (1 + c.share), 2))
            else l.amount
        end as net,
        case
            when l.is_entry then case when a.type = 24 then -l.amount else 0 end
            when c.type = 'I' then coalesce(l.vat, round(l.amount - l.amount / (1 + c.share), 2))
            when c.type = 'E' then coalesce(l.vat, round(l.amount * c.share, 2))
            else coalesce(l.vat, 0)
        end as vat
    from line l
    left join code c on c.division = l.division and c.code = l.vat_code
    left join account a on a.division = l.division and a.code = l.gl_account
), summed as (
    select h.division, h.document, h.effect, min(h.day) as day, h.currency, coalesce(r.vat_code, '') as vat_code,
        coalesce(sum(r.net), 0) as net, coalesce(sum(r.vat), 0) as vat
    from exact_header h left join reckoned r on r.division = h.division and r.document_id = h.document_id
    group by h.division, h.document, h.effect, h.currency, coalesce(r.vat_code, '')
), counted as (
    select division, document, effect, sum(sign) as documents from exact_header group by division, document, effect
), standing as (
    select s.*, c.documents, s.net <> 0 or s.vat <> 0 as has_amount, count(*) filter (where s.net <> 0 or s.vat <> 0) over whole as amounts,
        row_number() over (partition by s.division, s.document, s.effect order by (s.net <> 0 or s.vat <> 0) desc, s.vat_code, s.currency) as place
    from summed s join counted c using (division, document, effect)
    window whole as (partition by s.division, s.document, s.effect)
)
select division, document, effect, day, currency, case when amounts = 0 then '' else vat_code end,
    (net * 100)::bigint, (vat * 100)::bigint, case when place = 1 then documents else 0 end
from standing
where has_amount or place = 1 and (documents <> 0 or amounts > 0);

-- name: analyse_staging#
ANALYZE shop_amount;
ANALYZE exact_amount;
ANALYZE exact_header;

-- name: compare!
-- The documents that do not agree to the cent, in any company, currency or VAT code.
create temp table differing as
select distinct document, effect from shop_amount s
full join exact_amount x using (division, document, effect, currency, vat_code)
where (s.net, s.vat, s.documents) is distinct from (x.net, x.vat, x.documents);

-- name: add_totals!
insert into reconciliation_total (run_id, administration, day, document_type, currency, vat_code,
    expected_documents, expected_net, expected_vat, booked_documents, booked_net, booked_vat)
select :run_id, b.administration, t.day, t.effect, t.currency, t.vat_code, coalesce(sum(t.expected_documents), 0),
    round(coalesce(sum(t.expected_net), 0) / 100, 2), round(coalesce(sum(t.expected_vat), 0) / 100, 2),
    coalesce(sum(t.booked_documents), 0),
    round(coalesce(sum(t.booked_net), 0) / 100, 2), round(coalesce(sum(t.booked_vat), 0) / 100, 2)
from (
    select division, day, effect, currency, vat_code, sum(documents) as expected_documents, sum(net) as expected_net, sum(vat) as expected_vat,
        null::bigint as booked_documents, null::numeric as booked_net, null::numeric as booked_vat
    from shop_amount group by division, day, effect, currency, vat_code
    union all
    select division, day, effect, currency, vat_code, null, null, null, sum(documents), sum(net), sum(vat)
    from exact_amount group by division, day, effect, currency, vat_code
) t join books b using (division)
group by b.administration, t.day, t.effect, t.currency, t.vat_code;

-- name: differing_documents
-- Each document that differs, with all that tells its kind: both sides' amounts, its documents in Exact, and its mutation that matters most.
with amount as (
    select division, document, effect, currency, vat_code, coalesce(s.day, x.day) as day, s.changed_at,
        jsonb_build_object('division', division, 'currency', currency, 'vat_code', vat_code,
            'expected', jsonb_build_array(coalesce(s.documents, 0), coalesce(s.net, 0), coalesce(s.vat, 0)),
            'booked', jsonb_build_array(coalesce(x.documents, 0), coalesce(x.net, 0), coalesce(x.vat, 0)),
            'off', jsonb_build_array(coalesce(s.net_off, 0), coalesce(s.vat_off, 0), coalesce(s.gross_off, 0)),
            'is_expected', s.document is not null) as told
    from (select s.* from shop_amount s join differing using (document, effect)) s
    full join (select x.* from exact_amount x join differing using (document, effect)) x
        using (division, document, effect, currency, vat_code)
), sides as (
    select document, effect, min(day) as day, max(changed_at) as changed_at, min(division) filter (where changed_at is not null) as expected_in,
        jsonb_agg(told order by division, currency, vat_code) as amounts
    from amount group by document, effect
), held as (
    select document, effect, jsonb_agg(jsonb_build_object('division', division, 'id', document_id, 'number', number, 'reference', your_ref,
        'day', own_day, 'marked', marked, 'ours', mutation_id is not null, 'modified_at', modified_at) order by document_id) as documents
    from exact_header join differing using (document, effect) group by document, effect
), mine as (
    select d.document, d.effect as document_type, m.mutation_id, m.state from differing d
    join mutation m on m.source_id = d.document and m.key_division = 0
        and m.effect in (d.effect, 'reverse_' || d.effect, 'delete_' || d.effect)
), told as (
    select document, document_type as effect,
        (array_agg(mutation_id order by array_position(array['dead_letter', 'unknown', 'sending', 'planned'], state), mutation_id desc)
            filter (where state in ('dead_letter', 'unknown', 'sending', 'planned')))[1] as waiting,
        max(mutation_id) filter (where state = 'gone') as gone,
        max(mutation_id) filter (where state = 'posted') as posted,
        max(mutation_id) filter (where state = 'dismissed') as dismissed,
        bool_or(exists (
            select from document o, jsonb_object_keys(o.differences) as what
            where o.mutation_id = mine.mutation_id and (what = 'currency' or starts_with(what, 'net under VAT code')))) as is_edited
    from mine group by document, document_type
)
select d.document, d.effect, sides.day, sides.amounts, sides.changed_at, coalesce(held.documents, '[]') as documents,
    m.mutation_id, m.state, m.cause_code, m.cause_subject, m.source_changed_at, coalesce(told.is_edited, false) as is_edited,
    coalesce(m.state = 'posted' and m.posted_at > b.seen_at - make_interval(secs => :visible_s), false) as is_fresh,
    coalesce(m.mutation_id is null and sides.changed_at > clock_timestamp() - make_interval(secs => :unread_s)
        and (own.read_up_to is null or sides.changed_at > own.read_up_to), false) as is_unread
from differing d
join sides using (document, effect)
left join held using (document, effect)
left join told using (document, effect)
left join mutation m on m.mutation_id = coalesce(told.waiting, told.gone, told.posted, told.dismissed)
left join books b on b.division = m.division
left join books own on own.division = sides.expected_in
order by d.document, d.effect;

-- name: begin_run$
insert into reconciliation_run (since, until, administrations, started_by, seen_at)
select :since, :until, array_agg(administration order by administration), :started_by,
    jsonb_object_agg(administration, seen_at) from books
returning run_id;

-- name: finish_run^
update reconciliation_run r
set finished_at = clock_timestamp(), expected_documents = s.documents, booked_documents = x.documents,
    agreeing_documents = s.documents - d.documents
from (select coalesce(sum(documents), 0) as documents from shop_amount) s,
    (select coalesce(sum(documents), 0) as documents from exact_amount) x,
    (select coalesce(sum(documents), 0) as documents from shop_amount join differing using (document, effect)) d
where r.run_id = :run_id
returning r.*;

-- name: forget_unfinished!
-- What a comparison left that ended in the middle.
delete from reconciliation_run where finished_at is null and began_at < clock_timestamp() - interval '1 day';

-- name: next_differences
select nextval(pg_get_serial_sequence('reconciliation_difference', 'difference_id')) as number from generate_series(1, :count);

-- name: note_cases!
-- Each difference that needs a person opens its case; one that somebody decided about stays decided while it stays the same.
insert into case_finding as f (administration, code, subject, division, number, effect, exact_id, facts)
select d.administration, 'reconciliation_' || d.kind, d.day::text, d.division, d.number, d.document_type,
    (d.documents -> 0 ->> 'id')::uuid, d.facts
from reconciliation_difference d
where d.run_id = :run_id and d.kind = any(:kinds)
  -- What is a case already under another cause needs no second one.
  and coalesce(d.state, '') not in ('dead_letter', 'gone')
  and not exists (select from case_finding o where o.mutation_id = d.mutation_id and o.settled_at is null)
on conflict (administration, code, number, effect) where number <> '' do update
set settled_at = null, settled_by = null, reason = '', facts = excluded.facts, subject = excluded.subject, exact_id = excluded.exact_id,
    noted_at = clock_timestamp()
where f.settled_at is not null and (f.settled_by = :by or f.facts <> excluded.facts);

-- name: settle_gone
-- Differences of these days that this comparison did not find any more.
update case_finding f set settled_at = clock_timestamp(), settled_by = :by, reason = 'both sides agree'
from reconciliation_run r
where r.run_id = :run_id and f.number <> '' and f.settled_at is null and starts_with(f.code, 'reconciliation_')
  and f.administration = any(r.administrations) and f.subject >= r.since::text and f.subject < r.until::text
  and not exists (
      select from reconciliation_difference d
      where d.run_id = r.run_id and d.administration = f.administration and 'reconciliation_' || d.kind = f.code
        and d.number = f.number and d.document_type = f.effect)
returning f.administration, f.code, f.subject, f.number;

-- name: oldest_open$
-- The day of the oldest difference that still waits for a person.
select min(subject)::date from case_finding where number <> '' and settled_at is null and starts_with(code, 'reconciliation_');

-- name: moment$
select clock_timestamp();
