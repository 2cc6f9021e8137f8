"""Clusters are dealt to processes: all of them, each once, environments together, none with much more than others."""

from hypothesis import given
from hypothesis import strategies as st

from platform_compiler.scale.split import _cost, _split

CLUSTERS = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=3), st.tuples(st.sampled_from("xyz"), st.integers(0, 50)), max_size=12
)


@given(CLUSTERS, st.integers(1, 6))
def test_each_cluster_is_in_one_group_and_no_group_is_empty(clusters: dict[str, tuple[str, int]], count: int) -> None:
    groups = _split(clusters, count)
    assert sorted(name for group in groups for name in group) == sorted(clusters)
    assert all(groups)
    assert len(groups) <= count


@given(CLUSTERS, st.integers(1, 6))
def test_more_processes_never_have_more_to_do(clusters: dict[str, tuple[str, int]], count: int) -> None:
    def longest(groups: list[list[str]]) -> float:
        return max((_cost(clusters[name] for name in group) for group in groups), default=0)

    assert longest(_split(clusters, count + 1)) <= longest(_split(clusters, count)) + 1e-6


def test_environments_stay_together_where_they_can() -> None:
    clusters = {f"{environment}-{n}": (environment, 100) for environment in ("dev", "prod") for n in range(3)}
    assert _split(clusters, 2) == [["dev-0", "dev-1", "dev-2"], ["prod-0", "prod-1", "prod-2"]]


def test_one_environment_is_parted_where_there_is_no_other() -> None:
    assert _split(dict.fromkeys("abcd", ("prod", 100)), 2) == [["a", "b"], ["c", "d"]]
