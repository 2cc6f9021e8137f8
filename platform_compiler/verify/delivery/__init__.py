"""What delivers the rest: objects of Argo CD and Flux, and the files of kustomize, that point at nothing."""

from platform_compiler.verify.delivery import files, folders, projects, sources
from platform_compiler.verify.world import Check

ALONE: tuple[Check, ...] = ()
WHOLE: tuple[Check, ...] = (
    projects.projects,
    projects.permissions,
    sources.sources,
    sources.dependencies,
    folders.folders,
    files.listed,
    files.nothing_listed,
)
