"""The wording of bounces, complaints and notifications."""

import json
from typing import Any

import pytest

from newsletter.bounces.parser import Kind, read
from tests.newsletter.bounces.test_parser import text_bounce

RETURNED = "Received: from us\nMessage-ID: <one@news.example>\nTo: ola@readers.example\nSubject: News\n\nHello\n"
IN_PARTS = 'multipart/mixed; boundary="x"'


def old_complaint(
    text: str, kind: str = "text/plain", returned: str = RETURNED, **headers: str
) -> bytes:
    return text_bounce(
        f"--x\nContent-Type: {kind}\n\n{text}\n--x\nContent-Type: message/rfc822\n\n{returned}\n--x--\n",
        Content_Type=IN_PARTS,
        **{"From": "abuse desk <staff@provider.example>", "Subject": "Fwd: News"} | headers,
    )


@pytest.mark.parametrize(
    "raw",
    [
        old_complaint("", Subject="complaint about message from 192.0.2.1"),
        old_complaint("", Subject="Email Feedback Report for IP 192.0.2.1"),
        old_complaint(
            "This is an email abuse report for an email message received from 192.0.2.1."
        ),
        old_complaint("A subscriber of ours marked the attached mail as spam."),
        old_complaint("Feedback-Type: abuse\nUser-Agent: Desk/0.1\nVersion: 0.1\n"),
        old_complaint("Feedback-Type: abuse\nVersion: 0.1\n", kind="message/feedback-report"),
        old_complaint("", returned=f"X-HmXmrOriginalRecipient: <ola@readers.example>\n{RETURNED}"),
        text_bounce(
            "Feedback-Type: opt-out\nVersion: 0.1\nRemoval-Recipient: ola@readers.example\n",
            Content_Type="message/feedback-report",
            Subject="FW: News",
        ),
        text_bounce(
            "Content-Type: multipart/report; report-type=feedback-report; boundary=x\n\n--x\n"
            "Content-Type: message/feedback-report\n\nFeedback-Type: abuse\nOriginal-Rcpt-To: ola@readers.example\n--x--\n",
            Content_Type="message/rfc822",
            Subject="FW: a report",
        ),
    ],
)
def test_a_complaint_in_an_older_format_is_recognised(raw: bytes) -> None:
    report = read(raw)
    assert (report.kind, report.emails) == (Kind.COMPLAINT, ["ola@readers.example"])
    assert report.is_unsubscribing


def test_a_text_that_quotes_a_feedback_field_is_no_complaint() -> None:
    text = "How do you read this?\n\nFeedback-Type: abuse\n\nOla"
    assert (
        read(text_bounce(text, From="Ola <ola@readers.example>", Subject="A question")).kind
        == "none"
    )


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("User unknown", "hard"),
        ("450 user unknown", "hard"),
        ("550 user unknown", "soft"),
        ("550 user unknown (in reply to RCPT TO command)", "hard"),
        ("550 5.1.1 user unknown", "hard"),
        ("550 user unknown; no such mailbox here", "hard"),
        ("550 user unknown (in reply to end of DATA command)", "soft"),
        ("450 4.0.0 Unknown recipient, try again later", "hard"),
        ("sorry, no mailbox here by that name", "hard"),
        ("The mailbox you tried to reach is not one of our mailboxes; no such account", "hard"),
        ("Mailbox not found", "hard"),
        ("Recipient is not listed in the directory", "hard"),
        ("can't find user in the directory", "hard"),
        ("Host or domain name not found. Name service error: Host not found", "hard"),
        ("Host or domain name not found. Name service error: Host not found, try again", "soft"),
        ("the domain has no mail exchangers", "hard"),
        ("550 5.1.1 mailbox is over its quota", "soft"),
        ("Sender address rejected: User unknown", "soft"),
        ("mailbox temporarily unavailable, user busy", "soft"),
        ("user unknown: account has been suspended", "soft"),
        ("Relaying denied. no such user here", "soft"),
        ("Your IP address is blocked by our reputation list", "soft"),
        ("Recipient address rejected: Greylisted", "soft"),
        ("message size exceeds the limit for this user", "soft"),
        ("mail loop: too many hops", "soft"),
        ("Recipient address rejected: readers.example", "hard"),
        ("no such user here. The headers of your mail are in the attachment.", "hard"),
        ("550 header lines are malformed", "soft"),
        ("Teilnehmer existiert nicht", "hard"),
        ("Das Postfach des Empfängers ist voll", "soft"),
        ("Das Konto wurde gesperrt", "soft"),
        ("Utilisateur inconnu !", "hard"),
        ("La boîte aux lettres du destinataire est pleine", "soft"),
        ("No existe dicha persona", "hard"),
        ("La cuenta está suspendida", "soft"),
        ("Nessuna utenza con questo nome", "hard"),
        ("La casella è piena", "soft"),
        ("Usuário desconhecido", "hard"),
        ("Caixa postal cheia", "soft"),
        ("Onbekende gebruiker", "hard"),
        ("Mottagaren finns inte", "hard"),
        ("Okänd mottagare", "hard"),
        ("Пользователь не найден", "hard"),
        ("Почтовый ящик переполнен", "soft"),
        ("Nie ma takiego użytkownika", "hard"),
        ("宛先のユーザーが見つかりません", "hard"),
        ("収信者のメールボックスが一杯です", "soft"),
        ("收件人不存在", "hard"),
        ("邮箱已满", "soft"),
        ("존재하지 않는 사용자", "hard"),
        ("Bilinmeyen kullanıcı", "hard"),
    ],
)
def test_the_text_about_the_recipient_decides(text: str, kind: str) -> None:
    message = text_bounce(f"Your mail could not be delivered:\n\n<ola@readers.example>: {text}\n")
    assert (read(message).kind, read(message).emails) == (kind, ["ola@readers.example"])


