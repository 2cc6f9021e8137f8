"""What is known of a kind of Kubernetes object."""

from dataclasses import dataclass

from platform_compiler.schema.walk import Schema


@dataclass(frozen=True, slots=True)
class Kind:
    """The schema of whole objects of a kind, and whether they live in namespaces."""

    schema: Schema
    namespaced: bool
