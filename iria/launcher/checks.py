"""`make test`, `make prove-small`, `make prove`, `make bench`: their environment and database.

What they run is in the Makefile.
"""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from iria.launcher import postmaster, preparation, processes
from iria.launcher.cluster import Cluster
from iria.launcher.paths import PROJECT


def check(kind: str, *command: str) -> int:
    """Run a command that checks the project, with its own settings and database.

    Args:
        kind: `durable` for a database with normal durability, else `throwaway`.
    """
    preparation.make_environment(preparation.FOR_DEVELOPING)
    state = Path(tempfile.mkdtemp(prefix="iria-checks-"))
    state.chmod(0o755)  # the user of the database needs access
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    environment |= {
        "IRIA_STATE": str(state),
        "IRIA_NEW_DATABASE": postmaster.DATABASE,
        "SECRET_KEY": secrets.token_urlsafe(64),
        "SITE_URL": "http://127.0.0.1:8000",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "DEBUG": "no",
        # Bytecode is shared by the many processes of a run.
        "PYTHONDONTWRITEBYTECODE": "",
    }
    try:
        with Cluster(state, durable=kind == "durable").running() as url:
            running = subprocess.Popen(
                command,
                cwd=PROJECT,
                env=environment | {"DATABASE_URL": url},
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=processes.die_with_parent(signal.SIGTERM),
            )
            try:
                return running.wait()
            finally:
                processes.send_group(running.pid, signal.SIGKILL)
    finally:
        shutil.rmtree(state, ignore_errors=True)
