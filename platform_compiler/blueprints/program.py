"""A blueprint ready to run: its templates parsed, checked and compiled, by scope."""

from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any, NamedTuple, TypeAlias, get_args

from platform_compiler.blueprints.catalog import Blueprint
from platform_compiler.blueprints.compile import compile_template
from platform_compiler.blueprints.contract import Contract, Honour, Refusal
from platform_compiler.blueprints.expressions import parse_expression
from platform_compiler.blueprints.files import Included, below, library, parse, reachable
from platform_compiler.blueprints.free import Path, free_paths
from platform_compiler.blueprints.kept import kept
from platform_compiler.blueprints.nodes import ExpressionError
from platform_compiler.blueprints.template import Leaf, Template, parse_template
from platform_compiler.context.unit import Scope
from platform_compiler.diagnostics import Bag, Span

CLIENT = "client"
"""Templates for applications on clusters where their callers are and their pods are not; they see what `app` sees."""
FOLDERS: tuple[tuple[str, str], ...] = (*((scope, scope) for scope in get_args(Scope)), (CLIENT, "app"))
"""The folders of templates, each with the scope whose context they see."""
Run = Callable[[dict[str, Any]], list[Any]]
_Whens: TypeAlias = tuple[Leaf | None, Leaf | None]
"""When a setting is honoured or refused, and of which records; None for always, and for all."""


class Compiled(NamedTuple):
    """One template: as a tree for wording errors, and as a closure for everything else."""

    template: Template
    includes: Mapping[str, Template]
    run: Run
    reads: frozenset[Path]
    """The paths of the context that it and its includes may read."""


class Condition(NamedTuple):
    """The `when` of a setting that is honoured, or refused for a reason; without one it always holds.

    `of` yields the records whose names `*` in the path of what is refused stands for.
    """

    path: tuple[str, ...]
    holds: Compiled | None
    because: str = ""
    of: Compiled | None = None


class Program(NamedTuple):
    """A blueprint's templates by scope, its contributions by slot, and what it honours."""

    blueprint: Blueprint
    templates: MutableMapping[str, tuple[Compiled, ...]]
    contributions: Mapping[tuple[str, str], Compiled]
    honours: tuple[Condition, ...]
    refuses: tuple[Condition, ...] = ()

    def for_clients(self) -> "Program":
        """Return the same for an application that only has callers here: delivery alone is as everywhere."""
        if self.blueprint.contract.part == "delivery":
            return self
        return self._replace(templates=ChainMap({"app": self.templates[CLIENT]}, self.templates))


def program_of(blueprint: Blueprint, bag: Bag, *, check: bool) -> Program:
    """Return a blueprint's program; whatever is wrong with its templates is reported and left out.

    `check` looks for everything that may be wrong, and also holds every path that a template reads against the context
    of its scope. Built-in blueprints do without, since they were checked before they were shipped: of them only what is
    asked for is read. Blueprints of the same files share one program, as those of both sides of a comparison.
    """
    content = _Content(
        blueprint, frozenset(blueprint.files.items()), frozenset(blueprint.libraries.items()), blueprint.folder
    )
    program, found = _made(content, check=check)
    bag.extend(found)
    return program


@dataclass(frozen=True, slots=True)
class _Content:
    """All that a blueprint's program depends on; a contract is one of its files, at a place that the folder tells."""

    blueprint: Blueprint = field(compare=False)
    files: frozenset[tuple[str, bytes]]
    libraries: frozenset[tuple[str, bytes]]
    folder: str


@lru_cache(maxsize=256)
def _made(content: _Content, *, check: bool) -> tuple[Program, Bag]:
    """Return the program of a blueprint, and what is wrong with it."""
    blueprint, bag = content.blueprint, Bag()
    templates = _checked(blueprint, bag) if check else _Shipped(blueprint)
    contract = blueprint.contract
    given, honours, refuses = kept(f"{blueprint.folder}/blueprint.yaml", partial(_expressions_of, contract), bag)
    contributions = {}
    for slot, template in zip(contract.contributes, given, strict=True):
        compiled = _compiled(template, blueprint, bag) if template is not None else None
        if compiled is not None:
            contributions[slot] = compiled
    honoured, refused = _conditions(contract.honours, honours), _conditions(contract.refuses, refuses)
    return Program(blueprint, templates, contributions, honoured, refused), bag


