"""Findings as text: for people, for editors, for programs, and for GitHub, GitLab and CI systems."""

from collections.abc import Callable, Mapping, Sequence

from platform_compiler.diagnostics.model import Diagnostic
from platform_compiler.diagnostics.render.concise import render_concise
from platform_compiler.diagnostics.render.github import render_github
from platform_compiler.diagnostics.render.gitlab import render_gitlab
from platform_compiler.diagnostics.render.json import render_json
from platform_compiler.diagnostics.render.junit import render_junit
from platform_compiler.diagnostics.render.sarif import render_sarif
from platform_compiler.diagnostics.render.text import render_text

__all__ = ["RENDERERS", "render_junit", "render_text"]

Renderer = Callable[[Sequence[Diagnostic], Mapping[str, bytes]], str]

RENDERERS: dict[str, Renderer] = {
    "concise": render_concise,
    "json": render_json,
    "github": render_github,
    "gitlab": render_gitlab,
    "junit": render_junit,
    "sarif": render_sarif,
}
