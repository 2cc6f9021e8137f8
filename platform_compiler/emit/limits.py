"""What the tools that apply an output, and the disks it is checked out on, can take."""

from collections.abc import Iterable, Mapping, Sequence

from platform_compiler.diagnostics import Bag, Severity, Span
from platform_compiler.emit.layout import Folder, Output

MANY, _TOO_MANY = 500, 2000
"""Resources in one folder: kustomize needs 2 s for 1,000 and 18 s for 3,000."""
_BYTES = 8_000_000
"""Argo CD refuses a folder of more than 10 MB of manifests."""
_PATH = 200
"""Bytes of a path below the repository's root; Windows and archives end near 260."""
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(1, 10)), *(f"lpt{n}" for n in range(1, 10))}
)
"""Names that Windows gives to devices, whatever their ending."""
_READ_SPECIALLY = frozenset({"chart.yaml", ".argocd-source.yaml", "kustomization.yml", "kustomization"})
"""Names by which Argo CD and Flux take a folder for something else than plain manifests."""


def check_sizes(output: Output, folders: Iterable[Folder], bag: Bag) -> None:
    """Report folders that are too large, and paths that are too long."""
    for folder in folders:
        size = objects = longest = 0
        for sheaf in folder.sheaves:
            size += sheaf.size
            objects += len(sheaf.names)
            longest = max(longest, sheaf.longest)
        if objects > MANY or size > _BYTES:
            _report_size(folder, size, objects, output, bag)
        if len(folder.path.encode()) + 1 + longest > _PATH:
            _check_lengths(output, folder.paths, bag)


def _check_lengths(output: Output, paths: Iterable[str], bag: Bag) -> None:
    for path in paths:
        size = len(path.encode())
        if size > _PATH:
            bag.add(
                "PC6004",
                f"`{path}` has {size} bytes, more than {_PATH}",
                output.resources[path].manifest,
                help="shorten the name of the application, the namespace or the cluster",
            )


def _report_size(folder: Folder, size: int, objects: int, output: Output, bag: Bag) -> None:
    grave = objects > _TOO_MANY or size > _BYTES
    bag.add(
        "PC6003",
        f"`{folder.path}` holds {objects:,} resources of {size:,} bytes",
        output.resources[folder.paths[0]].manifest,
        help=f"split it: whatever applies it slows down above {MANY}, and fails above {_TOO_MANY:,} or 8 MB",
        severity=Severity.ERROR if grave else Severity.WARNING,
    )


def names_in(output: Output, folders: Sequence[Folder]) -> dict[str, Span]:
    """Return names of files and folders that are read specially somewhere, each with the first manifest behind it."""
    names = set("/".join([folder.path for folder in folders]).split("/"))
    sheaves = {id(sheaf): sheaf for folder in folders for sheaf in folder.sheaves}  # clusters share many
    names.update(*[sheaf.names for sheaf in sheaves.values()])
    special = {name for name in names if _is_special(name.lower())}
    found: dict[str, Span] = {}
    for path in output.files if special else ():
        manifest = output.resources[path].manifest
        found |= {name: min(found.get(name, manifest), manifest) for name in special.intersection(path.split("/"))}
    return found


def check_names(names: Mapping[str, Span], bag: Bag) -> None:
    """Report names that have a meaning of their own, once each."""
    for part, manifest in names.items():
        bag.add(
            "PC6005",
            f"`{part}` cannot be the name of a file or folder: Windows or Argo CD read it specially",
            manifest,
            help="choose another name",
        )


def _is_special(name: str) -> bool:
    return name.partition(".")[0] in _DEVICES or name in _READ_SPECIALLY or name.endswith(".jsonnet")
