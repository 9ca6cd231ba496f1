"""The SQL statements of an import; they work on sets of rows."""

from typing import Final

STAGE: Final = """
CREATE TEMPORARY TABLE imported_address (line integer, email text, name text, language text)
"""
UNSTAGE: Final = "DROP TABLE IF EXISTS imported_address, import_outcome"
COUNT: Final = "ANALYZE imported_address"
COUNT_OUTCOMES: Final = "ANALYZE import_outcome"
ANALYZE_TABLES: Final = """
ANALYZE newsletter_subscriber, newsletter_subscription, newsletter_consent,
        newsletter_consentednewsletter
"""
"""Until autovacuum has run, PostgreSQL expects few rows, and pages that count subscribers take minutes."""

LOCK: Final = """
SELECT id FROM newsletter_subscriber
 WHERE lower(email) IN (SELECT lower(email) FROM imported_address)
 ORDER BY id FOR NO KEY UPDATE
"""
"""An unsubscribe at the same time is before or after this. `opt_in` locks in the same order."""

EVALUATE: Final = """
CREATE TEMPORARY TABLE import_outcome ON COMMIT DROP AS
SELECT i.line, i.email, i.name, i.language, i.first_line, s.id AS subscriber_id, s.state,
       CASE WHEN i.line <> i.first_line THEN 'duplicate'
            WHEN s.state = 'suppressed' OR p.reason <> 'left' THEN 'suppressed'
            WHEN s.state = 'left' OR p.reason = 'left' THEN 'left'
            WHEN s.id IS NULL THEN 'new'
            WHEN s.state = 'active' AND n.received >= cardinality(%(newsletters)s) THEN 'known'
            ELSE 'added' END AS outcome
  FROM (SELECT *, min(line) OVER (PARTITION BY lower(email)) AS first_line
          FROM imported_address) i
  LEFT JOIN newsletter_subscriber s ON lower(s.email) = lower(i.email)
  LEFT JOIN newsletter_suppression p ON p.removed_at IS NULL AND p.email_hash =
       encode(sha256(convert_to('iria.suppression:' || lower(i.email), 'UTF8')), 'hex')
  LEFT JOIN (SELECT subscriber_id, count(*) AS received FROM newsletter_subscription
              WHERE newsletter_id = ANY(%(newsletters)s) GROUP BY subscriber_id) n
    ON n.subscriber_id = s.id
"""
"""The outcome of each row. The hash is that of `querysets.email_hash`; a test compares them."""

OUTCOMES: Final = "SELECT outcome, count(*) FROM import_outcome GROUP BY outcome"

INSERT_ROWS: Final = """
INSERT INTO newsletter_importrow (subscriber_import_id, line, outcome, reason, raw_value)
SELECT %(subscriber_import)s, line, outcome,
       CASE outcome WHEN 'duplicate' THEN 'This address is already in line ' || first_line || '.'
                 WHEN 'left' THEN 'This person unsubscribed. Only they can subscribe again.'
                 ELSE 'This address is on the suppression list.' END,
       left(email, 100)
  FROM import_outcome WHERE outcome IN ('duplicate', 'left', 'suppressed')
"""

SUBSCRIBE_NEW: Final = """
WITH made AS (
    INSERT INTO newsletter_subscriber
        (email, state, token, language, name, created_at, confirmed_at, suppression_reason)
    SELECT email, 'active', replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''),
           language, name, now(), now(), ''
      FROM import_outcome WHERE outcome = 'new'
    ON CONFLICT (lower(email)) DO NOTHING
    RETURNING id, email
)
UPDATE import_outcome f SET subscriber_id = made.id FROM made
 WHERE f.outcome = 'new' AND f.email = made.email
"""
"""The tokens have 244 random bits from PostgreSQL. Somebody who signs up at the same time is skipped."""

SUBSCRIBE_PENDING: Final = """
UPDATE newsletter_subscriber s
   SET state = 'active', confirmed_at = now(),
       name = coalesce(nullif(s.name, ''), f.name),
       language = coalesce(nullif(s.language, ''), f.language)
  FROM import_outcome f
 WHERE f.outcome = 'added' AND s.id = f.subscriber_id AND s.state = 'pending'
"""

INSERT_SUBSCRIPTIONS: Final = """
INSERT INTO newsletter_subscription (subscriber_id, newsletter_id, frequency, created_at)
SELECT f.subscriber_id, n.id, n.frequency, now()
  FROM import_outcome f
 CROSS JOIN unnest(%(newsletters)s::bigint[], %(frequencies)s::text[]) AS n (id, frequency)
 WHERE f.outcome IN ('new', 'added') AND f.subscriber_id IS NOT NULL
ON CONFLICT (subscriber_id, newsletter_id) DO NOTHING
"""

INSERT_CONSENTS: Final = """
WITH agreed AS (
    INSERT INTO newsletter_consent
        (subscriber_id, source_url, wording, language, asked_at, answered_at, answer, confirmed_at)
    SELECT f.subscriber_id, %(source)s, %(consent)s, '', now(), now(), 'none', now()
      FROM import_outcome f
     WHERE f.outcome IN ('new', 'added') AND f.subscriber_id IS NOT NULL
    RETURNING id
)
INSERT INTO newsletter_consentednewsletter (consent_id, newsletter_id, frequency, topics)
SELECT agreed.id, n.id, n.frequency, NULL
  FROM agreed
 CROSS JOIN unnest(%(newsletters)s::bigint[], %(frequencies)s::text[]) AS n (id, frequency)
"""
