"""The structured data of the PDF, audio or video above the text of an article."""

from typing import Any

from articles.editorial.models import Article
from articles.embeds.iframes import Frames
from articles.files.models import File
from articles.images.srcset import plain_rendition
from articles.public.lead_media import LeadMedia
from iria.core.http.urls import absolute_url
from iria.publication.models import Publication


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
