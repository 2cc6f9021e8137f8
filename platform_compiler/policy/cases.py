"""A case of a PolicyTest as a request, and what its policy says of it: by the same road that judges everything else."""

from collections.abc import Iterator
from dataclasses import dataclass

from platform_compiler.diagnostics import Bag, Span
from platform_compiler.objects import Body, a_map, text
from platform_compiler.policy.compiled import Compiled
from platform_compiler.policy.evaluate import Result
from platform_compiler.policy.judge import Bench, Verdict
from platform_compiler.policy.kinds import is_namespaced
from platform_compiler.policy.match import namespace_named
from platform_compiler.policy.model import Action, Binding, ParamRef
from platform_compiler.policy.params import known
from platform_compiler.policy.read import Test
from platform_compiler.policy.subject import DEFAULT_USER, Subject, subject_of
from platform_compiler.policy.table import worst
from platform_compiler.source.node import at
from platform_compiler.verify.item import Item
from platform_compiler.verify.places import InFile, field_span

_NEEDS = {"CREATE": {"object"}, "UPDATE": {"object", "oldObject"}, "DELETE": {"oldObject"}}


@dataclass(frozen=True, slots=True)
class Case:
    """One case of a test, as it was written."""

    name: str
    body: Body
    test: Test

    def span(self, *path: str | int) -> Span:
        """Return where the case or a field of it stands."""
        return field_span(self.test.tree, ("spec", "cases", self.name, *path), on_key=not path)


@dataclass(frozen=True, slots=True)
class Told:
    """What a policy says of a case: nothing where it does not match."""

    case: Case
    subject: Subject
    verdicts: tuple[Verdict, ...]

    @property
    def result(self) -> Result:
        """The worst that any validation says."""
        return worst(verdict.outcome.result for verdict in self.verdicts)

    @property
    def refusals(self) -> tuple[Verdict, ...]:
        """What is denied, or cannot be told."""
        return tuple(v for v in self.verdicts if v.outcome.result in {Result.DENY, Result.ERROR})

    @property
    def denied(self) -> frozenset[int]:
        """Which validations deny."""
        return frozenset(
            v.outcome.index for v in self.verdicts if v.outcome.result is Result.DENY and v.outcome.index is not None
        )


def cases_of(test: Test) -> Iterator[Case]:
    """Yield the cases of a test, in the order they are written."""
    for name, body in a_map(test.body, "spec", "cases").items():
        yield Case(name, body, test)


def told(case: Case, compiled: Compiled, bag: Bag) -> Told | None:
    """Return what a policy says of a case; None where the case is no request, which is reported."""
    if not _is_request(case, bag):
        return None
    subject = _subject(case)
    params = case.body.get("params")
    ref = ParamRef(text(params, "metadata", "name"), text(params, "metadata", "namespace"), None, denies_without=True)
    name = compiled.policy.name
    binding = Binding(name, name, (Action.DENY,), ref if params else None, None, {})
    bench = Bench({name: compiled}, [binding], known([params] if params else []))
    return Told(case, subject, tuple(bench.judge(subject)))


def operation_of(case: Case) -> str:
    """Return what the request does: what is said, or what the objects tell."""
    if said := text(case.body, "operation"):
        return said
    if "oldObject" not in case.body:
        return "CREATE"
    return "UPDATE" if "object" in case.body else "DELETE"


def _is_request(case: Case, bag: Bag) -> bool:
    """Whether the objects of a case are those that its operation has; say why not."""
    operation = operation_of(case)
    given = {"object", "oldObject"} & case.body.keys()
    if given != _NEEDS[operation]:
        needs = " and ".join(f"`{field}`" for field in sorted(_NEEDS[operation]))
        has = " and ".join(f"`{field}`" for field in sorted(given)) or "neither"
        words = f"case `{case.name}`: {operation} goes with {needs} alone, and the case has {has}"
        bag.add("PC7305", words, case.span(), help="give the objects that the API server would be sent")
        return False
    for field in sorted(given):
        missing = [key for key in ("apiVersion", "kind") if not text(case.body[field], key)]
        if missing:
            words = f"case `{case.name}`: `{field}` has no `{missing[0]}`"
            bag.add("PC7305", words, case.span(field), help="a policy is asked about whole objects")
            return False
    return True


def _subject(case: Case) -> Subject:
    operation = operation_of(case)
    field = "oldObject" if operation == "DELETE" else "object"
    tree = at(case.test.tree, "spec", "cases", case.name, field)
    assert tree is not None
    item = Item(case.body[field], "", InFile(tree))
    namespaced = is_namespaced(item)
    return subject_of(
        item,
        _namespace(case, item) if namespaced else None,
        namespaced=namespaced,
        old=case.body["oldObject"] if operation == "UPDATE" else None,
        deleted=operation == "DELETE",
        user=text(case.body, "user") or DEFAULT_USER,
    )


def _namespace(case: Case, item: Item) -> Body:
    """Return the Namespace that the object is in; the team, for manifests."""
    name = item.namespace or "default"
    labels = a_map(case.body, "namespace", "labels")
    return namespace_named(name, {"metadata": {"labels": labels}})
