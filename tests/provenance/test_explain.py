"""C9: every field of what is compiled can be traced to the template line that wrote it and the lines that decide it."""

import re
import shutil
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from platform_compiler.checked import Checked
from platform_compiler.cli.main import platformc
from platform_compiler.diagnostics import Bag, Span
from platform_compiler.emit.layout import Output
from platform_compiler.pipeline import build, check
from platform_compiler.provenance.explain import Explainer, Traced, explain
from platform_compiler.provenance.field import UnknownFieldError, pointer_of
from platform_compiler.source.node import Pointer
from platform_compiler.source.tree import Directory
from tests.cli.process import FIXTURES, ROOT

AS_OF = date(2026, 6, 1)
BOUTIQUE = FIXTURES / "online-boutique"


@cache
def compiled(root: Path) -> tuple[Checked, Output]:
    bag = Bag()
    checked = check(Directory(root), AS_OF, bag)
    output = build(checked, bag)
    assert output is not None
    return checked, output


def ran(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(platformc, ["explain", *arguments, "--root", str(root)], catch_exceptions=False)


def traced(path: str, field: str, root: Path = BOUTIQUE) -> Traced:
    _checked, output = compiled(root)
    resource = output.resources[path]
    (found,) = explainer(path, root).explain(resource, pointer_of(resource.body, field)).fields
    return found


@cache
def explainer(path: str, root: Path) -> Explainer:
    checked, output = compiled(root)
    return Explainer(checked, [output.resources[path]], output.resources.values())


def places(field: Traced) -> tuple[set[str], set[str]]:
    """Return the lines that decide a field's value, and those that decide its presence."""
    values, presence = (
        {f"{line.span.path}:{line.span.line}" for line in lines} for lines in (field.value_from, field.there_for)
    )
    return values, presence


def line_of(path: str, words: str) -> str:
    """Return where the first line that holds `words` stands in the fixture."""
    lines = (BOUTIQUE / path).read_text().splitlines()
    return f"{path}:{1 + next(n for n, line in enumerate(lines) if words in line)}"


FRONTEND = "clusters/prod-eu/web/frontend/deployment-frontend.yaml"
POD = "spec.template.spec"


@pytest.mark.parametrize(
    ("path", "field", "template", "manifest", "words"),
    [
        (
            FRONTEND,
            f"{POD}.containers[0].image",
            "image: ${{ container.image }}",
            "teams/web/frontend.yaml",
            "    prod:",
        ),
        (FRONTEND, f"{POD}.containers[0].env.PORT.value", "$value: container.env", "teams/web/frontend.yaml", "PORT:"),
        (
            FRONTEND,
            f"{POD}.terminationGracePeriodSeconds",
            "terminationGracePeriodSeconds: ${{ app.pod.terminationGracePeriodSeconds }}",
            "platform.yaml",
            "shutdown:",
        ),
        (FRONTEND, "metadata.labels.platformc.dev/tier", "labels: ${{ labels }}", "teams/web/frontend.yaml", "tier:"),
        (FRONTEND, "metadata.name", "name: ${{ version.resourceName }}", "teams/web/frontend.yaml", "name: frontend"),
        (
            "clusters/prod-eu/web/frontend/horizontalpodautoscaler-frontend.yaml",
            "spec.metrics[0].containerResource.target.averageUtilization",
            "averageUtilization: ${{ percent }}",
            "environments/prod.yaml",
            "cpuPercent:",
        ),
        (
            "clusters/prod-eu/checkout/emailservice/authorizationpolicy-emailservice.yaml",
            "spec.rules[0].from[0].source.principals[0]",
            "principals: ${{ row.caller.principals }}",
            "clusters/prod-eu.yaml",
            "trustDomain:",
        ),
        (
            "clusters/prod-eu/checkout/emailservice/networkpolicy-emailservice.yaml",
            "spec.ingress[1].from[0].podSelector.matchLabels.app",
            "matchLabels: ${{ cluster.prometheus.podLabels }}",
            "clusters/prod-eu.yaml",
            "prometheus:",
        ),
    ],
)
def test_c9_a_field_names_the_template_line_that_wrote_it_and_the_line_that_decides_it(
    path: str, field: str, template: str, manifest: str, words: str
) -> None:
    found = traced(path, field)
    assert found.written is not None
    assert template_line(found.written) == template
    assert line_of(manifest, words) in places(found)[0]


def template_line(span: Span) -> str:
    """Return the line of a built-in blueprint, which `span` names as people see it."""
    return (ROOT / span.path.removeprefix("built-in/")).read_text().splitlines()[span.line - 1].strip()


def test_c9_a_caller_in_a_policy_is_there_because_of_the_call_and_of_the_grant() -> None:
    found = traced(
        "clusters/prod-eu/checkout/emailservice/networkpolicy-emailservice.yaml",
        "spec.ingress[0].from[0].podSelector.matchLabels.app.kubernetes.io/name",
    )
    values, presence = places(found)
    assert values == {line_of("teams/checkout/checkoutservice.yaml", "name: checkoutservice")}
    assert presence >= {
        line_of("teams/checkout/checkoutservice.yaml", "emailservice: {}"),
        line_of("teams/checkout/emailservice.yaml", "from: [checkoutservice]"),
    }


def test_c9_what_a_part_contributes_was_written_in_its_contract() -> None:
    found = traced(FRONTEND, "spec.template.metadata.labels.sidecar.istio.io/inject")
    assert found.written is not None
    assert template_line(found.written).startswith("sidecar.istio.io/inject:")


def test_c9_a_constant_of_a_template_comes_from_nowhere_else() -> None:
    found = traced(FRONTEND, "spec.revisionHistoryLimit")
    assert (found.constant, found.value_from, found.there_for) == (True, (), ())


def test_c9_every_field_of_a_resource_of_every_kind_is_traced_to_a_line_that_exists() -> None:
    root = FIXTURES / "base"
    checked, output = compiled(root)
    kinds = {r.body["kind"]: r for r in output.resources.values() if r.unit.cluster == "prod"}
    assert len(kinds) > 10
    explainer = Explainer(checked, kinds.values(), output.resources.values())
    for kind, resource in kinds.items():
        explanation = explainer.explain(resource)
        assert [field.pointer for field in explanation.fields] == leaves(resource.body), kind
        for field in explanation.fields:
            assert field.written is not None
            assert template_line(field.written)
            for line in (*field.value_from, *field.there_for, *explanation.made_for):
                assert line.span.line > 0
                assert line.span.path == "built-in" or (root / line.span.path).is_file()


def leaves(value: Any, pointer: Pointer = ()) -> list[Pointer]:
    pairs = list(value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ())
    return [leaf for step, child in pairs for leaf in leaves(child, (*pointer, step))] if pairs else [pointer]


@pytest.mark.parametrize(
    "field", [f"{POD}.containers[0].image", f"{POD}.containers[0].ports[0].containerPort", "metadata.labels.tier"]
)
def test_c9_saying_the_line_otherwise_makes_the_field_another(tmp_path: Path, field: str) -> None:
    root = tmp_path / "repository"
    shutil.copytree(FIXTURES / "base", root)
    web = root / "teams/shop/web.yaml"
    web.write_text(web.read_text().replace("  name: web\n", "  name: web\n  labels: {tier: '1'}\n"))
    path = "clusters/prod/shop/web/deployment-web.yaml"
    found = traced(path, field, root)
    (line,) = found.value_from
    lines = (root / line.span.path).read_text().splitlines()
    start, end = line.span.column - 1, line.span.end_column - 1
    said = lines[line.span.line - 1]
    lines[line.span.line - 1] = said[:start] + re.sub(r"\d", "7", said[start:end]) + said[end:]
    (root / line.span.path).write_text("\n".join(lines) + "\n")
    bag = Bag()
    output = build(check(Directory(root), AS_OF, bag), bag)
    assert output is not None
    value: Any = output.resources[path].body
    for step in found.pointer:
        value = value[step]
    assert value != found.value
    assert "7" in str(value)


def test_c9_files_listed_for_kustomize_are_told_as_platformc_s_own() -> None:
    checked, output = compiled(BOUTIQUE)
    resource = output.resources["clusters/dev/web/frontend/kustomization.yaml"]
    fields = explain(checked, resource, ("resources",)).fields
    assert fields
    assert all(field.written is None for field in fields)


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("spec.containers[0].image", ("spec", "containers", 0, "image")),
        (".spec.containers.0.image", ("spec", "containers", 0, "image")),
        ("{.spec.containers[0].image}", ("spec", "containers", 0, "image")),
        ("spec.containers.web.image", ("spec", "containers", 0, "image")),
        ("labels.app.kubernetes.io/name", ("labels", "app.kubernetes.io/name")),
        ("labels['app.kubernetes.io/name']", ("labels", "app.kubernetes.io/name")),
        (r"labels.app\.kubernetes\.io/name", ("labels", "app.kubernetes.io/name")),
        ("", ()),
    ],
)
def test_c9_field_paths_read_as_in_kubectl(path: str, pointer: Pointer) -> None:
    body = {
        "labels": {"app.kubernetes.io/name": "web", "app": "web"},
        "spec": {"containers": [{"name": "web", "image": "a"}]},
    }
    assert pointer_of(body, path) == pointer


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("spec.contaners", "`spec` has no `contaners`; did you mean `containers`?"),
        ("sepc.containers", "the resource has no `sepc`; did you mean `spec`?"),
        ("spec.containers[3]", "`spec.containers` has no `3`; there are web, 0"),
        ("spec.paused.x", "`spec.paused` is a value and has no `x`"),
    ],
)
def test_c9_mistyped_field_says_which_was_meant(path: str, words: str) -> None:
    with pytest.raises(UnknownFieldError, match=re.escape(words)):
        pointer_of({"spec": {"containers": [{"name": "web"}], "paused": True}}, path)


