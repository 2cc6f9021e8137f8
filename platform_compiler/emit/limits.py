"""What the tools that apply an output, and the disks it is checked out on, can take."""

from collections import Counter

from platform_compiler.diagnostics import Bag, Severity, Span
from platform_compiler.emit.layout import Output

_MANY, _TOO_MANY = 500, 2000
"""Resources in one folder: kustomize needs 2 s for 1,000 and 18 s for 3,000."""
_BYTES = 8_000_000
"""Argo CD refuses a folder of more than 10 MB of manifests."""
_PATH = 200
"""Bytes of a path below the repository's root; Windows and archives end near 260."""
_WIDEST = 4
"""Bytes of a letter, at most."""
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(1, 10)), *(f"lpt{n}" for n in range(1, 10))}
)
"""Names that Windows gives to devices, whatever their ending."""
_READ_SPECIALLY = frozenset({"chart.yaml", ".argocd-source.yaml", "kustomization.yml", "kustomization"})
"""Names by which Argo CD and Flux take a folder for something else than plain manifests."""


def check_limits(output: Output, bag: Bag) -> None:
    """Report folders that are too large, paths that are too long, and names that have a meaning of their own."""
    objects: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    first: dict[str, Span] = {}
    for path, data in output.files.items():
        folder = path.rpartition("/")[0]
        objects[folder] += 1
        sizes[folder] += len(data)
        manifest = output.resources[path].manifest
        first.setdefault(folder, manifest)
        if len(path) * _WIDEST > _PATH and len(path.encode()) > _PATH:
            bag.add(
                "PC6004",
                f"`{path}` has {len(path.encode())} bytes, more than {_PATH}",
                manifest,
                help="shorten the name of the application, the namespace or the cluster",
            )
    for folder in sorted(objects):
        _check_size(folder, objects[folder], sizes[folder], first[folder], bag)
    _check_names(output, bag)


def _check_size(folder: str, objects: int, size: int, span: Span, bag: Bag) -> None:
    if objects > _MANY or size > _BYTES:
        grave = objects > _TOO_MANY or size > _BYTES
        bag.add(
            "PC6003",
            f"`{folder}` holds {objects:,} resources of {size:,} bytes",
            span,
            help=f"split it: whatever applies it slows down above {_MANY}, and fails above {_TOO_MANY:,} or 8 MB",
            severity=Severity.ERROR if grave else Severity.WARNING,
        )


def _check_names(output: Output, bag: Bag) -> None:
    seen: set[str] = set()
    folders: set[str] = set()
    for path in output.files:
        folder, _, last = path.rpartition("/")
        parts = [last] if folder in folders else path.split("/")
        folders.add(folder)
        for part in parts:
            if part in seen:
                continue
            seen.add(part)
            name = part.lower()
            if name.partition(".")[0] in _DEVICES or name in _READ_SPECIALLY or name.endswith(".jsonnet"):
                bag.add(
                    "PC6005",
                    f"`{part}` cannot be the name of a file or folder: Windows or Argo CD read it specially",
                    output.resources[path].manifest,
                    help="choose another name",
                )
