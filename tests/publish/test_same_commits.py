"""Whatever is edited, here or in the environment repository: with the cache the commits are those without it."""

import os
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cache.fleets import TEAMS, Edit, Fleet, edits
from tests.cli.process import within
from tests.policy.states import policies
from tests.publish.shops import Shop, fleet, tree
from tests.repositories import bare, commit, git, git_variables, init

_SECONDS = re.compile(r"\(\d+\.\d\d s\)")
_APPROVAL = re.compile(r"--approve-deletes ([0-9a-f]+)")
_TIMES = int(os.environ.get("PLATFORMC_TEST_FLEETS", "12"))
_DAY = 86400


class Twins:
    """A platform repository, published to two environment repositories: with a cache, and without one."""

    def __init__(self, scratch: Path, *, apart: bool) -> None:
        self._scratch = scratch
        self._second = 0
        self.fleet = Fleet(init(scratch / "platform"))
        self.fleet.change("platform.yaml", lambda spec: spec.update(delivery={"repositories": {"env": "../env.git"}}))
        for name in ("dev", "prod"):
            where = {"repository": "env", **({"path": name} if apart else {})}
            self.fleet.change(f"environments/{name}.yaml", _putting(destination=where))
        self.remotes = [bare(scratch / "cached.git"), bare(scratch / "plain.git")]
        self.cache = scratch / "cache"

    def commit(self, days: int = 0) -> None:
        """Commit what stands in the platform repository, some days later."""
        self._second += days * _DAY + 1
        commit(self.fleet.root, "Change", self._second)

    def publish(self, *words: str) -> tuple[int, str, str, str]:
        """Publish to both; return what came of it, which must be the same."""
        with_cache = {"PLATFORMC_NO_CACHE": "", "PLATFORMC_CACHE_DIR": str(self.cache)}
        one, other = (
            self._publish(remote, variables, *words)
            for remote, variables in zip(self.remotes, (with_cache, {"PLATFORMC_NO_CACHE": "1"}), strict=True)
        )
        assert one == other
        return one

    def _publish(self, remote: Path, variables: dict[str, str], *words: str) -> tuple[int, str, str, str]:
        plan = self._scratch / "plan.json"
        plan.unlink(missing_ok=True)
        environment = {**git_variables(), **variables}
        to = ("--repository", f"env={remote}", "--plan", str(plan))
        done = within("publish", *to, *words, cwd=self.fleet.root, environment=environment)
        url = str(remote)
        said = (done.stdout.replace(url, "URL"), _SECONDS.sub("", done.stderr).replace(url, "URL"))
        planned = plan.read_text().replace(url, "URL") if plan.exists() else ""
        return done.returncode, *said, planned + git(remote, "for-each-ref")

    def by_hand(self, change: Callable[[Path], object]) -> None:
        """Let somebody change the published files, alike in both repositories."""
        self._second += 1
        with tempfile.TemporaryDirectory() as scratch:
            clone = Path(scratch) / "clone"
            git(self._scratch, "clone", "--quiet", str(self.remotes[0]), str(clone))
            git(clone, "checkout", "--quiet", "-B", "main")
            change(clone)
            commit(clone, "By hand", self._second)
            for remote in self.remotes:
                git(clone, "push", "--quiet", str(remote), "main")

    def others(self) -> None:
        """Let another platform publish to the same branches."""
        other = fleet(self._scratch / f"other-{self._second}", 1)
        file = other.source / "platform.yaml"
        commit(other.source, "Other", 1, {"platform.yaml": file.read_text().replace("name: acme", "name: other")})
        for remote in self.remotes:
            Shop(other.source, remote).publish("--repository", f"env={remote}")


def _putting(**words: Any) -> Callable[[dict[str, Any]], object]:
    return lambda spec: spec.update(words)


@dataclass(frozen=True)
class Step:
    """An edit of the platform repository, what else happens before the publish, and how it is published."""

    edit: Edit
    days: int
    meanwhile: Callable[[Twins], object]
    words: tuple[str, ...]


def _file_by_hand(number: int, text: str | None) -> Callable[[Twins], object]:
    """Return what replaces a published file, of resources or of the ledger, or takes it away."""

    def change(clone: Path) -> None:
        there = sorted(path for path in clone.rglob("*") if path.is_file() and ".git" not in path.parts)
        if there:
            chosen = there[number % len(there)]
            chosen.unlink()
            if text is not None:
                chosen.write_text(text)

    return lambda twins: twins.by_hand(change)


def _strangers_file(path: str) -> Callable[[Twins], object]:
    def change(clone: Path) -> None:
        file = clone / path
        if not file.parent.is_file():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("kind: Mine\n")

    return lambda twins: twins.by_hand(change)


def _tier(team: str, tier: str) -> Edit:
    return lambda fleet: fleet.change(f"teams/{team}/api.yaml", _putting(tier=tier))


def _guard(action: str) -> Edit:
    def change(fleet: Fleet) -> str:
        for path, text in policies({"keep-tier": action, "keep-data": action}).items():
            (fleet.root / path).parent.mkdir(parents=True, exist_ok=True)
            (fleet.root / path).write_text(text)
        return "policies"

    return change


