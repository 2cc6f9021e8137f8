"""What every peer is given: the very resources that we compiled for one application, and the names of many.

A resource is a template over the application's name and team. Peers link nothing and check nothing; we do both.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from benchmarks.fleet import name_of, team_of

NAME, TEAM = "zz-name-zz", "zz-team-zz"


@dataclass(frozen=True)
class Work:
    """Resources of one application, `NAME` and `TEAM` standing for its own; how many to make; a folder to work in."""

    texts: tuple[str, ...]
    total: int
    directory: Path

    @property
    def count(self) -> int:
        """How many resources are to be made."""
        return len(self.texts) * self.total

    @property
    def names(self) -> list[tuple[str, str]]:
        """Name and team of every application."""
        return [(name_of(number), team_of(number)) for number in range(self.total)]

    @property
    def bodies(self) -> list[str]:
        """The resources as JSON."""
        return [json.dumps(yaml.load(text, Loader=yaml.CSafeLoader)) for text in self.texts]

    def jinja(self, name: str = "name", team: str = "team") -> str:
        """Return all resources as one Jinja2 template over two variables."""
        text = "---\n".join(self.texts)
        text = re.sub(r"\{\{|\{%", lambda found: "{{ '" + found.group() + "' }}", text)
        return text.replace(NAME, f"{{{{ {name} }}}}").replace(TEAM, f"{{{{ {team} }}}}")


def work_of(files: list[bytes], number: int, total: int, directory: Path) -> Work:
    """Return the work of making, for `total` applications, what was compiled for one."""
    texts = (data.decode().replace(name_of(number), NAME).replace(team_of(number), TEAM) for data in files)
    return Work(tuple(texts), total, directory)
