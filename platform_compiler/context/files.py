"""Files: volumes, one a source, and the mounts of each container."""

import hashlib
import json
import re
from typing import Any

from platform_compiler.context.env import source_name
from platform_compiler.quantities import whole_seconds

_LONGEST = 63
_LONGEST_KEY = 200
_HASH = 8
_NO_LIMIT: dict[str, Any] = {"emptyDir": {}}
_TMP = {"name": "tmp", "mountPath": "/tmp"}  # noqa: S108 -- the path inside a container


class Volumes:
    """Collects the volumes of a pod while its containers' files are turned into mounts."""

    def __init__(
        self, app: str, existing: frozenset[tuple[str, str]], declared: dict[str, Any], *, each_its_own: bool
    ) -> None:
        self._app = app
        self._existing = existing
        self._declared = declared
        self._each_its_own = each_its_own
        self._volumes: dict[str, Any] = {"tmp": {"name": "tmp", **_NO_LIMIT}}
        self._empty_at: dict[str, str] = {}
        self.written: dict[str, str] = {}

    def mounts(self, files: dict[str, Any]) -> list[Any]:
        """Return the mounts of one container, sorted by path; /tmp is always among them."""
        if not files:
            return [_TMP]
        inside = _inside_directories(files)
        apart = {path for path in files if not any(path in own for own in inside.values())}
        found = [
            self._projected(path, source, inside[path]) if path in inside else self._mount(path, source)
            for path, source in files.items()
            if path in apart
        ]
        if "/tmp" not in files:  # noqa: S108
            found.append(_TMP)
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
            key = self._write(path, source["content"])
            name = self._source("files", {"configMap": {"name": f"{self._app}-files"}}, source)
            return {"name": name, "mountPath": path, "subPath": key, "readOnly": True}
        word = "secret" if "secret" in source else "configMap"
        resource = source_name(word, source[word], self._app, self._existing)
        body = {"secret": {"secretName": resource}} if word == "secret" else {"configMap": {"name": resource}}
        name = self._source(f"{word.lower()}-{source[word]}", body, source)
        mount = {"name": name, "mountPath": path, "readOnly": True}
        return {**mount, "subPath": source["key"]} if "key" in source else mount

    def _projected(self, path: str, source: dict[str, Any], inside: dict[str, Any]) -> dict[str, Any]:
        """Mount a directory of files together with single files in it: nothing can be mounted into a read-only one."""
        listed = [
            self._projection(source, None),
            *(self._projection(s, p[len(path) + 1 :], p) for p, s in inside.items()),
        ]
        body: dict[str, Any] = {"sources": listed}
        if "mode" in source:
            body["defaultMode"] = int(source["mode"], 8)
        name = self._add("files" + _slug(path), {"projected": body})
        return {"name": name, "mountPath": path, "readOnly": True}

    def _projection(self, source: dict[str, Any], place: str | None, path: str = "") -> dict[str, Any]:
        """Return a source of a projected volume: all its files, or one of them at `place`."""
        if "content" in source:
            word, resource = "configMap", f"{self._app}-files"
            key: str | None = self._write(path, source["content"])
        else:
            word = "secret" if "secret" in source else "configMap"
            resource, key = source_name(word, source[word], self._app, self._existing), source.get("key")
        if place is None:
            return {word: {"name": resource}}
        item: dict[str, Any] = {"key": key, "path": place}
        if "mode" in source:
            item["mode"] = int(source["mode"], 8)
        return {word: {"name": resource, "items": [item]}}

    def _source(self, name: str, body: dict[str, Any], source: dict[str, Any]) -> str:
        """Add a volume of files; another mode is another volume."""
        if "mode" in source:
            name = f"{name}-{source['mode']}"
            body = {key: {**value, "defaultMode": int(source["mode"], 8)} for key, value in body.items()}
        return self._add(name, body)

    def _add(self, name: str, body: dict[str, Any]) -> str:
        """Add a volume and return its name; one of another content under this name gets another name."""
        name = fitting(name)
        if self._volumes.setdefault(name, {"name": name, **body}) != {"name": name, **body}:
            name = fitting(f"{name}-{_digest(json.dumps(body, sort_keys=True))}")
            self._volumes[name] = {"name": name, **body}
        return name

    def _write(self, path: str, content: str) -> str:
        """Add a file and return its key: the path, and where another file has this key, a digest as well."""
        key = re.sub(r"[^-._a-zA-Z0-9]", "_", path.strip("/").replace("/", "."))[-_LONGEST_KEY:]
        if self.written.setdefault(key, content) != content:
            key = f"{key}.{_digest(path + content)}"
            self.written[key] = content
        return key

    def _empty(self, path: str, source: dict[str, Any]) -> str:
        name = "tmp" if path == "/tmp" else "empty" + _slug(path)  # noqa: S108
        if self._empty_at.setdefault(fitting(name), path) != path:
            name = f"{name}-{_digest(path)}"
        body: dict[str, Any] = {"sizeLimit": str(source["empty"])}
        if source.get("medium") == "memory":
            body["medium"] = "Memory"
        if name == "tmp" and self._volumes[name] == {"name": name, **_NO_LIMIT}:
            del self._volumes[name]
        return self._add(name, {"emptyDir": body})

    def _claimed(self, path: str, source: dict[str, Any]) -> dict[str, Any]:
        name = source["volume"]
        claim = self._declared[name].get("claim")
        volume = volume_name(name)
        if claim or not self._each_its_own:  # else the StatefulSet makes a volume for each pod
            self._volumes[volume] = {
                "name": volume,
                "persistentVolumeClaim": {"claimName": claim or _claim_name(self._app, name)},
            }
        mount = {"name": volume, "mountPath": path}
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
        return self._add(name, {"projected": {"sources": [{"serviceAccountToken": projected}]}})


def _inside_directories(files: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return directories of config maps and secrets, each with the single files that are to stand in it."""
    directories = [path for path, s in files.items() if ("configMap" in s or "secret" in s) and "key" not in s]
    if not directories:
        return {}
    single = {path: s for path, s in sorted(files.items()) if "content" in s or "key" in s}
    found = {
        directory: {p: s for p, s in single.items() if _home(p, directories) == directory} for directory in directories
    }
    return {directory: own for directory, own in found.items() if own}


def _home(path: str, directories: list[str]) -> str | None:
    """Return the nearest of the directories that a path stands in."""
    return max((d for d in directories if path.startswith(f"{d.rstrip('/')}/")), key=len, default=None)


def _slug(path: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", path.lower()).rstrip("-")


def claims(app: str, volumes: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the volumes of an application's own, by name."""
    found = []
    for name, volume in sorted(volumes.items()):
        if "size" in volume:
            record = {
                "name": name,
                "volume": volume_name(name),
                "claim": _claim_name(app, name),
                "size": str(volume["size"]),
                "accessMode": volume.get("accessMode", "ReadWriteOnce"),
            }
            found.append({**record, "storageClass": volume["storageClass"]} if "storageClass" in volume else record)
    return found


def volume_name(name: str) -> str:
    """Return what a pod calls one of `volumes`."""
    return fitting(f"volume-{name}")


def _claim_name(app: str, name: str) -> str:
    return f"{app}-{name}"


def fitting(name: str) -> str:
    """Return a volume's name within the length that Kubernetes allows: a long one ends with a digest of the whole."""
    if len(name) <= _LONGEST:
        return name
    return f"{name[: _LONGEST - _HASH - 1].rstrip('-')}-{_digest(name)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_HASH]
