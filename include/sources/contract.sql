-- What Exactly reads from a company's own software: a template to copy and fill in.
-- Written by include/sources/contract_text.py from include/sources/contract.py: change the contract there.
--
-- Put an expression over your own tables in place of each NULL, a FROM in place of each WHERE false, and run it in your database.
-- "may be empty": the column must be there, a row may leave it empty. "optional": the column may be left out.
-- Keep it fast with indexes: changed_at and number on customers, orders and returns; order_number on returns and on the lines of orders,
-- return_number on the lines of returns.
-- Give the user that Exactly signs in with nothing but USAGE on this schema and SELECT on its views.
-- Then run `exactly doctor`: it names every column that is missing or of another type.

CREATE SCHEMA IF NOT EXISTS exactly_contract;

-- one row per customer with an account at the shop
CREATE VIEW exactly_contract.customers AS
SELECT
    NULL::text AS number,                   -- mandatory: the shop's own number of the customer, each once
    NULL::text AS name,                     -- mandatory: name of the company, or of the person
    NULL::text AS contact,                  -- optional: name of the person to address
    NULL::text AS email,                    -- optional: e-mail address for invoices
    NULL::text AS phone,                    -- optional: telephone number
    NULL::text AS address_line_1,           -- optional: street and house number
    NULL::text AS address_line_2,           -- optional: second line of the address
    NULL::text AS postcode,                 -- optional: postcode
    NULL::text AS city,                     -- optional: place
    NULL::text AS country,                  -- mandatory: country of the address [ISO 3166-1, two letters]
    NULL::text AS invoice_address_line_1,   -- optional: street and house number of the invoice address, if it is another one
    NULL::text AS invoice_address_line_2,   -- optional: second line of the invoice address
    NULL::text AS invoice_postcode,         -- optional: postcode of the invoice address
    NULL::text AS invoice_city,             -- optional: place of the invoice address
    NULL::text AS invoice_country,          -- optional: country of the invoice address; empty: that of the customer [ISO 3166-1, two letters]
    NULL::text AS delivery_address_line_1,  -- optional: street and house number of the delivery address, if it is another one
    NULL::text AS delivery_address_line_2,  -- optional: second line of the delivery address
    NULL::text AS delivery_postcode,        -- optional: postcode of the delivery address
    NULL::text AS delivery_city,            -- optional: place of the delivery address
    NULL::text AS delivery_country,         -- optional: country of the delivery address; empty: that of the customer [ISO 3166-1, two letters]
    NULL::text AS language,                 -- optional: language of letters and invoices [ISO 639-1, two letters]
    NULL::text AS kind_of_buyer,            -- optional: who buys: decides the VAT regime: business, consumer
    NULL::text AS vat_number,               -- optional: VAT number of the buyer, with its country letters
    NULL::date AS vat_number_checked_on,    -- optional: day on which the VAT number was last found valid; empty: never [date]
    NULL::text AS registration_number,      -- optional: number in the register of companies
    NULL::timestamptz AS changed_at         -- mandatory: last change of the row or of anything below it; must move with each change, or the change is never seen [moment with time zone]
WHERE false;

-- one row per order
CREATE VIEW exactly_contract.orders AS
SELECT
    NULL::text AS number,                 -- mandatory: the shop's own number of the order, each once; printed on the invoice
    NULL::text AS customer_number,        -- may be empty: number of the customer in view customers; empty: a guest
    NULL::text AS country,                -- mandatory: where the goods go: decides the administration and the VAT [ISO 3166-1, two letters]
    NULL::text AS currency,               -- mandatory: currency of all amounts of the document [ISO 4217, three letters]
    NULL::boolean AS prices_include_vat,  -- mandatory: whether unit_price includes VAT
    NULL::timestamptz AS ordered_at,      -- mandatory: when the customer ordered, or asked to return [moment with time zone]
    NULL::timestamptz AS delivered_at,    -- optional: when the goods left, or came back; empty: not yet or not known [moment with time zone]
    NULL::timestamptz AS invoiced_at,     -- optional: when the shop invoiced or credited it; empty: not yet or not known [moment with time zone]
    NULL::timestamptz AS changed_at,      -- mandatory: last change of the row or of anything below it; must move with each change, or the change is never seen [moment with time zone]
    NULL::text AS status,                 -- mandatory: whether the document still stands: open, cancelled
    NULL::text AS payment_method,         -- mandatory: how it was or will be paid; the administration maps it onto a payment condition
    NULL::numeric AS total_paid,          -- optional: total incl. VAT that the customer paid, or got back; positive [currency of the document]
    NULL::text AS kind_of_buyer,          -- optional: who buys: decides the VAT regime: business, consumer
    NULL::text AS vat_number,             -- optional: VAT number of the buyer, with its country letters
    NULL::date AS vat_number_checked_on   -- optional: day on which the VAT number was last found valid; empty: never [date]
