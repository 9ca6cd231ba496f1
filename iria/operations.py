"""What operations ask: is the process up, and can it serve?"""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

HEARTBEAT_SECONDS = 45
"""Procrastinate's worker writes a heartbeat every 10 s and counts as stalled after 30 s."""


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Nothing else is asked, so a slow database does not get it killed."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """Database reachable, migrations applied, a worker alive; 503 and the reason otherwise."""
    state = {"database": False, "migrations": False, "worker": False}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            state["database"] = True
            executor = MigrationExecutor(connection)
            state["migrations"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
            if state["migrations"]:
                cursor.execute(
                    "SELECT EXISTS (SELECT FROM procrastinate_workers"
                    " WHERE last_heartbeat > now() - make_interval(secs => %s))",
                    [HEARTBEAT_SECONDS],
                )
                state["worker"] = bool(cursor.fetchone()[0])
    except DatabaseError:
        pass
    response = JsonResponse(state, status=200 if all(state.values()) else 503)
    response.headers["Cache-Control"] = "no-store"
    return response