def test_the_quoted_response_takes_precedence_over_the_summary() -> None:
    message = text_bounce(
        "----- The following addresses had permanent fatal errors -----\n<ola@readers.example>\n"
        "    (reason: 550 IP address blacklisted)\n\n----- Transcript of session follows -----\n"
        ">>> RCPT To:<ola@readers.example>\n<<< 550 IP address blacklisted\n"
        "550 5.1.1 <ola@readers.example>... User unknown\n"
    )
    assert read(message).kind == Kind.SOFT


BOUNCED = {"emailAddress": "ola@readers.example", "action": "failed", "status": "5.1.1"}
MAIL = {"commonHeaders": {"messageId": "<one@news.example>"}}


@pytest.mark.parametrize(
    ("notice", "kind"),
    [
        ({"notificationType": "Bounce", "bounce": {"bounceType": "Permanent", "bouncedRecipients": [BOUNCED]}}, "hard"),
        ({"eventType": "Bounce", "bounce": {"bounceType": "Transient", "bounceSubType": "MailboxFull", "bouncedRecipients": [BOUNCED | {"status": ""}]}}, "soft"),
        ({"notificationType": "Bounce", "bounce": {"bouncedRecipients": [BOUNCED | {"diagnosticCode": "smtp; 552 5.2.2 over quota"}]}}, "soft"),
        ({"notificationType": "Complaint", "complaint": {"complainedRecipients": [BOUNCED], "complaintFeedbackType": "abuse"}}, "complaint"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("wrapped", [True, False])
def test_an_ses_notification_by_mail_is_parsed(
    notice: dict[str, Any], kind: str, wrapped: bool
) -> None:
    content = json.dumps(notice | {"mail": MAIL})
    body = json.dumps({"Type": "Notification", "Message": content}) if wrapped else content
    report = read(
        text_bounce(f"{body}\n\n--\nTo stop, follow the link.", Subject="AWS Notification")
    )
    assert (report.kind, report.emails) == (kind, ["ola@readers.example"])
    assert report.message_ids == ("<one@news.example>",)


@pytest.mark.parametrize(
    "body",
    [
        '{"notificationType": "Bounce"}',
        "{",
        '{"a": 1}',
        "[" * 9000,
        '{"notificationType": "Bounce", "bounce": {"bouncedRecipients": 7}}',
    ],
)
def test_an_empty_notification_names_nobody(body: str) -> None:
    assert read(text_bounce(body, From="x@y.example", Subject="Hello")).emails == []


@pytest.mark.parametrize(
    "subject",
    [
        "Delivery Status Notification (Success)",
        "Delivered: News",
        "Successful Mail Delivery Report",
    ],
)
def test_a_delivery_confirmation_is_no_bounce(subject: str) -> None:
    message = text_bounce(
        "Your mail reached the mailbox of\n\nola@readers.example\n", Subject=subject
    )
    assert read(message).kind == Kind.NONE


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("系统退信", "收件人 {}\n\n退信原因：收件人邮件地址（{}）不存在，邮件无法送达。"),
        (
            "DELIVERY FAILURE: User ola",
            "An error:\n\n  User ola ({}) not listed in the Directory\n",
        ),
        ("Delivery failure", "{}\n\nThe error was:\n550 550 Unknown user {} (state 14).\n"),
        ("Non remis : News", "La remise a échoué :\n\n{}\nL’adresse est introuvable.\n"),
    ],
)
def test_an_address_is_found_next_to_any_punctuation(subject: str, text: str) -> None:
    report = read(text_bounce(text.replace("{}", "ola@readers.example"), Subject=subject))
    assert (report.kind, report.emails) == (Kind.HARD, ["ola@readers.example"])
