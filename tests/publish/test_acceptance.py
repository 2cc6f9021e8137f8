"""The acceptance list of publishing, P1 to P16, on real repositories, as processes where several run or are killed."""

import hashlib
import itertools
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from platform_compiler.emit.ledger import ROOT as LEDGER
from tests.publish.shops import ADS, EMAIL, Shop, command, copy, fleet, shop, tree, wrapper
from tests.repositories import bare, commit, git, git_variables

DEPLOYMENT = "clusters/dev/checkout/emailservice/deployment-emailservice.yaml"
TAG = "emailservice:v0.10.6"


def log(repository: Path, revision: str = "main") -> list[str]:
    return git(repository, "log", "--format=%s", revision).splitlines()


def newer(made: Shop, second: int, tag: str = "v0.10.7") -> str:
    """Commit a new image of emailservice for the environments without pins."""
    current = next(word for word in (made.source / EMAIL).read_text().split() if "/emailservice:" in word)
    return made.replace(EMAIL, f"image: {current}", f"image: {current.rpartition(':')[0]}:{tag}", second)


def test_p1_a_rerun_makes_no_commit_and_moves_no_ref(made: Shop) -> None:
    before = made.refs()
    assert "unchanged" in made.publish().stdout
    assert made.refs() == before


def test_p1_an_equal_tree_moves_the_record_alone(made: Shop) -> None:
    before = git(made.remote, "rev-parse", "main")
    source = commit(made.source, "A comment", 1, {"notes.md": "nothing"})
    assert "recorded" in made.publish().stdout
    assert git(made.remote, "rev-parse", "main") == before
    assert source in git(made.remote, "log", "-1", "--format=%B", "refs/platformc/main")


def test_p1_the_same_source_makes_the_same_commit_anywhere(tmp_path: Path) -> None:
    made = shop(tmp_path)
    other = bare(tmp_path / "other.git")
    made.publish()
    assert made.process("publish", "--repository", f"env={other}").code == 0
    assert git(other, "rev-parse", "main") == git(made.remote, "rev-parse", "main")


