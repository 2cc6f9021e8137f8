"""Programs as templates see them: containers, versions, autoscalers, and what their pods share."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from platform_compiler.context.env import Addresses, env_from, env_list, source_name
from platform_compiler.context.files import Volumes, claims
from platform_compiler.context.once import Once
from platform_compiler.context.ports import transport
from platform_compiler.context.probes import probes
from platform_compiler.context.traffic import weights
from platform_compiler.link.addresses import primary_port
from platform_compiler.link.model import Interface, Port
from platform_compiler.quantities import whole_seconds

Spec = Mapping[str, Any]
Record = dict[str, Any]
_TOPOLOGY = {
    "zone": "topology.kubernetes.io/zone",
    "node": "kubernetes.io/hostname",
    "region": "topology.kubernetes.io/region",
}
_DIGEST_LENGTH = 16
_STABLE_WINDOW = 300
_NONE: frozenset[tuple[str, str]] = frozenset()


class Pods:
    """Everything about one target's pods; `stores` are the secret stores by name, settings are held by `once`."""

    def __init__(
        self, spec: Spec, interface: Interface, addresses: Addresses, stores: Mapping[str, Record], once: Once
    ) -> None:
        self._stores = stores
        self._once = once
        self._seen = [(name, port.protocol, port.target_port) for name, port in interface.ports.items()]
        self._spec = spec
        self._interface = interface
        self._addresses = addresses
        self._existing = _existing(spec)
        self._volumes = Volumes(
            interface.name, self._existing, spec.get("volumes", {}), each_its_own=interface.has_peers
        )
        self.versions = self._versions()
        self.pod = self._pod()
        self.config_maps = self._config_maps()
        self.secrets = self._secrets()
        self.digests = self._digests()
        self.claims = claims(interface.name, spec.get("volumes", {}))

    def _versions(self) -> list[Record]:
        others: Spec = self._spec.get("versions", {})
        found = []
        for name, weight in weights(self._spec).items():
            own = others.get(name)
            env = {**self._spec.get("env", {}), **own.get("env", {})} if own else {}
            found.append(self._version(name, weight, {**self._spec, **own, "env": env} if own else self._spec))
        return found

    def _version(self, name: str, weight: int, spec: Spec) -> Record:
        app, stable = self._interface.name, name == "stable"
        tag = image_tag(spec["image"])
        selector = {"app.kubernetes.io/name": app, "platformc.dev/version": name}
        return {
            "name": name,
            "stable": stable,
            "weight": weight,
            "resourceName": app if stable else f"{app}-{name}",
            "imageTag": tag,
            "selector": selector,
            "podLabels": {**selector, "app.kubernetes.io/version": tag},
            "container": {**self._container(app, spec), **_pre_stop(spec["shutdown"])},
            **self._once.of("replicas", [spec["scale"]], lambda: _replicas(spec["scale"])),
        }

    def _container(self, name: str, spec: Spec, own_ports: str | None = None) -> Record:
        """Return a container; `own_ports` is the sidecar whose ports it serves, None for the program."""
        app, ports = self._interface.name, self._interface.ports
        served = [port for port in ports.values() if port.container == own_ports]
        record: Record = {"name": name, "image": spec["image"]}
        for key in ("command", "args", "resources"):
            if key in spec:
                record[key] = spec[key]
        record["env"] = env_list(spec.get("env", {}), app, self._existing, self._addresses)
        record["envFrom"] = env_from(spec.get("envFrom", []), app, self._existing)
        record["ports"] = [
            {"name": port.name, "containerPort": port.target_port, "protocol": transport(port)} for port in served
        ]
        record["mounts"] = self._volumes.mounts(spec.get("files", {}))
        asked = served[0] if own_ports is not None and len(served) == 1 else primary_port(self._interface)
        return {**record, **self._probes(spec, asked)}

    def _probes(self, spec: Spec, asked: Port | None) -> Record:
        """Return how a container is probed: the same for all with the same checks of the same ports."""
        if "health" not in spec:
            return {}
        key = ("probes", id(spec["health"]), asked and asked.name, *self._seen)
        return self._once(key, lambda: probes(spec["health"], self._interface.ports, asked))

    def _pod(self) -> Record:
        spec = self._spec
        settings = [spec.get(word) for word in ("scheduling", "shutdown", "security", "pod")]
        return {
            "init": [self._container(name, container, name) for name, container in _by_order(spec.get("init", {}))],
            "sidecars": [
                {**self._container(name, sidecar, name), "restartPolicy": "Always"}
                for name, sidecar in _by_order(spec.get("sidecars", {}))
            ],
            **self._once.of("pod", settings, lambda: _pod(spec)),
            "volumes": self._volumes.volumes(),
        }

    def _config_maps(self) -> list[Record]:
        app = self._interface.name
        found = [
            {"name": name, "resourceName": source_name("configMap", name, app, self._existing), "data": data}
            for name, data in sorted(self._spec.get("configMaps", {}).items())
            if ("configMap", name) not in self._existing
        ]
        if self._volumes.written:
            found.append({"name": "files", "resourceName": f"{app}-files", "data": self._volumes.written})
        return found

    def _secrets(self) -> list[Record]:
        return [
            {
                "name": name,
                "resourceName": source_name("secret", name, self._interface.name, self._existing),
                "store": self._stores.get(secret["store"]) or {"name": secret["store"], "kind": "ClusterSecretStore"},
                "path": secret["path"],
                "refresh": secret.get("refresh", "1h"),
                "keys": secret["keys"],
            }
            for name, secret in sorted(self._spec.get("secrets", {}).items())
            if ("secret", name) not in self._existing
        ]

    def _digests(self) -> Record:
        record: Record = {}
        if self.config_maps:
            record["config"] = _digest(self.config_maps)
        if self.secrets:
            record["secrets"] = _digest(self.secrets)
        return record


