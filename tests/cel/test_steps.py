"""The steps of an expression show how it came to its value, part by part."""

from typing import Any

from platform_compiler.cel.engine import activation, language
from platform_compiler.cel.steps import MOST, Step, steps

VALUES: dict[str, Any] = {
    "object": {
        "kind": "Pod",
        "labels": {"b": "1", "a": "2"},
        "spec": {
            "containers": [
                {"name": "main", "image": "registry/a"},
                {"name": "side", "image": "docker.io/b", "ports": []},
            ],
            "many": list(range(100)),
        },
    },
    "params": {"registries": ["registry/"]},
}
LANGUAGE = language("object", "params", "variables.containers", "variables.names")
VARIABLES = {
    "containers": "object.spec.containers + object.spec.?initContainers.orValue([])",
    "names": "variables.containers.map(c, c.name)",
}


def _steps(text: str) -> Step:
    lets = [(f"variables.{name}", LANGUAGE.compile(value)) for name, value in VARIABLES.items()]
    return steps(LANGUAGE, LANGUAGE.bound(LANGUAGE.compile(text), lets).tree(), VALUES)


def _lines(step: Step, depth: int = 0) -> list[str]:
    said = f"error: {step.error}" if step.error else "..." if isinstance(step.value, dict | list) else str(step.value)
    own = f"{'  ' * depth}{step.text} -> {said}"
    return [own, *(line for below in step.below for line in _lines(below, depth + 1))]


def _drawn(text: str) -> str:
    return "\n".join(_lines(_steps(text)))


def test_members_of_a_chain_stand_beside_each_other_with_what_they_read() -> None:
    assert (
        _drawn("object.kind == 'Pod' && has(object.spec.x) && !(1 == 2) && object.labels['a'] != '3'")
        == """\
object.kind == 'Pod' && has(object.spec.x) && !(1 == 2) && object.labels['a'] != '3' -> False
  object.kind == 'Pod' -> True
    object.kind -> Pod
  has(object.spec.x) -> False
  !(1 == 2) -> True
    1 == 2 -> False
  object.labels['a'] != '3' -> True
    object.labels['a'] -> 2"""
    )


def test_each_round_of_a_loop_says_what_it_is_about() -> None:
    assert (
        _drawn("object.spec.containers.all(c, params.registries.exists(r, c.image.startsWith(r)))")
        == """\
object.spec.containers.all(c, params.registries.exists(r, c.image.startsWith(r))) -> False
  object.spec.containers -> ...
  c = object.spec.containers[0] -> ...
    params.registries.exists(r, c.image.startsWith(r)) -> True
      params.registries -> ...
      r = params.registries[0] -> registry/
        c.image.startsWith(r) -> True
          c.image -> registry/a
  c = object.spec.containers[1] -> ...
    params.registries.exists(r, c.image.startsWith(r)) -> False
      params.registries -> ...
      r = params.registries[0] -> registry/
        c.image.startsWith(r) -> False
          c.image -> docker.io/b"""
    )


def test_a_loop_over_a_map_names_its_keys_in_order() -> None:
    assert (
        _drawn("object.labels.all(k, v, v == '1') || object.labels.exists(k, k == 'c')")
        == """\
object.labels.all(k, v, v == '1') || object.labels.exists(k, k == 'c') -> False
  object.labels.all(k, v, v == '1') -> False
    object.labels -> ...
    k, v = 'a', object.labels['a'] -> 2
      v == '1' -> False
    k, v = 'b', object.labels['b'] -> 1
      v == '1' -> True
  object.labels.exists(k, k == 'c') -> False
    object.labels -> ...
    k = 'a' -> a
      k == 'c' -> False
    k = 'b' -> b
      k == 'c' -> False"""
    )


