"""The rendered e-mail, parsed by Python's e-mail package."""

import re
from collections.abc import Iterable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from django.conf import settings
from lxml import html as lxml_html
from pytest_django import DjangoAssertNumQueries

from articles.images.models import Image
from iria.publication.models import Publication, current_publication
from newsletter import preflight
from newsletter.delivery import blockers
from newsletter.email import headers, rendering
from newsletter.email.article_blocks import best_rendition
from newsletter.email.rendering import TOKEN, RenderedEmail
from newsletter.email.smtp import smtp_data_of
from newsletter.models import Issue, Newsletter
from tests.articles.body.markup import payloads
from tests.newsletter.factories import issue, mail_image, news
from tests.newsroom import author, category, picture, published

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def publication(db: None) -> Publication:
    site = current_publication()
    site.name = "Meridian Review"
    site.contact_email = "reports@meridian.example"
    site.postal_address = "12 Harbour Street\nLisbon"
    site.save()
    return site


def rendered(draft: Issue | None = None) -> RenderedEmail:
    return rendering.compose(draft or issue())


def sent(draft: Issue) -> EmailMessage:
    """Sends the issue and returns the parsed e-mail."""
    message = headers.message_to(
        "ola@readers.example",
        rendering.compose(draft),
        newsletter=draft.newsletter,
        publication=current_publication(),
        token="ola-s-token",
        message_id="<one@meridian.example>",
    )
    return message_from_bytes(smtp_data_of(message)[:-3], policy=policy.default)


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html_of(message: EmailMessage) -> Any:
    part = message.get_body(("html",))
    assert part is not None
    return lxml_html.document_fromstring(part.get_content())


def test_mail_programs_can_unsubscribe_with_one_click() -> None:
    message = sent(issue())
    leave = f"{settings.SITE_URL}/newsletter/unsubscribe/ola-s-token/"
    assert message["List-Unsubscribe"] == f"<{leave}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Id"] == f"News <news.{headers.mail_domain()}>"
    assert message["Message-ID"] == "<one@meridian.example>"


def test_long_urls_in_headers_are_not_folded_or_encoded() -> None:
    raw = b"".join(
        smtp_data_of(
            headers.message_to(
                "ola@readers.example",
                rendered(),
                newsletter=news(),
                publication=current_publication(),
                token="t" * 60,
                message_id=f"<{'m' * 80}@meridian.example>",
            )
        ).partition(b"\r\n\r\n")[:1]
    )
    unfolded = raw.replace(b"\r\n ", b" ")
    assert b"/newsletter/unsubscribe/" + b"t" * 60 + b"/>" in unfolded
    assert b"<" + b"m" * 80 + b"@meridian.example>" in unfolded


def test_the_sender_is_the_publication_and_replies_reach_it() -> None:
    message = sent(issue())
    (sender,) = message["From"].addresses
    assert sender.display_name == "Meridian Review"
    assert message["Reply-To"] == "reports@meridian.example"
    Newsletter.objects.update(from_name='Meridian, "the Review"', reply_to="letters@m.example")
    message = sent(issue())
    assert message["From"].addresses[0].display_name == 'Meridian, "the Review"'
    assert message["Reply-To"] == "letters@m.example"
    assert message["To"] == "ola@readers.example"


def test_both_parts_have_the_same_text_and_links() -> None:
    article = published("The strait that nobody closes", authors=[author("Ines Faro")])
    draft = issue("Straits", article, introduction="<p>Good morning.</p>", closing="<p>Bye.</p>")
    message = sent(draft)
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    text, tree = text_of(message), html_of(message)
    html_text = tree.text_content()
    for said in ("Straits", "Good morning.", article.headline, "By Ines Faro", "Bye.", "Lisbon"):
        assert said in text
        assert said in html_text
    links = {link.get("href") for link in tree.iter("a")}
    assert set(re.findall(r"http\S+", text)) <= links
    assert f"{settings.SITE_URL}{article.get_absolute_url()}" in links


def test_the_authors_are_listed_as_the_language_of_the_issue_does() -> None:
    authors = [author(name) for name in ("ليلى", "سامي", "نور")]
    draft = issue("البحر", published("المضيق", authors=authors, language="ar"))
    Newsletter.objects.update(language="ar")
    assert "ليلى، سامي ونور" in rendered(draft).text


