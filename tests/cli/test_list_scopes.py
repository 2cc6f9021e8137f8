"""`platformc list scopes`: what each proxy sees, of what its cluster has."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from platform_compiler.cli.main import platformc
from tests.small_repository import SmallRepository
from tests.two_clusters import TwoClusters


def listed(repository: SmallRepository, *arguments: str) -> Result:
    return CliRunner().invoke(platformc, ["list", "scopes", "--root", str(repository.root), *arguments])


def test_every_application_is_listed_with_what_its_proxy_sees(tmp_path: Path) -> None:
    repository = SmallRepository(tmp_path / "repository")
    repository.app("shop/other")
    result = listed(repository)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "prod pay/ledger: 0 of 4 services visible",
        "prod shop/cart: 0 of 4 services visible",
        "prod shop/other: 0 of 4 services visible",
        "prod shop/web: 2 of 4 services visible",
    ]


def test_what_is_called_on_another_cluster_counts_where_its_callers_are(tmp_path: Path) -> None:
    repository = TwoClusters(tmp_path / "repository")
    repository.app("shop/cart", placement={"clusters": ["prod-us"]})
    scopes = json.loads(listed(repository, "prod", "--format", "json").stdout)["scopes"]
    assert scopes == [
        {"cluster": "prod", "ref": "pay/ledger", "visible": 0, "total": 3},
        {"cluster": "prod", "ref": "shop/web", "visible": 2, "total": 3},
    ]


def test_external_services_count_where_somebody_calls_them(tmp_path: Path) -> None:
    repository = SmallRepository(tmp_path / "repository")
    hosts = ["one.acme.example", "two.acme.example"]
    repository.write("teams/shop/cdn.yaml", "ExternalService", hosts=hosts, ports={"https": {"port": 443}})
    assert "shop/web: 2 of 3" in listed(repository).stdout
    repository.app("shop/web", calls={"cart": {}, "pay/ledger": {}, "cdn": {}})
    assert "shop/web: 4 of 5" in listed(repository).stdout


def test_applications_outside_the_mesh_have_no_scope(tmp_path: Path) -> None:
    repository = SmallRepository(tmp_path / "repository")
    repository.app("shop/web", mesh={"member": False}, calls=None)
    repository.app("shop/cart", access=None)
    assert "shop/web" not in listed(repository).stdout


def test_an_unknown_cluster_is_told_with_the_nearest(tmp_path: Path) -> None:
    repository = SmallRepository(tmp_path / "repository")
    result = listed(repository, "prot")
    assert result.exit_code == 2
    assert "did you mean 'prod'?" in result.stderr
