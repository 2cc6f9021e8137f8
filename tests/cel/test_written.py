"""A tree has a text, and the text has that tree."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from platform_compiler.cel import engine, written
from platform_compiler.cel.engine import Language, language
from platform_compiler.cel.tree import Part, parts

LANGUAGE = language("object", "oldObject", "params", "request", "namespaceObject", "variables.images", "a", "b", "c")

TEXTS = r"""
true
false
null
0
-1
-(1)
-(-1)
-(-object.a)
-9223372036854775808
9223372036854775807
3u
1.5
1.0
-2.5
-(2.5)
1e100
1e-7
'text'
"it's"
'both \' and "'
'line\nbreak\ttab \\ back'
'\u00e9\U0001F600\a\x07'
r'\d+\.\d+'
b'bytes\x00\xff \' \\'
''
object
object.spec
object.spec.namespace
object.`a-b`.`in`
object.metadata.labels['app.kubernetes.io/name']
object.spec.containers[0].image
object.?spec.?replicas
object.?spec.replicas.orValue(1)
object.spec.?`a/b`
object.items[?0].?name.orValue('')
object.?a.or(object.?b).hasValue()
optional.none()
optional.of(1).value()
optional.ofNonZeroValue(object.a)
object.?a.optMap(x, x.b)
object.?a.optMap(x, x.b).orValue(1) == 1
object.?a.optFlatMap(x, x.?b).hasValue()
object.?a.optMap(x, x.items.all(y, y.optional == x.b)).orValue(true)
object.a[?0].optMap(x, object.a[?1].optMap(y, x + y).orValue(x)).orValue(0)
has(object.spec)
has(object.spec.securityContext.runAsNonRoot)
has(object.`a-b`)
!has(object.spec)
!object.a
!(!object.a)
!(object.a && object.b)
!object.a.b.startsWith('x')
-object.a
-object.a.b + 1
a && b
a || b
a && b && c
a && (b && c)
(a && b) && c
a && b && c && object.d
((a && b) && c) && object.d
a && (b && c) && object.d
a && (b && (c && object.d))
a && b && c && object.d && object.e && object.f && object.g
a || b || c || object.d || object.e
a || b && c || object.d
(a || b) && (c || object.d)
a && b ? c : object.d
a ? b : c ? object.d : object.e
(a ? b : c) ? object.d : object.e
a ? (b ? 1 : 2) : 3
(a ? b : c).d
(a ? b : c) + 1
a == b
(a == b) == c
a == (b == c)
a < b == c
a <= b
a != b
a > b
a >= b
a in b
a in b in c
a in ['x', "y"]
!(a in b)
(a in b) && c
1 + 2 * 3
(1 + 2) * 3
a - b - c
a - (b - c)
a + (b + c)
a * b / c % 2
a * (b / c)
a - -1
a + b == c - 1
-(a + b)
(a + b).size()
'x'.size()
size(object.a)
[1, 2, 3].size()
[]
[[], [1]]
[1, 'a', null, true, ?object.?a]
[?object.?a, object.b]
{}
{'a': 1, "b": [2], object.c: {}}
{?'a': object.?a, 'b': 1}
{'a': 1}.a
{'a': 1}['a']
[1, 2][0]
google.protobuf.Int32Value{value: 1}
int(object.a) + size(object.b)
string(1)
double(object.a) > 1.0
type(object.a) == string
type(object.a) == type(1)
dyn(object.a).b
duration('1h') > duration('30m')
timestamp('2020-01-01T00:00:00Z').getFullYear()
object.a.matches('^a+$')
object.a.startsWith('b') || object.a.endsWith('c') || object.a.contains('d')
sets.contains(object.a, [1])
sets.intersects(object.a, object.b)
object.a.all(x, x.b == 1)
object.a.exists(x, x.b == 1)
object.a.exists_one(x, x.b == 1)
object.a.map(x, x.b)
object.a.map(x, x.b > 1, x.c)
object.a.filter(x, x.b)
object.a.all(i, x, x.b == i)
object.a.exists(k, v, k == v)
object.a.existsOne(i, x, x.b == 1)
object.a.transformList(i, x, x.b + i)
object.a.transformList(i, x, i > 0, x.b)
object.a.filter(x, x.b).map(x, x.c).all(y, y == 1)
object.a.all(x, x.b.exists(y, y.c.all(z, z == x)))
object.a.all(x, !has(x.b) || x.b && x.c)
(object.a + object.b).all(x, x)
[object.a, object.b].exists(x, x == 1)
variables.images.all(image, image.startsWith('registry.internal/'))
object.a.all(variables, variables.b)
object.a.all(x, x ? true : false)
has(params.limit) ? object.spec.replicas <= params.limit : true
request.operation == 'DELETE' && oldObject.metadata.name == 'x'
namespaceObject.metadata.labels['a'] == object.a
""".strip().splitlines()


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_written_again_has_the_same_tree(text: str) -> None:
    tree = LANGUAGE.compile(text).tree()
    again = written.written(tree.expr)
    made = LANGUAGE.compile(again).tree()
    assert _bare(made.expr) == _bare(tree.expr), again
    assert written.written(made.expr) == again


def test_the_words_of_people_come_back_as_they_were() -> None:
    for text in (
        "object.spec.template.spec.containers.all(c, has(c.resources.limits) && c.image.startsWith('a'))",
        "object.?spec.?hostNetwork.orValue(false) == false || request.userInfo.username in params.exempt",
        "a && b && c && object.d && object.e",
        "!(object.kind in ['Pod', 'Job']) || size(object.spec.containers) >= -1 + 2 * 3",
        "object.?a.optMap(x, x.b.filter(y, y > 1)).orValue([]).exists_one(z, z == 2u)",
    ):
        assert written.written(LANGUAGE.compile(text).tree().expr) == text


def test_variables_around_a_tree_are_read_by_their_names() -> None:
    inner = LANGUAGE.compile("variables.images.exists(i, i == 'x')")
    bound = LANGUAGE.bound(inner, [("variables.images", LANGUAGE.compile("object.images"))])
    assert written.written(bound.tree().expr) == inner.text


_LEAVES = st.sampled_from(
    ["a", "object.b", "1", "-2", "1.5", "'s'", "null", "true", "[a]", "object.?c", "has(a.b)", "{'k': a}"]
)


def _grown(below: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    binary = st.sampled_from(["&&", "||", "==", "<", "in", "+", "-", "*", "/", "%"])
    return st.one_of(
        st.builds("({} {} {})".format, below, binary, below),
        st.builds("{} {} {}".format, below, binary, below),
        st.builds("{0} {3} {1} {3} {2}".format, below, below, below, st.sampled_from(["&&", "||"])),
        st.builds("!({})".format, below),
        st.builds("-({})".format, below),
        st.builds("({}) ? ({}) : {}".format, below, below, below),
        st.builds("dyn({}).{}(x, {})".format, below, st.sampled_from(["all", "map", "filter", "exists_one"]), below),
        st.builds("({}).f[{}].?g".format, below, below),
        st.builds("[?optional.of({}), {}]".format, below, below),
    )


@given(st.recursive(_LEAVES, _grown, max_leaves=8))
def test_any_mix_of_operators_comes_back(text: str) -> None:
    try:
        tree = LANGUAGE.compile(text).tree()
    except engine.BadExpressionError:
        assume(False)  # noqa: FBT003
    again = written.written(tree.expr)
    assert _bare(_compiled(LANGUAGE, again)) == _bare(tree.expr), again


@given(st.text(), st.binary())
def test_any_text_and_any_bytes_come_back(text: str, data: bytes) -> None:
    part = LANGUAGE.compile("'x' == string(b'y')").tree().expr
    part.call_expr.args[0].const_expr.string_value = text
    part.call_expr.args[1].call_expr.args[0].const_expr.bytes_value = data
    assert _bare(_compiled(LANGUAGE, written.written(part))) == _bare(part)


def _compiled(known: Language, text: str) -> Part:
    return known.compile(text).tree().expr


def _bare(part: Part) -> bytes:
    """Return a part without the numbers of its parts."""
    made = type(part)()
    made.CopyFrom(part)
    for one in parts(made):
        one.id = 0
        for entry in one.struct_expr.entries if one.HasField("struct_expr") else ():
            entry.id = 0
    data: bytes = made.SerializeToString(deterministic=True)
    return data
