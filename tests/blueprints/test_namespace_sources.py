"""Rules about namespaces by label mean the namespaces that carry it, and none that is only called alike."""

from pathlib import Path

from tests.small_repository import SmallRepository


def test_labels_of_a_namespace_are_not_those_of_another_that_begins_alike(tmp_path: Path) -> None:
    repository = SmallRepository(tmp_path / "repository")
    namespaces = {"shop": {"labels": {"tier": "web"}}, "shop-batch": {}}
    repository.change("teams/shop/team.yaml", namespaces=namespaces, defaultNamespace="shop")
    repository.app("pay/ledger", access={"web": {"from": [{"namespaceLabels": {"tier": "web"}}], "ports": ["grpc"]}})
    repository.files()
    repository.app("shop/web", namespace="shop-batch")
    assert [code for code, _ in repository.findings()] == ["PC2104"]
