"""`docs/codes.md`: every code with its name, how bad it is, and what other tools call it, made from the table."""

from itertools import groupby

from platform_compiler.diagnostics.codes import CODES, Code

_PHASES = {
    "1": "Reading, shape and identity of manifests",
    "2": "Linking",
    "3": "Layers, mandates and promotion",
    "4": "Blueprints",
    "50": "Verification: shape",
    "51": "Verification: Kubernetes",
    "52": "Verification: Istio",
    "53": "Verification: Gateway API, Envoy Gateway, ambient",
    "54": "Verification: delivery by Argo CD, Flux, kustomize",
    "6": "Output",
    "7": "Policies",
    "8": "Publishing",
}
_HEAD = """# Codes

Every finding has a code. `platformc explain CODE` prints its page: why it is told, wrong and right, and who can change
it; names and the numbers of `istioctl analyze` are understood as well. An error stops a compile, a warning is very
likely a mistake, a note is worth knowing. This page is generated from the table of codes.
"""


def codes_page() -> str:
    """Return the page as Markdown."""
    parts = [_HEAD]
    for phase, rows in groupby(sorted(CODES.values()), key=_phase):
        parts.append(f"\n## {_PHASES[phase]}\n\n| code | name | severity | `istioctl analyze` |\n|---|---|---|---|\n")
        parts += [f"| [{r.code}](codes/{r.code}.md) | {r.name} | {r.severity} | {r.alias} |\n" for r in rows]
    return "".join(parts)


def _phase(row: Code) -> str:
    digits = row.code.removeprefix("PC")
    return digits[:2] if digits[:2] in _PHASES else digits[:1]
