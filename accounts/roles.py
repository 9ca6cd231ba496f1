"""The roles of a newsroom and what each may do.

The groups are made by a migration of the project package, because their permissions touch every
house. A role is a group: what somebody may do can be seen and changed in the admin.
"""

from typing import Final

ADMINISTRATOR: Final = "Administrator"
EDITOR: Final = "Editor"
REPORTER: Final = "Reporter"
MODERATOR: Final = "Moderator"

ROLES: Final = (ADMINISTRATOR, EDITOR, REPORTER, MODERATOR)
