"""Parsing bounces, complaints, automatic replies and personal e-mails."""

import json
from pathlib import Path
from typing import Any

import pytest

from newsletter.bounces.parser import Kind, Reason, read
from tests.shared import shared_data


def text_bounce(body: str, **headers: str) -> bytes:
    """A bounce with text only."""
    fields = {
        "From": "MAILER-DAEMON@mx.example.net",
        "To": "bounces@news.example",
        "Subject": "Undelivered Mail Returned to Sender",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return "\n".join([*(f"{name}: {value}" for name, value in fields.items()), "", body]).encode()


def report(fields: str) -> bytes:
    """A bounce with a delivery status."""
    return text_bounce(
        "--x\nContent-Type: text/plain\n\nIt did not arrive.\n--x\nContent-Type: message/delivery-status\n\n"
        f"Reporting-MTA: dns; mx.example.net\n\n{fields}\n--x\nContent-Type: message/rfc822\n\n"
        "Message-ID: <one@news.example>\nTo: ola@readers.example\nSubject: News\n\nHello\n--x--\n",
        Content_Type='multipart/report; report-type=delivery-status; boundary="x"',
    )


FAILED = "Final-Recipient: rfc822; ola@readers.example\nAction: failed\n"


@pytest.mark.parametrize(
    ("fields", "kind", "reason"),
    [
        ("Status: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 No such user", "hard", "no such address"),
        ("Status: 5.1.1\nDiagnostic-Code: smtp; 552 5.1.1 Over quota", "soft", "mailbox full"),
        ("Status: 5.2.2", "soft", "mailbox full"),
        ("Status: 5.1.2", "hard", "no such domain"),
        (
            (
                "Status: 4.1.1\nDiagnostic-Code: smtp; 450 4.1.1 <ola@readers.example>: Recipient address\n"
                "  rejected: User unknown in virtual alias table"
            ),
            "hard",
            "no such address",
        ),
        (
            "Status: 5.7.1\nDiagnostic-Code: smtp; 550 5.7.1 Client host [192.0.2.1] blocked using a list",
            "soft",
            "our server or address is blocked",
        ),
        (
            "Status: 5.0.0\nDiagnostic-Code: smtp; 550 5.7.26 fails DMARC",
            "soft",
            Reason.POLICY.value,
        ),
        ("Status: 5.0.0", "soft", "no reason given"),
        (
            "Status: 5.0.0\nDiagnostic-Code: smtp; 550 see https://mx.example/#user-unknown",
            "soft",
            "no reason given",
        ),
    ],
)
def test_phrases_take_precedence_over_codes(fields: str, kind: str, reason: str) -> None:
    result = read(report(FAILED + fields))
    assert result.kind == kind
    assert [(failure.address, failure.reason) for failure in result.failures] == [
        ("ola@readers.example", reason)
    ]
    assert result.message_ids == ("<one@news.example>",)


def test_a_delayed_or_delivered_mail_is_no_failure() -> None:
    delayed = read(
        report("Final-Recipient: rfc822; ola@readers.example\nAction: delayed\nStatus: 4.4.1")
    )
    assert delayed.kind == Kind.SOFT
    assert delayed.failures[0].delayed
    delivered = read(
        report("Final-Recipient: rfc822; ola@readers.example\nAction: delivered\nStatus: 2.0.0")
    )
    assert (delivered.kind, delivered.emails) == (Kind.NONE, [])


def test_the_original_recipient_counts_and_not_the_forwarding_address() -> None:
    result = read(report(f"Original-Recipient: rfc822;ola@home.example\n{FAILED}Status: 5.1.1"))
    assert result.emails == ["ola@home.example"]
    assert result.failures[0].also == "ola@readers.example"


@pytest.mark.parametrize(
    "text",
    [
        "Your message could not be delivered to:\n\n  ola@readers.example\n\nNo such user here.",
        "<ola@readers.example>: host mx.readers.example said: 550 5.1.1 unknown user",
        "Unbekannter Empfänger: ola@readers.example konnte nicht gefunden werden.",
        "L'adresse ola@readers.example n'existe pas; le message n'a pas pu être remis.",
        ">>> RCPT TO:<ola@readers.example>\n<<< 550 5.1.1 no such mailbox",
    ],
)
def test_bounce_texts_are_parsed_in_several_languages(text: str) -> None:
    result = read(
        text_bounce(f"{text}\n\n--- Original message ---\nReceived: from us\nTo: x@y.example")
    )
    assert (result.kind, result.emails) == (Kind.HARD, ["ola@readers.example"])


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Échec de la remise", "La remise a échoué :\n\n{}\nL’adresse que vous avez entrée est introuvable."),
        ("Recapito non riuscito", "Impossibile recapitare a:\n\n{}\nIndirizzo di posta elettronica non trovato."),
        ("No se puede entregar", "No se pudo entregar a:\n\n{}\nLa dirección que escribió no se encontró."),
        ("Não foi possível entregar", "Falha na entrega a:\n\n{}\nO endereço que inseriu não foi encontrado."),
        ("Kan niet worden bezorgd", "Bezorging is mislukt voor:\n\n{}\nHet e-mailadres is niet gevonden."),
        ("Nie można dostarczyć", "Nie można dostarczyć do:\n\n{}\nPodany adres nie istnieje."),
        ("配信不能", "以下の宛先に配信できませんでした。\n\n<{}>\n\n宛先のアドレスが存在しません。"),
    ],
)  # fmt: skip
def test_a_bounce_without_fields_and_codes_is_parsed_in_its_language(
    subject: str, text: str
) -> None:
    message = text_bounce(
        text.format("ola@readers.example"), From="postmaster@readers.example", Subject=subject
    )
    result = read(message)
    assert (result.kind, result.emails) == (Kind.HARD, ["ola@readers.example"])


