"""Limits on how many e-mails are sent per second, and the state of each limit."""

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.role_names import EDITOR
from iria.core.model_policy import model_policy


@model_policy(public=None, personal_data=None, permissions={EDITOR: "view"})
class SendingLimit(models.Model):
    """How many e-mails may be sent per second, in total or to one domain."""

    ALL_EMAILS = ""
    OTHER_DOMAINS = "*"

    domain = models.CharField(
        max_length=253,
        blank=True,
        validators=[
            RegexValidator(
                r"^(\*|[^\s@*]+)$",
                "Enter a domain such as example.org, or * for all other domains.",
            )
        ],
        help_text="The part after the @, such as example.org. Use * for all domains not listed here, or leave empty for all e-mails together.",
    )
    per_second = models.DecimalField(
        max_digits=7,
        decimal_places=2,
        validators=[MinValueValidator(0.01)],
        help_text="0.5 means one e-mail every two seconds.",
    )

    class Meta:
        ordering = ["domain"]
        constraints = [
            models.UniqueConstraint(
                Lower("domain"),
                name="limit_domain_once",
                violation_error_message="This domain already has a limit.",
            ),
            models.CheckConstraint(condition=Q(per_second__gt=0), name="limit_is_positive"),
        ]

    def __str__(self) -> str:
        of = {"": "all e-mails", "*": "all other domains"}.get(self.domain, self.domain)
        return f"{of}: {self.per_second:f} per second"


@model_policy(public=None, personal_data=None)
class ThrottleState(models.Model):
    """When the next e-mail may be sent under a limit; shared by all workers."""

    scope = models.CharField(primary_key=True, max_length=253)
    free_at = models.DateTimeField(help_text="No e-mail before this time.")
    spread_at = models.DateTimeField(help_text="Until when waiting e-mails are spread out.")

    def __str__(self) -> str:
        return f"{self.scope or 'all e-mails'}: {self.free_at}"
