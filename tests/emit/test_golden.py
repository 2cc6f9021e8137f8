"""The Online Boutique compiles to the golden tree, ledger included, byte for byte (`make golden` writes it again)."""

from datetime import date
from pathlib import Path

from platform_compiler.diagnostics import Bag, Severity
from platform_compiler.emit.write import write
from platform_compiler.pipeline import compile_tree
from platform_compiler.source.tree import Directory

FIXTURES = Path(__file__).parents[2] / "fixtures"
EXPECTED = FIXTURES / "expected" / "online-boutique"


def files_below(directory: Path) -> dict[str, bytes]:
    return {
        path.relative_to(directory).as_posix(): path.read_bytes() for path in directory.rglob("*") if path.is_file()
    }


def test_online_boutique_compiles_to_the_golden_tree(tmp_path: Path) -> None:
    bag = Bag()
    output = compile_tree(Directory(FIXTURES / "online-boutique"), date(2026, 6, 1), bag)
    assert [(found.code, found.severity) for found in bag.sorted()] == [
        ("PC7210", Severity.NOTE)
    ]  # the waiver of redis-cart
    assert output is not None
    write(output, tmp_path, lambda _: True, bag, adopt=False, force=False)
    made, expected = files_below(tmp_path), files_below(EXPECTED)
    assert sorted(made) == sorted(expected)
    assert [path for path in sorted(made) if made[path] != expected[path]] == []


def test_golden_tree_holds_every_cluster_and_application() -> None:
    applications = {
        (path.parts[-3], path.parts[-1])
        for path in EXPECTED.glob("clusters/*/*/*")
        if (path / f"deployment-{path.name}.yaml").exists()
    }
    clusters = {path.name for path in (EXPECTED / "clusters").iterdir()}
    assert clusters == {"dev", "staging", "prod-eu", "prod-us"}
    assert len(applications) == 12 * len(clusters)


def test_c5_no_template_text_and_no_secret_reaches_the_output() -> None:
    texts = {path: data.decode() for path, data in files_below(EXPECTED).items() if path.startswith("clusters/")}
    assert len(texts) > 600
    assert [path for path, text in texts.items() if "${" in text or "{{" in text] == []
    assert [path for path, text in texts.items() if "kind: Secret\n" in text] == []
