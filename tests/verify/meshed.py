"""Judging worlds of the mesh in tests, by the checks of injection, annotations, security, telemetry and patches alone.

Only their own range of codes is told, and no schema is asked: the worlds are small, and hold what their test is about.
"""

from platform_compiler.diagnostics import Bag
from platform_compiler.verify.documents import items_of
from platform_compiler.verify.istio import ALONE, WHOLE
from platform_compiler.verify.item import Fault
from platform_compiler.verify.places import dotted
from platform_compiler.verify.world import Facts, World

_OWN = range(5231, 5260)


def faults(text: str, *, whole: bool = True) -> list[Fault]:
    """Return what is found in a stream of YAML, sorted by code."""
    bag = Bag()
    world = World(items_of("judged.yaml", text.encode(), bag), Facts(), whole)
    assert bag.sorted() == ()
    found = [fault for check in (*ALONE, *(WHOLE if whole else ())) for fault in check(world)]
    return sorted((fault for fault in found if int(fault.code[2:]) in _OWN), key=lambda fault: fault.code)


def told(text: str, *, whole: bool = True) -> list[str]:
    """Return what is found, each as `CODE Kind namespace/name field`."""
    return [f"{f.code} {f.item} {dotted(f.path)}".replace("`", "") for f in faults(text, whole=whole)]


def metadata(name: str, namespace: str = "shop", labels: str = "", annotations: str = "") -> str:
    """Return the metadata of an object, on one line; labels and annotations are the inside of a flow mapping."""
    return f"{{name: {name}, namespace: {namespace}, labels: {{{labels}}}, annotations: {{{annotations}}}}}"


def namespace(labels: str = "istio-injection: enabled", name: str = "shop") -> str:
    """Return a Namespace; in the mesh unless its labels say otherwise."""
    return f"---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}, labels: {{{labels}}}}}\n"


def deployment(  # noqa: PLR0913 -- the parts of a Deployment that checks look at
    name: str = "cart",
    *,
    space: str = "shop",
    labels: str = "",
    annotations: str = "",
    own: str = "",
    spec: str = "",
    container: str = "",
) -> str:
    """Return a Deployment whose pods are labelled `app: <name>` and more; `own` are its own annotations."""
    more = f", {labels}" if labels else ""
    return f"""---
apiVersion: apps/v1
kind: Deployment
metadata: {metadata(name, space, annotations=own)}
spec:
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}{more}}}, annotations: {{{annotations}}}}}
    spec: {{{spec + ", " if spec else ""}containers: [{{name: app, image: i{", " + container if container else ""}}}]}}
"""


def service(ports: str = "{name: http, port: 80, targetPort: 8080}", name: str = "cart") -> str:
    """Return a Service in front of the pods labelled `app: <name>`."""
    return f"""---
apiVersion: v1
kind: Service
metadata: {{name: {name}, namespace: shop}}
spec: {{selector: {{app: {name}}}, ports: [{ports}]}}
"""


def policy(kind: str, spec: str, name: str = "p", space: str = "shop", annotations: str = "") -> str:
    """Return an object of the mesh's by its kind; `spec` is a flow mapping."""
    groups = {
        "AuthorizationPolicy": "security.istio.io/v1",
        "PeerAuthentication": "security.istio.io/v1",
        "RequestAuthentication": "security.istio.io/v1",
        "Telemetry": "telemetry.istio.io/v1",
        "WasmPlugin": "extensions.istio.io/v1alpha1",
        "TrafficExtension": "extensions.istio.io/v1alpha1",
        "EnvoyFilter": "networking.istio.io/v1alpha3",
    }
    version = groups.get(kind, "networking.istio.io/v1")
    where = metadata(name, space, annotations=annotations)
    return f"---\napiVersion: {version}\nkind: {kind}\nmetadata: {where}\nspec: {spec}\n"
