"""A diff as text for a terminal, as Markdown for a pull request, as JSON for programs, as annotations for GitHub."""

from collections.abc import Callable

from platform_compiler.diff.render.github import render_github
from platform_compiler.diff.render.json import render_json
from platform_compiler.diff.render.markdown import render_markdown
from platform_compiler.diff.render.text import render_text
from platform_compiler.diff.report import Report

__all__ = ["RENDERERS", "render_text"]

RENDERERS: dict[str, Callable[[Report], str]] = {
    "text": render_text,
    "markdown": render_markdown,
    "json": render_json,
    "github": render_github,
}
