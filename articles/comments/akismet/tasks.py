"""The jobs; each calls the verb that tests call."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from articles.comments.akismet import checks, job_queue
from iria.core.http.safe_client import RequestFailed

PATIENT = RetryStrategy(max_attempts=6, exponential_wait=6, retry_exceptions={RequestFailed})


@app.task(name=job_queue.ASK, retry=PATIENT)
def ask(comment_id: int) -> None:
    checks.ask_about(comment_id)


@app.task(name=job_queue.TELL, retry=PATIENT)
def tell(moderation_id: int) -> None:
    checks.tell_decision(moderation_id)
