"""The policies of models of Django and of libraries (`iria.core.model_policy`)."""

from typing import Final

from django.utils.translation import gettext_lazy

from accounts.privacy import ACCOUNT, SESSIONS
from accounts.role_names import EDITOR, REPORTER
from iria.core.model_policy import ALL_ACTIONS, ALL_ROWS, Pruning, StoredData, declare

ADMIN: Final = StoredData(
    title=gettext_lazy("Admin"),
    what=gettext_lazy("If you work here: your groups, and which entries you changed in the admin."),
    purpose=gettext_lazy("To record who changed what."),
    retention=gettext_lazy("As long as your account."),
    order=95,
)


def declare_policies() -> None:
    declare(
        "taggit.Tag",
        public=ALL_ROWS,
        permissions={EDITOR: ALL_ACTIONS, REPORTER: "view add"},
    )
    declare("taggit.TaggedItem")
    declare("admin.LogEntry", personal_data=ADMIN)
    declare("auth.Group", personal_data=ADMIN)
    declare("auth.Permission")
    declare("contenttypes.ContentType")
    declare("sessions.Session", personal_data=SESSIONS)
    for label in ("account.EmailAddress", "account.EmailConfirmation", "mfa.Authenticator"):
        declare(label, personal_data=ACCOUNT)
    # Jobs contain the ids of rows; personal data is in the rows.
    for name in ("PeriodicDefer", "Worker"):
        declare(f"procrastinate.Procrastinate{name}")
    pruning = Pruning(
        "iria.delete_old_jobs", "Deleted when the job is done; 30 days after it failed."
    )
    for name in ("Event", "Job"):
        declare(f"procrastinate.Procrastinate{name}", pruning=pruning)
