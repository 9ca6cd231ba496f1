"""Stand-ins for a container runtime: builds the image of the Dockerfile and runs compose.yaml on a new machine.

The machine has one file system and one network, so an image is what its steps leave there, and services find
each other at 127.0.0.1. A service runs as a unit of the stand-in for systemd, with its user, a read-only file
system except its volumes, and a /tmp of its own.
"""

import json
import re
import shlex
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from tests.proofs.machine.new_machine import NewMachine

STAND_INS: Final = (
    "container runtime: steps of the Dockerfile and services of compose.yaml run on one simulated machine",
    "base images: Python and nginx of this machine",
    "image of PostgreSQL: Debian's PostgreSQL, with the role, the password and the database that the image would make",
    "name server of containers: nginx gets the address of the site instead of its name",
    "ignored of compose.yaml: cap_drop, security_opt, shm_size, published ports, restart",
)
_UNIT = """[Service]
User={user}
UMask=0027
WorkingDirectory={folder}
{environment}
ExecStart={command}
Type={kind}
NoNewPrivileges=yes
PrivateTmp=yes
ProtectSystem=strict
{writable}
"""


@dataclass
class Stage:
    """The directives of a Dockerfile stage that apply to its containers."""

    user: str = "root"
    folder: str = "/"
    environment: dict[str, str] = field(default_factory=dict)
    command: list[str] = field(default_factory=list)
    healthcheck: list[str] = field(default_factory=list)


def instructions(text: str) -> list[tuple[str, str]]:
    lines = re.sub(r"\\\n", "", text).splitlines()
    found = [line.partition(" ") for line in lines if line and not line.startswith("#")]
    return [(name, rest.strip()) for name, _, rest in found]


def build(machine: NewMachine, source: str) -> dict[str, Stage]:
    """Runs the steps of the Dockerfile; `source` is the folder of its context in the machine."""
    stages: dict[str, Stage] = {}
    stage = Stage()
    for name, rest in instructions((machine.root / source[1:] / "Dockerfile").read_text()):
        if name == "FROM":
            stage = stages[rest.split(" AS ")[1]] = Stage()
        elif name == "RUN":
            assert stage.user == "root", "steps run before the user changes"
            machine.run(f"mkdir -p {stage.folder}; cd {stage.folder}; {exports(stage)} {rest}")
        elif name == "COPY":
            copy(machine, source, stage, rest.split())
        else:
            describe(stage, name, rest)
    machine.run("sed -i 's/ web:8000;/ 127.0.0.1:8000;/' /etc/nginx/nginx.conf")
    return stages


def exports(stage: Stage) -> str:
    return " ".join(
        f"export {key}={shlex.quote(value)};" for key, value in stage.environment.items()
    )


def describe(stage: Stage, name: str, rest: str) -> None:
    if name in {"ENV", "ARG"}:
        stage.environment |= dict(word.split("=", 1) for word in shlex.split(rest))
    elif name == "WORKDIR":
        stage.folder = rest
    elif name == "USER":
        stage.user = rest
    elif name == "CMD":
        stage.command = json.loads(rest)
    elif name == "HEALTHCHECK":
        stage.healthcheck = json.loads(rest[rest.index("[") :])
    else:
        assert name in {"VOLUME", "EXPOSE"}, name


def copy(machine: NewMachine, source: str, stage: Stage, words: list[str]) -> None:
    is_other_stage = words[0].startswith("--from=")
    *wanted, target = words[1:] if is_other_stage else words
    target = target if target.startswith("/") else f"{stage.folder}/{target}"
    for each in wanted:
        if each == target:
            continue
        if is_other_stage or each != ".":
            place = each if is_other_stage else f"{source}/{each}"
            machine.run(f"mkdir -p $(dirname {target}); cp -a {place} {target}")
        else:
            folders = " ".join(shlex.quote(f"{source}/{name}") for name in context(machine, source))
            machine.run(f"mkdir -p {target}; cp -a {folders} {target}")


def context(machine: NewMachine, source: str) -> list[str]:
    """The paths that .dockerignore allows; it excludes everything and lists exceptions."""
    lines = (machine.root / source[1:] / ".dockerignore").read_text().splitlines()
    assert "*" in lines
    return [line[1:] for line in lines if line.startswith("!")]


