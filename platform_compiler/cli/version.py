"""Versions on the command line."""

import click

from platform_compiler.verify.versions import Version, version


class VersionType(click.ParamType[Version]):
    """`1.33`, also `v1.33.2`."""

    name = "version"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Version:
        """Return the first two numbers of a version."""
        try:
            return version(str(value))
        except ValueError:
            self.fail(f"'{value}' is no version such as 1.33", param, ctx)
