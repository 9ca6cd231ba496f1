"""The PDF, audio or video that an article of some types shows above its text."""

from dataclasses import dataclass
from typing import Final

from articles.body.embeds import EmbedUse, embeds_in
from articles.editorial.models import Article, ArticleType
from articles.embeds.iframes import Frames
from articles.files.models import File

Template = ArticleType.Template

FILES: Final = {Template.REPORT: File.Kind.PDF, Template.PODCAST: File.Kind.AUDIO}
"""The template of an article type → the kind of file that it shows."""


@dataclass(frozen=True, slots=True)
class LeadMedia:
    """A file or an embed; both are empty for an article that has none, and for the other types."""

    file: File | None = None
    embed: EmbedUse | None = None


NONE: Final = LeadMedia()


def lead_media(article: Article, frames: Frames) -> LeadMedia:
    """The first file of the kind, or the first embed with a frame, in the order of the text."""
    template = Template(article.kind.template)
    if template == Template.VIDEO:
        embeds = (use for use in embeds_in(article.body) if use.url in frames)
        return LeadMedia(embed=next(embeds, None))
    kind = FILES.get(template)
    files = (each.file for each in article.attachments.all()) if kind else ()
    return LeadMedia(
        file=next((file for file in files if file.kind == kind and file.may_be_shown), None)
    )
