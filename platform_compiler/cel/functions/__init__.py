"""The functions that Kubernetes adds to the language."""

from platform_compiler.cel.functions.declare import Function

FUNCTIONS: tuple[Function, ...] = ()