def test_every_mail_links_to_unsubscribe_preferences_and_browser() -> None:
    draft = issue()
    text = text_of(sent(draft))
    for path in ("unsubscribe/ola-s-token/", "preferences/ola-s-token/", f"issues/{draft.slug}/"):
        assert f"{settings.SITE_URL}/newsletter/{path}" in text
    assert TOKEN not in text


def test_links_name_the_article_they_lead_to() -> None:
    articles = [published(name, lead_image=mail_image()) for name in ("Freight", "A raft")]
    tree = html_of(sent(issue("Two", *articles)))
    for article in articles:
        url = f"{settings.SITE_URL}{article.get_absolute_url()}"
        links = [link for link in tree.iter("a") if link.get("href") == url]
        names = [link.get("aria-label") or link.text_content() for link in links]
        assert len(names) == 2
        assert all(article.headline in name for name in names)


def test_an_image_has_alt_text_caption_and_credit(
    publication: Publication,
) -> None:
    publication.credit_format = "Photograph: {credit}"
    publication.save()
    image = mail_image(credit_url="https://pictures.example/1")
    article = published("Light", lead_image=image, lead_caption="The <em>light</em> at the cape.")
    tree = html_of(sent(issue("Light", article)))
    (shown,) = tree.iter("img")
    assert shown.get("alt") == image.alt_text
    assert shown.get("src") == f"{settings.SITE_URL}/pictures/{image.pk}-1280.jpeg"
    assert (shown.get("width"), shown.get("height")) == ("600", "375")
    (caption,) = tree.find_class("caption")
    assert " ".join(caption.text_content().split()) == (
        "The light at the cape. Photograph: Ines Faro/via Meridian Pictures"
    )
    assert "https://pictures.example/1" in [link.get("href") for link in caption.iter("a")]


def test_the_text_part_contains_image_credits() -> None:
    image = mail_image(credit="Ines Faro", digital_source_type="trainedAlgorithmicMedia")
    article = published("Light", lead_image=image, lead_caption='The <a href="/about/">light</a>.')
    message = sent(issue("Light", article))
    assert "[Image: The light. (Image Credit: Ines Faro) · Made with AI]" in text_of(message)
    (caption,) = html_of(message).find_class("caption")
    assert "Made with AI" in caption.text_content()
    assert f"{settings.SITE_URL}/about/" in [link.get("href") for link in caption.iter("a")]


def test_an_image_without_credit_shows_none() -> None:
    image = mail_image(credit="", credit_exempt=True, no_credit_reason="Our own chart")
    tree = html_of(sent(issue("Chart", published("Chart", lead_image=image))))
    assert len(list(tree.iter("img"))) == 1
    assert not tree.find_class("credit")


def test_an_image_that_may_not_be_mailed_is_left_out() -> None:
    image = mail_image()
    article = published("Light", lead_image=image)
    Image.objects.filter(pk=image.pk).update(licensed_for_newsletter=False)
    assert "<img" not in rendered(issue("Light", article)).html


def test_a_narrow_image_uses_the_smallest_sharp_rendition() -> None:
    image = mail_image()
    renditions = [best_rendition(image, width=width) for width in (600, 184, 100, 4000)]
    assert [rendition.width for rendition in renditions if rendition] == [1280, 640, 320, 1280]
    assert best_rendition(picture(), width=600) is None


def test_css_is_inlined_and_dark_mode_stays_in_the_head() -> None:
    tree = lxml_html.document_fromstring(rendered().html)
    (rules,) = tree.iter("style")
    assert "prefers-color-scheme: dark" in (rules.text or "")
    assert next(tree.iter("h1")).get("style")
    assert next(iter(next(tree.iter("head")))).tag == "meta"
    assert not list(tree.iter("link", "script"))


def test_the_preview_has_no_inline_styles() -> None:
    image = mail_image()
    shown = rendering.preview(issue("Light", published("Light", lead_image=image)))
    assert "style=" not in shown
    assert "<style" not in shown
    assert 'href="/static/css/mail/email.css"' in shown


def test_markup_in_text_fields_is_escaped(publication: Publication) -> None:
    publication.name = publication.postal_address = "<b>Meridian</b>"
    publication.save()
    attack = "<img src=x onerror=alert(1)>"
    article = published(attack, standfirst=attack, categories=[category(attack, slug="evil")])
    draft = issue(
        attack, article, preheader=attack, introduction=f"<p>{attack}</p>", closing=attack
    )
    tree = lxml_html.document_fromstring(rendered(draft).html)
    assert not list(tree.iter("img", "b", "script"))
    assert attack in tree.text_content()


