"""The page on exceptions: its manifests compile, its commands run, and what it shows is what is printed."""

from pathlib import Path

from tests.docs.test_commands import fences, run
from tests.repositories import commit, init

PAGE = "docs/exceptions.md"


def documented(directory: Path) -> Path:
    """Return the repository of the page, committed on the first of June."""
    assert run("platformc init shop", directory).returncode == 0
    repository = directory / "shop"
    for manifest in fences(PAGE, "yaml")[:2]:
        path = manifest.partition("\n")[0].removeprefix("# ")
        (repository / path).write_text(manifest)
    init(repository)
    commit(repository, "First")
    return repository


def test_commands_of_the_page_run_and_print_what_it_shows(tmp_path: Path) -> None:
    repository = documented(tmp_path)
    printed = []
    for command in "".join(fences(PAGE, "console")).splitlines():
        done = run(command, repository)
        assert done.returncode == 0, command + done.stdout + done.stderr
        printed.append(done.stdout)
    explained, listed = fences(PAGE, "text")
    assert printed[1] == explained
    assert printed[2] == listed


def test_what_the_page_writes_reaches_the_output(tmp_path: Path) -> None:
    repository = documented(tmp_path)
    assert run("platformc compile -o ../env", repository).returncode == 0
    deployment = (tmp_path / "env/clusters/prod/shop/web/deployment-web.yaml").read_text()
    assert "minReadySeconds: 10" in deployment
    assert "name: ndots" in deployment
    assert (tmp_path / "env/clusters/prod/shop/greetings/configmap-greetings.yaml").exists()


def test_the_platforms_list_of_kinds_is_understood(tmp_path: Path) -> None:
    repository = documented(tmp_path)
    platform = repository / "platform.yaml"
    platform.write_text(platform.read_text() + fences(PAGE, "yaml")[2].partition("spec:\n")[2])
    assert run("platformc validate", repository).returncode == 0