def test_p2_sixteen_publishers_of_other_environments_all_land(tmp_path: Path) -> None:
    made = fleet(tmp_path, 16)
    made.publish("--env", "e0")
    made.edit("A file of ours", {"README.md": "by hand\n", "clusters/e0/notes.txt": "by hand\n"})
    running = [
        subprocess.Popen(
            command("publish", "--env", f"e{number}"),
            cwd=made.source,
            env={**git_variables(), "PYTHONPATH": str(Path(__file__).parents[2])},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for number in range(16)
    ]
    outputs = [process.communicate()[0] for process in running]
    assert [process.returncode for process in running] == [0] * 16, outputs
    assert not git(made.remote, "rev-list", "--merges", "main")
    assert len(log(made.remote)) == 17  # e0, the hand-made commit, and fifteen more
    whole = bare(tmp_path / "whole.git")
    made.publish("--repository", f"env={whole}")
    alone = {"README.md", "clusters/e0/notes.txt"}
    assert {path: blob for path, blob in made.tree().items() if path not in alone} == tree(whole)


def test_p2_publishers_of_sixteen_sources_at_once_end_at_the_newest(tmp_path: Path) -> None:
    made = shop(tmp_path)
    sources = [newer(made, second, f"v1.0.{second}") for second in range(1, 17)]
    running = [
        subprocess.Popen(
            command("publish", "--source", source),
            cwd=made.source,
            env={**git_variables(), "PYTHONPATH": str(Path(__file__).parents[2])},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for source in sources
    ]
    outputs = [process.communicate()[0] for process in running]
    assert [process.returncode for process in running] == [0] * 16, outputs
    assert "emailservice:v1.0.16" in git(made.remote, "show", f"main:{DEPLOYMENT}")
    assert not git(made.remote, "rev-list", "--merges", "main")


def state(made: Shop) -> str:
    """Return a digest of every file of a shop and of its environment repository."""
    found = hashlib.sha256()
    for path in sorted(path for path in made.source.parent.rglob("*") if path.is_file()):
        found.update(f"{path.relative_to(made.source.parent)}\0".encode() + path.read_bytes() + b"\0")
    return found.hexdigest()


def test_p3_killed_at_any_step_the_remote_is_unchanged_or_updated_and_a_rerun_completes(tmp_path: Path) -> None:
    made = fleet(tmp_path, 1)
    made.publish()
    made.replace("teams/shop/web.yaml", "web:1.0.0", "web:2.0.0", 1)
    before, published = made.refs(), set()
    completed: set[str] = set()
    for step in itertools.count(1):
        killed = copy(made, tmp_path / f"{step}")
        counter = tmp_path / f"counter-{step}"
        script = (
            f'echo >> "{counter}"\n'
            f'if [ "$(wc -l < "{counter}")" -eq {step} ]; then "$REAL" "$@"; kill -9 $PPID; exit 1; fi'
        )
        done = killed.process("publish", variables=wrapper(tmp_path / f"bin-{step}", script))
        published.add(killed.refs())
        assert done.code in {0, -9}
        left = state(killed)
        if left not in completed:  # what a rerun does depends on what it finds
            killed.publish()
            assert "web:2.0.0" in git(killed.remote, "show", "main:clusters/e0/shop/web/deployment-web.yaml")
            completed.add(left)
        if done.code == 0:
            break
    assert step > 5
    assert len(published) == 2
    assert before in published


def test_p4_a_file_made_by_hand_survives(made: Shop) -> None:
    note = "clusters/dev/checkout/emailservice/NOTES.md"
    made.edit("Notes", {note: "mine\n"})
    newer(made, 1)
    made.publish()
    assert git(made.remote, "show", f"main:{note}") == "mine"


def test_p4_a_generated_file_edited_by_hand_keeps_its_unit_and_names_who_did_it(made: Shop) -> None:
    made.edit("Scale by hand", {DEPLOYMENT: "kind: Deployment\n"})
    newer(made, 1)
    done = made.publish(code=1)
    assert "PC6102" in done.stdout
    assert "last changed by Ann, 2026-06-01" in done.stdout
    assert git(made.remote, "show", f"main:{DEPLOYMENT}") == "kind: Deployment"
    assert "v0.10.7" in git(made.remote, "show", f"main:{DEPLOYMENT.replace('/dev/', '/staging/')}")
    made.publish("--force")
    assert "v0.10.7" in git(made.remote, "show", f"main:{DEPLOYMENT}")


def test_p4_a_strangers_file_in_the_place_of_ours_is_kept_until_adopted(tmp_path: Path) -> None:
    made = shop(tmp_path)
    clone = tmp_path / "seed"
    git(tmp_path, "clone", "--quiet", str(made.remote), str(clone))
    git(clone, "checkout", "--quiet", "-B", "main")
    commit(clone, "Seed", files={DEPLOYMENT: "kind: Mine\n"})
    git(clone, "push", "--quiet", "origin", "main")
    assert "PC6101" in made.publish(code=1).stdout
    assert git(made.remote, "show", f"main:{DEPLOYMENT}") == "kind: Mine"
    made.publish("--adopt")
    assert TAG in git(made.remote, "show", f"main:{DEPLOYMENT}")


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_p5_whatever_order_runs_finish_in_the_newest_source_is_shown(tmp_path: Path, order: tuple[int, ...]) -> None:
    made = shop(tmp_path)
    sources = [git(made.source, "rev-parse", "HEAD"), newer(made, 1), newer(made, 2, "v0.10.6")]
    for number in order:
        made.publish("--source", sources[number])
    assert TAG in git(made.remote, "show", f"main:{DEPLOYMENT}")
    assert sources[2] in git(made.remote, "log", "-1", "--format=%B", "refs/platformc/main")
    assert "superseded" in made.publish("--source", sources[1]).stdout


def test_p5_an_older_source_is_recognised_from_a_shallow_checkout(tmp_path: Path) -> None:
    made = shop(tmp_path)
    old = git(made.source, "rev-parse", "HEAD")
    git(made.source, "clone", "--quiet", "--depth=1", f"file://{made.source}", str(tmp_path / "shallow"))
    newer(made, 1)
    made.publish()
    stale = Shop(tmp_path / "shallow", made.remote)
    assert git(stale.source, "rev-parse", "HEAD") == old
    assert "superseded" in stale.publish("--repository", f"env={made.remote}").stdout


def test_p5_an_unrelated_source_is_refused_unless_forced(made: Shop) -> None:
    git(made.source, "checkout", "--quiet", "--orphan", "other")
    commit(made.source, "Another history", 1)
    before = made.refs()
    assert "PC8003" in made.publish(code=1).stdout
    assert made.refs() == before
    made.publish("--force-source")


def without(made: Shop, manifest: str) -> None:
    (made.source / manifest).unlink()
    commit(made.source, "Drop an application", 1)


def test_p6_deleting_an_application_needs_approval_of_exactly_what_goes(made: Shop) -> None:
    without(made, EMAIL)
    before = made.refs()
    refused = made.publish(code=1).stdout
    assert "PC8004" in refused
    gone = [path for path in made.tree() if "/emailservice/" in path]
    for path in gone:
        assert path.rpartition("/")[2].removesuffix(".yaml") in refused
    assert made.refs() == before
    made.publish("--approve-deletes", "0123456789abcdef", code=1)
    digest = refused.split("--approve-deletes ")[1].split()[0]
    made.publish("--approve-deletes", digest)
    assert not [path for path in made.tree() if "emailservice" in path]


def test_p6_approval_does_not_outlive_a_change_of_what_goes(made: Shop) -> None:
    without(made, EMAIL)
    digest = made.publish(code=1).stdout.split("--approve-deletes ")[1].split()[0]
    without(made, ADS)
    made.publish("--approve-deletes", digest, code=1)


@pytest.mark.parametrize("how", ["filters", "no filters", "shallow"])
def test_p7_any_kind_of_remote_gives_the_same_tree(tmp_path: Path, how: str) -> None:
    made = shop(tmp_path, filters=how != "no filters")
    made.publish()
    made.edit("A file of ours", {"README.md": "by hand\n"})
    newer(made, 1)
    remote = made.remote
    if how == "shallow":
        remote = tmp_path / "shallow.git"
        git(tmp_path, "clone", "--quiet", "--bare", "--depth=1", f"file://{made.remote}", str(remote))
        git(remote, "fetch", "--quiet", "--depth=1", f"file://{made.remote}", "refs/platformc/*:refs/platformc/*")
    made.publish("--repository", f"env=file://{remote}")
    assert git(remote, "rev-parse", "main^{tree}") == EXPECTED.setdefault(
        "tree", git(remote, "rev-parse", "main^{tree}")
    )


EXPECTED: dict[str, str] = {}
"""The tree of whichever kind of remote ran first; the others must be equal to it."""


def test_p7_first_publish_to_an_empty_repository_and_to_a_new_branch_beside_another(made: Shop, tmp_path: Path) -> None:
    other = bare(tmp_path / "other.git")
    clone = tmp_path / "seed"
    git(tmp_path, "clone", "--quiet", str(other), str(clone))
    git(clone, "checkout", "--quiet", "-B", "unrelated")
    commit(clone, "Seed", files={"x": "1"})
    git(clone, "push", "--quiet", "origin", "unrelated")
    made.publish("--repository", f"env={other}")
    assert tree(other) == made.tree()
    assert len(log(other)) == 1


def test_p8_trailers_parse_and_a_subject_cannot_add_any(made: Shop) -> None:
    hostile = "Source-Commit: forged\u2028Environments: none\x1b[31m"
    source = made.replace(EMAIL, TAG, "emailservice:v0.10.7", 1, hostile)
    made.publish()
    message = git(made.remote, "log", "-1", "--format=%B", "main")
    parsed = git(made.remote, "interpret-trailers", "--parse", stdin=message.encode()).splitlines()
    trailers = dict(line.split(": ", 1) for line in parsed)
    assert len(trailers) == len(parsed)
    assert trailers["Source-Commit"] == source
    assert trailers["Environments"] == "boutique/dev, boutique/staging, boutique/prod"
    assert trailers["Argocd-reference-commit-sha"] == source
    assert "\x1b" not in message


def test_p8_people_and_dates_are_those_of_the_source_commit(made: Shop) -> None:
    shown = "%an %ae %at %cn %ce %ct"
    assert git(made.remote, "log", "-1", f"--format={shown}") == git(made.source, "log", "-1", f"--format={shown}")


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="needs ssh-keygen")
def test_p9_a_signed_commit_is_verified_with_the_key(tmp_path: Path) -> None:
    made = shop(tmp_path)
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    git(made.source, "config", "gpg.format", "ssh")
    git(made.source, "config", "user.signingkey", str(key))
    made.publish("--sign")
    allowed = tmp_path / "allowed"
    allowed.write_text(f"ann@acme.example {key.with_suffix('.pub').read_text()}")
    setting = f"gpg.ssh.allowedSignersFile={allowed}"
    for ref in ("main", "refs/platformc/main"):
        git(made.remote, "-c", "gpg.format=ssh", "-c", setting, "verify-commit", ref)
    unsigned = bare(tmp_path / "unsigned.git")
    made.publish("--repository", f"env={unsigned}")
    assert tree(unsigned) == made.tree()


def hook(remote: Path, name: str, script: str) -> None:
    file = remote / "hooks" / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def test_p10_a_server_that_refuses_is_not_asked_for_ever_and_its_words_are_shown(made: Shop, tmp_path: Path) -> None:
    newer(made, 1)
    before = made.refs()
    asked = tmp_path / "asked"
    hook(
        made.remote,
        "pre-receive",
        f'echo >> "{asked}"; echo "protected: see https://bot:s3cret@git.acme.com" >&2; exit 1',
    )
    done = made.publish(code=4)
    assert "protected: see https://***@git.acme.com" in done.stdout
    assert "s3cret" not in done.stdout + done.stderr
    assert len(asked.read_text().splitlines()) <= 2
    assert made.refs() == before


def test_p10_credentials_in_an_address_are_never_printed(tmp_path: Path) -> None:
    made = shop(tmp_path)
    plan = tmp_path / "plan.json"
    done = made.publish("--repository", "env=http://bot:s3cret@127.0.0.1:9/env.git", "--plan", str(plan), code=4)
    assert "s3cret" not in done.stdout + done.stderr + plan.read_text()


def test_p10_a_server_that_refuses_records_gets_them_on_the_branch(tmp_path: Path) -> None:
    made = shop(tmp_path)
    hook(made.remote, "update", 'case "$1" in refs/platformc/*) exit 1;; esac')
    old = git(made.source, "rev-parse", "HEAD")
    made.publish()
    assert "refs/platformc" not in made.refs()
    newer(made, 1)
    made.publish()
    made.edit("By hand", {"README.md": "1"})
    assert "superseded" in made.publish("--source", old).stdout
    assert "unchanged" in made.publish().stdout


def test_p11_a_dry_run_shows_the_plan_of_the_real_run_and_changes_nothing(made: Shop) -> None:
    newer(made, 1)
    before = made.refs()
    planned = made.plan("--dry-run")
    assert made.refs() == before
    real = made.plan()
    assert [plan.pop("status") for plan in (*planned, *real)] == ["planned", "published"]
    assert [planned[0].pop("commit"), real[0].pop("commit")] == [None, git(made.remote, "rev-parse", "main")]
    assert planned == real


def test_p12_a_pull_request_branch_is_used_again_and_nothing_else_moves(made: Shop) -> None:
    main = git(made.remote, "rev-parse", "main", "refs/platformc/main")
    source = newer(made, 1)
    made.publish("--pr")
    branch = f"platformc/main/{source[:12]}"
    first = git(made.remote, "rev-parse", branch)
    assert "v0.10.7" in git(made.remote, "show", f"{branch}:{DEPLOYMENT}")
    assert git(made.remote, "rev-parse", "main", "refs/platformc/main") == main
    made.publish("--pr")
    assert git(made.remote, "rev-parse", branch) == first
    assert len(git(made.remote, "for-each-ref", "refs/heads").splitlines()) == 2


def test_p13_a_renamed_application_is_deleted_and_created_in_one_commit_and_told(made: Shop) -> None:
    old = made.source / ADS
    new = old.with_name("adverts.yaml")
    new.write_text(old.read_text().replace("name: adservice", "name: adverts"))
    old.unlink()
    commit(made.source, "Rename adservice", 1)
    refused = made.publish(code=1).stdout
    assert "clusters/dev/catalog/adservice/: " in refused
    made.publish("--approve-deletes", refused.split("--approve-deletes ")[1].split()[0])
    units = {path.split("/")[3] for path in made.tree() if path.startswith("clusters/dev/catalog/")}
    assert "adverts" in units
    assert "adservice" not in units
    assert len(log(made.remote)) == 2


def test_p14_verify_lists_what_is_modified_missing_and_foreign(made: Shop, tmp_path: Path) -> None:
    assert made.run("verify", "--against", "env").code == 0
    service = DEPLOYMENT.replace("deployment", "service")
    clone = tmp_path / "hand"
    git(tmp_path, "clone", "--quiet", str(made.remote), str(clone))
    (clone / service).unlink()
    commit(clone, "By hand", files={DEPLOYMENT: "kind: Mine\n", "clusters/dev/notes.txt": "mine\n"})
    git(clone, "push", "--quiet", "origin", "main")
    done = made.run("verify", "--against", "env", "--format", "concise")
    assert done.code == 1
    assert [line.partition(": ")[0] for line in done.stdout.splitlines()] == [
        DEPLOYMENT,
        service,
        "clusters/dev/notes.txt",
    ]


def two_repositories(tmp_path: Path) -> Shop:
    made = shop(
        tmp_path,
        destinations={"dev": "{repository: env}", "staging": "{repository: env}", "prod": "{repository: live}"},
    )
    bare(tmp_path / "live.git")
    return made


def test_p15_a_failure_is_told_by_target_and_those_behind_it_are_left_alone(tmp_path: Path) -> None:
    made = two_repositories(tmp_path)
    hook(made.remote, "pre-receive", "exit 1")
    results = made.plan(code=4)
    assert [(r["repository"], r["status"]) for r in results] == [("env", "failed"), ("live", "skipped")]
    assert not git(tmp_path / "live.git", "for-each-ref")


def test_p15_what_is_before_a_failure_stays_published_and_a_rerun_completes(tmp_path: Path) -> None:
    made = two_repositories(tmp_path)
    hook(tmp_path / "live.git", "pre-receive", "exit 1")
    results = made.plan(code=4)
    assert [(r["repository"], r["status"]) for r in results] == [("env", "published"), ("live", "failed")]
    (tmp_path / "live.git" / "hooks" / "pre-receive").unlink()
    results = made.plan()
    assert [(r["repository"], r["status"]) for r in results] == [("env", "unchanged"), ("live", "published")]


def test_p15_several_branches_of_a_repository_move_together_or_not_at_all(tmp_path: Path) -> None:
    destinations = {e: f"{{repository: env, branch: env/{e}}}" for e in ("dev", "staging", "prod")}
    made = shop(tmp_path, destinations=destinations)
    hook(made.remote, "update", 'case "$1" in refs/heads/env/prod) exit 1;; esac')
    assert {r["status"] for r in made.plan(code=4)} == {"failed"}
    assert not made.refs()
    (made.remote / "hooks" / "update").unlink()
    assert [(r["branch"], r["status"]) for r in made.plan()] == [
        (f"env/{e}", "published") for e in ("dev", "staging", "prod")
    ]


def test_p16_nothing_is_written_outside_the_configured_folder_nor_through_a_link(tmp_path: Path) -> None:
    made = shop(
        tmp_path,
        destinations={
            "dev": "{repository: env, path: low/dev}",
            "staging": "{repository: env, path: low/stage}",
            "prod": "{repository: env, path: live}",
        },
    )
    clone = tmp_path / "seed"
    git(tmp_path, "clone", "--quiet", str(made.remote), str(clone))
    git(clone, "checkout", "--quiet", "-B", "main")
    (clone / "elsewhere").mkdir()
    (clone / "elsewhere" / "kept").write_text("1")
    (clone / "live").symlink_to("elsewhere")
    commit(clone, "Seed")
    git(clone, "push", "--quiet", "origin", "main")
    done = made.publish(code=1)
    assert "PC6101" in done.stdout
    written = {path for path in made.tree() if path not in {"live", "elsewhere/kept"}}
    assert written
    assert all(path.startswith(("low/dev/", "low/stage/")) for path in written)
    assert made.tree()["elsewhere/kept"] == git(clone, "rev-parse", "HEAD:elsewhere/kept")


def test_a_hooks_git_variables_do_not_leak(tmp_path: Path) -> None:
    made = shop(tmp_path)
    bystander = tmp_path / "bystander"
    bystander.mkdir()
    git(bystander, "init", "--quiet", "--initial-branch=main")
    words = " ".join(f"'{word}'" for word in command("publish", "--root", str(made.source)))
    hook(bystander / ".git", "pre-commit", f"test -n \"$GIT_INDEX_FILE\" || exit 9\nPYTHONPATH='{ROOT}' {words}")
    before = sorted(path.name for path in (bystander / ".git").rglob("*") if "publish" in path.name)
    variables = {**git_variables(), "GIT_DIR": str(bystander / ".git"), "GIT_WORK_TREE": str(bystander)}
    done = subprocess.run(
        ["git", "commit", "--allow-empty", "-m", "x"],
        cwd=bystander,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert TAG in git(made.remote, "show", f"main:{DEPLOYMENT}")
    assert not git(bystander, "for-each-ref", "refs/platformc")
    assert sorted(path.name for path in (bystander / ".git").rglob("*") if "publish" in path.name) == before


ROOT = Path(__file__).parents[2]


def test_a_rollback_stays_until_something_newer_comes(tmp_path: Path) -> None:
    made = shop(tmp_path)
    old = git(made.source, "rev-parse", "HEAD")
    made.publish()
    bad = newer(made, 1)
    made.publish()
    made.publish("--rollback", old, "--reason", "mails are lost")
    assert TAG in git(made.remote, "show", f"main:{DEPLOYMENT}")
    assert "Rollback-Reason: mails are lost" in git(made.remote, "log", "-1", "--format=%B", "main")
    assert "superseded" in made.publish("--source", bad).stdout
    newer(made, 2, "v0.10.8")
    made.publish()
    assert "v0.10.8" in git(made.remote, "show", f"main:{DEPLOYMENT}")


def test_uncommitted_changes_are_not_published(tmp_path: Path) -> None:
    made = shop(tmp_path)
    (made.source / EMAIL).write_text("broken: [\n")
    made.publish()
    assert TAG in git(made.remote, "show", f"main:{DEPLOYMENT}")


def test_an_environment_that_the_platform_no_longer_has_goes_with_approval(tmp_path: Path) -> None:
    made = fleet(tmp_path, 2)
    made.publish()
    for folder in ("environments", "clusters"):
        (made.source / folder / "e1.yaml").unlink()
    commit(made.source, "Drop e1", 1)
    digest = made.publish(code=1).stdout.split("--approve-deletes ")[1].split()[0]
    made.publish("--approve-deletes", digest)
    assert not [path for path in made.tree() if "/e1/" in path]
    assert [path for path in made.tree() if path.startswith(f"{LEDGER}/clusters/e0/")]


def test_the_plan_file_is_json_with_one_entry_a_branch(tmp_path: Path) -> None:
    made = shop(tmp_path)
    plan = tmp_path / "plan.json"
    made.publish("--plan", str(plan))
    (entry,) = json.loads(plan.read_text())
    assert entry["branch"] == "main"
    assert DEPLOYMENT in entry["writes"]


def test_diff_against_a_published_repository_is_empty_and_then_shows_what_is_new(tmp_path: Path) -> None:
    made = shop(
        tmp_path,
        destinations={
            "dev": "{repository: env, path: low}",
            "staging": "{repository: env, path: low}",
            "prod": "{repository: env}",
        },
    )
    made.publish()
    assert made.run("diff", "--against", str(made.remote)).code == 0
    newer(made, 1)
    done = made.run("diff", "--against", str(made.remote))
    assert done.code == 1
    assert "2 environments · 1 application · ~2 resources" in done.stdout
