"""How a job runs, in Kubernetes' own numbers; zero stays zero."""

from collections.abc import Mapping
from typing import Any

from platform_compiler.quantities import whole_seconds

_DEFAULTS = {"backoffLimit": 3, "completions": 1, "parallelism": 1, "restartPolicy": "Never"}


def runs(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return how a job runs; a deadline of `0s` is none, while a job that is kept for `0s` goes at once."""
    if "job" not in spec and "cron" not in spec:
        return _DEFAULTS
    job, cron = spec.get("job", {}), spec.get("cron", {})
    record = {word: job.get(word, value) for word, value in _DEFAULTS.items()}
    for name, duration in (("activeDeadline", job), ("startingDeadline", cron)):
        if whole_seconds(duration.get(name, "0s")):
            record[name] = whole_seconds(duration[name])
    if "ttlAfterFinished" in job:
        record["ttlAfterFinished"] = whole_seconds(job["ttlAfterFinished"])
    return record
