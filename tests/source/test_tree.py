"""A folder and a Git revision give the same files; neither the work tree nor a hook's environment gets in the way."""

import os
import subprocess
from pathlib import Path

import pytest

from platform_compiler.source.tree import Directory, GitRevision, Unreadable

IDENTITY = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main")


def git(directory: Path, *arguments: str) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    subprocess.run(["git", "-C", str(directory), *IDENTITY, *arguments], check=True, capture_output=True, env=clean)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "platform repository"
    for path, data in {"platform.yaml": b"a: 1\n", "teams/ä b/x.yaml": b"", ".hidden/y.yaml": b"no"}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    git(root, "init")
    git(root, "add", "--all")
    git(root, "commit", "--message", "one")
    return root


def test_folder_and_revision_hold_the_same_files(repository: Path) -> None:
    folder, revision = Directory(repository), GitRevision(repository, "HEAD")
    assert folder.paths() == revision.paths() == ("platform.yaml", "teams/ä b/x.yaml")
    assert [folder.read(path) for path in folder.paths()] == [revision.read(path) for path in revision.paths()]


def test_revision_does_not_see_the_work_tree(repository: Path) -> None:
    (repository / "platform.yaml").write_text("changed: 1\n")
    (repository / "new.yaml").write_text("")
    revision = GitRevision(repository, "HEAD")
    assert revision.paths() == ("platform.yaml", "teams/ä b/x.yaml")
    assert revision.read("platform.yaml") == b"a: 1\n"


def test_environment_of_a_hook_does_not_lead_to_another_repository(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    assert GitRevision(repository, "HEAD").read("platform.yaml") == b"a: 1\n"


def test_unknown_revision_is_said_in_words_of_git(repository: Path) -> None:
    with pytest.raises(Unreadable, match="nowhere"):
        GitRevision(repository, "nowhere").paths()


def test_revision_of_a_folder_holds_what_lies_below_it_alone(repository: Path) -> None:
    revision = GitRevision(repository, "HEAD", "teams/ä b")
    assert revision.paths() == ("x.yaml",)
    assert revision.read("x.yaml") == b""


def test_dot_folders_are_listed_only_when_everything_is_asked_for(repository: Path) -> None:
    expected = (".hidden/y.yaml", "platform.yaml", "teams/ä b/x.yaml")
    assert GitRevision(repository, "HEAD", everything=True).paths() == expected
    assert Directory(repository, everything=True).paths() == expected


@pytest.mark.parametrize("target", ["x.yaml", "loop.yaml", "nowhere.yaml", "/etc/hostname"])
def test_links_are_listed_and_not_followed_on_disk_and_in_a_commit_alike(repository: Path, target: str) -> None:
    (repository / "teams/ä b/loop.yaml").symlink_to(target)
    git(repository, "add", "--all")
    git(repository, "commit", "--message", "two")
    for tree in (Directory(repository), GitRevision(repository, "HEAD")):
        assert "teams/ä b/loop.yaml" in tree.paths()
        assert tree.read("platform.yaml") == b"a: 1\n"
        with pytest.raises(Unreadable, match="links are not followed"):
            tree.read("teams/ä b/loop.yaml")
