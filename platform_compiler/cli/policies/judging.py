"""What `policy check` and `policy baseline` have in common: objects of files, judged by policies of files."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from platform_compiler.cli.files import STDIN, read_files
from platform_compiler.diagnostics import Bag
from platform_compiler.objects import Path as ObjectPath
from platform_compiler.policy.baseline import fields_behind, object_of, read_baseline, report_gone, split
from platform_compiler.policy.check_bindings import check_bindings
from platform_compiler.policy.compiled import Compiled, all_compiled
from platform_compiler.policy.flaws import report_flaws
from platform_compiler.policy.foreign import benches, judged, subjects
from platform_compiler.policy.judge import Verdict
from platform_compiler.policy.kinds import Kinds
from platform_compiler.policy.read import Library, read_library
from platform_compiler.policy.report import faults
from platform_compiler.policy.subject import DEFAULT_USER, Subject
from platform_compiler.verify.documents import items_of
from platform_compiler.verify.item import Fault, Item

FILES = click.Path(path_type=Path)
POLICIES = click.option(
    "--policies",
    "policy_files",
    multiple=True,
    required=True,
    type=FILES,
    help="Policies, bindings and their parameters: a file or folder; may be repeated.",
)
USER = click.option("--user", default=DEFAULT_USER, show_default=True, help="Who applies the objects.")


@dataclass(frozen=True, slots=True)
class Judged:
    """What was read and what came of it; `texts` are the bytes of every file."""

    library: Library
    compiled: Mapping[str, Compiled]
    asked: Sequence[Subject]
    verdicts: Sequence[Verdict]
    texts: Mapping[str, bytes]


def judge_files(
    files: tuple[Path, ...], policy_files: tuple[Path, ...], old_files: tuple[Path, ...], user: str, bag: Bag
) -> Judged:
    """Judge the objects of files by the policies of others; report what cannot be used.

    Raises:
        click.UsageError: there is no policy, or no object.
    """
    library = read_library(dict(read_files(policy_files, bag)), bag)
    check_bindings(library, library.policies, bag)
    compiled, flawed = all_compiled(library.policies)
    for name, flaws in flawed.items():
        report_flaws(library.policies[name], flaws, library.texts, bag)
    if not library.policies and not bag.has_errors:
        raise click.UsageError(f"there is no ValidatingAdmissionPolicy in {' '.join(map(str, policy_files))}")
    now, texts = _objects(files, bag)
    before, old_texts = _objects(old_files, bag)
    if not now and not before and not bag.has_errors:
        raise click.UsageError(f"there is no object in {' '.join(map(str, files))}")
    kinds = Kinds((*library.params, *before, *now))
    asked = list(subjects(now, before, kinds.is_namespaced, user, kinds=kinds))
    verdicts = list(judged(asked, benches(library, compiled, now, kinds.is_namespaced)))
    return Judged(library, compiled, asked, verdicts, {**library.texts, **old_texts, **texts})


@dataclass(frozen=True, slots=True)
class Weighed:
    """Verdicts, those of them that a baseline covers by their `id`, and the bytes of the baseline."""

    verdicts: Sequence[Verdict]
    known: frozenset[int]
    texts: Mapping[str, bytes]

    def faults(self, path_of: Callable[[Verdict], ObjectPath]) -> Iterator[Fault]:
        """Yield a fault for everything that is violated; what was there before is a note."""
        yield from faults((one for one in self.verdicts if id(one) not in self.known), path_of)
        for one in faults((one for one in self.verdicts if id(one) in self.known), path_of):
            yield one._replace(code="PC7292", message=f"{one.message}: known since the baseline")


def weigh(judged: Judged, file: Path | None, *, is_whole: bool, bag: Bag) -> Weighed:
    """Hold verdicts against a baseline, if there is one; report what of it is no more.

    `is_whole` says that all objects were judged: else only those that were tell what is no more.
    """
    if file is None:
        return Weighed(judged.verdicts, frozenset(), {})
    texts = dict(read_files((file,), bag))
    ((path, data),) = texts.items()
    baseline = read_baseline(path, data, bag)
    if baseline is None:
        return Weighed(judged.verdicts, frozenset(), texts)
    known, used = split(judged.verdicts, baseline, fields_behind(judged.compiled))
    asked = {(subject.item.cluster, object_of(subject.item)) for subject in judged.asked}
    if not bag.has_errors:  # what cannot be read may be what is missed
        meant = {entry for entry in baseline.entries if is_whole or (entry.cluster, entry.object) in asked}
        report_gone(baseline, meant - used, bag)
    return Weighed(judged.verdicts, known, texts)


def is_whole(files: tuple[Path, ...]) -> bool:
    """Whether files are all there is: a folder, or a stream."""
    return any(file == STDIN or file.is_dir() for file in files)


def _objects(files: tuple[Path, ...], bag: Bag) -> tuple[list[Item], dict[str, bytes]]:
    texts = dict(read_files(files, bag))
    return [item for path, data in texts.items() for item in items_of(path, data, bag)], texts
