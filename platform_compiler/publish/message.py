"""The message of a commit on an environment branch: what was published, and trailers that say from what.

A subject is a stranger's text: it stands on the first line only, so nothing in it can pose as a trailer.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from platform_compiler import __version__
from platform_compiler.publish.plan import Plan
from platform_compiler.publish.source import Source


def commit_message(plans: Iterable[Plan], source: Source, *, rollback: str = "", record: str = "") -> str:
    """Return the message; `rollback` is the reason of going back, `record` a line for servers without record refs."""
    done = list(plans)
    environments = list(dict.fromkeys(owner for plan in done for owner in plan.site.owners))
    names = ", ".join(owner.partition("/")[2] for owner in environments)
    written = sum(len(plan.writes) for plan in done)
    deleted = sum(len(plan.deletes) for plan in done)
    verb = "Roll back" if rollback else "Publish"
    trailers = [
        f"Source-Commit: {source.commit}",
        *([f"Source-Repo: {source.url}"] if source.url else []),
        *([f"Source-Ref: {source.ref}"] if source.ref else []),
        f"Environments: {', '.join(environments)}",
        f"Compiler-Version: {__version__}",
        *([f"Rollback-Reason: {rollback}"] if rollback else []),
        *_for_argo_cd(source),
        *([record] if record else []),
    ]
    return (
        f"{verb} {names}: {source.subject}\n\n{written} files written, {deleted} deleted.\n\n"
        + "\n".join(trailers)
        + "\n"
    )


def _for_argo_cd(source: Source) -> list[str]:
    """Return the trailers by which Argo CD links back (https://argo-cd.readthedocs.io, source hydrator)."""
    seconds = int(source.author.date.split()[0])
    return [
        f"Argocd-reference-commit-author: {source.author.name} <{source.author.email}>",
        f"Argocd-reference-commit-sha: {source.commit}",
        f"Argocd-reference-commit-subject: {source.subject}",
        f"Argocd-reference-commit-date: {datetime.fromtimestamp(seconds, UTC).isoformat()}",
        *([f"Argocd-reference-commit-repourl: {source.url}"] if source.url else []),
    ]
