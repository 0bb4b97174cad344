-- The demo's webshop: a shop's own tables, as any shop has them, and the contract views over them (an example of how a company maps its own).
CREATE SCHEMA webshop;

CREATE TABLE webshop.buyers (
    buyer_no text PRIMARY KEY,
    company_name text NOT NULL,
    contact_person text,
    email text,
    phone text,
    street text,
    zip text,
    town text,
    country_code char(2) NOT NULL,
    delivery_street text,
    language char(2),
    trade_buyer boolean NOT NULL,
    vat_id text,
    vat_id_checked date,
    company_register_no text,
    updated_at timestamptz NOT NULL
);

CREATE TABLE webshop.sales (
    sale_no text PRIMARY KEY,
    buyer_no text REFERENCES webshop.buyers,
    ship_to char(2) NOT NULL,
    currency char(3) NOT NULL,
    gross_prices boolean NOT NULL DEFAULT false,
    placed_at timestamptz NOT NULL,
    shipped_at timestamptz,
    billed_at timestamptz,
    updated_at timestamptz NOT NULL,
    voided boolean NOT NULL DEFAULT false,
    pay_method text NOT NULL,
    amount_paid numeric(14, 2),
    trade_buyer boolean NOT NULL,
    -- As it stood when the order was taken: what a buyer changes later changes no order.
    vat_id text,
    vat_id_checked date
);

CREATE TABLE webshop.sale_items (
    sale_no text NOT NULL REFERENCES webshop.sales,
    line_no integer NOT NULL,
    sku text NOT NULL,
    title text,
    qty numeric(14, 3) NOT NULL,
    price numeric(14, 4) NOT NULL,
    vat_pct numeric(6, 3) NOT NULL,
    category text NOT NULL,
    PRIMARY KEY (sale_no, line_no)
);

CREATE TABLE webshop.refunds (
    refund_no text PRIMARY KEY,
    sale_no text REFERENCES webshop.sales,
    buyer_no text REFERENCES webshop.buyers,
    ship_to char(2) NOT NULL,
    currency char(3) NOT NULL,
    gross_prices boolean NOT NULL DEFAULT false,
    asked_at timestamptz NOT NULL,
    received_at timestamptz,
    credited_at timestamptz,
    updated_at timestamptz NOT NULL,
    voided boolean NOT NULL DEFAULT false,
    pay_method text NOT NULL,
    amount_refunded numeric(14, 2),
    trade_buyer boolean NOT NULL,
    vat_id text,
    vat_id_checked date
);

CREATE TABLE webshop.refund_items (
    refund_no text NOT NULL REFERENCES webshop.refunds,
    line_no integer NOT NULL,
    sku text NOT NULL,
    title text,
    qty numeric(14, 3) NOT NULL,
    price numeric(14, 4) NOT NULL,
    vat_pct numeric(6, 3) NOT NULL,
    category text NOT NULL,
    sale_line_no integer,
    PRIMARY KEY (refund_no, line_no)
);

-- Which days the orders were given; one row, so that a second load knows of the first.
CREATE TABLE webshop.loads (
    first_day date NOT NULL,
    last_day date NOT NULL
);

CREATE INDEX ON webshop.buyers (updated_at);
CREATE INDEX ON webshop.sales (updated_at);
CREATE INDEX ON webshop.sales (placed_at);
CREATE INDEX ON webshop.refunds (updated_at);
CREATE INDEX ON webshop.refunds (asked_at);

-- Categories of the shop that are no articles tell the kind of line.
CREATE FUNCTION webshop.line_kind(category text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE category WHEN 'shipping' THEN 'shipping' WHEN 'discount' THEN 'discount' WHEN 'bank_charges' THEN 'payment_cost' ELSE 'article' END
$$;

CREATE SCHEMA exactly_contract;

CREATE VIEW exactly_contract.customers AS
SELECT
    b.buyer_no AS number,
    b.company_name AS name,
    b.contact_person AS contact,
    b.email,
    b.phone,
    b.street AS address_line_1,
    NULL::text AS address_line_2,
    b.zip AS postcode,
    b.town AS city,
    b.country_code AS country,
    NULL::text AS invoice_address_line_1,
    NULL::text AS invoice_address_line_2,
    NULL::text AS invoice_postcode,
    NULL::text AS invoice_city,
    NULL::text AS invoice_country,
    b.delivery_street AS delivery_address_line_1,
    NULL::text AS delivery_address_line_2,
    CASE WHEN b.delivery_street IS NOT NULL THEN b.zip END AS delivery_postcode,
    CASE WHEN b.delivery_street IS NOT NULL THEN b.town END AS delivery_city,
    CASE WHEN b.delivery_street IS NOT NULL THEN b.country_code END AS delivery_country,
    b.language,
    CASE WHEN b.trade_buyer THEN 'business' ELSE 'consumer' END AS kind_of_buyer,
    b.vat_id AS vat_number,
    b.vat_id_checked AS vat_number_checked_on,
    b.company_register_no AS registration_number,
    b.updated_at AS changed_at
FROM webshop.buyers b;

CREATE VIEW exactly_contract.orders AS
SELECT
    s.sale_no AS number,
    s.buyer_no AS customer_number,
    s.ship_to AS country,
    s.currency,
    s.gross_prices AS prices_include_vat,
    s.placed_at AS ordered_at,
    s.shipped_at AS delivered_at,
    s.billed_at AS invoiced_at,
    s.updated_at AS changed_at,
    CASE WHEN s.voided THEN 'cancelled' ELSE 'open' END AS status,
    s.pay_method AS payment_method,
    s.amount_paid AS total_paid,
    CASE WHEN s.trade_buyer THEN 'business' ELSE 'consumer' END AS kind_of_buyer,
    s.vat_id AS vat_number,
    s.vat_id_checked AS vat_number_checked_on
FROM webshop.sales s;

CREATE VIEW exactly_contract.order_lines AS
SELECT
    i.sale_no AS order_number,
    i.line_no AS position,
    i.sku AS article_code,
    i.title AS description,
    i.qty AS quantity,
    i.price AS unit_price,
    i.vat_pct AS vat_rate,
    i.category AS product_group,
    webshop.line_kind(i.category) AS kind,
    'goods'::text AS supply
FROM webshop.sale_items i;

CREATE VIEW exactly_contract.returns AS
SELECT
    r.refund_no AS number,
    r.sale_no AS order_number,
    r.buyer_no AS customer_number,
    r.ship_to AS country,
    r.currency,
    r.gross_prices AS prices_include_vat,
    r.asked_at AS ordered_at,
    r.received_at AS delivered_at,
    r.credited_at AS invoiced_at,
    r.updated_at AS changed_at,
    CASE WHEN r.voided THEN 'cancelled' ELSE 'open' END AS status,
    r.pay_method AS payment_method,
    r.amount_refunded AS total_paid,
    CASE WHEN r.trade_buyer THEN 'business' ELSE 'consumer' END AS kind_of_buyer,
    r.vat_id AS vat_number,
    r.vat_id_checked AS vat_number_checked_on
FROM webshop.refunds r;

CREATE VIEW exactly_contract.return_lines AS
SELECT
    i.refund_no AS return_number,
    i.line_no AS position,
    i.sku AS article_code,
    i.title AS description,
    i.qty AS quantity,
    i.price AS unit_price,
    i.vat_pct AS vat_rate,
    i.category AS product_group,
    webshop.line_kind(i.category) AS kind,
    'goods'::text AS supply,
    i.sale_line_no AS order_position
FROM webshop.refund_items i;
