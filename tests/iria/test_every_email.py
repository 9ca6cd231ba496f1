"""Every e-mail to readers, in each language of the interface."""

import re
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from itertools import product
from typing import Any, Final

import pytest
from allauth.account.adapter import get_adapter
from allauth.core.context import request_context
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.test import RequestFactory
from django.utils import timezone
from lxml import html

from accounts.models import User
from articles.comments.models import Comment, ModerationDecision
from articles.comments.moderation.models import Flag
from articles.comments.notifications import emails, follows, sending
from articles.comments.notifications.models import CommentNotification, Follow
from articles.comments.notifications.outbox import Batch
from articles.editorial.models import Article
from iria.core.text.language import direction_of, use_language
from iria.publication.models import Publication, current_publication
from newsletter import follow_emails, subscription_emails
from newsletter.email import rendering
from newsletter.follow_emails import Batch as ArticleBatch
from newsletter.models import ArticleFollow, Consent, Subscriber
from newsletter.subscriptions import opt_in
from newsletter.subscriptions.choices import SubscriptionChoice
from newsletter.subscriptions.follows import Subject
from tests import commenting, moderation, newsroom
from tests.catalogue import keeping
from tests.iria.every_url.test_every_page import texts_of
from tests.iria.test_links_in_mail import prefixes
from tests.newsletter.factories import issue, mail_image, news

pytestmark = pytest.mark.django_db

LANGUAGES: Final = [code for code, _name in settings.LANGUAGES]
OLA: Final = "ola@readers.example"
TEO: Final = "teo@readers.example"
NUMBERS: Final = (1, 2, 3, 11, 22)
"""Numbers of articles and comments, for every plural form and for e-mails that leave some out."""


NOTHING: Final = re.compile("(?!)")
WRONG_PUNCTUATION: Final = {
    "ar": re.compile(r".*, .*"),
    "fr": re.compile(r".*(?<!Credit)(?<![\u00a0\d]):.*|.*«(?!\u202f).*|.*(?<!\u202f)».*"),
}
"""Lines with an English comma or colon, or without the no-break spaces of French."""


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    Publication.objects.update_or_create(
        pk=current_publication().pk,
        defaults={"languages": request.param, "name": "Meridian", "postal_address": "Quai 1"},
    )
    return str(request.param)


@pytest.fixture
def article(language: str) -> Article:
    return newsroom.published(
        "Zwx 1", language=language, standfirst="Qvw.", authors=[newsroom.author("Ines Faro")]
    )


def sent(messages: list[Any], name: str) -> Iterator[tuple[str, Any]]:
    """The e-mails since the last call; there is at least one."""
    assert messages, name
    yield from ((name, message) for message in messages)
    messages.clear()


def about_subscriptions(article: Article) -> Iterator[tuple[str, Any]]:
    def asked(**wanted: Any) -> Consent:
        # A second e-mail soon after the first would not be sent.
        Consent.objects.update(answered_at=timezone.now() - timedelta(days=60))
        opt_in.request(OLA, source_url="/", language=article.language, **wanted)
        consent = Consent.objects.latest("pk")
        subscription_emails.answer(consent.pk)
        return consent

    newsletters = [SubscriptionChoice.usual(news())]
    subject = Subject("author", article.bylines.get().author)
    for name, wanted in (
        ("newsletter", {"wanted": newsletters}),
        ("follow", {"follows": [subject]}),
    ):
        consent = asked(**wanted)
        yield from sent(mail.outbox, f"confirm {name}")
        consent = opt_in.confirm(opt_in.confirmation_token(consent))
        if name == "newsletter":
            subscription_emails.send_welcome(consent.pk)
            yield from sent(mail.outbox, "welcome")
        asked(**wanted)
        yield from sent(mail.outbox, f"{name} already")
    subscription_emails.send_data_link(consent.subscriber_id)
    yield from sent(mail.outbox, "data")


def about_articles(article: Article) -> Iterator[tuple[str, Any]]:
    ola = Subscriber.objects.get(email=OLA)
    followed = list(ArticleFollow.objects.with_subjects())
    for number in NUMBERS:
        batch = ArticleBatch(ola, [], [article] * number, followed)
        yield f"{number} articles", follow_emails.email_of(batch)
    draft = issue("Zwx 2", article, language=article.language, image=mail_image(alt_text="Qvw"))
    yield "issue", rendering.compose(draft).addressed(ola.token)


