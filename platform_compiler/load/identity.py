"""Path is identity: which kinds may stand where, and what a document must be called."""

import re
from typing import NamedTuple

from platform_compiler.diagnostics import Bag, Span
from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.source.node import MapNode, ScalarNode, at, nearest

API_VERSION = "platformc.dev/v1"
KINDS = (
    "Application",
    "Cluster",
    "Environment",
    "ExternalService",
    "Gateway",
    "Platform",
    "PolicySet",
    "RawResources",
    "Team",
    "Waiver",
)
_FOLDERS = {
    "environments": "Environment",
    "clusters": "Cluster",
    "gateways": "Gateway",
    "policies": "PolicySet",
    "waivers": "Waiver",
}
_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
TEAM_KINDS = ("Application", "ExternalService", "RawResources")


class Place(NamedTuple):
    """What a path says about the document in it."""

    kinds: tuple[str, ...]
    name: str | None
    team: str | None


def place_of(path: str) -> Place | None:
    """Return what belongs at `path`, or None when it is no place of manifests."""
    parts = path.split("/")
    if parts == ["platform.yaml"]:
        return Place(("Platform",), None, None)
    if len(parts) == 2 and parts[0] in _FOLDERS and path.endswith(".yaml"):  # noqa: PLR2004 -- folder and file
        return Place((_FOLDERS[parts[0]],), parts[1].removesuffix(".yaml"), None)
    if len(parts) == 3 and parts[0] == "teams" and path.endswith(".yaml"):  # noqa: PLR2004 -- teams, team and file
        name = parts[2].removesuffix(".yaml")
        return Place(("Team",), parts[1], None) if name == "team" else Place(TEAM_KINDS, name, parts[1])
    return None


def report_stray(path: str, bag: Bag) -> None:
    """Report a YAML file that stands in a folder of manifests, where no manifest is looked for."""
    folder, _, rest = path.partition("/")
    if folder == "policies" and "/" in rest:  # a folder below it holds a policy, which is no manifest of ours
        return
    if folder not in (*_FOLDERS, "teams") or not path.endswith((".yaml", ".yml")):
        return
    wanted = "teams/<team>/<name>.yaml" if folder == "teams" else f"{folder}/<name>.yaml"
    cure = f"rename it to `{path.removesuffix('.yml')}.yaml`" if path.endswith(".yml") and "/" not in rest else ""
    bag.add("PC1203", "no manifest is looked for here", Span(path), help=cure or f"manifests stand at `{wanted}`")


def check_identity(place: Place, document: MapNode, bag: Bag) -> str | None:
    """Return the document's kind when its apiVersion, kind and name fit its path; report what does not."""
    kind_node, version = at(document, "kind"), at(document, "apiVersion")
    if not isinstance(kind_node, ScalarNode) or not isinstance(kind_node.value, str):
        bag.add("PC1102", "`kind` is missing", nearest(document, "kind"), help=f"write `kind: {place.kinds[0]}`")
        return None
    kind = kind_node.value
    if kind not in KINDS:
        near = did_you_mean(kind, KINDS)
        cure = f"did you mean `{near}`?" if near else f"kinds are {', '.join(KINDS)}"
        bag.add("PC1201", f"`{kind}` is no kind of document", kind_node.span, help=cure)
        return None
    if isinstance(version, ScalarNode) and version.value != API_VERSION:
        bag.add("PC1105", f"`{version.text}` is not a version of ours", version.span, help=f"write `{API_VERSION}`")
        return None
    if kind not in place.kinds:
        expected = " or ".join(f"`{k}`" for k in place.kinds)
        bag.add("PC1203", f"`{kind}` does not belong here", kind_node.span, help=f"at this path stands {expected}")
        return None
    name = at(document, "metadata", "name")
    if place.name is not None and isinstance(name, ScalarNode) and name.value != place.name:
        fits = re.fullmatch(_LABEL, place.name) is not None
        bag.add(
            "PC1202",
            f"`{name.text}` is not what the path says",
            name.span,
            f"the path says `{place.name}`",
            help=f"write `name: {place.name}`, or move the file"
            if fits
            else "rename what the path says: names hold `a` to `z`, digits and `-`",
        )
        return None
    return kind