class Compose:
    def __init__(self, machine: NewMachine, source: str, stages: dict[str, Stage]) -> None:
        self.machine, self.stages = machine, stages
        folder = machine.root / source[1:]
        lines = (folder / ".env").read_text().splitlines()
        self.settings = dict(line.split("=", 1) for line in lines)
        parsed = yaml.safe_load(interpolated((folder / "compose.yaml").read_text(), self.settings))
        self.services: dict[str, dict[str, Any]] = parsed["services"]
        self.volumes: dict[str, dict[str, Any] | None] = parsed["volumes"]

    def up(self) -> list[str]:
        """Starts each service after those it depends on; returns their names in that order."""
        self._mount_volumes()
        started: list[str] = []
        while waiting := [name for name in self.services if name not in started]:
            ready = [name for name in waiting if self._awaited(name) <= {*started}]
            assert ready, f"{waiting} wait for each other"
            for name in ready:
                self.start(name)
                started.append(name)
        return started

    def _mount_volumes(self) -> None:
        """Those in memory; the others are folders of the image."""
        for volume in {each for service in self.services.values() for each in service["volumes"]}:
            name, target, *_ = volume.split(":")
            if options := (self.volumes[name] or {}).get("driver_opts"):
                assert options["type"] == options["device"] == "tmpfs", name
                mount = f"mount -t tmpfs -o {options['o']} tmpfs {target}"
                self.machine.run(f"mountpoint -q {target} || {{ mkdir -p {target}; {mount}; }}")

    def _awaited(self, name: str) -> set[str]:
        return set(self.services[name].get("depends_on", {}))

    def stage(self, name: str) -> Stage:
        """The image of a service: one that is built here, or PostgreSQL's."""
        image = self.services[name]["image"]
        return self.stages.get({"iria": "site", "iria-front": "front"}.get(image, image), Stage())

    def start(self, name: str) -> None:
        service = self.services[name]
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        if name == "database":
            self._start_database(service["environment"])
        else:
            self._start_unit(name, service)
        if test := self.healthcheck(name):
            tries = f"for n in $(seq 300); do {shlex.join(test)} && exit; sleep 1; done; exit 1"
            environment = exports(self.stage(name))
            self.machine.run(f"cd /; {environment} ({tries})")

    def healthcheck(self, name: str) -> list[str]:
        own = self.services[name].get("healthcheck", {})
        if own.get("disable"):
            return []
        return list(own["test"][1:] if "test" in own else self.stage(name).healthcheck)

    def _start_database(self, environment: dict[str, str]) -> None:
        role, password = environment["POSTGRES_USER"], environment["POSTGRES_PASSWORD"]
        sql = f"CREATE ROLE {role} LOGIN SUPERUSER PASSWORD '{password}'"
        self.machine.run(
            "systemctl start postgresql; cd /; for n in $(seq 240); do pg_isready -q && break; sleep 0.5; done;"
            f" runuser -u postgres -- psql --quiet --command={shlex.quote(sql)};"
            f" runuser -u postgres -- createdb --owner={role} {environment['POSTGRES_DB']}"
        )

    def _start_unit(self, name: str, service: dict[str, Any]) -> None:
        stage = self.stage(name)
        environment = stage.environment | service.get("environment", {})
        if "env_file" in service:
            environment = self.settings | environment
        # The nginx of the image runs as a user without rights, too.
        user = stage.user if stage.user != "root" else "www-data"
        once = not service.get("restart")
        unit = _UNIT.format(
            user=user,
            folder=stage.folder,
            environment="\n".join(
                f'Environment="{key}={value}"' for key, value in environment.items()
            ),
            command=f"/usr/bin/env {shlex.join(service.get('command') or stage.command)}",
            kind="oneshot" if once else "exec",
            writable="\n".join(
                f"ReadWritePaths={volume.split(':')[1]}"
                for volume in service.get("volumes", [])
                if not volume.endswith(":ro")
            ),
        )
        (self.machine.root / "etc/systemd/system" / f"{name}.service").write_text(unit)
        self.machine.run(f"systemctl start {name}")

    def restart(self, name: str) -> None:
        self.machine.run(f"systemctl restart {name}")


def interpolated(text: str, settings: dict[str, str]) -> str:
    """Replaces `${NAME:-default}`, `${NAME-default}` and `${NAME:?message}`."""

    def value(found: re.Match[str]) -> str:
        name, kind, other = found.groups()
        if name in settings:
            return settings[name]
        assert kind == "-", other
        return other

    return re.sub(r"\$\{(\w+):?([-?])([^}]*)\}", value, text)
