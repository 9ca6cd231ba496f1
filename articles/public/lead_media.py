"""The PDF, audio or video that an article of some types shows above its text, also as structured data."""

from dataclasses import dataclass
from typing import Any, Final

from articles.body.figures import EmbedUse, embeds_in
from articles.editorial.models import Article, ArticleType
from articles.embeds.iframes import Frames
from articles.files.models import File
from articles.images.srcset import plain_rendition
from iria.core.http.urls import absolute_url
from iria.publication.models import Publication

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


def media_objects(
    article: Article, publication: Publication, media: LeadMedia, frames: Frames
) -> dict[str, Any]:
    """The file or the video above the text; a video only with the image that search engines need."""
    if media.file is not None:
        return _file_object(media.file)
    image = article.visible_lead_image
    rendition = plain_rendition(image) if image else None
    if media.embed is None or rendition is None or article.published_at is None:
        return {}
    video = {
        "@type": "VideoObject",
        "name": media.embed.title or article.headline,
        "description": article.description or article.headline,
        "thumbnailUrl": absolute_url(rendition.get_absolute_url()),
        "uploadDate": publication.local(article.published_at).isoformat(timespec="seconds"),
        "embedUrl": frames[media.embed.url].url,
        "url": media.embed.url,
    }
    return {"video": video}


def _file_object(file: File) -> dict[str, Any]:
    about: dict[str, Any] = {
        "@type": "AudioObject" if file.is_audio else "MediaObject",
        "name": file.title,
        "contentUrl": absolute_url(file.get_absolute_url()),
        "encodingFormat": file.media_type,
        "contentSize": str(file.bytes),
        "creditText": file.credit,
    }
    if file.is_audio:
        about["duration"] = f"PT{file.duration}S"
        return {"associatedMedia": about, "timeRequired": about["duration"]}
    return {"encoding": about}
