"""A spam model: logistic regression in plain Python (docs/algorithms/screening.md), and its training.

It needs a few hundred decisions of moderators, handles tens of thousands, and trains in seconds. A
score is a sum, so its greatest terms explain it.
"""

import math
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from django.db import connection, transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery

from articles.comments.models import Comment, ModerationDecision
from articles.comments.screening.models import SpamModelVersion
from articles.comments.screening.spam_features import describe_feature, features, is_learnt

PENALTY: Final = 3.0
"""The strength of L2 regularisation. It is applied with every occurrence of a feature, as dropout is."""

LEARNING_RATE: Final = 0.5
MAX_EPOCHS, MIN_EPOCHS = 30, 8
UPDATES: Final = 40_000
"""Examples processed in all epochs; with many examples there are fewer epochs."""

MAX_SCORE: Final = 30.0


def weights_of(
    examples: Sequence[Sequence[str]], spam: Sequence[bool]
) -> tuple[dict[str, float], float]:
    """Returns the weight of each feature and the prior, the same for the same examples.

    Stochastic gradient descent with a learning rate for each feature (AdaGrad).
    """
    names = sorted({name for features in examples for name in features})
    indexes = {name: index for index, name in enumerate(names)}
    rows = [sorted(indexes[name] for name in features) for features in examples]
    weights, squares = [0.0] * len(names), [1e-8] * len(names)
    prior, prior_squares = 0.0, 1e-8
    penalty = PENALTY / max(1, len(rows))
    generator = random.Random(0)  # noqa: S311 -- only for the order
    order = list(range(len(rows)))
    for _ in range(max(MIN_EPOCHS, min(MAX_EPOCHS, UPDATES // max(1, len(rows))))):
        generator.shuffle(order)
        for index in order:
            row = rows[index]
            scale = 1 / math.sqrt(1 + len(row))
            score = (prior + sum([weights[feature] for feature in row])) * scale
            error = (_probability(score) - spam[index]) * scale
            prior_squares += error * error
            prior -= LEARNING_RATE * error / math.sqrt(prior_squares)
            for feature in row:
                gradient = error + penalty * weights[feature]
                squares[feature] += gradient * gradient
                weights[feature] -= LEARNING_RATE * gradient / math.sqrt(squares[feature])
    return dict(zip(names, weights, strict=True)), prior


def _probability(score: float) -> float:
    return 1 / (1 + math.exp(-max(-MAX_SCORE, min(MAX_SCORE, score))))


VERSION: Final = 2
"""The version of features and score; a model of another version cannot be used."""

FOLDS: Final = 5
PRECISION: Final = 0.98
"""The required precision above the threshold, on comments not used for training."""

EVEN_ODDS: Final = 0.0
"""The lowest possible threshold: below this score a comment is more likely ham."""

MIN_OF_EACH: Final = 20
"""The number of examples of each class needed for a useful model."""

MIN_THREADS: Final = 2
"""The number of threads in which a word must occur to be used."""


class Example(NamedTuple):
    text: str
    spam: bool
    thread: str = ""
    """The thread of the comment, such as its article. Examples without one count as one thread."""


class TooFew(Exception):
    """There are not enough examples; the message says how many there are."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """The result of the model for a comment."""

    score: float
    suspects: bool
    reasons: tuple[str, ...]
    """Descriptions of the features with the highest weights, the strongest first."""


@dataclass(frozen=True, slots=True)
class SpamModel:
    """The weights of the features; scores from `threshold` on are suspected."""

    weights: dict[str, float]
    prior: float
    threshold: float

    def score(self, found: Iterable[str]) -> float:
        """Returns the score, normalised so that long comments do not score higher than short ones."""
        known = [self.weights[each] for each in found if each in self.weights]
        return (self.prior + sum(known)) / math.sqrt(1 + len(known))

    def opinion(self, text: str, limit: int = 3) -> Opinion:
        found = features(text)
        score = self.score(found)
        return Opinion(score, score >= self.threshold, self._reasons(found, limit))

    def _reasons(self, found: Mapping[str, str], limit: int) -> tuple[str, ...]:
        """Describes the strongest features; a phrase is listed instead of its parts."""
        strongest = sorted(
            (each for each in found if self.weights.get(each, 0) > 0),
            key=lambda each: (-self.weights[each], -len(each), each),
        )
        labels: list[str] = []
        for each in strongest:
            label = describe_feature(each, found[each])
            if label and not any(
                label.strip("“”") in other or other.strip("“”") in label for other in labels
            ):
                labels.append(label)
            if len(labels) == limit:
                break
        return tuple(labels)

    def as_json(self) -> dict[str, Any]:
        return {
            "version": VERSION,
            "weights": {each: round(weight, 4) for each, weight in self.weights.items()},
            "prior": self.prior,
            "threshold": self.threshold,
        }

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> "SpamModel | None":
        """Returns the saved model; None if its version is not supported any more."""
        if content.get("version") != VERSION:
            return None
        return cls(content["weights"], content["prior"], content["threshold"])


@dataclass(frozen=True, slots=True)
class Trained:
    """A model, and its precision and recall in cross-validation."""

    model: SpamModel
    precision: float
    recall: float


class ExampleFeatures(NamedTuple):
    """The features of an example."""

    features: frozenset[str]
    spam: bool
    thread: str


def train(examples: Sequence[Example]) -> Trained:
    """Trains a model, and sets the threshold by cross-validation.

    Each example is scored by a model that was not trained on its thread, or, if there are too few
    threads, on its section of the examples.

    Raises:
        TooFew
    """
    rows = [
        ExampleFeatures(frozenset(features(each.text)), each.spam, each.thread) for each in examples
    ]
    spam_count = sum(each.spam for each in rows)
    if not _are_enough(rows):
        raise TooFew(
            f"There are {len(rows) - spam_count} legitimate comments and {spam_count} spam "
            f"comments; training needs {MIN_OF_EACH} of each."
        )
    scores = _cross_validated_scores(rows)
    threshold = _threshold(scores)
    suspected = [spam for score, spam in scores if score >= threshold]
    model = _fit(rows)
    return Trained(
        SpamModel(model.weights, model.prior, threshold),
        precision=sum(suspected) / len(suspected) if suspected else 0.0,
        recall=sum(suspected) / spam_count,
    )


def _are_enough(rows: Sequence[ExampleFeatures]) -> bool:
    spam_count = sum(each.spam for each in rows)
    return min(spam_count, len(rows) - spam_count) >= MIN_OF_EACH


def _fit(rows: Sequence[ExampleFeatures]) -> SpamModel:
    """Trains a model with the words that occur in several threads."""
    threads: dict[str, set[str]] = {}
    for each in rows:
        for feature in each.features:
            if is_learnt(feature):
                threads.setdefault(feature, set()).add(each.thread)
    known = [
        [each for each in found if len(threads.get(each, ())) >= MIN_THREADS or not is_learnt(each)]
        for found, _, _ in rows
    ]
    weights, prior = weights_of(known, [each.spam for each in rows])
    return SpamModel(weights, prior, 0.0)


def _cross_validated_scores(rows: Sequence[ExampleFeatures]) -> list[tuple[float, bool]]:
    fold_of = _folds_by_thread(rows)
    folds = set(fold_of)
    if len(folds) < MIN_THREADS or not all(
        _are_enough([each for each, fold in zip(rows, fold_of, strict=True) if fold != left_out])
        for left_out in folds
    ):
        fold_of = _folds_by_section(rows)
    scores = []
    for left_out in sorted(set(fold_of)):
        pairs = list(zip(rows, fold_of, strict=True))
        model = _fit([each for each, fold in pairs if fold != left_out])
        scores += [
            (model.score(each.features), each.spam) for each, fold in pairs if fold == left_out
        ]
    return scores


def _folds_by_thread(rows: Sequence[ExampleFeatures]) -> list[int]:
    """Assigns each thread to the smallest fold, the largest threads first."""
    sizes: dict[str, int] = {}
    for each in rows:
        sizes[each.thread] = sizes.get(each.thread, 0) + 1
    fold_sizes = [0] * FOLDS
    fold_of: dict[str, int] = {}
    for thread in sorted(sizes, key=lambda each: (-sizes[each], each)):
        fold_of[thread] = fold_sizes.index(min(fold_sizes))
        fold_sizes[fold_of[thread]] += sizes[thread]
    return [fold_of[each.thread] for each in rows]


def _folds_by_section(rows: Sequence[ExampleFeatures]) -> list[int]:
    """Divides the examples of each class into consecutive sections."""
    total = {spam: sum(each.spam is spam for each in rows) for spam in (False, True)}
    before = {False: 0, True: 0}
    folds = []
    for each in rows:
        folds.append(before[each.spam] * FOLDS // total[each.spam])
        before[each.spam] += 1
    return folds


def _threshold(scores: Iterable[tuple[float, bool]]) -> float:
    """Returns the lowest threshold with `PRECISION`, if there were one more false positive.

    It is halfway to the next lower score. With too little spam it is above all ham.
    """
    ranked = sorted(scores, key=lambda each: (-each[0], each[1]))
    following = [*(score for score, _ in ranked[1:]), ranked[-1][0]]
    highest_ham = next((score for score, spam in ranked if not spam), -math.inf)
    lowest, ham_count = math.nextafter(highest_ham, math.inf), 0
    for suspected, ((score, spam), below) in enumerate(zip(ranked, following, strict=True), 1):
        ham_count += not spam
        if not ham_count or (suspected - ham_count) / (suspected + 1) >= PRECISION:
            lowest = (score + below) / 2
    return max(EVEN_ODDS, lowest)


MAX_EXAMPLES: Final = 3_000
"""Per class. Only the newest, because spam changes and the training must end within minutes."""

MAX_WEIGHTS: Final = 60_000
MAX_VERSIONS: Final = 10


def train_new_version() -> SpamModelVersion | None:
    """Trains a new version; returns None if there are no new decisions.

    Only decisions of people are used, because automatic ones would reinforce themselves.

    Raises:
        TooFew: there are not enough decisions of a class.
    """
    ham = _examples(Comment.State.APPROVED)
    spam = _examples(Comment.State.SPAM)
    latest = SpamModelVersion.objects.first()
    if (
        latest
        and latest.content.get("version") == VERSION
        and (latest.ham_count, latest.spam_count) == (len(ham), len(spam))
        and not _has_new_decisions(latest)
    ):
        return None
    trained = train([*ham, *spam])
    content = trained.model.as_json()
    strongest = sorted(content["weights"].items(), key=lambda each: -abs(each[1]))[:MAX_WEIGHTS]
    content["weights"] = dict(strongest)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('spam model', 0))")
        version = SpamModelVersion.objects.create(
            ham_count=len(ham),
            spam_count=len(spam),
            precision=trained.precision,
            recall=trained.recall,
            content=content,
        )
        kept = SpamModelVersion.objects.values("pk")[:MAX_VERSIONS]
        SpamModelVersion.objects.exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()
    return version


def train_if_possible() -> str:
    """Trains a new version if there are enough decisions; returns a message for the log."""
    try:
        version = train_new_version()
    except TooFew as error:
        return str(error)
    return f"{version} trained." if version else "No new decisions."


def _with_human_decision() -> "QuerySet[Comment]":
    human = ModerationDecision.objects.by_people().filter(comment=OuterRef("pk"))
    return Comment.objects.annotate(human=Subquery(human.values("decision")[:1]))


def _examples(state: Comment.State) -> list[Example]:
    newest = _with_human_decision().filter(Q(human=state)).order_by("-created_at")
    return [
        Example(text, state is Comment.State.SPAM, str(article))
        for text, article in newest.values_list("text", "article_id")[:MAX_EXAMPLES]
    ]


def _has_new_decisions(latest: SpamModelVersion) -> bool:
    return ModerationDecision.objects.filter(
        created_by__isnull=False, created_at__gt=latest.created_at
    ).exists()
