"""`python -m iria.running COMMAND …`: what the Makefile's lines start."""

import sys
from collections.abc import Callable

from iria.running.telling import StartError, sentence_about


def run(port: str = "8000") -> int:
    from iria.running.run import run

    return run(port)


def reset_demo() -> int:
    from iria.running.demo import reset

    return reset()


def upgrade_database() -> int:
    from iria.running import places, upgrading

    upgrading.upgrade(places.state_folder())
    return 0


def test() -> int:
    from iria.running import checks

    return checks.test()


def prove_small() -> int:
    from iria.running import checks

    return checks.prove_small()


def prove(*parts: str) -> int:
    from iria.running import checks

    return checks.prove(*parts)


def bench(*arguments: str) -> int:
    from iria.running import checks

    return checks.bench(*arguments)


COMMANDS: dict[str, Callable[..., int]] = {
    "run": run,
    "test": test,
    "bench": bench,
    "prove": prove,
    "prove-small": prove_small,
    "reset-demo": reset_demo,
    "upgrade-database": upgrade_database,
}


def main(arguments: list[str]) -> int:
    name, *rest = arguments or [""]
    if name not in COMMANDS:
        print(f"The commands are: {', '.join(COMMANDS)}.", file=sys.stderr)
        return 2
    try:
        return COMMANDS[name](*rest)
    except StartError as why:
        print(why, file=sys.stderr)
    except OSError as trouble:
        print(sentence_about(trouble), file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