def image_tag(image: str) -> str:
    """Return an image's tag, else the start of its digest, as a label value; `latest` where it has neither."""
    name, _, digest = image.partition("@")
    tag = name.rpartition("/")[2].partition(":")[2]
    return tag or digest.partition(":")[2][:_DIGEST_LENGTH] or "latest"


def _existing(spec: Spec) -> frozenset[tuple[str, str]]:
    """Return the secrets and config maps that are not ours to make, which keep their own names."""
    if "secrets" not in spec and "configMaps" not in spec:
        return _NONE
    found = [("secret", name, source) for name, source in spec.get("secrets", {}).items()]
    found += [("configMap", name, source) for name, source in spec.get("configMaps", {}).items()]
    return frozenset(
        [(word, name) for word, name, source in found if isinstance(source, dict) and source.get("existing") is True]
    )


def _pre_stop(shutdown: Spec) -> Record:
    """Return what runs before the stop signal: the program's own command, else a wait while routes forget the pod."""
    if "command" in shutdown:
        return {"preStop": {"exec": {"command": shutdown["command"]}}}
    delay = whole_seconds(shutdown["delay"])
    return {"preStop": {"sleep": {"seconds": delay}}} if delay else {}


def _pod(spec: Spec) -> Record:
    """Return what settings alone say of a pod, whoever it is of."""
    scheduling, shutdown, extra = spec.get("scheduling", {}), spec["shutdown"], spec.get("pod", {})
    tolerations = sorted(scheduling.get("tolerations", {}).items())
    record: Record = {
        "terminationGracePeriodSeconds": whole_seconds(shutdown["gracePeriod"]) + whole_seconds(shutdown["delay"]),
        "capabilities": sorted(spec["security"].get("addCapabilities", [])),
        "tolerations": [_toleration(key, toleration) for key, toleration in tolerations],
        "architectures": sorted(scheduling.get("arch", [])),
        "topologyKeys": [_TOPOLOGY.get(key, key) for key in scheduling.get("spread", [])],
        "labels": extra.get("labels", {}),
        "annotations": extra.get("annotations", {}),
    }
    return {**record, "nodeSelector": scheduling["nodeSelector"]} if "nodeSelector" in scheduling else record


def _by_order(containers: Mapping[str, Spec]) -> list[tuple[str, Spec]]:
    return sorted(containers.items(), key=lambda item: (item[1].get("order", 0), item[0]))


def _toleration(key: str, toleration: Spec) -> Record:
    record = {"key": key, "operator": "Equal" if "value" in toleration else "Exists"}
    for word in ("value", "effect"):
        if word in toleration:
            record[word] = toleration[word]
    return record


def _replicas(scale: Spec) -> Record:
    """Return how many pods there are, or what decides that."""
    minimum = scale.get("min", 1)
    if "max" in scale and scale["max"] > minimum:
        return {"autoscaler": _autoscaler(scale, minimum)}
    return {"replicas": minimum}


def _autoscaler(scale: Spec, minimum: int) -> Record:
    record: Record = {"min": minimum, "max": scale["max"], "external": []}
    for key in ("cpuPercent", "memoryPercent"):
        if key in scale:
            record[key] = scale[key]
    record["external"] = [{"name": name, **metric} for name, metric in sorted(scale.get("external", {}).items())]
    if not record["external"] and "cpuPercent" not in scale and "memoryPercent" not in scale:
        record["cpuPercent"] = 80
    if "scaleUpAfter" in scale:
        record["scaleUpAfter"] = whole_seconds(scale["scaleUpAfter"])
    record["scaleDownAfter"] = whole_seconds(scale["scaleDownAfter"]) if "scaleDownAfter" in scale else _STABLE_WINDOW
    return record


def _digest(content: list[Record]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:_DIGEST_LENGTH]
