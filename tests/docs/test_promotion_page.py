"""docs/promotion.md: run from its first command to its last, as written."""

from pathlib import Path

from tests.docs.test_commands import fences, run

PAGE = "docs/promotion.md"


def test_promotion_page_works_as_written(tmp_path: Path) -> None:
    assert run("platformc init shop", tmp_path).returncode == 0
    shop = tmp_path / "shop"
    dry_run, promote, again, back = (body.strip() for body in fences(PAGE, "console"))
    prod = shop / "environments/prod.yaml"
    prod.write_text(prod.read_text().replace("  promotion: {after: dev}\n", fences(PAGE, "yaml")[0]))
    assert "pinImage: true" in prod.read_text()
    assert "note[PC3004]" in run("platformc validate", shop).stdout
    shown = run(dry_run, shop)
    assert (shown.returncode, fences(PAGE, "diff")[0] in shown.stdout) == (0, True)
    assert run(promote, shop).returncode == 0
    web = shop / "teams/shop/web.yaml"
    assert "    prod:\n      image: ghcr.io/acme/web:1.0.0\n" in web.read_text()
    web.write_text(web.read_text().replace("web:1.0.0\n", "web:1.1.0\n"))
    for command, tag in ((again, "1.1.0"), (back, "1.0.0")):
        assert run(command, shop).returncode == 0
        assert f"    prod:\n      image: ghcr.io/acme/web:{tag}\n" in web.read_text()
        assert f"image: ghcr.io/acme/web:{tag}\n" in run("platformc compile --env prod --only shop/web", shop).stdout