_meanwhile = st.one_of(
    st.just(lambda _: None),
    st.just(lambda _: None),
    st.builds(_file_by_hand, st.integers(0, 999), st.sampled_from(("kind: Mine\n", "{}", None))),
    st.sampled_from(
        ("clusters/dev/ash/new/deployment-new.yaml", "clusters/prod/ash/old", "dev/clusters/dev/oak", "README.md")
    ).map(_strangers_file),
    st.just(Twins.others),
)
_words = st.sampled_from(
    (
        *(("--max-deletes", "999"),) * 3,
        (),
        ("--freeze", "--max-deletes", "999"),
        ("--freeze", "--max-deletes", "999", "--force"),
        ("--adopt", "--force"),
        ("--env", "prod"),
        ("--dry-run",),
        ("--pr",),
    )
)
_edits = st.one_of(
    edits(),
    edits(),
    st.builds(_tier, st.sampled_from(TEAMS[:2]), st.sampled_from(("critical", "experimental"))),
    st.sampled_from(("Deny", "Warn")).map(_guard),
)
_steps = st.builds(Step, _edits, st.sampled_from((0, 0, 0, 15)), _meanwhile, _words)


@settings(
    max_examples=max(_TIMES // 4, 1),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(_steps, min_size=1, max_size=5), apart=st.booleans(), guard=st.sampled_from(("Deny", "Warn", "")))
def test_commits_and_words_are_the_same_with_and_without_the_cache(
    steps: list[Step],
    apart: bool,  # noqa: FBT001
    guard: str,
) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        twins = Twins(Path(scratch), apart=apart)
        if guard:
            _guard(guard)(twins.fleet)
        twins.commit()
        twins.publish()
        for step in steps:
            step.edit(twins.fleet)
            twins.commit(step.days)
            step.meanwhile(twins)
            _, said, *_ = twins.publish(*step.words)
            approval = _APPROVAL.search(said)
            if approval:
                twins.publish(*step.words, "--approve-deletes", approval[1])
        twins.publish("--max-deletes", "999")


@pytest.fixture
def twins(tmp_path: Path) -> Twins:
    """Return a fleet that is published already."""
    made = Twins(tmp_path, apart=False)
    made.commit()
    assert made.publish()[0] == 0
    return made


def compiles(twins: Twins) -> int:
    """Return how often the whole was compiled, as far as its bytes are kept."""
    return len(list(twins.cache.glob("*-blobs.entry")))


def test_a_small_change_is_published_without_compiling_the_rest(twins: Twins) -> None:
    before = tree(twins.remotes[0])
    twins.fleet.change("teams/ash/api.yaml", _putting(image="ghcr.io/acme/a:2.0.0"))
    twins.commit()
    assert "published" in twins.publish()[1]
    after = tree(twins.remotes[0])
    assert {path.split("/")[-2] for path in after if after[path] != before.get(path)} == {"api", "ash"}
    assert compiles(twins) == 1


def test_one_environment_after_the_other_ends_where_both_at_once_do(twins: Twins) -> None:
    twins.fleet.change("teams/ash/api.yaml", _putting(image="ghcr.io/acme/a:2.0.0"))
    twins.commit()
    for name in ("dev", "prod"):
        assert "published" in twins.publish("--env", name)[1]
    assert "unchanged" in twins.publish()[1]


def test_what_was_published_of_commits_between_does_not_matter(twins: Twins) -> None:
    for number in range(2, 5):
        twins.fleet.change("teams/ash/api.yaml", _putting(image=f"ghcr.io/acme/a:{number}.0.0"))
        twins.fleet.change("teams/elm/api.yaml", _putting(scale={"min": number, "max": 9}))
        twins.commit()
        if number != 3:
            assert "published" in twins.publish()[1]
    twins.fleet.change("teams/elm/api.yaml", lambda spec: spec.pop("scale"))
    twins.commit()
    assert "published" in twins.publish()[1]
    assert compiles(twins) == 1


def test_policies_about_changes_are_asked_about_a_small_change_too(twins: Twins) -> None:
    _guard("Deny")(twins.fleet)
    _tier("ash", "standard")(twins.fleet)
    twins.commit()
    twins.publish()
    twins.fleet.change("teams/birch/api.yaml", _putting(image="ghcr.io/acme/a:2.0.0"))
    twins.commit()
    assert "published" in twins.publish()[1]
    _tier("ash", "critical")(twins.fleet)
    twins.commit()
    code, said, *_ = twins.publish()
    assert code == 1
    assert "PC7101" in said
    assert twins.publish("--freeze")[0] == 1
    _tier("ash", "standard")(twins.fleet)
    twins.commit()
    assert twins.publish()[0] == 0


def test_what_only_all_resources_together_tell_is_refused_as_by_a_compile(twins: Twins) -> None:
    route = {"route": [{"destination": {"host": "api"}}]}
    lost = {
        "apiVersion": "networking.istio.io/v1",
        "kind": "VirtualService",
        "metadata": {"name": "lost"},
        "spec": {"hosts": ["lost.example"], "gateways": ["nowhere"], "http": [route]},
    }
    head = {"apiVersion": "platformc.dev/v1", "kind": "RawResources", "metadata": {"name": "lost"}}
    allowed = {"allow": ["networking.istio.io/VirtualService"]}
    twins.fleet.change("platform.yaml", _putting(rawResources=allowed))
    twins.fleet.write("teams/ash/lost.yaml", {**head, "spec": {"resources": [lost]}})
    twins.commit()
    found = within(
        "compile", "--check", cwd=twins.fleet.root, environment={**git_variables(), "PLATFORMC_NO_CACHE": "1"}
    )
    code, said, *_ = twins.publish()
    assert (code, found.returncode) == (1, 1)
    assert said == found.stdout
    assert "PC5205" in said
    twins.publish("--freeze")
