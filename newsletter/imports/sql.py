"""What an import asks of the database: sets of rows, never one by one."""

from typing import Final

STAGE: Final = """
CREATE TEMPORARY TABLE imported_address (line integer, email text, name text, language text)
"""
UNSTAGE: Final = "DROP TABLE IF EXISTS imported_address, import_fate"
COUNT: Final = "ANALYZE imported_address"
COUNT_FATES: Final = "ANALYZE import_fate"
COUNT_ANEW: Final = """
ANALYZE newsletter_subscriber, newsletter_subscription, newsletter_consent,
        newsletter_consentednewsletter
"""
"""Until PostgreSQL looks by itself it takes them for few, and a page that counts readers takes minutes."""

HOLD: Final = """
SELECT id FROM newsletter_subscriber
 WHERE lower(email) IN (SELECT lower(email) FROM imported_address)
 ORDER BY id FOR NO KEY UPDATE
"""
"""Whoever leaves at this moment has left before, or leaves afterwards; as `subscribing` locks too."""

JUDGE: Final = """
CREATE TEMPORARY TABLE import_fate ON COMMIT DROP AS
SELECT i.line, i.email, i.name, i.language, i.first_line, s.id AS subscriber_id, s.state,
       CASE WHEN i.line <> i.first_line THEN 'duplicate'
            WHEN s.state = 'suppressed' OR p.reason <> 'left' THEN 'suppressed'
            WHEN s.state = 'left' OR p.reason = 'left' THEN 'left'
            WHEN s.id IS NULL THEN 'new'
            WHEN s.state = 'active' AND n.received >= cardinality(%(newsletters)s) THEN 'known'
            ELSE 'added' END AS fate
  FROM (SELECT *, min(line) OVER (PARTITION BY lower(email)) AS first_line
          FROM imported_address) i
  LEFT JOIN newsletter_subscriber s ON lower(s.email) = lower(i.email)
  LEFT JOIN newsletter_suppression p ON p.released_at IS NULL AND p.address_hash =
       encode(sha256(convert_to('iria.suppression:' || lower(i.email), 'UTF8')), 'hex')
  LEFT JOIN (SELECT subscriber_id, count(*) AS received FROM newsletter_subscription
              WHERE newsletter_id = ANY(%(newsletters)s) GROUP BY subscriber_id) n
    ON n.subscriber_id = s.id
"""
"""One fate for each row. The hash is `querysets.address_hash`; a test holds the two together."""

FATES: Final = "SELECT fate, count(*) FROM import_fate GROUP BY fate"

TELL: Final = """
INSERT INTO newsletter_importedline (of_id, line, fate, reason, typed)
SELECT %(of)s, line, fate,
       CASE fate WHEN 'duplicate' THEN 'This address stands in line ' || first_line || ' already.'
                 WHEN 'left' THEN 'This reader has left and may only come back by themselves.'
                 ELSE 'Mail to this address was returned or reported, or somebody barred it.' END,
       left(email, 100)
  FROM import_fate WHERE fate IN ('duplicate', 'left', 'suppressed')
"""

SUBSCRIBE_NEW: Final = """
WITH made AS (
    INSERT INTO newsletter_subscriber
        (email, state, token, language, name, created_at, confirmed_at, suppressed_because)
    SELECT email, 'active', replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''),
           language, name, now(), now(), ''
      FROM import_fate WHERE fate = 'new'
    ON CONFLICT (lower(email)) DO NOTHING
    RETURNING id, email
)
UPDATE import_fate f SET subscriber_id = made.id FROM made
 WHERE f.fate = 'new' AND f.email = made.email
"""
"""The tokens are 244 random bits of PostgreSQL's. Whoever signs up at this moment is left alone."""

SUBSCRIBE_WAITING: Final = """
UPDATE newsletter_subscriber s
   SET state = 'active', confirmed_at = now(),
       name = coalesce(nullif(s.name, ''), f.name),
       language = coalesce(nullif(s.language, ''), f.language)
  FROM import_fate f
 WHERE f.fate = 'added' AND s.id = f.subscriber_id AND s.state = 'pending'
"""

RECEIVE: Final = """
INSERT INTO newsletter_subscription (subscriber_id, newsletter_id, rhythm, since)
SELECT f.subscriber_id, n.id, n.rhythm, now()
  FROM import_fate f
 CROSS JOIN unnest(%(newsletters)s::bigint[], %(rhythms)s::text[]) AS n (id, rhythm)
 WHERE f.fate IN ('new', 'added') AND f.subscriber_id IS NOT NULL
ON CONFLICT (subscriber_id, newsletter_id) DO NOTHING
"""

AGREE: Final = """
WITH agreed AS (
    INSERT INTO newsletter_consent
        (subscriber_id, "where", wording, language, asked_at, answered_at, answer, confirmed_at)
    SELECT f.subscriber_id, %(where)s, %(consent)s, '', now(), now(), 'none', now()
      FROM import_fate f
     WHERE f.fate IN ('new', 'added') AND f.subscriber_id IS NOT NULL
    RETURNING id
)
INSERT INTO newsletter_consentednewsletter (consent_id, newsletter_id, rhythm, topics)
SELECT agreed.id, n.id, n.rhythm, NULL
  FROM agreed
 CROSS JOIN unnest(%(newsletters)s::bigint[], %(rhythms)s::text[]) AS n (id, rhythm)
"""
