"""A report of an error says where it happened, and nothing about who caused it."""

import json

from tests.iria.test_settings import start

SECRET = "ola@readers.example"
DSN = "https://key@sentry.example/1"
# In a process of its own, because the package changes Django and the logging of its process.
REPORT = f"""
import logging, os
os.environ["DJANGO_SETTINGS_MODULE"] = "iria.settings"
import django
django.setup()
import sentry_sdk
from django.http import HttpResponse
from django.test import RequestFactory
from iria.core.http.request_log import RequestIds

class Printing(sentry_sdk.transport.Transport):
    def capture_envelope(self, envelope):
        for item in envelope.items:
            print(item.payload.get_bytes().decode())

def view(request):
    email = "{SECRET}"
    try:
        raise ValueError(email)
    except ValueError:
        logging.getLogger("iria").exception("Failed for %s", email)
    return HttpResponse()

sentry_sdk.get_client().transport = Printing()
request = RequestFactory().get("/newsletter/{SECRET}/")
RequestIds(view)(request)
print(request.request_id)
"""


def test_a_report_has_the_place_and_the_request_but_no_values() -> None:
    outcome = start(REPORT, SENTRY_DSN=DSN)
    text, request_id = outcome.stdout.split("\n", 1)
    event = json.loads(text)
    assert SECRET not in text
    assert event["exception"]["values"][0]["type"] == "ValueError"
    assert event["exception"]["values"][0]["stacktrace"]["frames"]
    assert event["tags"]["request_id"] == request_id.strip()


def test_a_missing_package_or_a_wrong_dsn_is_reported() -> None:
    assert "The setting SENTRY_DSN" in start(SENTRY_DSN="sentry.example").stderr
    hidden = "import sys; sys.modules['sentry_sdk'] = None; import iria.settings"
    outcome = start(hidden, SENTRY_DSN=DSN)
    assert "requirements-sentry.txt" in outcome.stderr.strip().splitlines()[-1]
