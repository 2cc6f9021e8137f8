"""Ask every policy that is bound about every object of a cluster.

What a policy and its bindings are for is looked up once a kind, so an object that no policy is for costs one lookup.
An object becomes values of the engine once, however many policies judge it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from platform_compiler.cel.engine import Activation, EvaluationError, Expression
from platform_compiler.objects import Body, makes_pods
from platform_compiler.policy.compiled import Compiled
from platform_compiler.policy.evaluate import Outcome, Result, evaluate, inputs_of
from platform_compiler.policy.match import matches, names_kind, needs_conversion, of_kind
from platform_compiler.policy.model import Action, Binding, Policy
from platform_compiler.policy.params import WITHOUT, Known, MissingParametersError, chosen
from platform_compiler.policy.subject import Subject, pods_in

_NO_PARAMETERS = "there is no object that it takes its parameters from, and its binding lets that pass"
VIOLATED = frozenset({Result.DENY, Result.ERROR})
"""What something may come of."""
_STRICTEST = (Action.DENY, Action.WARN, Action.AUDIT)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one validation of a policy says of one request, and what comes of it.

    `outcome.index` is None where the policy as a whole is meant. `params` are those that it was asked with.
    """

    policy: Policy
    subject: Subject
    outcome: Outcome
    actions: tuple[Action, ...]
    params: Body | None = None

    @property
    def is_violation(self) -> bool:
        """Whether something comes of it: a denial, or a failure that the policy does not ignore."""
        failed = self.outcome.result is Result.ERROR and not self.policy.ignores_failure
        return self.outcome.result is Result.DENY or failed

    @property
    def action(self) -> Action:
        """The strictest thing that comes of it."""
        if self.outcome.denies:
            return Action.DENY
        return next((action for action in _STRICTEST if action in self.actions), Action.AUDIT)


class _Bound(NamedTuple):
    """A policy with bindings, and what tells at once that a request is in order, as most are."""

    compiled: Compiled
    bindings: tuple[Binding, ...]
    in_order: Expression | None = None


class _Panel(NamedTuple):
    """Who judges requests of a kind in a namespace; `reads` is what decides whether one is in order.

    `choosy` look at each request before they judge.
    """

    members: tuple[_Bound, ...]
    choosy: tuple[_Bound, ...]
    reads: frozenset[str]


@dataclass(frozen=True)
class Bench:
    """The policies that judge on one cluster, with their bindings and the objects that may parametrise them."""

    compiled: Mapping[str, Compiled]
    bindings: Sequence[Binding]
    params: Known
    _of_kind: dict[tuple[str, str, str, bool, str], tuple[_Bound, ...]] = field(default_factory=dict)
    _panels: dict[tuple[object, ...], _Panel] = field(default_factory=dict)

    def judge(self, subject: Subject) -> Iterator[Verdict]:
        """Yield what every policy says of a request, and of the pod that it will make."""
        for one, expanded in _with_pods(subject):
            case = _Case(one, self.params)
            for compiled, bindings, _ in self._meant(self._for(one), one, expanded=expanded):
                yield from case.asked(compiled, bindings)

    def violations(self, subject: Subject) -> Iterator[Verdict]:
        """Yield only what is violated or cannot be told; an object that is in order costs little more than one look."""
        for one, expanded in _with_pods(subject):
            panel = self._panel(one, expanded=expanded)
            if not panel.members and not panel.choosy:
                continue
            case = _Case(one, self.params, panel.reads)
            for compiled, bindings, in_order in (*panel.members, *self._meant(panel.choosy, one, expanded=expanded)):
                if in_order is None or not case.holds(in_order):
                    found = case.asked(compiled, bindings)
                    yield from (verdict for verdict in found if verdict.outcome.result in VIOLATED)

    def is_idle(self, group: str, kind: str, resource: str) -> bool:
        """Whether no policy is for objects of a kind, nor for the pods that they make."""
        resources = {resource, *(["pods"] if makes_pods(kind) else [])}
        return not any(
            names_kind(self.compiled[binding.policy].policy.match, group if resource != "pods" else "", resource)
            for binding in self.bindings
            for resource in resources
        )

    def _panel(self, subject: Subject, *, expanded: bool) -> _Panel:
        key = (*_kind(subject), subject.namespace_name, expanded)
        found = self._panels.get(key)
        if found is None:
            bound = self._for(subject)
            # Whether policies are for a Namespace is a matter of its own labels.
            steady = [] if subject.kind == "Namespace" else [one for one in bound if _is_steady(one)]
            members = tuple(
                bound
                if needs_conversion(bound.compiled.policy.match, subject)
                else bound._replace(in_order=bound.compiled.in_order)
                for bound in self._meant(steady, subject, expanded=expanded)
            )
            reads = frozenset[str]().union(*(one.compiled.reads for one in members if one.in_order))
            choosy = tuple(one for one in bound if one not in steady)
            found = self._panels[key] = _Panel(members, choosy, reads)
        return found

    def _meant(self, bound: Iterable[_Bound], subject: Subject, *, expanded: bool) -> Iterator[_Bound]:
        """Yield the policies that are for a request, with the bindings that are."""
        for compiled, bindings, _ in bound:
            if (expanded and not compiled.policy.expands) or not matches(compiled.policy.match, subject):
                continue
            meant = [b for b in bindings if b.match is None or matches(b.match, subject, needs_rule=False)]
            if meant:
                yield _Bound(compiled, tuple(meant))

    def _for(self, subject: Subject) -> tuple[_Bound, ...]:
        key = _kind(subject)
        found = self._of_kind.get(key)
        if found is None:
            found = self._of_kind[key] = tuple(self._candidates(subject))
        return found

    def _candidates(self, subject: Subject) -> Iterator[_Bound]:
        by_policy: dict[str, list[Binding]] = {}
        for binding in self.bindings:
            by_policy.setdefault(binding.policy, []).append(binding)
        for name, bindings in sorted(by_policy.items()):
            compiled = self.compiled.get(name)
            if compiled is not None and of_kind(compiled.policy.match, subject):
                yield _Bound(compiled, tuple(bindings))


