"""`python -m iria.launcher COMMAND …`: what the Makefile starts."""

import sys
from collections.abc import Callable
from pathlib import Path

from iria.launcher import cluster, command, paths, run
from iria.launcher.output import StartError, describe_os_error

COMMANDS: dict[str, Callable[..., int | None]] = {
    "run": run.run,
    "dev": lambda port="8000": run.run(port, develop=True),
    "reset-demo": run.reset_demo,
    "upgrade-database": lambda: cluster.upgrade(paths.state_folder()),
    "check-upgrade": run.check_upgrade_of_server,
    "check": command.check,
    "stop-when-unused": lambda state: cluster.Cluster(Path(state)).stop_when_unused(),
}


def main(arguments: list[str]) -> int:
    name, *rest = arguments or [""]
    if name not in COMMANDS:
        print(f"The commands are: {', '.join(COMMANDS)}.", file=sys.stderr)
        return 2
    try:
        run.stop_on_signals()
        return COMMANDS[name](*rest) or 0
    except run.Stopped:
        return 0 if name in {"run", "dev"} else 130
    except StartError as error:
        print(error, file=sys.stderr)
    except OSError as error:
        print(describe_os_error(error), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
