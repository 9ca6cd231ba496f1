"""The jobs; each calls the verb that tests call."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from articles.comments.akismet import asking, queueing
from iria.kit.outward import Unanswered

PATIENT = RetryStrategy(max_attempts=6, exponential_wait=6, retry_exceptions={Unanswered})


@app.task(name=queueing.ASK, retry=PATIENT)
def ask(comment_id: int) -> None:
    asking.ask_about(comment_id)


@app.task(name=queueing.TELL, retry=PATIENT)
def tell(moderation_id: int) -> None:
    asking.tell_decision(moderation_id)
