from collections import Counter

import pytest

from platform_compiler.cel import engine
from platform_compiler.cel import tree as trees
from platform_compiler.cel.functions import FUNCTIONS, MACROS, NEVER, NOT_HERE, SINCE
from platform_compiler.cel.functions.declare import ALWAYS

OLDEST, NEWEST = (1, 28), (1, 38)

FIRST_TAKEN = {
    "'a'.charAt(0)": ALWAYS,
    "'a'.find('a')": ALWAYS,
    "[1].sum()": ALWAYS,
    "url('/a')": ALWAYS,
    "quantity('1')": (1, 29),
    "quantity('1').add(1)": (1, 29),
    "optional.of(1).hasValue()": (1, 29),
    "object.?a.orValue(1)": (1, 29),
    "object[?'a'].value()": (1, 29),
    "'%s'.format(['a'])": (1, 30),
    "strings.quote('a')": (1, 30),
    "sets.contains([1], [1])": (1, 30),
    "sets.equivalent([1], [1])": (1, 30),
    "sets.intersects([1], [1])": (1, 30),
    "ip('::1')": (1, 31),
    "cidr('::1/128')": (1, 31),
    "format.date().validate('a')": (1, 32),
    "authorizer.group('').resource('pods').labelSelector('a=b')": (1, 32),
    "{'a': 1}.transformMap(k, v, v)": (1, 33),
    "semver('1.0.0')": (1, 34),
    "[1].sort()": (1, 35),
    "[{'a': 1}].sortBy(x, x.a)": (1, 35),
    "lists.range(1)": (1, 35),
    "[[1]].flatten()": (1, 35),
    "[1].distinct()": (1, 35),
    "[1].slice(0, 1)": (1, 35),
    "[1].reverse()": (1, 35),
    "[1].includes(1)": (1, 38),
}


def test_every_overload_has_an_id_of_its_own() -> None:
    ids = Counter(overload.id for function in FUNCTIONS for overload in function.overloads)
    assert [name for name, times in ids.items() if times > 1] == []


def test_every_function_has_one_name() -> None:
    names = Counter(function.name for function in FUNCTIONS)
    assert [name for name, times in names.items() if times > 1] == []


def test_every_overload_and_macro_has_a_version() -> None:
    ids = {overload.id for function in FUNCTIONS for overload in function.overloads}
    assert ids <= SINCE.keys()
    versions = {*SINCE.values(), *MACROS.values()} - {ALWAYS}
    assert min(versions) > OLDEST
    assert max(versions) <= NEWEST


@pytest.mark.parametrize("text", FIRST_TAKEN)
def test_the_tree_of_an_expression_tells_which_kubernetes_takes_it(language: engine.Language, text: str) -> None:
    found = trees.overloads_in(language.compile(text).tree())
    assert max(SINCE.get(one, ALWAYS) for _, ids, _ in found for one in ids) == FIRST_TAKEN[text]


@pytest.mark.parametrize("name", [name for name in NEVER if not name.startswith(".")])
def test_what_kubernetes_never_has_does_not_compile(language: engine.Language, name: str) -> None:
    assert name not in {function.name for function in FUNCTIONS}
    for call in (f"{name}(object)", f"object.{name}(object)", f"{name}(x, object, x)", f"object.{name}()"):
        with pytest.raises(engine.BadExpressionError):
            language.compile(call)


@pytest.mark.parametrize("name", [*NEVER, *NOT_HERE])
def test_what_is_missing_comes_with_a_cure(name: str) -> None:
    assert (NEVER | NOT_HERE)[name]


def test_a_string_is_not_reversed_as_in_kubernetes(language: engine.Language) -> None:
    with pytest.raises(engine.BadExpressionError):
        language.compile("'ab'.reverse()")