WHERE false;

-- one row per line of an order: articles, shipping, discounts, vouchers, payment costs
CREATE VIEW exactly_contract.order_lines AS
SELECT
    NULL::text AS order_number,   -- mandatory: number of the order to which the line belongs
    NULL::integer AS position,    -- mandatory: place of the line in its document, each once [whole number]
    NULL::text AS article_code,   -- mandatory: article; capitals and small letters are the same
    NULL::text AS description,    -- may be empty: what the customer reads on the line
    NULL::numeric AS quantity,    -- mandatory: number of units sold; in a return: number of units taken back, positive [units]
    NULL::numeric AS unit_price,  -- mandatory: price of one unit; negative only on discount and voucher lines [currency of the document]
    NULL::numeric AS vat_rate,    -- mandatory: VAT rate that the shop charged; 21 means 21 % [percent]
    NULL::text AS product_group,  -- mandatory: group of the article; the administration maps it onto a GL account
    NULL::text AS kind,           -- mandatory: kind of line: article, shipping, discount, payment_cost, voucher
    NULL::text AS supply          -- optional: whether it is a good or a service; empty: a good: goods, services
WHERE false;

-- one row per return; amounts are positive and mean money that goes back to the customer
CREATE VIEW exactly_contract.returns AS
SELECT
    NULL::text AS number,                 -- mandatory: the shop's own number of the return, each once
    NULL::text AS order_number,           -- may be empty: number of the order that it takes back; empty: not known
    NULL::text AS customer_number,        -- may be empty: number of the customer in view customers; empty: a guest
    NULL::text AS country,                -- mandatory: where the goods go: decides the administration and the VAT [ISO 3166-1, two letters]
    NULL::text AS currency,               -- mandatory: currency of all amounts of the document [ISO 4217, three letters]
    NULL::boolean AS prices_include_vat,  -- mandatory: whether unit_price includes VAT
    NULL::timestamptz AS ordered_at,      -- mandatory: when the customer ordered, or asked to return [moment with time zone]
    NULL::timestamptz AS delivered_at,    -- optional: when the goods left, or came back; empty: not yet or not known [moment with time zone]
    NULL::timestamptz AS invoiced_at,     -- optional: when the shop invoiced or credited it; empty: not yet or not known [moment with time zone]
    NULL::timestamptz AS changed_at,      -- mandatory: last change of the row or of anything below it; must move with each change, or the change is never seen [moment with time zone]
    NULL::text AS status,                 -- mandatory: whether the document still stands: open, cancelled
    NULL::text AS payment_method,         -- mandatory: how it was or will be paid; the administration maps it onto a payment condition
    NULL::numeric AS total_paid,          -- optional: total incl. VAT that the customer paid, or got back; positive [currency of the document]
    NULL::text AS kind_of_buyer,          -- optional: who buys: decides the VAT regime: business, consumer
    NULL::text AS vat_number,             -- optional: VAT number of the buyer, with its country letters
    NULL::date AS vat_number_checked_on   -- optional: day on which the VAT number was last found valid; empty: never [date]
WHERE false;

-- one row per line of a return
CREATE VIEW exactly_contract.return_lines AS
SELECT
    NULL::text AS return_number,      -- mandatory: number of the return to which the line belongs
    NULL::integer AS position,        -- mandatory: place of the line in its document, each once [whole number]
    NULL::text AS article_code,       -- mandatory: article; capitals and small letters are the same
    NULL::text AS description,        -- may be empty: what the customer reads on the line
    NULL::numeric AS quantity,        -- mandatory: number of units sold; in a return: number of units taken back, positive [units]
    NULL::numeric AS unit_price,      -- mandatory: price of one unit; negative only on discount and voucher lines [currency of the document]
    NULL::numeric AS vat_rate,        -- mandatory: VAT rate that the shop charged; 21 means 21 % [percent]
    NULL::text AS product_group,      -- mandatory: group of the article; the administration maps it onto a GL account
    NULL::text AS kind,               -- mandatory: kind of line: article, shipping, discount, payment_cost, voucher
    NULL::text AS supply,             -- optional: whether it is a good or a service; empty: a good: goods, services
    NULL::integer AS order_position   -- optional: position of the order's line that it takes back [whole number]
WHERE false;
