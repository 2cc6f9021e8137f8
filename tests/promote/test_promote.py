"""`platformc promote` on real repositories: the order of environments, what is written, and what never is."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.process import FIXTURES, platformc

APPS = ("shop/web", "shop/cart", "pay/ledger")
WEB, CART = "teams/shop/web.yaml", "teams/shop/cart.yaml"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A repository with three environments in a row, the last two of which pin images."""
    repository = tmp_path / "repository"
    shutil.copytree(FIXTURES / "base", repository)
    prod = (
        (repository / "environments/prod.yaml").read_text().replace("{after: dev}", "{after: staging, pinImage: true}")
    )
    (repository / "environments/prod.yaml").write_text(prod)
    staging = prod.replace("name: prod", "name: staging").replace("after: staging", "after: dev")
    (repository / "environments/staging.yaml").write_text(staging)
    cluster = (repository / "clusters/prod.yaml").read_text()
    (repository / "clusters/staging.yaml").write_text(re.sub(r"\bprod\b", "staging", cluster))
    change(repository, "gateways/public.yaml", "{dev:", "{staging: stg.acme.example, dev:")
    return repository


def change(repository: Path, path: str, old: str, new: str) -> None:
    text = (repository / path).read_text()
    assert old in text
    (repository / path).write_text(text.replace(old, new))


