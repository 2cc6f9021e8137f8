"""Which image is promoted: the one that runs in the environment before."""

from platform_compiler.checked import Checked
from platform_compiler.diagnostics import Bag, Label
from platform_compiler.layers.model import Settings
from platform_compiler.layers.placement import environment_of, pins_images, text
from platform_compiler.load import Loaded, Manifest
from platform_compiler.source.node import ScalarNode, at, key_span, nearest


def environment_before(loaded: Loaded, environment: str) -> str | None:
    """Return the environment that `promotion.after` names, or None."""
    return text(loaded.environments[environment].spec, "promotion", "after")


def clusters_of(loaded: Loaded, environment: str) -> list[str]:
    """Return the names of an environment's clusters, sorted."""
    return sorted(name for name, cluster in loaded.clusters.items() if environment_of(cluster) == environment)


def pinned_image(manifest: Manifest, environment: str) -> str | None:
    """Return the image that a manifest pins for an environment, or None."""
    return text(manifest.spec, "environments", environment, "image")


def image_before(checked: Checked, manifest: Manifest, environment: str, bag: Bag) -> str | None:
    """Return the image that runs in the environment before, or None after saying why there is not exactly one.

    `environment` has an environment before it.
    """
    before = environment_before(checked.loaded, environment)
    assert before is not None
    running = {
        cluster: by_ref[manifest.ref]
        for cluster in clusters_of(checked.loaded, before)
        if manifest.ref in (by_ref := checked.resolved.by_cluster.get(cluster, {}))
    }
    if not running:
        _report_not_there(checked, manifest, before, environment, bag)
        return None
    images = {cluster: _image(settings) for cluster, settings in running.items()}
    by_text = {image.text: image for image in images.values()}
    if len(by_text) > 1:
        first, *others = by_text.values()
        bag.add(
            "PC3202",
            f"`{manifest.ref}` runs {len(by_text)} images in `{before}`",
            first.span,
            "one",
            also=[Label(image.span, "another") for image in others],
            help="name the one that is meant: --image IMAGE",
        )
        return None
    return next(iter(by_text))


def _image(settings: Settings) -> ScalarNode:
    image = at(settings.spec, "image")
    assert isinstance(image, ScalarNode), "the shape of the merged tree is right"
    return image


def _report_not_there(checked: Checked, manifest: Manifest, before: str, environment: str, bag: Bag) -> None:
    environments = checked.loaded.environments
    after = nearest(environments[environment].document, "spec", "promotion", "after")
    if pins_images(environments[before]) and pinned_image(manifest, before) is None:
        place = nearest(manifest.document, "spec", "environments", before)
        cure = f"promote it there first: platformc promote {manifest.ref} --to {before}"
    else:
        place = key_span(manifest.spec, "placement")
        cure = f"place it in `{before}` too"
    bag.add(
        "PC3201",
        f"`{manifest.ref}` does not run in `{before}`, which comes before `{environment}`",
        place,
        also=[Label(after, f"`{environment}` comes after it")],
        help=(cure, "or name the image yourself: --image IMAGE"),
    )
