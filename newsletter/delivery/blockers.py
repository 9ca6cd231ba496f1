"""What stands between an issue and its readers."""

from django.urls import reverse

from articles.editorial.models import Article
from articles.images.models import Image
from articles.images.models.rights import Channel
from articles.images.rights import usage_check
from iria.core.blockers import Blocker
from iria.publication.models import current_publication
from newsletter.delivery import recipients
from newsletter.email.article_blocks import LEAD_WIDTH, best_rendition
from newsletter.email.rendering import GMAIL_CUTS_AT, RenderedEmail
from newsletter.models import Issue, Newsletter
from newsletter.preflight import checks as preflight

NEARLY_TOO_LONG = GMAIL_CUTS_AT * 85 // 100


def obstacles(issue: Issue) -> list[Blocker]:
    """Why this issue cannot be sent as it stands, each with where it is mended; or nothing.

    What its pictures may do is decided where it is for articles too (`images.gate`).
    """
    found = []
    if issue.is_frozen:
        return [Blocker("This issue went out already; make a new one.")]
    here = reverse("admin:newsletter_issue_change", args=[issue.pk])
    if not issue.subject.strip():
        words = "The subject is empty; write it before you send."
        found.append(Blocker(words, f"{here}#id_subject", "Write it"))
    articles = chosen_articles(issue)
    if not articles:
        found.append(Blocker("No article is chosen; choose at least one.", here, "Choose one"))
    if issue.picture:
        found += _of_picture(issue.picture, f"“{issue}”")
    for article in articles:
        found += _obstacles_of(article)
    if not recipients.audience(issue).exists():
        found.append(Blocker(_nobody(issue)))
    # The mail itself is looked at once all of this is mended.
    return found or preflight.findings(issue)


def warnings(letter: RenderedEmail, newsletter: Newsletter) -> list[str]:
    """What does not forbid sending, but should be known before."""
    found = []
    if NEARLY_TOO_LONG < len(letter.html.encode()) <= GMAIL_CUTS_AT:
        size = len(letter.html.encode()) // 1024
        found.append(
            f"The mail has {size} KB; Gmail hides what comes after {GMAIL_CUTS_AT // 1024} KB, "
            "the link to leave included. There is not much room left."
        )
    if not current_publication().postal_address.strip():
        found.append(
            "The publication has no postal address, which many countries require in a newsletter; "
            "an administrator can enter it."
        )
    return [*found, *preflight.warnings(newsletter)]


def terms(issue: Issue) -> list[Blocker]:
    """What the licences of its pictures allow, to be read before they go out."""
    return [
        Blocker(f"Terms of the picture “{image}”: {said}", image.get_absolute_url(), "See it")
        for image in pictures_of(issue)
        if (said := usage_check.usage_terms(image))
    ]


def hindrance(issue: Issue) -> str:
    """Why an issue that is going out should not go on, or nothing."""
    return forbidden(issue) or withdrawn(issue)


def withdrawn(issue: Issue) -> str:
    """What was withdrawn after the start still stands in the mail that was frozen."""
    gone = Article.objects.filter(pk__in=issue.items.values("article_id")).exclude(
        pk__in=Article.objects.published().values("pk")
    )
    names = ", ".join(f"“{article}”" for article in gone.order_by("pk"))
    if not names:
        return ""
    return (
        f"Withdrawn after the start, and still in the mail: {names}. Publish it again, let the "
        "issue go on as it is, or stop it."
    )


def forbidden(issue: Issue) -> str:
    """A picture whose licence ended does not go out, whatever an editor thinks of it."""
    if kept := next((each for each in pictures_of(issue) if not each.may_be_mailed), None):
        return (
            f"The picture “{kept}” may not go out by mail any more. Mend that in the library to go "
            "on, or stop the issue."
        )
    return ""


def chosen_articles(issue: Issue) -> list[Article]:
    """The articles of an issue, published or not, with their pictures."""
    return list(
        Article.objects.filter(pk__in=issue.items.values("article_id")).select_related(
            "lead_image__agency"
        )
    )


def pictures_of(issue: Issue) -> list[Image]:
    """Its own picture on top, and those of its articles."""
    pictures = [issue.picture, *[each.lead_image for each in chosen_articles(issue)]]
    return [each for each in pictures if each]


def _nobody(issue: Issue) -> str:
    if issue.digest_id:
        return "Nobody wishes what this mail is for any more, so there is nobody to send to."
    return f"Nobody has subscribed to “{issue.newsletter}” yet, so there is nobody to send to."


def _obstacles_of(article: Article) -> list[Blocker]:
    if not article.is_published:
        words = f"The article “{article}” is not published; publish it or take it out."
        return [Blocker(words, article.get_admin_url(), "Publish it")]
    return _of_picture(article.lead_image, f"“{article}”") if article.lead_image else []


def _of_picture(image: Image, of: str) -> list[Blocker]:
    if found := usage_check.blockers([image], channels=[Channel.NEWSLETTER]):
        return found
    if best_rendition(image, width=LEAD_WIDTH) is None:
        words = f"The picture of {of} is being made ready; wait a minute and try again."
        return [Blocker(words)]
    return []
