"""What embeds keep of people: nothing. A frame is fetched by the reader's own click."""

from iria.kit.kept import declare


def connect() -> None:
    declare("embeds", nothing=("articles.embedprovider",))
