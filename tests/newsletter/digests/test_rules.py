"""Enabling or moving a rule sends nothing for earlier periods."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from iria.publication.models import current_publication
from newsletter.admin.digests import save_rule
from newsletter.digests import composition
from newsletter.models import Digest, DigestRule, Frequency, Issue, Newsletter
from tests.newsletter.digest_rules import OLA, headlines, hours_ago, rule
from tests.newsletter.factories import chose

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("frequency", [Frequency.WEEKLY, Frequency.EACH])
def test_a_rule_enabled_again_sends_nothing_at_once(frequency: Frequency) -> None:
    chose(OLA, frequency)
    hours_ago(2, "One")
    digest_rule = rule(frequency, enabled=False)
    digest_rule.enabled = True
    save_rule(digest_rule, changed=["enabled"])
    assert composition.compose_due() == []


def test_a_rule_enabled_again_covers_one_period() -> None:
    chose(OLA, Frequency.DAILY)
    digest_rule = rule()
    now = timezone.now()
    end = composition.last_end(digest_rule, current_publication(), now)
    Digest.objects.create(
        newsletter=digest_rule.newsletter, frequency="daily", period="before", needs_approval=False, composed_at=now,
        begins_at=end - timedelta(days=9), ends_at=end - timedelta(days=8),
    )  # fmt: skip
    hours_ago(70, "While it was off")
    hours_ago(2, "Today")
    digest_rule.enabled_at = now - timedelta(hours=1)
    digest_rule.save()
    (issue_id,) = composition.compose_due()
    assert headlines(Issue.objects.get(pk=issue_id)) == ["Today"]


def test_a_rule_moved_to_another_day_waits_and_loses_nothing(
    editor_client: Client,
) -> None:
    chose(OLA, Frequency.WEEKLY)
    hours_ago(2, "One")
    digest_rule = rule(Frequency.WEEKLY)
    composition.compose_due()
    hours_ago(0.001, "Since then")
    yesterday = current_publication().local(timezone.now() - timedelta(days=1)).weekday()
    page = reverse("admin:newsletter_digestrule_change", args=[digest_rule.pk])
    response = editor_client.post(page, {
        "newsletter": digest_rule.newsletter_id, "frequency": "weekly", "enabled": "on", "subject": "{headline}",
        "time_of_day": f"{digest_rule.time_of_day:%H:%M}", "day": yesterday, "introduction": "",
    })  # fmt: skip
    assert response.status_code == 302
    assert composition.compose_due() == []
    (issue_id,) = composition.compose_due(timezone.now() + timedelta(days=7))
    assert headlines(Issue.objects.get(pk=issue_id)) == ["Since then"]


def test_the_newsletter_form_names_frequencies_without_a_rule(client: Client, ada: User) -> None:
    client.force_login(ada)
    Newsletter.objects.update(frequencies=["issues", "daily", "weekly"])
    rule(Frequency.DAILY)
    switched_off = rule(Frequency.WEEKLY, enabled=False)
    page = reverse("admin:newsletter_newsletter_change", args=[switched_off.newsletter_id])
    assert "There is no digest rule for “Weekly”" in client.get(page).content.decode()
    DigestRule.objects.update(enabled=True)
    assert "There is no digest rule" not in client.get(page).content.decode()
