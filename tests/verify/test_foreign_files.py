"""Files as other people's tools write them: what is read, what is left out, and what is no object at all."""

import pytest

from platform_compiler.diagnostics import Bag
from platform_compiler.source.node import plain
from platform_compiler.source.stream import read_documents
from platform_compiler.verify.documents import items_of
from platform_compiler.verify.kustomize import ingredients
from tests.verify.judged import codes, diagnostics, found

CONFIG = "{apiVersion: v1, kind: ConfigMap, metadata: {name: web, namespace: shop}}"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[http://example.com/a, --listen=:8080]", ["http://example.com/a", "--listen=:8080"]),
        ("{url: http://example.com, b: 1}", {"url": "http://example.com", "b": 1}),
        ("[1.2.3.4, 2001:db8::]", ["1.2.3.4", "2001:db8::"]),
        ("{a: [b:], 'c':[d::, 'e:', \"f\":{g: 1}]} # h:]", {"a": ["b:"], "c": ["d::", "e:", {"f": {"g": 1}}]}),
        ("[10.0.0.1:80, 'x', yes, 012, &z a:b, *z]", ["10.0.0.1:80", "x", True, 10, "a:b", "a:b"]),
    ],
)
def test_colons_inside_brackets_are_read_as_kubectl_reads_them(text: str, value: object) -> None:
    bag = Bag()
    (tree,) = read_documents("a.yaml", f"# comment\nvalue: {text}\nafter: é\n".encode(), bag)
    assert not bag.sorted()
    assert {key: plain(node) for key, node in tree.entries.items()} == {"value": value, "after": "é"}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2024-01-01", "2024-01-01"),
        ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z"),
        ("08:30", "08:30"),
        ("_1", "_1"),
        ("v1", "v1"),
        ("yes", True),
        ("Off", False),
        ("yEs", "yEs"),
        ("0644", 420),
        ("089", 89),
        ("1_000", 1000),
        ("0b11", 3),
        ("'yes'", "yes"),
    ],
)
def test_plain_scalars_mean_what_they_mean_to_kubectl(text: str, value: object) -> None:
    (tree,) = read_documents("a.yaml", f"value: {text}\n".encode(), Bag())
    assert plain(tree) == {"value": value}
    strings = codes(f"{{apiVersion: v1, kind: ConfigMap, metadata: {{name: a}}, data: {{a: {text}}}}}")
    assert strings == (set() if isinstance(value, str) else {"PC1104"})


def test_a_date_is_no_fault_beside_one() -> None:
    text = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {a: 2024-01-01, b: 08:30}, extra: 1}"
    assert codes(text) == {"PC5002"}


def test_where_a_boolean_is_meant_yes_is_one() -> None:
    text = "{apiVersion: v1, kind: ServiceAccount, metadata: {name: a}, automountServiceAccountToken: no}"
    assert codes(text) == set()
    release = "{apiVersion: helm.toolkit.fluxcd.io/v2, kind: HelmRelease, metadata: {name: a}, spec: %s}"
    assert (
        codes(release % "{interval: 1m, chartRef: {kind: HelmChart, name: a}, values: {enabled: yes, at: 1:30}}")
        == set()
    )


def test_a_colon_at_an_end_inside_brackets_moves_nothing() -> None:
    text = 'a: {b: c, d: [1, "x"]}\ne: |\n  t\nf: >-\n  x\n\n  y\ng:\n- &q 1\n- *q\n- !!str 2\nh: "x\\u00e9"\n'
    (one,) = read_documents("a.yaml", text.encode(), Bag())
    (other,) = read_documents("a.yaml", f"{text}z: [b::, {{c: d:}}]\n".encode(), Bag())
    for key in one.entries:  # type: ignore[union-attr]
        assert one.entries[key] == other.entries[key]  # type: ignore[union-attr]
        assert one.keys[key] == other.keys[key]  # type: ignore[union-attr]


def test_what_is_wrong_beside_such_a_colon_is_told_once() -> None:
    assert found("{a: [b::], a: 1}") == ["PC1007 key a stands twice"]


def test_a_byte_order_mark_is_no_fault() -> None:
    bag = Bag()
    assert len(items_of("a.yaml", b"\xef\xbb\xbf" + CONFIG.encode(), bag)) == 1
    assert not bag.sorted()


@pytest.mark.parametrize(
    "text",
    [
        'metadata:\n  name: {{ include "web.name" . }}\n  {{- with .Values.labels }}\n  {{- end }}\n',
        "{{- if .Values.account }}\nkind: ServiceAccount\n{{- end }}\n",
        "spec:\n  replicas: {{ .Values.replicas }}\n",
        '{{/* Copyright */}}\n{{- define "web.name" -}}web{{- end }}\n',
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: '{{ .Release.Name }}-web'}}",
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: web, namespace: '${namespace}'}}",
    ],
)
def test_a_template_is_told_in_one_line(text: str) -> None:
    assert [line.split()[0] for line in found(text)] == ["PC5010"]


