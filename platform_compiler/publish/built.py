"""The output of a source commit: built, or as an earlier publish of the same commit built it.

Where there are policies it is always built: they are asked about resources, which are not kept.
"""

import json
from collections.abc import Callable

from platform_compiler.cache.findings import as_lists, from_lists
from platform_compiler.cache.store import Store
from platform_compiler.checked import Checked
from platform_compiler.context.unit import Unit
from platform_compiler.diagnostics import Bag
from platform_compiler.emit.kept import blobs_of, contents_of, output_from
from platform_compiler.emit.layout import Output
from platform_compiler.emit.ledger import with_ids
from platform_compiler.pipeline import build


def built(checked: Checked, bag: Bag, wanted: Callable[[Unit], bool], cache: Store, key: str) -> Output | None:
    """Return the output, None with errors; `key` stands for all that it is made from, empty where nothing is kept."""
    if not key or checked.court is not None:
        return build(checked, bag, wanted)
    findings, contents = f"{key}-findings", f"{key}-contents"

    def anew() -> Output | None:
        found = Bag()
        output = build(checked, found, wanted)
        bag.extend(found)
        if output is None:
            return None
        output = with_ids(output)
        cache.put(f"{key}-blobs", blobs_of(output))
        cache.put(contents, contents_of(output))
        cache.put(findings, json.dumps(as_lists(found.sorted())).encode())
        return output

    def again() -> Output:
        output = anew()
        assert output is not None
        return output

    told, kept = cache.get(findings), cache.get(contents)
    if told is None or kept is None:
        return anew()
    bag.take(from_lists(json.loads(told)))
    return output_from(kept, lambda: cache.get(f"{key}-blobs"), again)
