"""What `platformc validate` promises, V1 to V5 and V7, each shown on real repositories, by real processes.

V6, pre-commit from end to end, is in test_hook.py.
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest

from benchmarks.fleet import name_of, team_of, write_fleet
from tests.cli.process import FIXTURES, ROOT, clean_environment, platformc, process
from tests.cli.reject_cases import cases, prepare, run

WEB, CART = "teams/shop/web.yaml", "teams/shop/cart.yaml"
DIAGNOSTICS = json.loads((ROOT / "schemas/diagnostics.schema.json").read_text())
FORMATS = ROOT / "tests/diagnostics/formats"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    repository = tmp_path / "platform repository"
    shutil.copytree(FIXTURES / "base", repository)
    return repository


def change(repository: Path, path: str, old: str, new: str) -> None:
    text = (repository / path).read_text()
    assert old in text
    (repository / path).write_text(text.replace(old, new))


def codes(repository: Path, *args: str, stdin: bytes = b"") -> list[str]:
    done = platformc("validate", *args, "--format", "json", cwd=repository, stdin=stdin)
    return [found["code"] for found in json.loads(done.stdout)["diagnostics"]]


def snapshot(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
        for path in sorted(folder.rglob("*"))
    }


# --- V1

_READING = {"PC1001", "PC1004", "PC1203", "PC1204", "PC1205"}
_OUTPUT = {"PC6101", "PC6102", "PC6103", "PC8003", "PC8004", "PC8005", "PC8006", "PC8007"}
_OF_JSON = {"PC5013", "PC7290"}
"""Codes of files that machines write and read, in one line or as a whole."""
_WHOLE_FILE = _READING | _OUTPUT | _OF_JSON


@pytest.mark.parametrize("files", [(), (WEB,), ("teams",), (".",), (WEB, CART), ("teams/shop", CART, "platform.yaml")])
def test_v1_validates_no_file_one_many_and_folders(base: Path, files: tuple[str, ...]) -> None:
    change(base, WEB, "  image:", "  imege:")
    assert set(codes(base, *files)) == {"PC1101", "PC1102"}
    assert platformc("validate", *files, cwd=base).returncode == 1


def test_v1_validates_stdin_in_place_of_a_file(base: Path) -> None:
    text = (base / WEB).read_bytes()
    wrong = text.replace(b"  image:", b"  imege:")
    assert codes(base, "-", "--stdin-filename", WEB, stdin=text) == []
    assert set(codes(base, "-", "--stdin-filename", WEB, stdin=wrong)) == {"PC1101", "PC1102"}
    assert (base / WEB).read_bytes() == text


def test_v1_validates_stdin_for_a_file_that_is_not_there_yet(base: Path) -> None:
    text = (base / CART).read_bytes().replace(b"name: cart", b"name: stock").replace(b"from: [web]", b"from: [nobody]")
    assert codes(base, "-", "--stdin-filename", "teams/shop/stock.yaml", stdin=text) == ["PC2103", "PC2107"]
    assert codes(base, "-", "--stdin-filename", "teams/shop/stocks.yaml", stdin=text) == ["PC1202"]
    assert not (base / "teams/shop/stock.yaml").exists()


def test_v1_stdin_without_a_name_and_a_name_without_stdin_are_usage_errors(base: Path) -> None:
    for args, cure in ((("-",), "--stdin-filename PATH"), (("--stdin-filename", WEB), "add `-`")):
        done = platformc("validate", *args, cwd=base)
        assert (done.returncode, done.stdout) == (2, "")
        assert cure in done.stderr


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.parent.name}/{case.name}")
def test_v1_every_finding_has_a_place_a_code_a_path_and_a_cure(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = run(case, tmp_path, monkeypatch, "json")  # in this process: there are hundreds of cases
    diagnostics = json.loads(done.stdout if done.stdout.startswith("{") else done.stderr)["diagnostics"]
    assert case.parent.name[:6] in {found["code"] for found in diagnostics}
    for found in diagnostics:
        place = found["labels"][0]
        assert re.fullmatch(r"PC\d{4}", found["code"])
        assert place["path"]
        assert (place["line"] > 0) == (place["column"] > 0)
        assert place["line"] > 0 or found["code"] in _WHOLE_FILE, "a whole file"
        assert any(found["help"])


def test_v1_all_findings_come_in_one_run_in_the_same_order_each_time(base: Path) -> None:
    change(base, WEB, "  image:", "  imege:")
    (base / CART).write_text("a: b\n  c: d\n")
    change(base, "clusters/dev.yaml", "environment: dev", "environment: dve")
    change(base, "teams/pay/ledger.yaml", "from: [shop/web]", "from: [shop/wbe]")
    runs = [process("validate", "--format", "json", cwd=base, PYTHONHASHSEED=seed).stdout for seed in ("1", "2", "77")]
    assert runs[0] == runs[1] == runs[2]
    found = [d["labels"][0]["path"] for d in json.loads(runs[0])["diagnostics"]]
    assert {"clusters/dev.yaml", "teams/pay/ledger.yaml", CART, WEB} <= set(found)
    assert found == sorted(found)


# --- V2


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("PC1006", b"a: [b\nc: }\n"),
        ("PC1006", b"a: 'b\n"),
        ("PC1007", b"kind: Application\nkind: Application\n"),
        ("PC1008", b"a:\n\tb: c\n"),
        ("PC1010", b"a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n"),
        ("PC1004", b"# long\n" * (5 * 1024 * 1024 // 7)),
        ("PC1005", b"a: " + b"[" * 50_000),
        ("PC1005", b"- " * 50_000),
        ("PC1003", b"a: \x00\n"),
        ("PC1002", b"a: \xff\xfe\n"),
        ("PC1013", b""),
        ("PC1012", b"a: b\n---\nc: d\n"),
    ],
)
def test_v2_bad_yaml_is_a_finding_with_exit_code_1_never_a_traceback(base: Path, code: str, text: bytes) -> None:
    (base / WEB).write_bytes(text)
    done = platformc("validate", WEB, "--format", "concise", cwd=base)
    assert done.returncode == 1
    assert f"error[{code}]" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert done.stdout.startswith(WEB)


def test_v2_exit_codes_are_0_clean_1_findings_2_usage(base: Path) -> None:
    assert process("validate", WEB, cwd=base).returncode == 0
    change(base, "teams/pay/ledger.yaml", "from: [shop/web]", "from: [shop/web, shop/wbe]")
    noted = process("validate", cwd=base)
    assert (noted.returncode, "warning[PC2107]" in noted.stdout) == (0, True)
    change(base, WEB, "  image:", "  imege:")
    assert process("validate", WEB, cwd=base).returncode == 1
    assert process("validate", "--fromat", cwd=base).returncode == 2


@pytest.mark.parametrize(
    ("file", "hint"),
    [("teams/shop/wbe.yaml", "did you mean teams/shop/web.yaml?"), ("shop/web.yaml", "there is no shop/web.yaml")],
)
def test_v2_mistyped_file_is_a_usage_error_that_names_the_nearest(base: Path, file: str, hint: str) -> None:
    done = platformc("validate", file, cwd=base)
    assert (done.returncode, done.stdout) == (2, "")
    assert hint in done.stderr


def test_v2_file_named_from_the_root_instead_of_from_here_is_told_so(base: Path) -> None:
    done = platformc("validate", "--root", str(base), WEB, cwd=base.parent)
    assert done.returncode == 2
    assert f"did you mean {base / WEB}?" in done.stderr


def test_v2_file_that_is_no_manifest_says_that_nothing_was_checked(base: Path) -> None:
    (base / "notes.yaml").write_text("a: b\n")
    done = platformc("validate", "notes.yaml", cwd=base)
    assert (done.returncode, done.stdout) == (0, "")
    assert "checked nothing" in done.stderr


# --- V3: the figures are printed by benchmarks/hook.py


def test_v3_three_thousand_files_are_checked_in_one_process(tmp_path: Path) -> None:
    write_fleet(tmp_path, 2_875)
    manifests = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.yaml"))[:3_000]
    assert len(manifests) == 3_000
    wrong = tmp_path / f"teams/{team_of(2_000)}/{name_of(2_000)}.yaml"
    wrong.write_text(wrong.read_text().replace("image:", "imege:"))
    done = process("validate", *manifests, "--format", "json", cwd=tmp_path)
    found = json.loads(done.stdout)["diagnostics"]
    assert {d["labels"][0]["path"] for d in found if d["severity"] == "error"} == {
        wrong.relative_to(tmp_path).as_posix()
    }


# --- V4: each format on its own is in tests/diagnostics


def _judge(name: str, printed: str) -> None:
    if name == "junit":
        assert ET.fromstring(printed).tag == "testsuites"
    elif name == "json":
        jsonschema_rs.validate(DIAGNOSTICS, json.loads(printed))
    elif name in ("sarif", "gitlab"):
        jsonschema_rs.validate(json.loads((FORMATS / f"{name}.schema.json").read_text()), json.loads(printed))
    elif name == "github":
        assert all(re.match(r"::(error|warning|notice) file=.*::.", line) for line in printed.splitlines())
    else:
        assert "PC1101" in printed


@pytest.mark.parametrize("name", ["text", "concise", "json", "github", "gitlab", "junit", "sarif"])
def test_v4_each_format_of_a_real_run_fits_its_schema(base: Path, name: str) -> None:
    change(base, WEB, "  image:", '  "im\\e]]>ge{0}":')
    change(base, "teams/pay/ledger.yaml", "from: [shop/web]", "from: [shop/wbe]")
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    environments: tuple[dict[str, str], ...] = ({}, ascii_only)
    for environment in environments:
        done = process("validate", "--format", name, cwd=base, stdin=b"", **environment)
        assert done.returncode == 1
        assert "\x1b" not in done.stdout
        _judge(name, done.stdout)


@pytest.mark.parametrize(
    ("name", "expected"), [("github", "file=platform/"), ("gitlab", "platform/"), ("sarif", "platform/")]
)
def test_v4_services_get_paths_from_the_top_of_the_checkout(tmp_path: Path, name: str, expected: str) -> None:
    shutil.copytree(FIXTURES / "base", tmp_path / "platform")
    (tmp_path / ".git").mkdir()
    change(tmp_path / "platform", WEB, "  image:", "  imege:")
    runs = {
        platformc("validate", "--format", name, cwd=tmp_path / "platform" / below).stdout for below in ("", "teams")
    }
    assert len(runs) == 1
    assert f"{expected}{WEB}" in runs.pop()


def test_v4_people_get_paths_that_open_from_where_they_stand(tmp_path: Path) -> None:
    shutil.copytree(FIXTURES / "base", tmp_path / "platform")
    change(tmp_path / "platform", WEB, "  image:", "  imege:")
    done = platformc("validate", f"platform/{WEB}", "--format", "concise", cwd=tmp_path)
    assert done.stdout.startswith(f"platform/{WEB}:")
    text = platformc("validate", f"platform/{WEB}", cwd=tmp_path).stdout
    assert f"platform/{WEB}:" in text
    assert "  imege: ghcr.io" in text


def test_v4_paths_of_the_output_folder_stay_as_they_are(tmp_path: Path) -> None:
    prepare(FIXTURES / "reject/PC6101-file-not-owned/foreign", tmp_path / "platform")
    out = str(tmp_path / "platform/out")
    done = platformc("compile", "--root", "platform", "-o", out, "--format", "concise", cwd=tmp_path)
    assert "error[PC6101]" in done.stdout
    assert all(line.startswith("clusters/") for line in done.stdout.splitlines())


def test_v4_junit_of_one_file_names_that_file_alone(base: Path) -> None:
    done = platformc("validate", WEB, "--format", "junit", cwd=base)
    assert [case.attrib["name"] for case in ET.fromstring(done.stdout).iter("testcase")] == [WEB]


# --- V5

_GUARDED = """
import os, sys
from platform_compiler.cli.main import platformc