def test_braces_in_values_make_no_template() -> None:
    rule = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {a: '{{ if .x }}{{ .Values.a }}', b: '${x}'}}"
    assert found(rule) == []
    assert codes("a: [\nb: '{{ $labels.pod }}'\n") == {"PC1006"}


def test_items_of_lists_take_over_what_the_list_says() -> None:
    text = "{apiVersion: v1, kind: ConfigMapList, items: [{metadata: {name: a}}, {metadata: {name: B_}}]}"
    assert codes(text) == {"PC5101"}
    assert found("{apiVersion: v1, kind: List, items: null}\n---\n{apiVersion: v1, kind: List}") == []
    assert codes("{apiVersion: v1, kind: List, items: [{metadata: {name: a}}]}") == {"PC5004"}


def test_words_say_what_an_object_lacks() -> None:
    assert found("{apiVersion: v2, name: chart}") == ["PC5004 no Kubernetes object: kind is missing"]
    assert found("{a: 1}") == ["PC5004 no Kubernetes object: apiVersion and kind are missing"]


def test_a_kustomization_needs_no_kind() -> None:
    bag = Bag()
    (item,) = items_of("base/kustomization.yaml", b"resources: [a.yaml]\n", bag)
    assert (item.kind, bag.sorted()) == ("Kustomization", ())


def test_patches_and_values_of_a_kustomization_are_its_ingredients() -> None:
    text = b"""\
resources: [web.yaml]
patches: [{path: patch.yaml}, {patch: "a: b"}]
patchesStrategicMerge: [../common/merge.yaml]
configMapGenerator: [{name: a, files: [settings.yaml=files/a.yaml, b.json]}]
helmCharts: [{name: c, valuesFile: values.yaml}]
"""
    named = ingredients({"prod/kustomization.yaml": text, "prod/web.yaml": b"patches: [{path: web.yaml}]"})
    listed = ("common/merge.yaml", "prod/b.json", "prod/files/a.yaml", "prod/patch.yaml", "prod/values.yaml")
    assert set(listed) <= named
    assert "prod/web.yaml" not in named


def test_generated_config_maps_are_there() -> None:
    pod = "{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: shop}, spec: {containers: [%s]}}"
    container = "{name: a, image: a, envFrom: [{configMapRef: {name: web}}]}"
    made = "{apiVersion: kustomize.config.k8s.io/v1beta1, kind: Kustomization, configMapGenerator: [{name: %s}]}"
    assert codes(f"{pod % container}\n---\n{made % 'web'}") == set()
    assert codes(f"{pod % container}\n---\n{made % 'other'}") == {"PC5137"}


def test_a_namespace_is_dropped_where_the_kind_has_none() -> None:
    role = "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: a%s}, rules: []}"
    assert found(role % ", namespace: b") == ["PC5102 ClusterRole b/a: a ClusterRole is in no namespace: b is dropped"]
    assert codes(f"{role % ', namespace: b'}\n---\n{role % ', namespace: c'}") == {"PC5102", "PC5005"}
    assert codes(role % "") == set()
    assert codes("{apiVersion: kustomize.config.k8s.io/v1beta1, kind: Kustomization, namespace: a}") == set()


def test_an_object_that_is_there_twice_is_judged_once() -> None:
    job = "{apiVersion: batch/v1, kind: CronJob, metadata: {name: a}, spec: {schedule: '61 * * * *', jobTemplate: %s}}"
    template = "{spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: a}]}}}}"
    both = found(f"{job % template}\n---\n{job % template}")
    assert [line.split()[0] for line in both] == ["PC5107", "PC5005"]


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        ("data: {a/b: x}", "a key cannot be `a/b`"),
        ("metadata: {name: a, annotations: {a/b/c: x}}", "a key cannot be `a/b/c`"),
        ("metadata: {name: a, labels: {-x: x}}", "a key cannot be `-x`"),
    ],
)
def test_a_bad_key_is_shown_itself(inside: str, words: str) -> None:
    meta = "" if inside.startswith("metadata") else "metadata: {name: a}, "
    text = f"{{apiVersion: v1, kind: ConfigMap, {meta}{inside}}}"
    (only,) = diagnostics(text)
    assert only.message.endswith(words)
    key = words.split("`")[1]
    assert text[only.span.column - 1 :].startswith(key)


def test_prefixes_of_annotations_may_be_in_capitals() -> None:
    assert codes("{apiVersion: v1, kind: ConfigMap, metadata: {name: a, annotations: {Example.Com/Owner: x}}}") == set()


def test_an_object_without_a_name_is_shown_by_what_it_will_begin_with() -> None:
    text = "{apiVersion: v1, kind: Pod, metadata: {generateName: run-, namespace: shop}, spec: {}}"
    assert found(text)[0].startswith("PC5002 Pod shop/run-*:")