def test_an_automatic_reply_with_an_empty_return_path_is_no_bounce() -> None:
    for subject in ("Out of office", "Absence du bureau"):
        body = "I cannot be reached, il m’est impossible de répondre.\n\nmina@readers.example\nwill answer."
        message = text_bounce(
            body, From="Ola <ola@readers.example>", Subject=subject, Return_Path="<>"
        )
        assert read(message).kind == Kind.NONE


def test_a_newsletter_about_lost_mail_is_no_bounce() -> None:
    message = text_bounce(
        "Mailboxes that do not exist. Write to ola@readers.example.",
        From="News <news@elsewhere.example>",
        Subject="Undeliverable: the story of lost mail",
        List_Unsubscribe="<https://elsewhere.example/leave>",
    )
    assert read(message).kind == Kind.NONE


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied", "Subject": "Re: News"},
        {"Subject": "Out of office: back on Monday"},
        {"Subject": "Abwesenheit bis 3. Mai"},
        {"Subject": "自動応答: 不在"},
        {"Subject": "Thank you for the issue on Taiwan"},
    ],
)
def test_replies_and_automatic_replies_are_no_bounces(headers: dict[str, str]) -> None:
    body = "I cannot be reached; mail to ola@readers.example is not read. Error, full, unknown."
    result = read(text_bounce(body, From="Ola <ola@readers.example>", **headers))
    assert (result.kind, result.emails) == (Kind.NONE, [])


@pytest.mark.parametrize(
    ("kind", "unwanted"),
    [("abuse", True), ("opt-out", True), ("auth-failure", False), ("not-spam", False)],
)
def test_a_complaint_names_the_recipient_and_whether_to_unsubscribe(
    kind: str, unwanted: bool
) -> None:
    result = read(
        text_bounce(
            f"--x\nContent-Type: message/feedback-report\n\nFeedback-Type: {kind}\n"
            "Original-Rcpt-To: <ola@readers.example>\n--x--\n",
            Content_Type="multipart/report; report-type=feedback-report; boundary=x",
        )
    )
    assert (result.kind, result.emails) == (Kind.COMPLAINT, ["ola@readers.example"])
    assert result.is_unsubscribing is unwanted


def labelled(folder: str) -> list[tuple[Path, Any]]:
    data = shared_data("bounces")
    labels = json.loads((data / f"{folder}_labels.json").read_text("utf-8"))
    return [(data / folder / label["file"], label) for label in labels]


def expected_kind(label: Any) -> str:
    verdicts = label["verdicts"]
    if any(result["reason"] == "feedback" for result in verdicts):
        return "complaint"
    return "hard" if any(result["hard"] for result in verdicts) else "soft"


def test_labelled_messages_get_the_right_kind() -> None:
    messages = labelled("sisimai")
    correct = sum(read(path.read_bytes()).kind == expected_kind(label) for path, label in messages)
    assert correct / len(messages) >= 0.95


def test_labelled_messages_get_the_right_failed_addresses() -> None:
    messages = labelled("flufl")
    correct = sum(
        sorted(address.lower() for address in read(path.read_bytes()).emails)
        == sorted(address.lower() for address in label["addresses"])
        for path, label in messages
    )
    assert correct / len(messages) >= 0.95
