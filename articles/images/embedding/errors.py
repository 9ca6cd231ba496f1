"""When a file cannot carry what it should."""


class CannotEmbed(Exception):
    """The container is broken or of a form that is not written here; the message says which.

    The picture is then made anew from its private original.
    """
