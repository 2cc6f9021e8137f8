"""What is known of a kind of Kubernetes object."""

from typing import NamedTuple

from platform_compiler.schema.walk import Schema


class Kind(NamedTuple):
    """The schema of whole objects of a kind, and whether they live in namespaces."""

    schema: Schema
    namespaced: bool
