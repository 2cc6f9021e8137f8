"""Files: volumes, one a source, and the mounts of each container."""

import re
from typing import Any

from platform_compiler.context.env import source_name
from platform_compiler.quantities import whole_seconds


class Volumes:
    """Collects the volumes of a pod while its containers' files are turned into mounts."""

    def __init__(self, app: str, existing: frozenset[tuple[str, str]], declared: dict[str, Any]) -> None:
        self._app = app
        self._existing = existing
        self._declared = declared
        self._volumes: dict[str, Any] = {"tmp": {"name": "tmp", "emptyDir": {}}}
        self.written: dict[str, str] = {}

    def mounts(self, files: dict[str, Any]) -> list[Any]:
        """Return the mounts of one container, sorted by path; /tmp is always among them."""
        found = [self._mount(path, source) for path, source in files.items()]
        if "/tmp" not in files:  # noqa: S108 -- the path inside a container
            found.append({"name": "tmp", "mountPath": "/tmp"})  # noqa: S108
        return sorted(found, key=lambda mount: str(mount["mountPath"]))

    def volumes(self) -> list[Any]:
        """Return the volumes, sorted by name."""
        return [self._volumes[name] for name in sorted(self._volumes)]

    def _mount(self, path: str, source: dict[str, Any]) -> dict[str, Any]:
        if "empty" in source:
            return {"name": self._empty(path, source), "mountPath": path}
        if "volume" in source:
            return self._claimed(path, source)
        if "token" in source:
            return {"name": self._token(source["token"]), "mountPath": path, "readOnly": True}
        if "content" in source:
            key = path.strip("/").replace("/", ".")
            self.written[key] = source["content"]
            name = self._source("files", {"configMap": {"name": f"{self._app}-files"}}, source)
            return {"name": name, "mountPath": path, "subPath": key, "readOnly": True}
        word = "secret" if "secret" in source else "configMap"
        resource = source_name(word, source[word], self._app, self._existing)
        body = {"secret": {"secretName": resource}} if word == "secret" else {"configMap": {"name": resource}}
        name = self._source(f"{word.lower()}-{source[word]}", body, source)
        mount = {"name": name, "mountPath": path, "readOnly": True}
        return {**mount, "subPath": source["key"]} if "key" in source else mount

    def _source(self, name: str, body: dict[str, Any], source: dict[str, Any]) -> str:
        """Add a volume of files; another mode is another volume."""
        if "mode" in source:
            name = f"{name}-{source['mode']}"
            body = {key: {**value, "defaultMode": int(source["mode"], 8)} for key, value in body.items()}
        self._volumes[name] = {"name": name, **body}
        return name

    def _empty(self, path: str, source: dict[str, Any]) -> str:
        name = "tmp" if path == "/tmp" else "empty" + re.sub(r"[^a-z0-9]+", "-", path.lower()).rstrip("-")  # noqa: S108
        body: dict[str, Any] = {"sizeLimit": str(source["empty"])}
        if source.get("medium") == "memory":
            body["medium"] = "Memory"
        self._volumes[name] = {"name": name, "emptyDir": body}
        return name

    def _claimed(self, path: str, source: dict[str, Any]) -> dict[str, Any]:
        name = source["volume"]
        claim = self._declared[name].get("claim", f"{self._app}-{name}")
        self._volumes[f"volume-{name}"] = {"name": f"volume-{name}", "persistentVolumeClaim": {"claimName": claim}}
        mount = {"name": f"volume-{name}", "mountPath": path}
        if "subPath" in source:
            mount["subPath"] = source["subPath"]
        return {**mount, "readOnly": True} if source.get("readOnly") else mount

    def _token(self, token: dict[str, Any]) -> str:
        name = "token-" + re.sub(r"[^a-z0-9]+", "-", token["audience"].lower()).strip("-")
        projected = {
            "audience": token["audience"],
            "expirationSeconds": whole_seconds(token.get("expires", "1h")),
            "path": "token",
        }
        self._volumes[name] = {"name": name, "projected": {"sources": [{"serviceAccountToken": projected}]}}
        return name