def guard(event, args):
    if event.startswith(("socket.", "ftplib.", "urllib.", "http.")):
        raise SystemExit(f"network: {event} {args}")
    if event in ("os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.truncate", "os.link", "os.symlink", "os.chmod"):
        raise SystemExit(f"writes: {event} {args}")
    if event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        raise SystemExit(f"writes: {event} {args}")

sys.addaudithook(guard)
if sys.argv[1] == "write":
    open(sys.argv[2], "w")
if sys.argv[1] == "connect":
    import socket
    socket.create_connection(("localhost", 9))
platformc.main(sys.argv[1:], standalone_mode=False)
"""


def _guarded(*args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _GUARDED, *args],
        cwd=cwd,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("args", [("validate",), ("validate", WEB), ("compile", "--check")])
def test_v5_a_check_opens_no_socket_and_writes_no_file(base: Path, args: tuple[str, ...]) -> None:
    before = snapshot(base)
    done = _guarded(*args, cwd=base)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert "checked " in done.stderr or "compiled " in done.stderr
    assert snapshot(base) == before


def test_v5_the_guard_of_these_tests_does_notice(base: Path) -> None:
    assert "writes: open" in _guarded("write", "x", cwd=base).stderr
    assert "network: socket." in _guarded("connect", cwd=base).stderr


def test_v5_findings_are_the_same_from_any_working_directory(base: Path) -> None:
    change(base, WEB, "  image:", "  imege:")
    runs = [
        platformc("validate", str(base / WEB), "--format", "json", cwd=where).stdout
        for where in (base, base / "teams/shop", base.parent, Path("/"))
    ]
    assert len(set(runs)) == 1
    assert "PC1101" in runs[0]


def test_v5_needs_no_git(base: Path) -> None:
    done = platformc("validate", cwd=base, PATH="")
    assert (done.returncode, done.stdout) == (0, "")


def test_v5_compile_check_reports_what_only_a_whole_compile_finds_and_prints_no_resource(base: Path) -> None:
    change(base, WEB, "{gateway: public}", "{gateway: public, rateLimit: {requests: 9, per: 1s, by: client}}")
    assert platformc("validate", cwd=base).returncode == 0
    done = platformc("compile", "--check", cwd=base)
    assert done.returncode == 1
    assert "error[PC4050]" in done.stdout
    assert "apiVersion:" not in done.stdout
    assert platformc("compile", "--check", "-o", "x", cwd=base).returncode == 2
    assert not (base / "x").exists()


# --- V7


def _same_host(base: Path) -> None:
    change(base, WEB, "gateway: public}", "gateway: public, host: shop}")
    with (base / "teams/pay/ledger.yaml").open("a") as file:
        file.write("  expose: {api: {gateway: public, host: shop, port: grpc}}\n")


def _same_service(base: Path) -> None:
    change(base, "teams/pay/team.yaml", "namespaces: {pay: {}}", "namespaces: {shop: {}}")
    (base / "teams/pay/cart.yaml").write_text((base / CART).read_text())


def _not_granted(base: Path) -> None:
    change(base, "teams/pay/ledger.yaml", "from: [shop/web]", "from: [shop/cart]")


def _no_such_port(base: Path) -> None:
    change(base, WEB, "pay/ledger: {}", "pay/ledger: {ports: [grcp]}")


@pytest.mark.parametrize(
    ("spoil", "code", "files"),
    [
        (_same_host, "PC2306", (WEB, "teams/pay/ledger.yaml")),
        (_same_service, "PC2404", (CART, "teams/pay/cart.yaml")),
        (_same_service, "PC2402", ("teams/shop/team.yaml", "teams/pay/team.yaml")),
        (_not_granted, "PC2104", (WEB, "teams/pay/ledger.yaml")),
        (_no_such_port, "PC2101", (WEB, "teams/pay/ledger.yaml")),
    ],
)
def test_v7_rules_across_files_are_judged_when_either_file_is_passed_alone(
    base: Path, spoil: Any, code: str, files: tuple[str, ...]
) -> None:
    spoil(base)
    for file in files:
        assert code in codes(base, file)
        assert platformc("validate", file, cwd=base).returncode == 1


def test_v7_renamed_callee_breaks_its_callers_when_only_the_new_file_is_passed(base: Path) -> None:
    (base / CART).rename(base / "teams/shop/basket.yaml")
    change(base, "teams/shop/basket.yaml", "name: cart", "name: basket")
    assert "PC2001" in codes(base, "teams/shop/basket.yaml")


def test_v7_what_the_platform_changes_is_judged_at_everybody_it_concerns(base: Path) -> None:
    change(base, WEB, "  calls:", "  scale: {min: 2}\n  calls:")
    change(base, "environments/prod.yaml", "minReplicas: 2", "minReplicas: 3")
    assert "PC3101" in codes(base, "environments/prod.yaml")


def test_v7_findings_between_two_other_manifests_are_not_shown(base: Path) -> None:
    _not_granted(base)
    change(base, WEB, "  image:", "  imege:")
    assert codes(base, CART) == []


def test_v7_what_a_team_changes_is_judged_at_its_own_manifests_alone(base: Path) -> None:
    change(base, CART, "  access: {web: {from: [web], paths: [/cart/*]}}\n", "")
    assert codes(base) == []
    change(base, "teams/shop/team.yaml", "  namespaces:", "  sameTeamCalls: explicit\n  namespaces:")
    assert codes(base, "teams/shop/team.yaml") == ["PC2104"]
    assert codes(base, "platform.yaml") == ["PC2104"]
    assert codes(base, "teams/pay/team.yaml") == []
