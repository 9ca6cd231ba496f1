"""Comments of the newsroom and of an article's own authors are published at once."""

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client

from accounts import email_addresses
from accounts.models import AuthorProfile, User
from articles.comments.models import Comment
from articles.comments.moderation import flagging
from articles.comments.moderation.models import Ban
from articles.comments.notifications.models import Follow
from articles.comments.screening import akismet
from articles.comments.screening.engine import dry_run
from articles.comments.screening.models import Action, Check, ScreeningRule
from articles.comments.submission import posting
from articles.editorial.models import Article
from iria.publication.models import Publication
from tests import commenting, moderation, newsroom
from tests.articles.comments.conftest import Write
from tests.articles.comments.notifications.conftest import CreateFollow, Notify
from tests.articles.comments.notifications.conftest import follows as follows
from tests.articles.comments.notifications.conftest import notify as notify
from tests.conftest import MailFolder

SPAM_TEXT = "BUY NOW https://bit.ly/a https://bit.ly/b https://bit.ly/c https://bit.ly/d"


@pytest.fixture
def own_article(ola: User) -> Article:
    """An article by Ola, an author without a role in the newsroom."""
    author = AuthorProfile.objects.create(name="Ola Lind", slug="ola-lind", user=ola)
    return newsroom.published("Signed by Ola", authors=[author])


@pytest.fixture(autouse=True)
def _strict_rules(db: None) -> None:
    ScreeningRule.objects.update(active=True)
    cache.clear()


