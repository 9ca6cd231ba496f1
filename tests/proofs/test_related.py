"""Related articles compared with links that authors set; `make prove related` measures all of them."""

import json
from dataclasses import replace
from itertools import islice

import pytest

from iria.lab.evaluation.related.runner import evaluate
from iria.lab.evaluation.related.test_collection import read
from tests.proofs.size import FULL, sized
from tests.shared import shared_data

pytestmark = [pytest.mark.proof, pytest.mark.django_db]


def test_related_articles_are_better_than_bm25() -> None:
    collection = read(shared_data("articles", "18f-judged"))
    sample = dict(islice(collection.linked.items(), sized(40, None)))
    results = evaluate(replace(collection, linked=sample), language="en")
    print(json.dumps(results))
    bm25 = results["baselines"]["BM25"]["recall@5"]
    assert results["recall@5"] >= sized(1.1, 1.2) * bm25
    if FULL:
        assert results["recall@5"] >= 0.57
        assert bm25 >= 0.45
