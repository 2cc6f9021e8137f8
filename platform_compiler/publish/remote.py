"""One environment repository, worked on through a bare scratch repository: no work tree, no file that is not needed.

Only the tip commits are fetched, with their trees and without their files (`--depth 1 --filter=blob:none`); a server
that cannot do so sends everything, and the result is the same. New objects come from one `git fast-import`.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from platform_compiler.publish.source import Identity
from platform_compiler.source.git import GitFailed, blobs, git, listed

_FILE_MODES = frozenset({"100644", "100755"})


@dataclass(frozen=True, slots=True)
class Draft:
    """A commit to be made: on `parent` (None begins a branch), with these files written and deleted."""

    parent: str | None
    message: str
    author: Identity
    committer: Identity
    writes: Mapping[str, bytes]
    deletes: Sequence[str]


class Refused(Exception):  # noqa: N818 -- the server's answer, judged by the caller
    """A push was not accepted; the text is what Git said, without credentials."""


class Remote:
    """A repository at a URL; the scratch folder is the caller's to remove."""

    def __init__(self, url: str, scratch: Path, signing: Mapping[str, str] | None = None) -> None:
        self._scratch = scratch
        self._signing = signing
        self._drafts = 0
        git(scratch, "init", "--quiet", "--bare", "--initial-branch=none")
        git(scratch, "config", "remote.origin.url", url)

    def refs(self, names: Iterable[str]) -> dict[str, str]:
        """Return the commit ids of those refs that exist.

        Raises:
            GitFailed: the repository cannot be reached.
        """
        wanted = set(names)
        answer = git(self._scratch, "ls-remote", "origin", *sorted(wanted)).decode()
        pairs = (line.split("\t") for line in answer.splitlines())
        return {name: identifier for identifier, name in pairs if name in wanted}

    def fetch(self, commits: Iterable[str]) -> None:
        """Fetch commits with their trees, if the server can without files and history."""
        wanted = sorted(set(commits))
        if not wanted:
            return
        plain = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head")
        try:
            git(self._scratch, *plain, "--depth=1", "--filter=blob:none", "origin", *wanted)
        except GitFailed:
            git(self._scratch, *plain, "origin", *wanted)

    def files(self, commit: str | None, prefix: str) -> dict[str, str]:
        """Return the blob id of every entry below `prefix`, by path; one that is no ordinary file has an empty id.

        Only an ordinary file can be ours, so a link or a submodule never equals anything we wrote. A file or link that
        stands where `prefix` needs a folder is listed too.
        """
        if commit is None:
            return {}
        entries = listed(self._scratch, commit, *((prefix,) if prefix else ()))
        entries += self._in_the_way(commit, prefix)
        return {path: identifier if mode in _FILE_MODES else "" for mode, identifier, path in entries}

    def _in_the_way(self, commit: str, prefix: str) -> list[tuple[str, str, str]]:
        """Return what stands in the place of a folder that `prefix` needs."""
        folders = [str(folder) for folder in (PurePosixPath(prefix), *PurePosixPath(prefix).parents)][:-1]
        if not folders:
            return []
        answer = git(self._scratch, "ls-tree", "-z", "--full-tree", commit, "--", *folders).decode()
        found = (entry.partition("\t") for entry in answer.split("\0")[:-1])
        return [("", "", path) for meta, _, path in found if meta.split()[1] != "tree"]

    def contents(self, identifiers: Iterable[str]) -> dict[str, bytes]:
        """Return the bytes of blobs by id, fetched in one request."""
        wanted = sorted(set(identifiers))
        if not wanted:
            return {}
        names = "".join(f"{blob}\n" for blob in wanted).encode()
        quiet = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--filter=blob:none", "--stdin", "origin")
        # A server that sent every file at once need not give out single ones; what is really missing is told below.
        with suppress(GitFailed):
            git(self._scratch, *quiet, stdin=names, settings={"fetch.negotiationAlgorithm": "noop"})
        return blobs(self._scratch, wanted)

    def message(self, commit: str) -> str:
        """Return the message of a fetched commit."""
        return git(self._scratch, "log", "-1", "--format=%B", commit).decode(errors="replace")

    def last_record(self, commit: str, trailer: str) -> str | None:
        """Return the message of the newest commit that carries a trailer, over all history; None when there is none."""
        shallow = (self._scratch / "shallow").exists()
        deepen = ("--unshallow", "--filter=tree:0") if shallow else ()
        git(self._scratch, "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", *deepen, "origin", commit)
        found = git(self._scratch, "log", "-1", f"--grep=^{trailer}: ", "--format=%B", commit).decode(errors="replace")
        return found or None

    def last_author(self, commit: str, path: str) -> str:
        """Return who changed a path last, as `name, date`; all history is fetched to tell."""
        if (self._scratch / "shallow").exists():
            git(self._scratch, "fetch", "--quiet", "--no-write-fetch-head", "--unshallow", "origin", commit)
        return git(self._scratch, "log", "-1", "--format=%an, %as", commit, "--", path).decode(errors="replace").strip()

    def commit(self, draft: Draft) -> str:
        """Make a commit and return its id."""
        self._drafts += 1
        ref = f"refs/drafts/{self._drafts}"
        git(self._scratch, "fast-import", "--quiet", "--date-format=raw", stdin=_stream(draft, ref))
        made = git(self._scratch, "rev-parse", ref).decode().strip()
        return made if self._signing is None else self._signed(made, draft, self._signing)

    def _signed(self, made: str, draft: Draft, settings: Mapping[str, str]) -> str:
        """Return the same commit with a signature: fast-import makes the tree, `commit-tree` signs."""
        tree = git(self._scratch, "rev-parse", f"{made}^{{tree}}").decode().strip()
        parents = ("-p", draft.parent) if draft.parent else ()
        people = {
            "author.name": draft.author.name,
            "author.email": draft.author.email,
            "committer.name": draft.committer.name,
            "committer.email": draft.committer.email,
        }
        return (
            git(
                self._scratch,
                "commit-tree",
                "-S",
                tree,
                *parents,
                stdin=draft.message.encode(),
                settings={**settings, **people},
                variables={"GIT_AUTHOR_DATE": draft.author.date, "GIT_COMMITTER_DATE": draft.committer.date},
            )
            .decode()
            .strip()
        )

    def push(self, updates: Mapping[str, tuple[str | None, str]]) -> None:
        """Move refs from what they were seen at to new commits: all of them or none.

        Raises:
            Refused: the server said no, to any of them.
        """
        leases = [f"--force-with-lease={ref}:{before or ''}" for ref, (before, _) in sorted(updates.items())]
        moves = [f"{after}:{ref}" for ref, (_, after) in sorted(updates.items())]
        try:
            git(self._scratch, "push", "--quiet", "--atomic", *leases, "origin", *moves)
        except GitFailed as trouble:
            raise Refused(str(trouble)) from trouble


def _stream(draft: Draft, ref: str) -> bytes:
    """Return what `git fast-import` reads to make a commit (https://git-scm.com/docs/git-fast-import)."""
    message = draft.message.encode()
    parts = [
        b"commit %s\nauthor %s\ncommitter %s\ndata %d\n%s\n"
        % (ref.encode(), _person(draft.author), _person(draft.committer), len(message), message)
    ]
    if draft.parent:
        parts.append(b"from %s\n" % draft.parent.encode())
    parts += [b"D %s\n" % _quoted(path) for path in sorted(draft.deletes)]
    parts += [
        b"M 100644 inline %s\ndata %d\n%s\n" % (_quoted(path), len(data), data)
        for path, data in sorted(draft.writes.items())
    ]
    return b"".join(parts)


def _person(person: Identity) -> bytes:
    return f"{person.name} <{person.email}> {person.date}".encode()


def _quoted(path: str) -> bytes:
    escaped = path.encode(errors="surrogateescape").replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
    return b'"%s"' % escaped
