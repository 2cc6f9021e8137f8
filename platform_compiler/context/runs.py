"""How a job runs, in Kubernetes' own numbers; zero stays zero."""

from collections.abc import Mapping
from typing import Any

from platform_compiler.quantities import whole_seconds


def runs(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return how a job runs; a deadline of `0s` is none, while a job that is kept for `0s` goes at once."""
    job, cron = spec.get("job", {}), spec.get("cron", {})
    record: dict[str, Any] = {
        "backoffLimit": job.get("backoffLimit", 3),
        "completions": job.get("completions", 1),
        "parallelism": job.get("parallelism", 1),
        "restartPolicy": job.get("restartPolicy", "Never"),
    }
    for name, duration in (("activeDeadline", job), ("startingDeadline", cron)):
        if whole_seconds(duration.get(name, "0s")):
            record[name] = whole_seconds(duration[name])
    if "ttlAfterFinished" in job:
        record["ttlAfterFinished"] = whole_seconds(job["ttlAfterFinished"])
    return record
