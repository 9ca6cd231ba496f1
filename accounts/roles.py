"""The roles. Each is a group, created by `iria.roles`; its permissions can be changed in the admin."""

from typing import Final

ADMINISTRATOR: Final = "Administrator"
EDITOR: Final = "Editor"
REPORTER: Final = "Reporter"
MODERATOR: Final = "Moderator"
