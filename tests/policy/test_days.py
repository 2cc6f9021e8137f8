"""Waivers through the command line: what a day makes of them, by `--as-of`."""

from pathlib import Path

import pytest

from tests.policy.shops import NO_WEB, WEB, codes, platform, shop, with_policy, with_waiver


def told(repository: Path, as_of: str, verb: str = "compile") -> tuple[int, list[str]]:
    """Return the exit code of a verb on a day, and the codes of what it tells."""
    options = ["--check"] if verb == "compile" else []
    result = platform(verb, *options, "--root", str(repository), "--as-of", as_of, "--format", "concise")
    return result.exit_code, sorted(codes(result))


@pytest.fixture
def waived(tmp_path: Path) -> Path:
    return with_waiver(with_policy(shop(tmp_path / "shop"), NO_WEB), WEB)


@pytest.mark.parametrize("verb", ["validate", "compile"])
@pytest.mark.parametrize(
    ("as_of", "code", "found"),
    [
        ("2026-04-30", 1, ["PC7101", "PC7207"]),
        ("2026-05-01", 0, ["PC7210"]),
        ("2026-06-30", 0, ["PC7210"]),
        ("2026-07-01", 0, ["PC7209", "PC7210"]),
        ("2026-07-15", 0, ["PC7209", "PC7210"]),
        ("2026-07-16", 1, ["PC7101", "PC7206"]),
    ],
)
def test_a_waiver_holds_from_its_first_to_its_last_day(
    waived: Path, verb: str, as_of: str, code: int, found: list[str]
) -> None:
    assert told(waived, as_of, verb) == (code, found)


def test_what_is_waived_says_until_when_and_why(waived: Path) -> None:
    shown = platform("validate", "--root", str(waived), "--as-of", "2026-06-01").stdout
    assert "waived until 2026-07-15 (T-1)" in shown
    assert "reason: old" in shown


def test_a_violation_says_which_waiver_is_over(waived: Path) -> None:
    shown = platform("validate", "--root", str(waived), "--as-of", "2027-01-01").stdout
    assert "; waiver `w` expired on 2026-07-15" in shown


@pytest.mark.parametrize("verb", ["validate", "compile"])
def test_a_waiver_that_lasts_too_long_is_refused_even_while_it_holds(tmp_path: Path, verb: str) -> None:
    repository = with_waiver(with_policy(shop(tmp_path / "shop"), NO_WEB), WEB, expires="2026-07-31")
    assert told(repository, "2026-06-01", verb) == (1, ["PC7204", "PC7210"])


def test_the_platform_says_how_long_waivers_may_last(waived: Path) -> None:
    platform_yaml = waived / "platform.yaml"
    platform_yaml.write_text(f"{platform_yaml.read_text()}  waivers: {{maxDays: 30}}\n")
    assert told(waived, "2026-06-01") == (1, ["PC7204", "PC7210"])


def test_a_waiver_for_nothing_stops_the_compile_once_everything_was_judged(waived: Path) -> None:
    web = waived / "teams/shop/web.yaml"
    web.rename(web.with_name("front.yaml"))
    front = web.with_name("front.yaml")
    front.write_text(front.read_text().replace("name: web", "name: front"))
    cart = waived / "teams/shop/cart.yaml"
    cart.write_text(cart.read_text().replace("from: [web]", "from: [front]"))
    code, found = told(waived, "2026-06-01")
    assert code == 1
    assert "PC7211" in found
    assert told(waived, "2026-06-01", "validate") == (0, [])
