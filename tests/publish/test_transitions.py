"""Policies about changes and deletions in `platformc publish`: what is published is what was."""

from datetime import date
from pathlib import Path

import pytest

from platform_compiler.diagnostics import Bag
from platform_compiler.pipeline import build, check
from platform_compiler.publish.edition import Request, edition_of, order_of
from platform_compiler.publish.model import Edition, Options, Status
from platform_compiler.publish.publish import publish
from platform_compiler.publish.source import source_of
from platform_compiler.publish.transitions import transitions_of
from platform_compiler.source.snapshot import snapshot
from platform_compiler.source.tree import GitRevision
from tests.policy.states import policies, policy, waiver, write
from tests.publish.shops import ADS, EMAIL, ROOT, Shop, copy, shop, wrapper
from tests.repositories import commit, git

DENY = {"keep-tier": "Deny", "keep-data": "Deny", "halve-pods": "Deny"}
TIER = ("\nspec:\n", "\nspec:\n  tier: experimental\n")


def guarded(directory: Path, **arguments: object) -> Shop:
    made = shop(directory, **arguments)  # type: ignore[arg-type]  # its own keywords
    commit(made.source, "Guard", 1, policies(DENY))
    return made


@pytest.fixture(scope="module")
def published_once(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    made = guarded(tmp_path_factory.mktemp("published"))
    made.publish()
    return made


@pytest.fixture
def made(published_once: Shop, tmp_path: Path) -> Shop:
    """A shop that is published, with policies about changes."""
    return copy(published_once, tmp_path)


def test_a_denied_change_publishes_nothing_and_names_the_manifest(made: Shop) -> None:
    before = made.refs()
    made.replace(EMAIL, *TIER, 2)
    told = made.publish(code=1).stdout
    assert "error[PC7101]: Deployment `checkout/emailservice`: the tier of an application may not change" in told
    assert f"{EMAIL}:" in told
    assert "= note: compared with what is published" in told
    assert "make a new application, move over, and let the old one go" in told
    assert made.refs() == before


def test_a_dry_run_and_a_pull_request_are_denied_too(made: Shop) -> None:
    before = made.refs()
    made.replace(EMAIL, *TIER, 2)
    assert "PC7101" in made.publish("--dry-run", code=1).stdout
    assert "PC7101" in made.publish("--pr", code=1).stdout
    assert made.refs() == before


def test_a_change_that_no_policy_denies_is_published(made: Shop) -> None:
    made.replace(EMAIL, "v0.10.6", "v0.10.9", 2)
    assert made.publish().stdout.startswith("env main: published")


def test_what_was_published_is_what_was_whatever_lies_between(made: Shop) -> None:
    made.replace(EMAIL, *TIER, 2)
    made.publish(code=1)
    made.replace(EMAIL, TIER[1], TIER[0], 3)
    made.replace(ADS, "v0.10.6", "v0.10.9", 4)
    assert made.publish().stdout.startswith("env main: published")


def test_with_freeze_a_denied_change_stays_out_and_others_go_on(made: Shop) -> None:
    before = made.tree()
    made.replace(EMAIL, *TIER, 2)
    made.replace(ADS, "v0.10.6", "v0.10.9", 3)
    told = made.publish("--freeze", code=1).stdout
    assert "`checkout/emailservice` stays as it was published" in told
    changed = {path for path, blob in made.tree().items() if before.get(path) != blob}
    assert changed
    assert all("/adservice" in path for path in changed)


def test_a_guarded_namespace_does_not_go_even_if_deletes_are_approved(made: Shop) -> None:
    before = made.refs()
    (made.source / ADS).unlink()
    commit(made.source, "Let it go", 2)
    told = made.publish("--max-deletes", "999", code=1).stdout
    assert "Namespace `catalog`: `catalog` holds data and may not go (policy `keep-data`)" in told
    assert told.count("error[PC7101]") == 1
    assert f"{ADS}\n  = what was made for it would go" in told
    assert made.refs() == before


def test_with_freeze_a_namespace_that_may_not_go_keeps_its_last_application(made: Shop) -> None:
    before = made.tree()
    (made.source / ADS).unlink()
    made.replace(EMAIL, "v0.10.6", "v0.10.9", 2)
    told = made.publish("--freeze", code=1).stdout
    assert "`catalog/adservice` stays as it was published" in told
    after = made.tree()
    changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    assert changed
    assert all("/emailservice" in path for path in changed)


def test_with_freeze_an_application_whose_deletion_is_denied_stays_with_all_it_has(made: Shop) -> None:
    guard = policy(
        "keep-data", ("apps", "DELETE", "deployments"), '  validations: [{expression: "false", message: stay}]\n'
    )
    commit(made.source, "Guard deployments", 2, {"policies/keep-data/policy.yaml": guard})
    before = made.tree()
    (made.source / ADS).unlink()
    made.replace(EMAIL, "v0.10.6", "v0.10.9", 3)
    told = made.publish("--freeze", "--max-deletes", "999", code=1).stdout
    assert "`catalog/adservice` stays as it was published" in told
    after = made.tree()
    changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    assert changed
    assert all("/emailservice" in path for path in changed)


def test_a_waiver_lets_a_change_through_and_is_told(made: Shop) -> None:
    write(made.source, waiver("move", "keep-tier", "kind: Deployment, name: emailservice"))
    made.replace(EMAIL, *TIER, 2)
    told = made.publish().stdout
    assert "note[PC7210]" in told
    assert "waived until 2026-07-01" in told


def test_a_warning_is_told_once_and_stops_nothing(made: Shop) -> None:
    files = policies(dict.fromkeys(DENY, "Warn"))
    (made.source / "policies/deny.yaml").unlink()
    commit(made.source, "Warn", 2, files)
    made.replace(EMAIL, *TIER, 3)
    told = made.publish().stdout
    assert told.count("warning[PC7102]") == 1
    assert "env main: published" in told


def test_a_repository_that_comes_first_is_not_published_to_when_a_later_one_is_denied(tmp_path: Path) -> None:
    made = shop(
        tmp_path,
        destinations={"dev": "{repository: first}", "staging": "{repository: env}", "prod": "{repository: env}"},
    )
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", str(tmp_path / "first.git"))
    commit(made.source, "Guard", 1, policies({"keep-tier": "Deny"}, ", environments: [prod]"))
    made.publish()
    before = made.refs(), git(tmp_path / "first.git", "for-each-ref")
    made.replace(EMAIL, *TIER, 2)
    made.publish(code=1)
    assert (made.refs(), git(tmp_path / "first.git", "for-each-ref")) == before


def test_an_older_commit_that_comes_late_is_superseded_and_not_judged(made: Shop) -> None:
    older = git(made.source, "rev-parse", "HEAD")
    (made.source / "policies/deny.yaml").unlink()
    made.replace(EMAIL, *TIER, 2)
    made.publish()
    assert "superseded" in made.publish("--source", older).stdout


def test_what_others_published_meanwhile_is_judged_again(made: Shop) -> None:
    made.replace(EMAIL, *TIER, 2)
    source = source_of(made.source, "HEAD")
    tree, bag = snapshot(GitRevision(made.source, source.commit)), Bag()
    order = order_of(made.source, tree, source, Request(), bag)
    checked = check(tree, date(2026, 6, 1), bag)
    output = build(checked, Bag())
    assert output is not None
    assert checked.court
    assert edition_of(order, output, Options(), bag, freeze=False) is None
    environments = frozenset(checked.loaded.environments)
    transitions = transitions_of(checked.court, output.units.keys(), lambda _: (checked, output))
    late = Edition(output, source, made.source, environments, transitions=transitions)
    before, found = made.refs(), Bag()
    (result,) = publish(order.sites, late, Options(), found)
    assert result.status is Status.REFUSED
    assert [finding.code for finding in found.sorted()] == ["PC7101"]
    assert made.refs() == before


def test_the_page_s_commands_and_words_are_true(made: Shop) -> None:
    page = (ROOT / "docs/publish.md").read_text().partition("## Changes that policies deny")[2]
    dry, freeze = (line.partition("#")[0].split()[1:] for line in page.split("```console\n")[1].splitlines()[:2])
    made.replace(EMAIL, *TIER, 2)
    made.replace(ADS, "v0.10.6", "v0.10.9", 3)
    assert page.split("```text\n")[1].partition("```")[0] in made.publish(*dry[1:], code=1).stdout
    assert "env main: published" in made.publish(*freeze[1:], code=1).stdout


def test_nothing_published_is_read_where_no_policy_is_about_changes(tmp_path: Path) -> None:
    made = shop(tmp_path)
    always = policy("keep-tier", ("apps", "CREATE, UPDATE", "deployments"), '  validations: [{expression: "true"}]\n')
    files = policies({"keep-tier": "Deny"}) | {"policies/keep-tier/policy.yaml": always}
    commit(made.source, "Guard", 1, files)
    made.publish()
    made.replace(EMAIL, *TIER, 2)
    log = tmp_path / "log"
    script = f'echo "$@" >> {log}'
    done = made.run("publish", "--dry-run", variables=wrapper(tmp_path / "bin", script))
    assert done.code == 0, done.stdout
    calls = log.read_text().splitlines()
    assert sum("ls-remote" in call for call in calls) == 1
