"""Builds messages that mail servers and subscribers send."""


def bounce(
    *,
    to: str = "bounces@bounces.example",
    of: str = "ola@readers.example",
    message_id: str = "<unknown@elsewhere.example>",
    status: str = "5.1.1",
    said: str = "550 5.1.1 No such user",
    action: str = "failed",
) -> bytes:
    """A delivery status notification as Postfix sends it."""
    return f"""Return-Path: <>
From: MAILER-DAEMON@mx.readers.example (Mail Delivery System)
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Content-Type: multipart/report; report-type=delivery-status; boundary="mark"

--mark
Content-Type: text/plain; charset=us-ascii

This is the mail system. Your message could not be delivered.

<{of}>: host mx.readers.example said: {said}
    (in reply to RCPT TO command)

--mark
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.readers.example

Final-Recipient: rfc822; {of}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}

--mark
Content-Type: text/rfc822-headers

From: news@news.example
To: {of}
Message-ID: {message_id}
Subject: What moved this week

--mark--
""".encode()


def complaint(*, to: str = "bounces@bounces.example", kind: str = "abuse") -> bytes:
    """A feedback report (RFC 5965) of Ola."""
    return f"""From: feedback@provider.example
To: {to}
Subject: FW: What moved this week
Content-Type: multipart/report; report-type=feedback-report; boundary="mark"

--mark
Content-Type: text/plain

This is an email abuse report.

--mark
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: Provider/1.0
Version: 1
Original-Rcpt-To: <ola@readers.example>

--mark
Content-Type: message/rfc822

From: news@news.example
To: ola@readers.example
Subject: What moved this week

Hello
--mark--
""".encode()


def automatic_reply(*, to: str) -> bytes:
    return f"""From: Ola <ola@readers.example>
To: {to}
Subject: Out of office: What moved this week
Auto-Submitted: auto-replied

I am away; my mailbox may be full, and mail to ola@readers.example is not found until Monday.
""".encode()


def unsubscribe_request(*, to: str, subject: str = "unsubscribe") -> bytes:
    return f"From: Ola <ola@home.example>\nTo: {to}\nSubject: {subject}\n\n".encode()
