"""Jobs of imports."""

from django.conf import settings
from procrastinate import JobContext

from iria.core.jobs import job
from iria.transfer import runs, uploads


@job(uploads.RUN, pass_context=True, queue=settings.LONG_QUEUE)
def run_import(context: JobContext, run_id: int) -> None:
    """The dry run, the import or the undoing of an archive."""
    uploads.resume(run_id, should_stop=context.should_abort)


@job("iria.resume_imports", cron="* * * * *")
def resume_imports() -> None:
    """Every minute: continues imports whose job was lost, and finds those whose command was killed."""
    runs.mark_interrupted()
    for run_id in uploads.in_progress():
        uploads.enqueue(run_id)


@job("iria.delete_old_uploads", cron="53 3 * * *", retry=2)
def delete_old_uploads() -> None:
    """Every night: deletes archives that were uploaded to be imported, and old reports of imports."""
    runs.delete_old()
    uploads.delete_abandoned()
