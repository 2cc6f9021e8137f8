"""What is probably wrong with a policy that compiles: `lint` asks every check about it."""

from platform_compiler.policy.lint.lint import lint

__all__ = ["lint"]
