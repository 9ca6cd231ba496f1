"""The headers by which mail programs know a newsletter and let its reader leave."""

from uuid import uuid4

from iria.kit.list_mail import ListMail as ListMail
from iria.kit.list_mail import leaving, mailbox, sender_address
from iria.kit.list_mail import mail_domain as mail_domain
from iria.kit.text import one_line
from iria.publication.models import Publication
from newsletter import composing
from newsletter.composing import Letter
from newsletter.models import Newsletter


def one_header_line(words: str) -> str:
    """Words for a header: what would begin another header line is gone."""
    return one_line(words)


def sender(newsletter: Newsletter, publication: Publication) -> str:
    """The newsletter's name with the site's address."""
    name = newsletter.from_name or publication.name
    return mailbox(one_line(name), sender_address())


def answers_to(newsletter: Newsletter, publication: Publication) -> list[str]:
    answers = newsletter.reply_to or publication.contact_email
    return [answers] if answers else []


def list_id(newsletter: Newsletter) -> str:
    """RFC 2919: a name for people, then one for programs that never changes."""
    return f"{one_line(newsletter.name)} <{newsletter.slug}.{mail_domain()}>"


def message_to(
    address: str,
    letter: Letter,
    *,
    newsletter: Newsletter,
    publication: Publication,
    token: str,
    message_id: str,
) -> ListMail:
    """The mail of an issue to one recipient.

    `List-Unsubscribe` with `List-Unsubscribe-Post` is RFC 8058: a mail program leaves with one
    POST, without opening a page.
    """
    own = letter.addressed(token)
    message = ListMail(
        subject=one_header_line(own.subject),
        body=own.text,
        from_email=sender(newsletter, publication),
        to=[address],
        reply_to=answers_to(newsletter, publication),
        headers={
            "Message-ID": message_id,
            "List-Id": list_id(newsletter),
            **leaving(composing.leave_address(token)),
            "List-Archive": f"<{composing.site_address('newsletter_issues')}>",
        },
    )
    message.attach_alternative(own.html, "text/html")
    return message


def new_message_id() -> str:
    return f"<{uuid4()}@{mail_domain()}>"
