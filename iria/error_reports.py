"""Reports of errors to Sentry, or a service that speaks its protocol (`SENTRY_DSN`).

A report says which code failed and how it got there, and nothing else: a path may be a secret link, and the
message of an error, a variable or a log line may have an e-mail address in it.
"""

from typing import Any, Final

import sentry_sdk

from iria.core.http.request_log import current_request_id

REMOVED: Final = ("request", "user", "breadcrumbs", "extra", "contexts", "server_name", "modules")


def start(dsn: str) -> None:
    sentry_sdk.init(
        dsn=dsn,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        before_send=without_personal_data,
    )


def without_personal_data(event: Any, hint: dict[str, Any]) -> Any:
    for name in REMOVED:
        event.pop(name, None)
    if entry := event.get("logentry"):
        # Without the values to be inserted into it.
        event["logentry"] = {"message": entry.get("message", "")}
    for error in event.get("exception", {}).get("values", ()):
        error["value"] = ""
    # Django's integration names the view; without one it is the path.
    if event.get("transaction_info", {}).get("source") == "url":
        event.pop("transaction", None)
    event["tags"] = {"request_id": current_request_id()}
    return event