def promote(repository: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return platformc("promote", *args, cwd=repository)


def manifests(repository: Path) -> dict[str, bytes]:
    return {p.relative_to(repository).as_posix(): p.read_bytes() for p in repository.rglob("*") if p.is_file()}


def test_promotion_copies_the_image_from_stage_to_stage(base: Path) -> None:
    before = manifests(base)
    assert promote(base, *APPS, "--to", "staging").returncode == 0
    change(base, WEB, "web:1.0.0\n", "web:2.0.0\n")
    done = promote(base, *APPS, "--to", "prod")
    assert (done.returncode, done.stdout) == (0, ""), done.stdout
    assert "shop/web none -> ghcr.io/acme/web:1.0.0" in done.stderr
    added = '  environments: {staging: {image: "ghcr.io/acme/web:1.0.0"}, prod: {image: "ghcr.io/acme/web:1.0.0"}}\n'
    assert (base / WEB).read_text() == before[WEB].decode().replace("web:1.0.0\n", "web:2.0.0\n") + added
    assert manifests(base).keys() == before.keys()


def test_promoted_image_is_what_the_environment_compiles(base: Path) -> None:
    for stage in ("staging", "prod"):
        assert promote(base, *APPS, "--to", stage).returncode == 0
    change(base, WEB, "web:1.0.0\n", "web:2.0.0\n")
    for stage, tag in (("dev", "2.0.0"), ("prod", "1.0.0")):
        done = platformc("compile", "--env", stage, "--only", "shop/web", cwd=base)
        assert f"image: ghcr.io/acme/web:{tag}\n" in done.stdout


def test_application_that_is_not_in_the_stage_before_is_refused(base: Path) -> None:
    before = manifests(base)
    done = promote(base, *APPS, "--to", "prod")
    assert done.returncode == 1
    assert done.stdout.count("error[PC3201]") == 3
    assert "platformc promote shop/web --to staging" in done.stdout
    assert manifests(base) == before


def test_image_can_be_named_in_spite_of_the_order(base: Path) -> None:
    assert promote(base, "pay/ledger", "--to", "prod", "--image", "ghcr.io/acme/ledger:9").returncode == 0
    assert 'environments: {prod: {image: "ghcr.io/acme/ledger:9"}}' in (base / "teams/pay/ledger.yaml").read_text()


def test_dry_run_prints_a_diff_that_patch_applies_and_writes_nothing(base: Path) -> None:
    before = manifests(base)
    done = promote(base, *APPS, "--to", "staging", "--dry-run")
    assert done.returncode == 0
    assert manifests(base) == before
    changed = [line for line in done.stdout.splitlines() if re.match(r"[+-](?![+-])", line)]
    assert len(changed) == 3
    assert all(line.startswith("+  environments: {staging: ") for line in changed)
    applied = subprocess.run(["git", "apply", "-"], cwd=base, input=done.stdout, text=True, check=False)
    assert applied.returncode == 0
    patched = manifests(base)
    for path, data in before.items():
        (base / path).write_bytes(data)
    assert promote(base, *APPS, "--to", "staging").returncode == 0
    assert manifests(base) == patched


def test_dry_run_of_a_file_without_a_last_newline_still_applies(base: Path) -> None:
    (base / CART).write_text((base / CART).read_text().removesuffix("\n"))
    done = promote(base, "shop/cart", "--to", "staging", "--dry-run")
    assert "\\ No newline at end of file" in done.stdout
    assert subprocess.run(["git", "apply", "-"], cwd=base, input=done.stdout, text=True, check=False).returncode == 0


def test_same_image_again_is_nothing_to_do(base: Path) -> None:
    assert promote(base, *APPS, "--to", "staging").returncode == 0
    before = manifests(base)
    done = promote(base, *APPS, "--to", "staging")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.count("nothing to do: ") == 3
    assert manifests(base) == before


def test_environment_that_pins_no_images_is_nothing_to_do_and_says_why(base: Path) -> None:
    done = promote(base, "shop/web", "--to", "dev")
    assert (done.returncode, done.stdout) == (0, "")
    assert "nothing to do: dev runs the `image` of the manifest itself" in done.stderr
    lost = promote(base, "shop/web", "--to", "dev", "--image", "a:1")
    assert (lost.returncode, "pinImage" in lost.stderr) == (2, True)


@pytest.mark.parametrize(
    ("args", "hint"),
    [
        (("shop/wbe", "--to", "prod"), "did you mean 'shop/web'?"),
        (("web", "--to", "prod"), "did you mean 'shop/web'?"),
        (("shop/web", "--to", "pord"), "did you mean 'prod'?"),
        (("shop/web", "--to", "prod", "--image", "a b"), "is no image"),
        (("shop/web", "--to", "prod", "--image", "a\nb"), "is no image"),
        (("shop/web", "shop/cart", "--to", "prod", "--image", "a"), "one application"),
        (("shop/web",), "--to"),
        (("--to", "prod"), "TEAM/APP"),
    ],
)
def test_mistyped_command_is_a_usage_error_that_says_what_was_meant(
    base: Path, args: tuple[str, ...], hint: str
) -> None:
    before = manifests(base)
    done = promote(base, *args)
    assert (done.returncode, done.stdout) == (2, "")
    assert hint in done.stderr
    assert manifests(base) == before


def test_environment_that_comes_after_none_is_a_usage_error_with_a_cure(base: Path) -> None:
    change(base, "environments/staging.yaml", "{after: dev, pinImage: true}", "{pinImage: true}")
    done = promote(base, "shop/cart", "--to", "staging")
    assert done.returncode == 2
    assert "`promotion: {after: ...}`" in done.stderr
    assert "--image IMAGE" in done.stderr
    assert promote(base, "shop/cart", "--to", "staging", "--image", "ghcr.io/acme/cart:1").returncode == 0


def test_several_images_before_are_told_with_their_places(base: Path) -> None:
    text = (base / "clusters/dev.yaml").read_text().replace("name: dev", "name: dev-two")
    (base / "clusters/dev-two.yaml").write_text(text)
    with (base / CART).open("a") as file:
        file.write('  clusters: {dev-two: {image: "ghcr.io/acme/cart:2.0.0"}}\n')
    done = platformc("promote", "shop/cart", "--to", "staging", "--format", "json", cwd=base)
    (found,) = json.loads(done.stdout)["diagnostics"]
    assert (done.returncode, found["code"]) == (1, "PC3202")
    assert [label["line"] for label in found["labels"]] == [7, 10]


def test_manifest_that_would_break_a_mandate_is_not_written(base: Path) -> None:
    change(base, "environments/prod.yaml", "minReplicas: 2", "minReplicas: 2\n    allowedRegistries: [ghcr.io/acme]")
    before = manifests(base)
    done = promote(base, "pay/ledger", "--to", "prod", "--image", "docker.io/evil/ledger:1")
    assert done.returncode == 1
    assert "error[PC3101]" in done.stdout
    assert "teams/pay/ledger.yaml:10" in done.stdout
    assert "nothing was changed" in done.stderr
    assert manifests(base) == before


def test_callees_that_are_not_promoted_yet_are_named_and_promoted_together(base: Path) -> None:
    before = manifests(base)
    done = promote(base, "shop/web", "--to", "staging")
    assert done.returncode == 1
    assert "promote it too: `platformc promote shop/cart --to staging`" in done.stdout
    assert manifests(base) == before
    assert promote(base, "shop/web", "shop/cart", "pay/ledger", "--to", "staging").returncode == 0


def test_errors_of_the_manifest_or_the_environment_stop_everything(base: Path) -> None:
    change(base, CART, "  image:", "  imege:")
    done = promote(base, "shop/cart", "--to", "staging")
    assert (done.returncode, "error[PC1101]" in done.stdout) == (1, True)
    change(base, "environments/staging.yaml", "after: dev", "after: dve")
    done = promote(base, "pay/ledger", "--to", "staging")
    assert (done.returncode, "error[PC2007]" in done.stdout) == (1, True)
    assert "image:" not in (base / "teams/pay/ledger.yaml").read_text().partition("ports")[2]


def test_errors_of_others_do_not_hinder(base: Path) -> None:
    (base / "teams/shop/other.yaml").write_text("a: [\n")
    assert promote(base, "pay/ledger", "--to", "staging").returncode == 0


def test_note_of_a_missing_pin_says_how_to_promote(base: Path) -> None:
    done = platformc("validate", WEB, cwd=base)
    assert "`platformc promote shop/web --to staging`" in done.stdout
