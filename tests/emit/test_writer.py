"""What the writer writes is what every reader reads: ruamel (YAML 1.2), PyYAML (YAML 1.1) and kubectl."""

import json
import shutil
import subprocess
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from platform_compiler.emit.writer import write_yaml

TRICKY = (
    *(
        "",
        "a",
        "yes",
        "No",
        "on",
        "OFF",
        "y",
        "n",
        "Y",
        "null",
        "Null",
        "~",
        "true",
        "TRUE",
        "None",
        "nan",
        "NaN",
        "inf",
    ),
    *("1", "01", "08", "00", "0", "-0", "+1", "-1", "0o7", "0x1f", "+0x1f", "0x", "0xg", "0b1", "1e3", "1e+3", "12e03"),
    *(
        "1.e3",
        "1.0",
        "1.2.3",
        "0.1.2",
        "1.30",
        "v1.2",
        "0.",
        ".5",
        "5.",
        "+.5",
        "1_000",
        "1_",
        "_1",
        "0_",
        "_",
        "1,000",
    ),
    *(".inf", "-.inf", ".nan", "22:30", "1:2:3", "12:30:45", "190:20:30", "12:", "1:", "::1", "fe80::1", "a::b", "a:b"),
    *(
        "2001-01-01",
        "2001-1-1",
        "2001-01-01T00:00:00Z",
        "2001-01-01 x",
        "12345678901234567890",
        "10m",
        "100Mi",
        "1e",
        "e1",
    ),
    *(
        "=",
        "<<",
        "-",
        "--",
        "- a",
        "-a",
        "-1a",
        "--- ",
        "---",
        "...",
        "---\na",
        "a\n...\nb",
        "?",
        "? a",
        ":",
        "a: b",
        "a:",
    ),
    *(
        "a :b",
        "#",
        "a #b",
        "a#b",
        "#a\nb",
        "&a",
        "*a",
        "!a",
        "!!str a",
        "|",
        ">",
        "%a",
        "%",
        "%a\nb",
        "@a",
        "`a",
        "'a'",
    ),
    *('"a"', "{a}", "[a]", "{", "}", "[", "]", ",", "a,b", " a", "a ", "a  b", "\ta", "a\tb", "a\nb", "a\n", "a\n\n"),
    *("\na", "a\n b", "a \nb", "\n", "\n\n", " \n", "a\r\nb", "\r", "\t", "a\n\tb", "- a\n- b", "true\n", "1\n"),
    *(
        "\x01",
        "\x1b[0m",
        "\x7f",
        "\x85",
        "\xa0",
        "\u2028",
        "\u2029",
        "\ufeff",
        "\ufeffa",
        "\U0001f600",
        "é",
        "日本",
        "a\u0301",
    ),
    *("\\", "\\n", "a'b", 'a"b', "a@b", "a=b", "http://x/y?z=1&b=2", "*/5 * * * *", ".", "..", "/", "./a", ".a"),
    *("x" * 130, "x y" * 60, "$(HOME)", "${{ a }}", "istio-system/*", "*.example.com", "25%", "a\tb\nc"),
)


def read_both(text: str) -> tuple[Any, Any]:
    return YAML(typ="safe", pure=True).load(text), yaml.safe_load(text)


def test_c2_there_are_at_least_111_tricky_strings() -> None:
    assert len(set(TRICKY)) >= 111


@pytest.mark.parametrize("text", TRICKY, ids=ascii)
def test_c2_tricky_string_reads_back_as_value_key_and_item(text: str) -> None:
    body = {"value": text, text or "empty": "x", "items": [text, [text], {"name": text}], "deep": {"a": {"b": text}}}
    assert read_both(write_yaml(body)) == (body, body)


def test_c2_kubectl_reads_every_tricky_string_back() -> None:
    if shutil.which("kubectl") is None:
        pytest.skip("kubectl is not there")
    data = {f"k{number:03d}": text for number, text in enumerate(TRICKY)}
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "tricky"}, "data": data}
    done = subprocess.run(
        ["kubectl", "label", "--local", "-f", "-", "-o", "json", "a=b"],
        input=write_yaml(body).encode(),
        capture_output=True,
        check=True,
    )
    assert json.loads(done.stdout)["data"] == data


SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(TRICKY)
DOCUMENTS = st.dictionaries(
    TEXTS,
    st.recursive(
        SCALARS | TEXTS,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
        max_leaves=12,
    ),
    min_size=1,
    max_size=5,
)


@given(DOCUMENTS)
def test_any_document_reads_back_equal(body: dict[str, Any]) -> None:
    assert read_both(write_yaml(body)) == (body, body)


@given(DOCUMENTS)
def test_writing_what_was_read_gives_the_same_text(body: dict[str, Any]) -> None:
    text = write_yaml(body)
    assert write_yaml(yaml.safe_load(text)) == text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800", object()])
def test_c3_what_yaml_cannot_carry_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"cannot be written|surrogate"):
        write_yaml({"a": value})


def test_c4_shape_of_a_document() -> None:
    body = {
        "spec": {"ports": [{"port": 80, "name": "http"}], "none": [], "empty": {}, "script": "a\nb\n"},
        "metadata": {"labels": {"b": "1", "a": "x"}, "namespace": "shop", "name": "web"},
        "kind": "Service",
        "apiVersion": "v1",
    }
    assert write_yaml(body) == (
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  namespace: shop\n  labels:\n    a: x\n"
        '    b: "1"\nspec:\n  empty: {}\n  none: []\n  ports:\n  - name: http\n    port: 80\n'
        "  script: |\n    a\n    b\n"
    )
