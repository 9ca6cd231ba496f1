"""What of the newsletter goes out with a picture: the mails of issues that are still to be sent."""

from iria.kit.registry import PictureOutput
from newsletter.letter import composing
from newsletter.models import Issue


def of_picture(image_id: int) -> list[PictureOutput]:
    """The two forms of each mail that would show the picture now."""
    drafts = Issue.objects.filter(state__in=Issue.UNFROZEN)
    found = []
    for issue in drafts.showing(image_id).order_by("pk"):
        letter = composing.compose(issue)
        found.append(PictureOutput(f"the mail “{issue}”", letter.html.encode()))
        found.append(PictureOutput(f"the text of the mail “{issue}”", letter.text.encode()))
    return found
