"""Findings of any content, for properties that must hold whatever a manifest says."""

from hypothesis import strategies as st

from platform_compiler.diagnostics import CODES, Diagnostic, Label, Severity, Span

PATHS = st.sampled_from(["a.yaml", "b.yaml", "teams/søk og finn/web.yaml", "a%,:b.yaml"])
SPANS = st.builds(
    lambda path, line, column, more, width: Span(path, line, column, line + more, column + width),
    PATHS,
    st.integers(0, 4),
    st.integers(1, 300),
    st.integers(0, 3),
    st.integers(0, 300),
)
HOSTILE = st.sampled_from(
    ["]]>", "</failure>", "\x00", "\x1b[2J", "\ufffe\uffff", "{0}", "[a](1)", "&#0;", "\r\n::error::"]
)
TEXTS = st.one_of(st.text(), st.lists(st.one_of(st.text(max_size=5), HOSTILE), min_size=1, max_size=4).map("".join))
DIAGNOSTICS = st.builds(
    lambda code, severity, message, labels, texts: Diagnostic(code, severity, message, tuple(labels), tuple(texts)),
    st.sampled_from(sorted(CODES)),
    st.sampled_from(Severity),
    TEXTS.filter(bool),
    st.lists(st.builds(Label, SPANS, TEXTS), min_size=1, max_size=4),
    st.lists(TEXTS, max_size=2),
)
