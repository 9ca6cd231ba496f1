"""What prevents an issue from being sent."""

from django.urls import reverse

from articles.editorial.models import Article
from articles.images import usage_check
from articles.images.models import Image
from articles.images.models.rights import Channel
from iria.core.blockers import Blocker
from iria.publication.models import current_publication
from newsletter import preflight
from newsletter.delivery import recipients
from newsletter.email.article_blocks import LEAD_WIDTH, best_rendition
from newsletter.email.rendering import GMAIL_LIMIT, RenderedEmail
from newsletter.models import Issue, Newsletter
from newsletter.models.issue import ERROR_MAX_LENGTH

NEARLY_TOO_LONG = GMAIL_LIMIT * 85 // 100


def blockers(issue: Issue) -> list[Blocker]:
    """Returns the reasons why an issue cannot be sent, with links to where to fix them.

    Image rights are checked by the same function as for articles (`images.usage_check`).
    """
    findings = []
    if issue.has_started:
        return [Blocker("This issue was already sent. Create a new one.")]
    change_url = reverse("admin:newsletter_issue_change", args=[issue.pk])
    if not issue.subject.strip():
        message = "No subject. Enter a subject."
        findings.append(Blocker(message, f"{change_url}#id_subject", "Enter a subject"))
    articles = chosen_articles(issue)
    if not articles:
        findings.append(Blocker("No articles. Choose at least one.", change_url, "Choose articles"))
    if issue.image:
        findings += _blockers_of_image(issue.image, f"“{issue}”")
    for article in articles:
        findings += _blockers_of(article)
    if not recipients.audience(issue).exists():
        findings.append(Blocker(_no_recipients_message(issue)))
    # The e-mail itself is checked when all of this is fixed.
    return findings or preflight.run_checks(issue)


def warnings(rendered: RenderedEmail, newsletter: Newsletter) -> list[str]:
    """Returns findings that do not block sending."""
    findings = []
    if NEARLY_TOO_LONG < len(rendered.html.encode()) <= GMAIL_LIMIT:
        size = len(rendered.html.encode()) // 1024
        findings.append(
            f"The e-mail has {size} KB. Gmail hides everything after {GMAIL_LIMIT // 1024} KB, including the unsubscribe link."
        )
    if not current_publication().postal_address.strip():
        findings.append(
            "The publication has no postal address, which many countries require in newsletters. An administrator can add it."
        )
    return [*findings, *preflight.warnings(newsletter)]


def terms(issue: Issue) -> list[Blocker]:
    """Returns the usage terms of the images, to read before sending."""
    return [
        Blocker(
            f"Usage terms of the image “{image}”: {usage_terms}",
            image.get_absolute_url(),
            "View image",
        )
        for image in images_of(issue)
        if (usage_terms := usage_check.usage_terms(image))
    ]


def pause_reason(issue: Issue) -> str:
    """Returns why sending should pause, or an empty string."""
    return forbidden_image(issue) or unpublished_articles(issue)


def unpublished_articles(issue: Issue) -> str:
    """Names articles that were unpublished since sending started; the stored e-mail contains them.

    If there are too many for the field that stores the message, it says how many.
    """
    unpublished = Article.objects.filter(pk__in=issue.items.values("article_id")).exclude(
        pk__in=Article.objects.published().values("pk")
    )
    names = [f"“{article}”" for article in unpublished.order_by("pk")]
    if not names:
        return ""
    message = "Unpublished since sending started, but still in the e-mail: {}. Publish again, resume the issue as it is, or cancel it."
    complete = message.format(", ".join(names))
    fits = len(complete) <= ERROR_MAX_LENGTH
    return complete if fits else message.format(f"{len(names)} articles")


def forbidden_image(issue: Issue) -> str:
    """Names an image whose licence has expired; this cannot be overridden."""
    if forbidden := next((image for image in images_of(issue) if not image.may_be_mailed), None):
        return f"The image “{forbidden}” may no longer be sent by e-mail. Fix this in the image library to resume, or cancel the issue."
    return ""


def chosen_articles(issue: Issue) -> list[Article]:
    """Returns the articles of an issue, published or not, with their images."""
    return list(
        Article.objects.filter(pk__in=issue.items.values("article_id")).select_related(
            "lead_image__agency"
        )
    )


def images_of(issue: Issue) -> list[Image]:
    """Returns the lead image of the issue and those of its articles."""
    images = [issue.image, *[item.lead_image for item in chosen_articles(issue)]]
    return [item for item in images if item]


def _no_recipients_message(issue: Issue) -> str:
    if issue.digest_id:
        return "No recipients: no subscriber has chosen what this e-mail is for."
    return f"No recipients: “{issue.newsletter}” has no subscribers yet."


def _blockers_of(article: Article) -> list[Blocker]:
    if not article.is_published:
        message = (
            f"The article “{article}” is not published. Publish it or remove it from the issue."
        )
        return [Blocker(message, article.get_admin_url(), "Publish it")]
    if article.lead_image is None:
        return []
    return _blockers_of_image(
        article.lead_image, f"“{article}”", described=article.lead_image_is_described
    )


def _blockers_of_image(image: Image, used_in: str, *, described: bool = False) -> list[Blocker]:
    found = usage_check.blockers(
        [image],
        channels=[Channel.NEWSLETTER],
        described=[image.pk] if described else [],
    )
    if found:
        return found
    if best_rendition(image, width=LEAD_WIDTH) is None:
        message = f"The image of {used_in} is still being processed. Wait a minute and try again."
        return [Blocker(message)]
    return []