def test_a_variable_is_taken_apart_where_it_is_first_read_and_only_there() -> None:
    assert (
        _drawn("size(variables.names) == 2 && variables.names[0] == 'x'")
        == """\
size(variables.names) == 2 && variables.names[0] == 'x' -> False
  size(variables.names) == 2 -> True
    size(variables.names) -> 2
      variables.names -> ...
        variables.containers.map(c, c.name) -> ...
          variables.containers -> ...
            object.spec.containers + object.spec.?initContainers.orValue([]) -> ...
              object.spec.containers -> ...
              object.spec.?initContainers.orValue([]) -> ...
                object.spec.?initContainers -> optional.none()
          c = variables.containers[0] -> ...
            c.name -> main
          c = variables.containers[1] -> ...
            c.name -> side
  variables.names[0] == 'x' -> False
    variables.names[0] -> main
      variables.names -> ..."""
    )


def test_what_has_no_value_shows_why_down_to_where_it_failed() -> None:
    assert (
        _drawn("object.spec.security.level == 'high'")
        == """\
object.spec.security.level == 'high' -> error: no such key: security
  object.spec.security.level -> error: no such key: security
    object.spec.security -> error: no such key: security"""
    )


def test_a_member_that_fails_is_left_out_where_another_one_decides() -> None:
    assert (
        _drawn("!has(object.spec.security) || object.spec.security.level == 'high'")
        == """\
!has(object.spec.security) || object.spec.security.level == 'high' -> True
  !has(object.spec.security) -> True
    has(object.spec.security) -> False"""
    )


def test_only_the_branch_that_was_taken_is_shown() -> None:
    assert (
        _drawn("has(object.spec.x) ? object.spec.x == 1 : object.kind == 'Job'")
        == """\
has(object.spec.x) ? object.spec.x == 1 : object.kind == 'Job' -> False
  has(object.spec.x) -> False
  object.kind == 'Job' -> False
    object.kind -> Pod"""
    )


def test_a_macro_on_an_optional_value_shows_the_value_and_what_is_made_of_it() -> None:
    assert (
        _drawn("object.?kind.optMap(k, k + '!').orValue('') == object.?none.optMap(k, k + '?').orValue('')")
        == """\
object.?kind.optMap(k, k + '!').orValue('') == object.?none.optMap(k, k + '?').orValue('') -> False
  object.?kind.optMap(k, k + '!').orValue('') -> Pod!
    object.?kind.optMap(k, k + '!') -> optional.of("Pod!")
      object.?kind -> optional.of("Pod")
      k + '!' -> Pod!
  object.?none.optMap(k, k + '?').orValue('') -> \n    object.?none.optMap(k, k + '?') -> optional.none()
      object.?none -> optional.none()"""
    )


def test_of_many_rounds_those_that_decide_are_shown() -> None:
    shown = _steps("object.spec.many.all(i, i < 97)")
    rounds = [below for below in shown.below if below.text.startswith("i = ")]
    assert len(rounds) == MOST
    assert [one.value for one in rounds[:4]] == [97, 98, 99, 0]


def test_an_expression_of_very_many_steps_says_that_not_all_are_worked_out() -> None:
    drawn = _drawn("object.spec.many.all(a, object.spec.many.all(b, object.spec.many.all(c, a + b + c >= 0)))")
    assert "there is too much of it" in drawn
    assert len(drawn.splitlines()) < 20000


def test_optional_values_inside_lists_and_maps_can_be_shown() -> None:
    shown = _steps("[object.?kind, object.?x] == [] || {'a': object.?kind, 'b': 1} == {}")
    values: list[Any] = [below.value for member in shown.below for below in member.below if "?kind" in below.text]
    assert str(values[0][0]) == 'optional.of("Pod")'
    assert values[1]["b"] == 1


def test_what_is_shown_is_what_the_whole_expression_gives() -> None:
    expression = LANGUAGE.compile("object.spec.containers.filter(c, !has(c.ports)).map(c, c.name)")
    assert steps(LANGUAGE, expression.tree(), VALUES).value == expression.value(activation(VALUES))
