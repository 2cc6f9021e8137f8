"""Every command in the documentation is run, in order, as written; what a page calls wrong fails, the rest succeeds."""

import re
import shutil
import subprocess
from datetime import date
from pathlib import Path

from platform_compiler.diagnostics import Bag
from platform_compiler.diagnostics.render import render_text as render_findings
from platform_compiler.diff.render import render_text
from platform_compiler.pipeline import check
from platform_compiler.source.tree import Directory
from tests.cli.process import platformc
from tests.diff.repositories import boutique, commit_all, git, let_frontend_call_emailservice, report_between

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^ *```(\w+)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


def fences(page: str, language: str) -> list[str]:
    return [body for found, body in FENCE.findall((ROOT / page).read_text()) if found == language]


def run(command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a documented `platformc` command."""
    arguments = command.split("#", maxsplit=1)[0].split()
    assert arguments[0] == "platformc", command
    return platformc(*arguments[1:], cwd=cwd)


def test_tutorial_works_as_written(tmp_path: Path) -> None:
    page = "docs/tutorial.md"
    start, compiled, single, failing, passing, explain = fences(page, "console")
    manifest, rule = fences(page, "yaml")
    for command in start.splitlines():
        if command.startswith("cd "):
            continue
        cwd = tmp_path / "shop" if (tmp_path / "shop").exists() else tmp_path
        assert run(command, cwd).returncode == 0, command
    repository = tmp_path / "shop"
    for command in (compiled, single):
        done = run(command, repository)
        assert done.returncode == 0, done.stdout + done.stderr
    (repository / "teams/shop/stock.yaml").write_text(manifest)
    refused = run(failing, repository)
    assert refused.returncode == 1
    assert "PC2104" in refused.stdout
    cart = repository / "teams/shop/cart.yaml"
    cart.write_text(re.sub(r"  access:\n.*\n", rule, cart.read_text()))
    assert run(passing, repository).returncode == 0
    explained = run(explain, repository)
    assert explained.returncode == 0
    assert "environments/prod.yaml:" in explained.stdout


def test_readme_commands_exist_and_succeed(tmp_path: Path) -> None:
    make, commands = fences("README.md", "console")
    targets = re.findall(r"^make (\w+)", make, re.MULTILINE)
    makefile = (ROOT / "Makefile").read_text()
    assert targets == ["demo", "test"]
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)
    for command in commands.splitlines():
        cwd = tmp_path / "shop" if (tmp_path / "shop").exists() else tmp_path
        done = run(command, cwd)
        assert done.returncode == 0, command + done.stdout + done.stderr


def test_diff_page_works_as_written(tmp_path: Path) -> None:
    assert run("platformc init shop", tmp_path).returncode == 0
    repository = tmp_path / "shop"
    shutil.copytree(repository, tmp_path / "old")
    assert run("platformc compile -o ../env", repository).returncode == 0
    git(repository, "init", "--quiet")
    commit_all(repository, "one")
    git(repository, "checkout", "--quiet", "-b", "my-branch")
    cart = repository / "teams/shop/cart.yaml"
    cart.write_text(cart.read_text().replace("\nspec:\n", "\nspec:\n  env: {COLOUR: blue}\n"))
    commit_all(repository, "two")
    commands, pipeline, _ = fences("docs/diff.md", "console")
    for command in commands.splitlines():
        done = run(command, repository)
        assert done.returncode == 1, command + done.stderr
        assert "COLOUR" in done.stdout
    for command in pipeline.splitlines():
        done = run(command, repository)
        assert done.returncode == 0, command + done.stderr
    assert all((repository / name).exists() for name in ("comment.md", "diff.json", "summary.md"))


def test_diff_page_shows_a_report_as_it_is_printed(tmp_path: Path) -> None:
    base, head = boutique(tmp_path / "base"), boutique(tmp_path / "head")
    let_frontend_call_emailservice(head)
    assert render_text(report_between(base, head)).startswith(fences("docs/diff.md", "text")[0])


def write_files(repository: Path, fence: str) -> None:
    """Write the files of a fence, each named by its first line."""
    for text in fence.split("---\n"):
        path = repository / text.partition("\n")[0].removeprefix("# ")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_diff_page_shows_what_its_policies_refuse(tmp_path: Path) -> None:
    assert run("platformc init shop", tmp_path).returncode == 0
    repository = tmp_path / "shop"
    write_files(repository, fences("docs/diff.md", "yaml")[0])
    git(repository, "init", "--quiet")
    commit_all(repository, "one")
    (command,) = fences("docs/diff.md", "console")[-1].splitlines()
    assert run(command, repository).returncode == 0
    cart = repository / "teams/shop/cart.yaml"
    cart.write_text(cart.read_text().replace("\nspec:\n", "\nspec:\n  tier: critical\n"))
    done = run(command, repository)
    assert done.returncode == 1
    assert fences("docs/diff.md", "text")[1] in done.stdout
    cart.write_text(cart.read_text().replace("tier: critical", "scale: {min: 9}"))
    commit_all(repository, "two")
    cart.write_text(cart.read_text().replace("scale: {min: 9}", "scale: {min: 4}"))
    assert "(policy `halve-replicas`, validation 0)" in run(command, repository).stdout


def test_explain_page_works_as_written() -> None:
    codes, setting, field, others = fences("docs/explain.md", "console")
    for command in (*codes.splitlines(), *others.splitlines()):
        assert run(command, ROOT / "fixtures/online-boutique").returncode == 0, command
    for command, shown in zip((setting, field), fences("docs/explain.md", "text"), strict=True):
        assert run(command, ROOT / "fixtures/online-boutique").stdout == shown


def test_readme_is_at_most_130_lines() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= 130


def test_readme_manifest_is_the_one_in_the_fixture() -> None:
    shown = fences("README.md", "yaml")[0]
    path = shown.splitlines()[0].removeprefix("# ")
    fixture = (ROOT / "fixtures/online-boutique" / path).read_text()
    shown_lines = [line for line in shown.splitlines()[1:] if line]
    assert all(line in fixture.splitlines() for line in shown_lines)


def test_every_relative_link_in_the_documentation_leads_somewhere() -> None:
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\(([^)#]+)", page.read_text()):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_readme_shows_a_message_as_it_is_printed(tmp_path: Path) -> None:
    repository = tmp_path / "boutique"
    shutil.copytree(ROOT / "fixtures/online-boutique", repository)
    manifest = repository / "teams/checkout/emailservice.yaml"
    manifest.write_text(manifest.read_text().replace("from: [checkoutservice]", "from: [checkoutservce]"))
    bag = Bag()
    checked = check(Directory(repository), date(2026, 6, 1), bag)
    printed = render_findings(bag.sorted(), checked.texts, colour=False, unicode=True)
    assert fences("README.md", "text")[0] in printed
