"""Envelope and headers of newsletter e-mails."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from typing import Any

import dkim
import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from accounts.models import User
from iria.core.mail import default_sender
from iria.publication.models import current_publication
from newsletter.bounces import verp
from newsletter.delivery import sending, worker
from newsletter.email import headers
from newsletter.email.rendering import RenderedEmail
from newsletter.email.smtp import smtp_data_of
from newsletter.models import Delivery, Issue, Newsletter
from tests.newsletter.factories import issue, news, subscriber
from tests.newsletter.mailserver import MailServer
from tests.proofs.size import sized

pytestmark = pytest.mark.django_db
OLA = "ola@readers.example"


def send(draft: Issue, edna: User, server: MailServer) -> bytes:
    sending.start(draft, by=edna)
    worker.deliver_batch(draft.pk)
    return server.taken[-1][1]


def test_every_mail_has_its_own_return_path_and_unsubscribe_address(
    edna: User, mail_server: MailServer, settings: Any
) -> None:
    settings.BOUNCE_DOMAIN = "bounces.meridian.example"
    ola = subscriber(OLA)
    subscriber("mina@readers.example")
    draft = issue()
    send(draft, edna, mail_server)
    delivery_ids = [verp.delivery_of(address) for address in mail_server.senders]
    assert delivery_ids == list(Delivery.objects.order_by("pk").values_list("pk", flat=True))
    (message,) = mail_server.messages_to(OLA)
    by_page, by_mail = str(message["List-Unsubscribe"]).split(", ")
    assert by_page.endswith(f"/newsletter/unsubscribe/{ola.token}/>")
    assert by_mail == f"<mailto:leave+{ola.token}@bounces.meridian.example?subject=unsubscribe>"
    # None of it is visible to readers.
    assert "bounce+" not in message.as_string()


def test_headers_are_parsed_as_intended(edna: User, mail_server: MailServer) -> None:
    subscriber(OLA)
    Newsletter.objects.update(language="fr")
    draft = issue("L’essentiel – été 2026")
    raw = send(draft, edna, mail_server)
    (message,) = mail_server.messages_to(OLA)
    domain = headers.mail_domain()
    assert message["Subject"] == "L’essentiel – été 2026"
    assert message["Message-ID"] == Delivery.objects.get().message_id
    assert message["List-Id"] == f"News <news.{domain}>"
    assert message["Feedback-ID"].split(":")[:3] == [f"issue-{draft.pk}", "news", "newsletter"]
    assert 5 <= len(message["Feedback-ID"].split(":")[3]) <= 15
    assert message["Content-Language"] == "fr"
    assert message["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert message["MIME-Version"] == "1.0"
    assert parsedate_to_datetime(str(message["Date"])).tzinfo is not None
    once = ("From", "To", "Subject", "Date", "Message-ID", "List-Id", "List-Unsubscribe")
    assert all(len(message.get_all(name, [])) == 1 for name in once)
    assert not [defect for part in message.walk() for defect in part.defects]
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert "Auto-Submitted" not in message  # An editor wrote it.


def test_a_newsletter_may_have_its_own_sender_address(
    edna: User, mail_server: MailServer, settings: Any
) -> None:
    settings.BOUNCE_DOMAIN = ""
    subscriber(OLA)
    Newsletter.objects.update(
        from_name="The Review", from_email="review@letters.example", reply_to="answers@x.example"
    )
    send(issue(), edna, mail_server)
    (message,) = mail_server.messages_to(OLA)
    assert message["From"] == "The Review <review@letters.example>"
    assert message["Reply-To"] == "answers@x.example"
    # Bounces are returned there, because SPF then checks the same domain.
    assert mail_server.senders == ["review@letters.example"]


@pytest.mark.parametrize(
    "address", ["été@letters.example", "a@été.example", "a@x.example\nBcc: b@y"]
)
def test_addresses_that_break_a_header_are_rejected(address: str) -> None:
    with pytest.raises(ValidationError) as rejected:
        Newsletter(name="News", slug="n", from_email=address, reply_to=address).full_clean()
    assert {"from_email", "reply_to"} <= set(rejected.value.message_dict)


def test_an_automatic_mail_has_auto_submitted(edna: User, mail_server: MailServer) -> None:
    subscriber(OLA)
    send(issue(is_automatic=True), edna, mail_server)
    (message,) = mail_server.messages_to(OLA)
    assert message["Auto-Submitted"] == "auto-generated"


def test_the_dkim_signature_covers_the_unsubscribe_headers(
    edna: User, mail_server: MailServer, signing: bytes
) -> None:
    subscriber(OLA)
    raw = send(issue("Dots", introduction="<p>.</p><p>..</p>"), edna, mail_server)
    assert dkim.verify(raw, dnsfunc=lambda name, timeout=5: signing)
    head = message_from_bytes(raw, policy=policy.default)["DKIM-Signature"]
    assert "d=meridian.example" in head
    assert "s=news" in head
    covered = head.replace(" ", "").replace("\t", "").lower()
    for name in ("list-unsubscribe", "list-unsubscribe-post", "from", "subject", "message-id"):
        assert f":{name}" in covered or f"h={name}" in covered

    elsewhere = raw.replace(b"/newsletter/unsubscribe/", b"/newsletter/unsubscribed/", 1)
    assert not dkim.verify(elsewhere, dnsfunc=lambda name, timeout=5: signing)
    second = b"Subject: Another one\r\n" + raw
    assert not dkim.verify(second, dnsfunc=lambda name, timeout=5: signing)


def test_without_a_key_nothing_is_signed(edna: User, mail_server: MailServer) -> None:
    subscriber(OLA)
    assert b"DKIM-Signature" not in send(issue(), edna, mail_server)


KNOWN = {
    *("content-type", "mime-version", "subject", "from", "to", "reply-to", "date", "message-id"),
    *("list-id", "list-unsubscribe", "list-unsubscribe-post", "list-archive", "feedback-id"),
    *("content-language", "x-auto-response-suppress", "content-transfer-encoding"),
}
HOSTILE = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            *(
                "\r\nBcc: mina@readers.example",
                "\nX-Evil: 1",
                "\r\n\r\n<p>body</p>",
                "\x0bBcc: a@b.c",
            ),
            *(
                "\u2028Bcc: a@b.c",
                "=?utf-8?q?=0ABcc:_a@b.c?=",
                "\x85Bcc: a@b.c",
                '" <evil@x.example>, "',
            ),
        ]
    ),
).map(lambda text: text.encode("utf-8", "ignore").decode().replace("\x00", ""))


@given(subject=HOSTILE, name=HOSTILE, sender=HOSTILE, before=HOSTILE)
@examples(
    max_examples=sized(20, 60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_text_can_inject_a_header(subject: str, name: str, sender: str, before: str) -> None:
    newsletter = news()
    newsletter.name, newsletter.from_name = f"News {name}"[:80], f"{before}{sender}"[:80]
    message = headers.message_to(
        OLA,
        RenderedEmail(f"{before}{subject}", "<p>Hello</p>", "Hello"),
        newsletter=newsletter,
        publication=current_publication(),
        token="t",
        message_id="<one@meridian.example>",
    )
    read: EmailMessage = message_from_bytes(smtp_data_of(message)[:-3], policy=policy.default)
    assert {key.lower() for key in read.keys()} <= KNOWN  # noqa: SIM118 - a message is no dict
    assert [address.addr_spec for address in read["To"].addresses] == [OLA]
    assert [address.addr_spec for address in read["From"].addresses] == [default_sender()]
    assert read.get_content_type() == "multipart/alternative"
    assert len(list(read.iter_parts())) == 2
