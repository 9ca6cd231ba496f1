"""The names of the roles, each a group.

What a role may do is declared at each model (`iria.core.model_policy`) and granted by `iria.roles`; an
administrator can change it in the admin.
"""

from typing import Final

ADMINISTRATOR: Final = "Administrator"
EDITOR: Final = "Editor"
REPORTER: Final = "Reporter"
MODERATOR: Final = "Moderator"
