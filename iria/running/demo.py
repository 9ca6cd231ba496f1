"""`make reset-demo`: the demo newsroom as it was on the first day."""

from iria.running import command, environment, places, preparing, record
from iria.running.telling import say

ADDRESS = "http://127.0.0.1:8000"
"""Of the site, where it has never run yet."""


def reset() -> int:
    """Take the demo away and load it again, whether the site runs meanwhile or not."""
    state = places.make_folder(places.state_folder())
    python = environment.Environment().ensure()
    with command.database(state) as (url, _):
        last = record.read(state)
        surroundings = command.for_site(state, url, last.address if last else ADDRESS)
        preparing.prepare(state, python, surroundings, private=False)
        preparing.manage(state, python, surroundings, "load_demo", "--remove")
        preparing.manage(state, python, surroundings, "load_demo")
    say(f"The demo newsroom is fresh. Sign in: {preparing.how_to_sign_in(state)}")
    return 0
