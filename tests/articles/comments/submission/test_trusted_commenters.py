"""Comments of the newsroom and of an article's own authors are published at once."""

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client

from accounts import email_addresses
from accounts.models import AuthorProfile, User
from articles.comments.akismet import client
from articles.comments.bans.models import Ban
from articles.comments.flags import flagging
from articles.comments.models import Comment
from articles.comments.moderation import decisions
from articles.comments.notifications.models import Follow
from articles.comments.screening.dry_run import dry_run
from articles.comments.screening.models import Action, Check, ScreeningRule
from articles.comments.submission import editing, posting
from articles.editorial.models import Article
from iria.publication.models import Publication
from tests import newsroom
from tests.articles.comments.conftest import Write
from tests.articles.comments.notifications.conftest import Following, Tell
from tests.articles.comments.notifications.conftest import follows as follows
from tests.articles.comments.notifications.conftest import tell as tell
from tests.conftest import MailFolder

SPAMMY = "BUY NOW https://bit.ly/a https://bit.ly/b https://bit.ly/c https://bit.ly/d"


@pytest.fixture
def signed(ola: User) -> Article:
    """An article that Ola signed as an author: a reader's account with a profile, no role."""
    author = AuthorProfile.objects.create(name="Ola Lind", slug="ola-lind", user=ola)
    return newsroom.published("Signed by Ola", authors=[author])


@pytest.fixture(autouse=True)
def _strict_rules(db: None) -> None:
    ScreeningRule.objects.update(active=True)
    cache.clear()


