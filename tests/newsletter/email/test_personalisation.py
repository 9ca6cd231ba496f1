"""A filled template is the same e-mail that Django would build."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from lxml import html as lxml_html

from iria.publication.models import current_publication
from newsletter.delivery.worker import message_of, template_of
from newsletter.email import headers, rendering
from newsletter.email.rendering import RenderedEmail
from newsletter.models import Issue
from tests.newsletter.factories import issue, mail_image, news
from tests.newsroom import published
from tests.proofs.size import sized

pytestmark = pytest.mark.django_db
TOKEN = "aB3_-" * 6 + "xy"
OWN = {"address": "ola@readers.example", "token": TOKEN, "message_id": "<1-2@meridian.example>"}


@pytest.fixture
def draft() -> Issue:
    article = published("Ünïcødé – 漢字 “quoted” = equals", lead_image=mail_image())
    return issue(
        "Straße, 漢字 and a subject that is long enough to be folded over several lines of a header",
        article,
        introduction="<p>. a dot first</p><p>" + "λόγος " * 200 + "</p><p>trailing \t</p>",
    )


def parsed(wire: bytes) -> EmailMessage:
    assert wire.endswith(b"\r\n.\r\n")
    lines = wire[: -len(b".\r\n")].split(b"\r\n")
    return message_from_bytes(
        b"\r\n".join(line.removeprefix(b".") for line in lines), policy=policy.default
    )


def text_of(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n").strip()


def test_a_filled_template_equals_the_message_by_django(draft: Issue) -> None:
    rendered = rendering.compose(draft)
    filled = parsed(template_of(draft, rendered).render_for(**OWN))
    expected = message_of(draft, rendered, OWN["address"], TOKEN, OWN["message_id"]).message()
    for name in {*filled.keys(), *expected.keys()} - {"Date", "Content-Type"}:
        assert str(filled[name]) == str(expected[name]), name
    assert filled.get_content_type() == "multipart/alternative"
    for kind in ("plain", "html"):
        assert text_of(filled, kind) == text_of(expected, kind)
    assert filled["Date"]


def test_every_placeholder_is_filled_and_none_is_broken(draft: Issue) -> None:
    rendered = rendering.compose(draft)
    wire = template_of(draft, rendered).render_for(**OWN)
    assert b"stands-here" not in wire.replace(b"=\r\n", b"")
    for part in (rendered.html, rendered.text):
        assert part.count(rendering.TOKEN) >= 1
    wanted = rendered.html.count(rendering.TOKEN) + rendered.text.count(rendering.TOKEN)
    assert wire.count(TOKEN.encode()) >= wanted


def test_lines_are_short_ascii_and_end_with_crlf(draft: Issue) -> None:
    wire = template_of(draft, rendering.compose(draft)).render_for(**OWN)
    assert b"\n" not in wire.replace(b"\r\n", b"")
    assert wire.isascii()
    body = wire.partition(b"\r\n\r\n")[2].split(b"\r\n")
    assert max(map(len, body)) <= 77  # a doubled dot may stand before
    assert not any(line != b"." and line.startswith(b".") and line[1:2] != b"." for line in body)


@pytest.mark.parametrize(
    "address",
    ["ola@readers.example\r\nBcc: all@readers.example", "ola\x00@x.example", "ólá@x.example"],
)
def test_an_address_with_a_line_break_is_rejected(draft: Issue, address: str) -> None:
    template = template_of(draft, rendering.compose(draft))
    with pytest.raises(ValueError, match="cannot be sent"):
        template.render_for(**{**OWN, "address": address})


def test_the_shortest_mail_has_all_headers(draft: Issue) -> None:
    rendered = RenderedEmail("S", "<p>plain</p>", "plain")
    wire = template_of(draft, rendered).render_for(**OWN)
    message = parsed(wire)
    assert message["To"] == "ola@readers.example"
    assert message["Message-ID"] == "<1-2@meridian.example>"
    assert str(message["List-Id"]) == headers.list_id(news())
    assert current_publication().name in str(message["From"])


NAMES = st.one_of(
    st.text(max_size=80), st.sampled_from([".", "…" * 80, "=3D", "Ola {name}", "a\r\nBcc: x"])
)


@pytest.fixture
def greeting(draft: Issue) -> Issue:
    draft.greeting, draft.fallback_greeting = "Dear {name},", "Dear reader,"
    draft.save()
    return draft


def test_each_reader_is_greeted_by_name_or_with_the_fallback(greeting: Issue) -> None:
    template = template_of(greeting, rendering.compose(greeting))
    for name, body_text in (
        ("Zoë & <Ola>", "Dear Zoë & <Ola>,"),
        ("", "Dear reader,"),
        (" \n", "Dear reader,"),
    ):
        message = parsed(template.render_for(**OWN, name=name))
        assert f"\n{body_text}\n" in text_of(message, "plain")
        (greeted,) = lxml_html.document_fromstring(text_of(message, "html")).xpath(
            "(//div[@class='words'])[1]/p[1]"
        )
        assert greeted.text_content() == body_text


def test_mails_to_two_readers_differ_only_in_personal_values(greeting: Issue) -> None:
    template = template_of(greeting, rendering.compose(greeting))
    one, other = (
        template.render_for(**OWN, name="Ola"),
        template.render_for(**OWN, name="Mina Aalto"),
    )
    assert one.replace(b"Dear Ola,", b"") == other.replace(b"Dear Mina Aalto,", b"")


@given(name=NAMES)
@examples(
    max_examples=sized(20, 60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_name_can_inject_anything(greeting: Issue, name: str) -> None:
    name = name.encode("utf-8", "ignore").decode()
    rendered = rendering.compose(greeting)
    wire = template_of(greeting, rendered).render_for(**OWN, name=name)
    body = wire.partition(b"\r\n\r\n")[2].split(b"\r\n")
    assert wire.isascii()
    assert max(map(len, body)) <= 77
    message = parsed(wire)
    expected = rendered.addressed(TOKEN, name)
    assert text_of(message, "plain") == expected.text.strip()
    assert text_of(message, "html") == expected.html.strip()
    assert message.keys() == parsed(template_of(greeting, rendered).render_for(**OWN)).keys()
