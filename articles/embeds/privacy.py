"""What embeds keep of people: nothing. A frame is fetched by the reader's own click."""

from iria.core.data_inventory import declare


def register() -> None:
    declare("embeds", nothing=("articles.embedprovider",))
