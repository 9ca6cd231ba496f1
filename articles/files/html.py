"""The card of a file as HTML, from templates/articles/files/."""

from django.utils.safestring import SafeString

from articles.body.captions import safe_caption
from articles.files.models import File
from iria.core.rendering import render_fragment
from iria.core.text.language import direction_of, interface_language


def card_html(file: File, caption: str) -> SafeString:
    """The card of a file in a text, with a player for audio.

    Args:
        caption: of this use, as HTML.
    """
    code = interface_language()
    return render_fragment(
        "articles/files/_card.html",
        title=file.title,
        url=file.get_absolute_url(),
        facts=file.facts,
        credit=file.credit,
        licence_url=file.licence_url,
        is_audio=file.is_audio,
        media_type=file.media_type,
        caption=SafeString(safe_caption(caption)),
        language=code,
        direction=direction_of(code),
    )


def unavailable_card_html(caption: str) -> SafeString:
    """A card without its file: its credit is missing or its licence has ended."""
    code = interface_language()
    return render_fragment(
        "articles/files/_unavailable.html",
        caption=SafeString(safe_caption(caption)),
        language=code,
        direction=direction_of(code),
    )
