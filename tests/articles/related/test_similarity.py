"""Document frequencies are counted by one worker at a time."""

import pytest
from django.db import transaction

from articles.related import recomputation, similarity
from articles.related.models import DocumentFrequency
from tests import newsroom
from tests.articles.related.test_read_next import HARBOUR, STRAIT
from tests.together import begin_and_wait


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_concurrent_workers_do_not_count_twice() -> None:
    for body in (STRAIT, HARBOUR, STRAIT):
        article = newsroom.published("At the strait", body=body)
        recomputation.refresh(article.pk)
    expected = set(DocumentFrequency.objects.values_list("number", "articles"))
    DocumentFrequency.objects.all().delete()
    with transaction.atomic():
        similarity.update_document_frequencies()
        other = begin_and_wait(similarity.update_document_frequencies)
    other.result()
    assert set(DocumentFrequency.objects.values_list("number", "articles")) >= expected