@pytest.mark.parametrize(
    "named",
    [
        ["prod-eu", "deployment/frontend"],
        ["prod/prod-eu", "Deployment/web/frontend"],
        [FRONTEND],
        ["../somewhere/prod/" + FRONTEND],
    ],
)
def test_c9_explain_finds_a_resource_by_name_and_by_file(named: list[str]) -> None:
    done = ran(BOUTIQUE, *named, "spec.template.spec.containers[0].image")
    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith(
        f"Deployment web/frontend on prod-eu\n{FRONTEND}\n\nspec.template.spec.containers.0.image: "
    )
    assert re.search(
        r"written by +built-in/blueprints/lib/container.yaml:\d+ +image: \$\{\{ container.image", done.stdout
    )
    assert re.search(r"value from +teams/web/frontend.yaml:\d+ +image \(application's environment\)", done.stdout)


@pytest.mark.parametrize(
    ("named", "words"),
    [
        (["prod-ue", "deployment/frontend"], "there is no cluster 'prod-ue'; did you mean 'prod-us'?"),
        (["pord/prod-eu", "web/frontend"], "there is no cluster 'pord/prod-eu'; did you mean 'prod/prod-eu'?"),
        (
            ["prod-eu", "deployment/frontnd"],
            "there is no resource 'deployment/frontnd'; did you mean 'Deployment/frontend'",
        ),
        (["prod-eu", "web/frontnd"], "there is no application or resource 'web/frontnd'; did you mean 'web/frontend'?"),
        (["prod-eu", "deployment/frontend", "spec.replcas"], "`spec` has no `replcas`; there are revisionHistoryLimit"),
        ([FRONTEND.replace("nd.yaml", "n.yaml")], f"did you mean '{FRONTEND}'?"),
        (["teams/web/frontend.yaml"], "'teams/web/frontend.yaml' is no output file"),
        (["dev", "kustomization/dev.web.frontend"], "means several resources; name the file: clusters/dev/_delivery/"),
        (["prod-eu"], "there is no code 'prod-eu'; to explain what a cluster runs"),
        ([FRONTEND, "spec", "paused"], "a file holds one resource"),
    ],
)
def test_c9_what_is_not_there_is_a_usage_error_that_says_what_is(named: list[str], words: str) -> None:
    done = ran(BOUTIQUE, *named)
    assert (done.exit_code, done.stdout) == (2, "")
    assert words in done.stderr


def test_c9_a_resource_of_a_repository_with_errors_is_not_explained_and_the_errors_are(tmp_path: Path) -> None:
    root = tmp_path / "repository"
    shutil.copytree(FIXTURES / "base", root)
    web = root / "teams/shop/web.yaml"
    web.write_text(web.read_text().replace("  image:", "  imege:"))
    done = ran(root, "prod", "deployment/web")
    assert done.exit_code == 1
    assert "PC1101" in done.stdout
    assert "once the repository compiles" in done.stderr


def test_mistyped_setting_says_which_was_meant() -> None:
    done = ran(BOUTIQUE, "prod-eu", "web/frontend", "scale.mni")
    assert (done.exit_code, done.stdout) == (0, "no layer sets `scale.mni`; did you mean `scale.min`?\n")
