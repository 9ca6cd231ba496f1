"""Members of a Ghost site: as subscribers with their consent, and as writers of comments.

Only a full export of the database has them; the usual one is a CSV file, which `import_subscribers` reads.
"""

from collections.abc import Iterator
from datetime import UTC
from typing import Final

from iria.transfer.dates import moment
from iria.transfer.ghost.tables import Row, Tables, text_of
from iria.transfer.names import short_id
from iria.transfer.records import Comment, CommentState, Consent, Subscriber
from iria.transfer.wordpress.comments import comment_text

STATES: Final = {
    "published": CommentState.APPROVED,
    "hidden": CommentState.DELETED,
    "deleted": CommentState.DELETED,
}
TRUE: Final = frozenset({"1", "true"})


def subscribers(tables: Tables) -> Iterator[Subscriber]:
    """Members, and the subscribers that exports up to version 2 have."""
    has_newsletters = bool(next(tables.rows("members_newsletters"), None))
    for row in tables.rows("members"):
        yield _subscriber(row, _consent_of_member(row, tables, has_newsletters=has_newsletters))
    for row in tables.rows("subscribers"):
        yield _subscriber(row, _consent_of_subscriber(row))


def _consent_of_member(row: Row, tables: Tables, *, has_newsletters: bool) -> Consent:
    """Subscribed only if the file says so: by a newsletter, or before version 5 by a column."""
    email = text_of(row.get("email")).lower()
    if text_of(row.get("email_disabled")) in TRUE or tables.one("suppressions", email):
        return Consent.SUPPRESSED
    if has_newsletters:
        links = tables.of("members_newsletters", text_of(row.get("id")))
        return Consent.SUBSCRIBED if links else Consent.UNSUBSCRIBED
    return Consent.SUBSCRIBED if text_of(row.get("subscribed")) in TRUE else Consent.UNSUBSCRIBED


def _consent_of_subscriber(row: Row) -> Consent:
    match text_of(row.get("status")) or "":
        case "subscribed":
            return Consent.SUBSCRIBED
        case "unsubscribed":
            return Consent.UNSUBSCRIBED
    return Consent.UNCONFIRMED


def _subscriber(row: Row, consent: Consent) -> Subscriber:
    given = row.get("created_at")
    return Subscriber(
        short_id(text_of(row.get("id")) or text_of(row.get("uuid")) or "?"),
        text_of(row.get("email")).strip(),
        consent,
        " ".join(text_of(row.get("name")).split()),
        moment(given, UTC) if isinstance(given, str) else None,
        "" if text_of(row.get("email")).strip() else "The row has no e-mail address.",
    )


def comments(tables: Tables, post_id: str) -> list[Comment]:
    found = []
    for row in tables.of("comments", post_id) if post_id else []:
        member = tables.one("members", text_of(row.get("member_id")))
        given, html = row.get("created_at"), row.get("html")
        text = comment_text(html) if isinstance(html, str) else ""
        found.append(
            Comment(
                short_id(text_of(row.get("id")) or "?"),
                " ".join(text_of(member.get("name")).split())[:80],
                text,
                moment(given, UTC) if isinstance(given, str) else None,
                STATES.get(text_of(row.get("status")), CommentState.PENDING),
                text_of(member.get("email")).strip(),
                text_of(row.get("in_reply_to_id")) or text_of(row.get("parent_id")),
                "" if text else "The comment has no text.",
            )
        )
    return found
