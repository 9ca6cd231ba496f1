"""The blocks of the product, a module for each kind, in the order of the editor's menus."""

from articles.body.blocks import asides, embeds, files, footnotes, images, tables, text
from articles.body.registry import register

register(
    images.IMAGE_BLOCK,
    images.GALLERY_BLOCK,
    text.PARAGRAPH,
    text.HEADING,
    text.QUOTE,
    text.CODE,
    asides.PULL_QUOTE,
    asides.CALLOUT,
    text.LIST,
    embeds.EMBED_BLOCK,
    files.FILE_BLOCK,
    tables.TABLE,
    footnotes.FOOTNOTE,
    text.RULE,
)