def test_an_article_in_another_script_keeps_its_direction() -> None:
    article = published(
        "الماء والحدود", language="ar", slug="water", authors=[author("Amal Haddad")]
    )
    (cell,) = lxml_html.document_fromstring(rendered(issue("Water", article)).html).find_class(
        "story"
    )
    assert (cell.get("lang"), cell.get("dir")) == ("ar", "rtl")
    (byline,) = cell.find_class("byline")
    assert (byline.get("lang"), byline.get("dir")) == ("en", "rtl")
    Newsletter.objects.update(language="ar")
    document = lxml_html.document_fromstring(rendered(issue("الماء", article)).html)
    assert (document.get("lang"), document.get("dir")) == ("ar", "rtl")


def test_a_mail_too_long_for_gmail_is_blocked_and_a_long_one_warned() -> None:
    def about_size(messages: Iterable[object]) -> list[str]:
        return [str(each) for each in messages if "Gmail hides" in str(each)]

    assert about_size(blockers.warnings(rendered(), news())) == []
    nearly = issue("Nearly", introduction=f"<p>{'word ' * 18_200}</p>")
    assert len(about_size(blockers.warnings(rendered(nearly), news()))) == 1
    assert about_size(preflight.run_checks(nearly)) == []
    long = issue("Long", introduction=f"<p>{'word ' * 22_000}</p>")
    assert about_size(blockers.warnings(rendered(long), news())) == []
    assert len(about_size(preflight.run_checks(long))) == 1
    Publication.objects.update(postal_address="")
    assert "no postal address" in blockers.warnings(rendered(), news())[0]


def test_composing_has_a_constant_number_of_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    def issue_with_stories(count: int) -> Issue:
        stories = [
            published(
                f"Story {count} {n}", lead_image=mail_image(), authors=[author(f"A{count}{n}")]
            )
            for n in range(count)
        ]
        return issue(f"With {count}", *stories)

    few, many = issue_with_stories(2), issue_with_stories(12)
    for draft in (few, many):
        with django_assert_num_queries(4):
            rendered(draft)


def test_articles_keep_the_order_of_the_editor() -> None:
    stories = [published(f"Story {number}") for number in range(3)]
    draft = issue("Order", *reversed(stories))
    text = rendered(draft).text
    assert text.index("Story 2") < text.index("Story 1") < text.index("Story 0")


def test_a_subject_with_a_line_break_adds_no_header() -> None:
    message = sent(issue("Hello\r\nBcc: mina@readers.example"))
    assert message["Subject"] == "Hello Bcc: mina@readers.example"
    assert message["Bcc"] is None


def test_a_line_with_only_a_dot_does_not_end_the_mail() -> None:
    wire = smtp_data_of(
        headers.message_to(
            "ola@readers.example",
            RenderedEmail("Dots", "<p>.</p>", "one\n.\n..two\n"),
            newsletter=news(),
            publication=current_publication(),
            token="t",
            message_id="<1@meridian.example>",
        )
    )
    assert wire.endswith(b"\r\n.\r\n")
    assert b"\r\n..\r\n...two\r\n" in wire
    assert b"\r\n.\r\n" not in wire[:-5]
    assert b"\n" not in wire.replace(b"\r\n", b"")


def test_no_attack_in_any_field_becomes_markup() -> None:
    plain = {element.tag for element in lxml_html.document_fromstring(rendered().html).iter()}
    for number, payload in enumerate(payloads()):
        article = published(payload[:200], slug=f"attack-{number}", standfirst=payload[:600])
        draft = issue(
            payload[:150], article, preheader=payload[:200], introduction=payload, closing=payload
        )
        tree = lxml_html.document_fromstring(rendering.preview(draft))
        elements = {element.tag for element in tree.iter()} - plain
        assert elements <= {"link", "b", "i", "em", "strong", "ul", "ol", "li", "sub", "sup"}
        names = [str(name) for element in tree.iter() for name in element.attrib]
        assert not [name for name in names if name.startswith("on") or name == "style"]
        for link in tree.iter("a"):
            assert (link.get("href") or "http").startswith(("http", "mailto:", "tel:")), payload
