"""`python -m iria.launcher COMMAND …`: what the Makefile starts."""

import sys
from collections.abc import Callable
from pathlib import Path

from iria.launcher import checks, run, upgrade
from iria.launcher.cluster import Cluster
from iria.launcher.output import StartError, describe_os_error
from iria.launcher.supervisor import Stopped, stop_on_signals


def stop_when_unused(state: str) -> int:
    Cluster(Path(state)).stop_when_unused()
    return 0


COMMANDS: dict[str, Callable[..., int]] = {
    "run": run.run,
    "reset-demo": run.reset_demo,
    "upgrade-database": upgrade.upgrade,
    "check": checks.check,
    "stop-when-unused": stop_when_unused,
}


def main(arguments: list[str]) -> int:
    name, *rest = arguments or [""]
    if name not in COMMANDS:
        print(f"The commands are: {', '.join(COMMANDS)}.", file=sys.stderr)
        return 2
    try:
        stop_on_signals()
        return COMMANDS[name](*rest)
    except Stopped:
        return 0 if name == "run" else 130
    except StartError as error:
        print(error, file=sys.stderr)
    except OSError as error:
        print(describe_os_error(error), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
