"""A diff as JSON, version 1; its shape is `schemas/diff.schema.json`. The same input gives the same bytes."""

import json
from collections.abc import Sequence
from typing import Any

from platform_compiler.diff.fold import Concern, Folded
from platform_compiler.diff.model import Cause, FieldChange, Identity, Item
from platform_compiler.diff.render.words import verdict
from platform_compiler.diff.report import Report

VERSION = 1


def render_json(report: Report) -> str:
    """Return one JSON document."""
    document = {
        "schemaVersion": VERSION,
        "verdict": verdict(report),
        "base": report.names.base,
        "head": report.names.head,
        "compiler": report.names.compiler,
        "counts": {kind.value: number for kind, number in sorted(report.counts.items())},
        "risks": [_risk(concern) for concern in report.concerns],
        "changes": _changes(report.changes),
        "apart": _changes(report.apart),
        "notes": list(report.notes),
        "errors": [_error(finding) for finding in report.failed],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _risk(concern: Concern) -> dict[str, Any]:
    risk = concern.risk
    return {
        "name": risk.name,
        "family": risk.family.value,
        "level": risk.level.value,
        "about": concern.about,
        "owner": concern.unit,
        "field": list(risk.pointer),
        "message": risk.message,
        "advice": risk.advice,
        "clusters": list(concern.clusters),
        "causes": _causes(concern.causes),
    }


def _changes(changes: Sequence[Folded]) -> list[dict[str, Any]]:
    return [
        {
            "kind": change.kind.value,
            "resource": _identity(change.identity),
            "was": _identity(change.old_identity) if change.old_identity else None,
            "owner": change.owner,
            "clusters": list(change.clusters),
            "oldPath": change.old_path or None,
            "newPath": change.new_path or None,
            "fields": [_field(field) for field in change.fields],
            "causes": _causes(change.causes),
        }
        for change in changes
    ]


def _identity(identity: Identity) -> dict[str, str]:
    return {name: getattr(identity, name) for name in ("group", "kind", "namespace", "name")}


def _field(field: FieldChange) -> dict[str, Any]:
    return {
        "kind": field.kind.value,
        "pointer": [dict(step.key) if isinstance(step, Item) else step for step in field.pointer],
        "old": field.old,
        "new": field.new,
        "inside": [_field(inner) for inner in field.inside],
    }


def _causes(causes: Sequence[Cause]) -> list[dict[str, Any]]:
    return [
        {"path": c.span.path or None, "line": c.span.line, "column": c.span.column, "text": c.text, "removed": c.before}
        for c in causes
    ]


def _error(finding: Any) -> dict[str, Any]:
    return {"code": finding.code, "path": finding.span.path, "line": finding.span.line, "message": finding.message}