def post(article: Article, by: User, text: str = SPAM_TEXT, **more: object) -> Comment:
    return commenting.post(article, text=text, by=by, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("who", ["chief", "edna", "rui", "mina"])
def test_comments_of_the_newsroom_are_published_despite_the_rules(
    article: Article, who: str, request: pytest.FixtureRequest
) -> None:
    comment = post(article, request.getfixturevalue(who), honeypot="filled by the browser")
    assert comment.state == Comment.State.APPROVED


def test_authors_are_trusted_on_their_own_articles_only(
    article: Article, own_article: Article, ola: User
) -> None:
    assert post(own_article, ola).state == Comment.State.APPROVED
    assert post(article, ola).state != Comment.State.APPROVED


@pytest.mark.parametrize("where", ["of the article", "of the site", "rule"])
def test_trusted_commenters_are_exempt_from_pre_moderation(
    own_article: Article, ola: User, mina: User, where: str
) -> None:
    if where == "of the article":
        Article.objects.update(comments_policy="held")
    elif where == "of the site":
        Publication.objects.update_or_create(pk=1, defaults={"comments_policy": "held"})
    else:
        ScreeningRule.objects.filter(phase=Check.EVERYONE).update(active=True, action=Action.HOLD)
    own_article.refresh_from_db()
    assert post(own_article, ola).state == Comment.State.APPROVED
    assert post(own_article, mina).state == Comment.State.APPROVED
    guest = commenting.post(
        own_article, name="Teo Brandt", email="teo@readers.example", text="Me too."
    )
    assert guest.state == Comment.State.PENDING


def test_a_guest_with_a_trusted_address_is_not_trusted(
    own_article: Article, ola: User, mina: User
) -> None:
    for user in (ola, mina):
        comment = commenting.post(own_article, name="Teo Brandt", email=user.email, text=SPAM_TEXT)
        assert comment.state != Comment.State.APPROVED


@pytest.mark.parametrize("closed", ["comments_open", "comments_policy"])
def test_closed_comments_are_closed_for_the_newsroom_too(
    own_article: Article, ola: User, mina: User, closed: str
) -> None:
    Article.objects.update(**{closed: False if closed == "comments_open" else "off"})
    own_article.refresh_from_db()
    for user in (ola, mina):
        with pytest.raises(ValidationError):
            post(own_article, user)


@pytest.mark.parametrize("who", ["ola", "rui"])
def test_a_ban_applies_to_trusted_commenters_too(
    own_article: Article, chief: User, who: str, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(who)
    Ban.objects.create(
        kind=Ban.Kind.ACCOUNT, value=str(user.pk), user=user, reason="Insults", created_by=chief
    )
    assert post(own_article, user, "A quiet remark.").state != Comment.State.APPROVED


@pytest.mark.parametrize("change", ["no role", "no admin", "inactive"])
def test_an_account_without_a_role_is_not_trusted_any_more(
    article: Article, mina: User, change: str
) -> None:
    if change == "no role":
        mina.groups.clear()
    else:
        setattr(mina, "is_staff" if change == "no admin" else "is_active", False)
    mina.save()
    mina = User.objects.get(pk=mina.pk)
    assert post(article, mina).state != Comment.State.APPROVED


def test_an_edited_comment_of_an_author_stays_published(own_article: Article, ola: User) -> None:
    comment = post(own_article, ola, "First words.")
    posting.edit_own(comment, text=SPAM_TEXT, by=ola)
    assert comment.state == Comment.State.APPROVED


def test_trusted_comments_are_not_checked_by_akismet(
    article: Article, own_article: Article, ola: User, mina: User
) -> None:
    assert not akismet.is_commenter_checked(post(own_article, ola))
    assert not akismet.is_commenter_checked(post(own_article, mina))
    assert akismet.is_commenter_checked(post(article, ola, "Another."))


def test_the_log_has_the_reason_for_publishing(own_article: Article, ola: User, mina: User) -> None:
    by_author, by_colleague = post(own_article, ola), post(own_article, mina)
    reasons = {each.moderations.get().reason for each in (by_author, by_colleague)}
    assert len(reasons) == 2
    guest = commenting.post(
        own_article, name="Teo Brandt", email="teo@readers.example", text="Me too."
    )
    assert guest.moderations.get().reason not in reasons


def test_the_dry_run_skips_trusted_comments(own_article: Article, ola: User, mina: User) -> None:
    post(own_article, ola), post(own_article, mina, "Another.")
    commenting.post(own_article, name="Teo Brandt", email="teo@readers.example", text="Me too.")
    assert dry_run(ScreeningRule.objects.filter(phase=Check.LINKS), days=1).tested == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_commenters_get_no_email_about_their_own_comment(
    own_article: Article,
    ola: User,
    mina: User,
    follows: CreateFollow,
    notify: Notify,
    jobs: Callable[[], None],
    mail_folder: MailFolder,
) -> None:
    for user in (ola, mina):
        email_addresses.mark_confirmed(user)
        follows("", user=user, kind=Follow.Kind.OWN, article=None, confirmed=True)
        follows("", user=user)
        comment = post(own_article, user)
        reply = post(own_article, user, "And I add this.", parent=comment)
        jobs()
        notify(comment, reply)
        assert mail_folder.to(user.email) == []


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("signed_in", [True, False])
def test_moderators_get_no_email_about_their_own_decisions(
    article: Article,
    mina: User,
    edna: User,
    write: Write,
    jobs: Callable[[], None],
    mail_folder: MailFolder,
    signed_in: bool,
) -> None:
    """Covers one's own comment that is pending, and one's own report."""
    commenter = {"by": mina} if signed_in else {"name": "M. S.", "email": mina.email}
    own = commenting.post(article, text="Mine.", **commenter)
    Comment.objects.filter(pk=own.pk).update(state=Comment.State.PENDING)
    other = write("Somebody else’s")
    jobs()
    before = len(mail_folder.to(mina.email))
    sender = {"by": mina} if signed_in else {"email": mina.email}
    flagging.save_report(other, reason="insult", **sender)
    own.refresh_from_db()
    other.refresh_from_db()
    moderation.approve(own, by=mina)
    moderation.reject(other, by=mina)
    jobs()
    assert len(mail_folder.to(mina.email)) == before
    assert not other.flags.exclude(email="").exists()
    moderation.reject(own, by=edna)
    jobs()
    assert len(mail_folder.to(mina.email)) == before + 1


@pytest.mark.usefixtures("without_minimum_time")
def test_a_comment_of_the_newsroom_is_on_the_page_at_once(
    client: Client, own_article: Article, mina: User
) -> None:
    client.force_login(mina)
    url = f"/comments/new/?article={own_article.pk}"
    token = client.get(f"/comments/token/?article={own_article.pk}").json()["token"]
    form = {"text": "An answer of the newsroom.", "token": token, "parent": ""}
    response = client.post(url, form)
    assert response.status_code == 302
    assert Comment.objects.get().state == Comment.State.APPROVED
    assert (
        "An answer of the newsroom." in client.get(own_article.get_absolute_url()).content.decode()
    )