class _Expressions(NamedTuple):
    """What a contract contributes, and when its settings are honoured and refused; None where that is no expression."""

    contributes: tuple[Template | None, ...]
    honours: tuple[_Whens | None, ...]
    refuses: tuple[_Whens | None, ...]


def _expressions_of(contract: Contract, bag: Bag) -> _Expressions:
    given = tuple(parse_template(node, bag) for node in contract.contributes.values())
    return _Expressions(given, _whens(contract.honours, bag), _whens(contract.refuses, bag))


class _Shipped(dict[str, tuple[Compiled, ...]]):
    """The templates of a built-in blueprint: those of a folder are read once somebody asks for them."""

    def __init__(self, blueprint: Blueprint) -> None:
        super().__init__()
        self._blueprint = blueprint

    def __missing__(self, folder: str) -> tuple[Compiled, ...]:
        bag = Bag()
        parsed = [(template, Included(self._blueprint)) for template in below(folder, self._blueprint, bag)]
        read = kept(f"{self._blueprint.folder}/{folder}", lambda _: tuple(_sorted_paths(*each) for each in parsed), bag)
        assert not bag.reports, bag.sorted()
        self[folder] = tuple(
            Compiled(template, includes, compile_template(template, includes), frozenset(paths))
            for (template, includes), paths in zip(parsed, read, strict=True)
        )
        return self[folder]


def _sorted_paths(template: Template, includes: Mapping[str, Template]) -> tuple[Path, ...]:
    """Return what a template reads, in an order that is the same in every run."""
    return tuple(sorted(free_paths(template, includes)))


def _checked(blueprint: Blueprint, bag: Bag) -> dict[str, tuple[Compiled, ...]]:
    """Return all templates of a blueprint by folder, after reporting what is wrong with them and with its libraries."""
    for path in sorted(blueprint.files):
        parse(path, blueprint, bag)
    for path in sorted(blueprint.libraries):
        library(path, blueprint, bag)
    templates = {}
    for folder, scope in FOLDERS:
        compiled = (_compiled(template, blueprint, bag) for template in below(folder, blueprint, Bag()))
        templates[folder] = tuple(
            one for one in compiled if one and _reads_what_is_there(one.template, one.includes, scope, bag)
        )
    return templates


def _compiled(template: Template, blueprint: Blueprint, bag: Bag) -> Compiled | None:
    """Return a template with what it includes; None after reporting that this cannot be."""
    includes = reachable(template, blueprint, bag)
    return None if includes is None else _ready(template, includes)


def _ready(template: Template, includes: Mapping[str, Template]) -> Compiled:
    return Compiled(template, includes, compile_template(template, includes), free_paths(template, includes))


def _reads_what_is_there(template: Template, includes: Mapping[str, Template], scope: str, bag: Bag) -> bool:
    # The types of contexts are slow to import, and needed only where a repository has blueprints of its own.
    from platform_compiler.blueprints.reads import check_reads  # noqa: PLC0415

    return check_reads(template, includes, scope, bag)


def _whens(entries: Iterable[Honour | Refusal], bag: Bag) -> tuple[_Whens | None, ...]:
    return tuple(_when(entry, bag) for entry in entries)


def _when(entry: Honour | Refusal, bag: Bag) -> _Whens | None:
    """Return the condition of a setting and the records it is about, or None after reporting that they are none."""
    try:
        of = entry.of if isinstance(entry, Refusal) else None
        return _leaf(entry.when, entry.span), _leaf(of, entry.span)
    except ExpressionError as wrong:
        bag.add(wrong.code, str(wrong), entry.span, help=wrong.cure or ())
        return None


def _leaf(source: str | None, span: Span) -> Leaf | None:
    return Leaf(parse_expression(source), optional=True, span=span) if source is not None else None


def _conditions(entries: Iterable[Honour | Refusal], whens: Iterable[_Whens | None]) -> tuple[Condition, ...]:
    found = []
    for entry, leaves in zip(entries, whens, strict=True):
        if leaves is not None:
            because = entry.because if isinstance(entry, Refusal) else ""
            holds, of = (_ready(leaf, {}) if leaf is not None else None for leaf in leaves)
            found.append(Condition(entry.path, holds, because, of))
    return tuple(found)
