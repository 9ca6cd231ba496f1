"""What stands between an issue and its readers."""

from articles.editorial.models import Article
from iria.publication.models import current_publication
from newsletter.composing import GMAIL_CUTS_AT, Letter
from newsletter.models import Issue, Subscriber
from newsletter.stories import LEAD_WIDTH, best_rendition


def obstacles(issue: Issue) -> list[str]:
    """Why this issue cannot be sent as it stands: sentences for the editor, or none."""
    found = []
    if not issue.is_draft:
        return ["This issue went out already; make a new one."]
    if not issue.subject.strip():
        found.append("The subject is empty; write it before you send.")
    articles = chosen_articles(issue)
    if not articles:
        found.append("No article is chosen; choose at least one.")
    for article in articles:
        found += _obstacles_of(article)
    if not Subscriber.objects.receiving(issue.newsletter).exists():
        found.append(
            f"Nobody has subscribed to “{issue.newsletter}” yet, so there is nobody to send to."
        )
    return found


def warnings(letter: Letter) -> list[str]:
    """What does not forbid sending, but should be known before."""
    found = []
    if letter.is_too_long:
        size = len(letter.html.encode()) // 1024
        found.append(
            f"The mail has {size} KB; Gmail hides what comes after {GMAIL_CUTS_AT // 1024} KB, "
            "the link to leave included. Choose fewer articles or shorten the introduction."
        )
    if not current_publication().postal_address.strip():
        found.append(
            "The publication has no postal address, which many countries require in a newsletter; "
            "an administrator can enter it."
        )
    return found


def hindrance(issue: Issue) -> str:
    """Why an issue that is going out should not go on, or nothing.

    What was withdrawn after the start stands in the mail that was frozen. So it waits until the
    article is published again, or somebody stops the issue.
    """
    gone = Article.objects.filter(pk__in=issue.items.values("article_id")).exclude(
        pk__in=Article.objects.published().values("pk")
    )
    if not (article := gone.first()):
        return ""
    return (
        f"The article “{article}” was withdrawn after the start. Publish it again to go on, "
        "or stop the issue."
    )


def chosen_articles(issue: Issue) -> list[Article]:
    """The articles of an issue, published or not, with their pictures."""
    return list(
        Article.objects.filter(pk__in=issue.items.values("article_id")).select_related(
            "lead_picture"
        )
    )


def _obstacles_of(article: Article) -> list[str]:
    if not article.is_published:
        return [f"The article “{article}” is not published; publish it or take it out."]
    image = article.lead_picture
    if image is None:
        return []
    if not image.may_be_shown:
        sentence = (
            f"The picture of “{article}” has no credit; give it one in the library, "
            "or tick “needs no credit” there and say why."
        )
        return [sentence]
    if best_rendition(image, width=LEAD_WIDTH) is None:
        return [f"The picture of “{article}” is being made ready; wait a minute and try again."]
    return []