def about_comments(article: Article, moderator: User) -> Iterator[tuple[str, Any]]:
    def posted(text: str = "Qvw.") -> Comment:
        return commenting.post(article, name="Teo Brandt", email=TEO, text=text)

    pending, approved, rejected = posted(), posted("Zzw."), posted("Vvq.")
    sending.send_received(pending.pk)
    Comment.objects.filter(pk=pending.pk).update(state=Comment.State.UNCONFIRMED)
    sending.send_confirm(pending.pk)
    moderation.approve(approved, by=moderator)
    moderation.reject(rejected, by=moderator, reason="Qvw", notify=True)
    for decision in ModerationDecision.objects.all():
        sending.send_decided(decision.pk)
    for outcome in (Flag.Outcome.UPHELD, Flag.Outcome.DISMISSED):
        flag = Flag.objects.create(
            comment=approved,
            reason=Flag.Reason.OTHER,
            outcome=outcome,
            decided_at=timezone.now(),
            email=f"{outcome}@a.example",
        )
        sending.send_flag_decided(flag.pk)
    for kind, frequency in product((Follow.Kind.THREAD, Follow.Kind.REPLIES), Follow.Frequency):
        about = {"comment": approved} if kind == Follow.Kind.REPLIES else {"article": article}
        follow = follows.follow(kind, frequency, email=f"{kind}-{frequency}@a.example", **about)
        yield f"confirm {kind}", emails.about_follow(follow)
        follow.confirmed_at = timezone.now()
        yield f"{kind} already", emails.about_follow(follow)
        for number in NUMBERS:
            notices = [CommentNotification(follow=follow, comment=approved)] * number
            daily = frequency == Follow.Frequency.DAILY
            yield (
                f"{number} comments, {kind}",
                emails.notification(Batch(follow.follower, notices, daily)),
            )
    other = commenting.post(newsroom.published("Zwx 3"), name="Teo Brandt", email=TEO, text="Qqz.")
    for number in NUMBERS[1:]:
        notices = [CommentNotification(follow=follow, comment=each) for each in (approved, other)]
        batch = Batch(follow.follower, (notices * number)[:number], daily=True)
        yield f"{number} comments, articles", emails.notification(batch)
    yield from sent(mail.outbox, "comment")


def about_accounts(ola: User) -> Iterator[tuple[str, Any]]:
    request = RequestFactory().get("/accounts/login/")
    request.user = AnonymousUser()
    urls = dict.fromkeys(
        ["password_reset_url", "signup_url", "activate_url", "url"], "https://a.example/"
    )
    context = {"user": ola, "email": ola.email, "code": "0Q0Q", "key": "k", "browser": "Qvw"}
    language = current_publication().language_codes[0]
    for prefix in prefixes():
        with request_context(request), use_language(language):
            values = {**urls, **context, "timestamp": timezone.now()}
            get_adapter(request).send_mail(prefix, ola.email, values)
        yield from sent(mail.outbox, prefix)


def test_every_email_is_entirely_in_its_language(
    article: Article, language: str, ola: User, mina: User
) -> None:
    found, seen = [], 0
    for name, message in (
        *about_subscriptions(article),
        *about_articles(article),
        *about_comments(article, mina),
        *about_accounts(ola),
    ):
        seen += 1
        found += [f"{name}: {problem}" for problem in problems_of(message, language)]
    assert found == []
    assert seen > 60


def problems_of(message: Any, language: str) -> Iterator[str]:
    text = re.sub(r"https?://\S+", "", text_of(message))
    texts = {str(message.subject), *paragraphs(text)}
    for wrong in WRONG_PUNCTUATION.get(language, NOTHING).findall(text):
        yield f"punctuation: {wrong}"
    for tree in (html.document_fromstring(each) for each in html_parts(message)):
        texts |= texts_of(tree)
        if (tree.get("lang"), tree.get("dir")) != (language, direction_of(language)):
            yield f"{tree.get('lang')}, {tree.get('dir')}"
        column = tree.xpath("//table[contains(@class, 'column')]")[0]
        if column.get("dir") != direction_of(language):
            yield f"the column is {column.get('dir')}"
    for each in sorted(texts):
        if re.search(r"%\(|\{\{|\{%", each):
            yield f"a placeholder: {each}"
        if is_english(" ".join(each.split()).strip(" :[]"), language):
            yield f"English: {each}"


def text_of(message: Any) -> str:
    return str(message.text if isinstance(message, rendering.RenderedEmail) else message.body)


def html_parts(message: Any) -> list[str]:
    if isinstance(message, rendering.RenderedEmail):
        return [message.html]
    return [str(content) for content, _kind in getattr(message, "alternatives", ())]


def paragraphs(text: str) -> set[str]:
    """The paragraphs of a plain text without URLs, and its lines."""
    found = {" ".join(block.split()) for block in text.split("\n\n")}
    return found | {line.strip(" :") for line in text.splitlines()}


def is_english(text: str, language: str) -> bool:
    pattern = english_texts(language)
    return bool(text and pattern and pattern.fullmatch(text))


@cache
def english_texts(language: str) -> re.Pattern[str] | None:
    """Matches the English texts that the catalogue of this language translates."""
    file = dict(keeping.catalogues()).get(language)
    if file is None:
        return None
    found = set()
    for message in keeping.read(language, file):
        originals: Any = (message.id,) if isinstance(message.id, str) else message.id
        translations: Any = (message.string,) if isinstance(message.string, str) else message.string
        for original in originals:
            parts = [plain(part) for part in re.split(r"%\(\w+\)[sd]", original)]
            # Few letters around a placeholder fit too much.
            if original not in translations and (len(parts) == 1 or len("".join(parts)) > 8):
                found.add("(?:.+)".join(map(re.escape, parts)))
    found.discard("")
    return re.compile("|".join(found))


def plain(text: str) -> str:
    """Without markup, and on one line."""
    words = re.sub(r"<[^>]+>", "", text.replace("%%", "%"))
    return re.sub(r"\s+", " ", words)
