"""How rare words are is counted by one worker at a time."""

import pytest
from django.db import transaction

from articles.related import rarity, refreshing
from articles.related.models import Rarity
from tests import newsroom
from tests.articles.related.test_reading_next import HARBOUR, STRAIT
from tests.together import begin_and_wait


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_workers_that_count_the_first_articles_at_once_end_with_one_count() -> None:
    for body in (STRAIT, HARBOUR, STRAIT):
        article = newsroom.published("At the strait", body=body)
        refreshing.refresh(article.pk)
    counted = set(Rarity.objects.values_list("number", "articles"))
    Rarity.objects.all().delete()
    with transaction.atomic():
        rarity.measure()
        other = begin_and_wait(rarity.measure)
    other.result()
    assert set(Rarity.objects.values_list("number", "articles")) >= counted