def sent(article: Article, by: User, text: str = SPAMMY, **more: object) -> Comment:
    return posting.post(article, text=text, by=by, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("who", ["chief", "edna", "rui", "mina"])
def test_a_colleagues_comment_is_published_at_once_whatever_the_rules_say(
    article: Article, who: str, request: pytest.FixtureRequest
) -> None:
    comment = sent(article, request.getfixturevalue(who), honeypot="filled by the browser")
    assert comment.state == Comment.State.APPROVED


def test_an_authors_comment_is_published_at_once_below_their_own_article_only(
    article: Article, signed: Article, ola: User
) -> None:
    assert sent(signed, ola).state == Comment.State.APPROVED
    assert sent(article, ola).state != Comment.State.APPROVED


@pytest.mark.parametrize("where", ["of the article", "of the site", "rule"])
def test_where_every_comment_is_read_first_theirs_are_not(
    signed: Article, ola: User, mina: User, where: str
) -> None:
    if where == "of the article":
        Article.objects.update(comments_policy="held")
    elif where == "of the site":
        Publication.objects.update_or_create(pk=1, defaults={"comments_policy": "held"})
    else:
        ScreeningRule.objects.filter(phase=Check.EVERYONE).update(active=True, action=Action.HOLD)
    signed.refresh_from_db()
    assert sent(signed, ola).state == Comment.State.APPROVED
    assert sent(signed, mina).state == Comment.State.APPROVED
    guest = posting.post(signed, name="Teo Brandt", email="teo@readers.example", text="Me too.")
    assert guest.state == Comment.State.PENDING


def test_a_guest_with_a_colleagues_or_an_authors_address_is_a_guest(
    signed: Article, ola: User, mina: User
) -> None:
    for user in (ola, mina):
        comment = posting.post(signed, name="Teo Brandt", email=user.email, text=SPAMMY)
        assert comment.state != Comment.State.APPROVED


@pytest.mark.parametrize("closed", ["comments_open", "comments_policy"])
def test_a_closed_thread_is_closed_for_the_newsroom_too(
    signed: Article, ola: User, mina: User, closed: str
) -> None:
    Article.objects.update(**{closed: False if closed == "comments_open" else "off"})
    signed.refresh_from_db()
    for user in (ola, mina):
        with pytest.raises(posting.SubmissionError):
            sent(signed, user)


@pytest.mark.parametrize("who", ["ola", "rui"])
def test_a_ban_counts_for_the_newsroom_and_authors_too(
    signed: Article, chief: User, who: str, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(who)
    Ban.objects.create(
        kind=Ban.Kind.ACCOUNT, value=str(user.pk), user=user, reason="Insults", created_by=chief
    )
    assert sent(signed, user, "A quiet remark.").state != Comment.State.APPROVED


@pytest.mark.parametrize("change", ["no role", "no admin", "inactive"])
def test_who_has_no_role_any_more_is_a_reader_again(
    article: Article, mina: User, change: str
) -> None:
    if change == "no role":
        mina.groups.clear()
    else:
        setattr(mina, "is_staff" if change == "no admin" else "is_active", False)
    mina.save()
    mina = User.objects.get(pk=mina.pk)
    assert sent(article, mina).state != Comment.State.APPROVED


def test_a_changed_comment_of_theirs_stays_on_the_page(signed: Article, ola: User) -> None:
    comment = sent(signed, ola, "First words.")
    editing.change(comment, text=SPAMMY, by=ola)
    assert comment.state == Comment.State.APPROVED


def test_akismet_is_asked_about_none_of_them(
    article: Article, signed: Article, ola: User, mina: User
) -> None:
    assert not client.is_commenter_checked(sent(signed, ola))
    assert not client.is_commenter_checked(sent(signed, mina))
    assert client.is_commenter_checked(sent(article, ola, "Another."))


def test_the_log_says_why_it_was_published(signed: Article, ola: User, mina: User) -> None:
    by_author, by_colleague = sent(signed, ola), sent(signed, mina)
    reasons = {each.moderations.get().reason for each in (by_author, by_colleague)}
    assert len(reasons) == 2
    guest = posting.post(signed, name="Teo Brandt", email="teo@readers.example", text="Me too.")
    assert guest.moderations.get().reason not in reasons


def test_the_trial_of_rules_leaves_them_out(signed: Article, ola: User, mina: User) -> None:
    sent(signed, ola), sent(signed, mina, "Another.")
    posting.post(signed, name="Teo Brandt", email="teo@readers.example", text="Me too.")
    assert dry_run(ScreeningRule.objects.filter(phase=Check.LINKS), days=1).looked_at == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_nobody_gets_mail_about_their_own_comment(
    signed: Article,
    ola: User,
    mina: User,
    follows: Following,
    tell: Tell,
    jobs: Callable[[], None],
    mail_folder: MailFolder,
) -> None:
    for user in (ola, mina):
        email_addresses.mark_confirmed(user)
        follows("", user=user, kind=Follow.Kind.OWN, article=None, confirmed=True)
        follows("", user=user)
        comment = sent(signed, user)
        reply = sent(signed, user, "And I add this.", parent=comment)
        jobs()
        tell(comment, reply)
        assert mail_folder.to(user.email) == []


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("signed_in", [True, False])
def test_nobody_gets_mail_about_what_they_decided_themselves(
    article: Article,
    mina: User,
    edna: User,
    write: Write,
    jobs: Callable[[], None],
    mail_folder: MailFolder,
    signed_in: bool,
) -> None:
    """A comment that is held all the same, and a report of somebody else's."""
    who = {"by": mina} if signed_in else {"name": "M. S.", "email": mina.email}
    own = posting.post(article, text="Mine.", **who)
    Comment.objects.filter(pk=own.pk).update(state=Comment.State.PENDING)
    other = write("Somebody else’s")
    jobs()
    before = len(mail_folder.to(mina.email))
    sender = {"by": mina} if signed_in else {"email": mina.email}
    flagging.report(other, reason="insult", **sender)
    own.refresh_from_db()
    other.refresh_from_db()
    decisions.approve(own, by=mina)
    decisions.reject(other, by=mina)
    jobs()
    assert len(mail_folder.to(mina.email)) == before
    assert not other.flags.exclude(email="").exists()
    decisions.reject(own, by=edna)
    jobs()
    assert len(mail_folder.to(mina.email)) == before + 1


@pytest.mark.usefixtures("later")
def test_a_colleague_sees_the_comment_on_the_page_right_after_sending(
    client: Client, signed: Article, mina: User
) -> None:
    client.force_login(mina)
    place = f"/comments/new/?article={signed.pk}"
    token = client.get(f"/comments/token/?article={signed.pk}").json()["token"]
    form = {"text": "An answer of the newsroom.", "token": token, "parent": ""}
    answer = client.post(place, form)
    assert answer.status_code == 302
    assert Comment.objects.get().state == Comment.State.APPROVED
    assert "An answer of the newsroom." in client.get(signed.get_absolute_url()).content.decode()