def _with_pods(subject: Subject) -> Iterator[tuple[Subject, bool]]:
    """Yield a request, and those for the pods that it will lead to."""
    yield subject, False
    if makes_pods(subject.kind):
        yield from ((pod, True) for pod in pods_in(subject))


def _kind(subject: Subject) -> tuple[str, str, str, bool, str]:
    return subject.group, subject.version, subject.resource, subject.namespaced, subject.operation


def _is_steady(bound: _Bound) -> bool:
    """Whether a policy is for all requests of a kind in a namespace, or for none."""
    limits = [bound.compiled.policy.match, *(binding.match for binding in bound.bindings)]
    rules = [rule for limit in limits if limit for rule in (*limit.rules, *limit.excluded)]
    return not any(limit.objects for limit in limits if limit) and not any(rule.names for rule in rules)


class _Case:
    """One request before many policies: what they read is made ready once for each object of parameters."""

    def __init__(self, subject: Subject, params: Known, reads: frozenset[str] = frozenset()) -> None:
        self._subject = subject
        self._params = params
        self._reads = reads
        self._inputs: dict[int | None, Activation] = {}

    def holds(self, expression: Expression) -> bool:
        """Whether an expression is true of the request, so that nobody need be asked why not."""
        try:
            return expression.holds(self._brief)
        except EvaluationError:
            return False

    @cached_property
    def _brief(self) -> Activation:
        return inputs_of(self._subject, None, self._reads)

    def asked(self, compiled: Compiled, bindings: Sequence[Binding]) -> Iterator[Verdict]:
        """Yield what a policy says, with what comes of it by all bindings that ask the same."""
        policy, subject = compiled.policy, self._subject
        if needs_conversion(policy.match, subject):
            yield Verdict(policy, subject, _other_version(subject), _actions(bindings))
            return
        if policy.param_kind is None:
            groups: Iterable[tuple[Sequence[Body | None], Sequence[Binding]]] = [(WITHOUT.objects, bindings)]
        else:
            groups = []
            for binding in bindings:
                try:
                    groups.append((chosen(policy, binding, subject, self._params).objects, [binding]))
                except MissingParametersError as missing:
                    wrong = Outcome(None, Result.ERROR, str(missing), denies=True)
                    yield Verdict(policy, subject, wrong, binding.actions)
        for objects, together in groups:
            actions = _actions(together)
            if not objects:
                yield Verdict(policy, subject, Outcome(None, Result.SKIP, _NO_PARAMETERS), actions)
            for params in objects:
                for outcome in self._outcomes(compiled, params):
                    yield Verdict(policy, subject, outcome, actions, params)

    def _outcomes(self, compiled: Compiled, params: Body | None) -> Iterator[Outcome]:
        try:
            inputs = self._ready(params)
        except EvaluationError as trouble:
            return iter((Outcome(None, Result.ERROR, f"it cannot be judged: {trouble}"),))
        return evaluate(compiled, inputs)

    def _ready(self, params: Body | None) -> Activation:
        key = None if params is None else id(params)
        found = self._inputs.get(key)
        if found is None:
            found = self._inputs[key] = inputs_of(self._subject, params)
        return found


def _actions(bindings: Iterable[Binding]) -> tuple[Action, ...]:
    return tuple(dict.fromkeys(action for binding in bindings for action in binding.actions))


def _other_version(subject: Subject) -> Outcome:
    words = f"its rules are for other versions than `{subject.version}`, and only an API server can convert the object"
    return Outcome(None, Result.ERROR, words)
