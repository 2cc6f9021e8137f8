"""The templates in a blueprint's files, and those that they include: each file is parsed once, whoever asks for it."""

from functools import lru_cache, partial

from platform_compiler.blueprints.catalog import Blueprint
from platform_compiler.blueprints.kept import kept
from platform_compiler.blueprints.template import Mapping, Sequence, Template, parse_template
from platform_compiler.diagnostics import Bag, Span
from platform_compiler.source.reader import read_tree


def below(folder: str, blueprint: Blueprint, bag: Bag) -> list[Template]:
    """Return the templates in a folder of a blueprint."""
    parsed = (parse(path, blueprint, bag) for path in sorted(blueprint.files) if path.startswith(f"{folder}/"))
    return [template for template in parsed if template is not None]


def parse(path: str, blueprint: Blueprint, bag: Bag) -> Template | None:
    """Return the template in a file of a blueprint; None where it is none, or after reporting what is wrong."""
    if path == "blueprint.yaml" or not path.endswith(".yaml") or path.startswith("tests/"):
        return None
    return _template(f"{blueprint.folder}/{path}", blueprint.files[path], bag)


def library(path: str, blueprint: Blueprint, bag: Bag) -> Template | None:
    """Return the template in a file of a library that a blueprint may include, likewise."""
    return _template(blueprint.library_file(path), blueprint.libraries[path], bag)


def _template(path: str, data: bytes, bag: Bag) -> Template | None:
    template, found = _parsed(path, data)
    bag.extend(found)
    return template


@lru_cache(maxsize=4096)
def _parsed(path: str, data: bytes) -> tuple[Template | None, Bag]:
    """Return a file's template, and what is wrong with it; libraries are parsed once, not for every blueprint."""
    bag = Bag()
    return kept(path, partial(_parsed_anew, path, data), bag), bag


def _parsed_anew(path: str, data: bytes, bag: Bag) -> Template | None:
    root = read_tree(path, data, bag)
    return parse_template(root, bag) if root is not None else None


def named(name: str, blueprint: Blueprint) -> Template | None:
    """Return the template that an include means: a file of the blueprint, else of a library; None if none is sound."""
    own = parse(name, blueprint, Bag()) if name in blueprint.files else None
    return library(name, blueprint, Bag()) if own is None and name in blueprint.libraries else own


def reachable(template: Template, blueprint: Blueprint, bag: Bag) -> dict[str, Template] | None:
    """Return the templates that one includes, directly or not; None after reporting a missing one or a cycle."""
    found: dict[str, Template] = {}
    fine = True

    def visit(node: Template, waiting: tuple[str, ...]) -> None:
        nonlocal fine
        for name, span in includes_of(node):
            if name in waiting:
                bag.add(
                    "PC4107",
                    f"`{name}` includes itself",
                    span,
                    help=" includes ".join(f"`{n}`" for n in (*waiting, name)),
                )
                fine = False
            elif name in found:
                continue
            elif (included := named(name, blueprint)) is None:
                bag.add(
                    "PC4106",
                    f"there is no template `{name}`",
                    span,
                    help="included are files of the blueprint, or `lib/...`",
                )
                fine = False
            else:
                found[name] = included
                visit(included, (*waiting, name))

    visit(template, ())
    return found if fine else None


def includes_of(template: Template) -> list[tuple[str, Span]]:
    """Return the names that a template includes, and where."""
    if isinstance(template, Sequence):
        return [found for item in template.items for found in includes_of(item)]
    if not isinstance(template, Mapping):
        return []
    name = template.structure.include
    own = [(name, template.structure.span)] if name is not None else []
    return own + [found for _, value in template.entries for found in includes_of(value)]


class Included(dict[str, Template]):
    """What a template of a built-in blueprint includes: each is read once it is needed."""

    def __init__(self, blueprint: Blueprint) -> None:
        super().__init__()
        self._blueprint = blueprint

    def __missing__(self, name: str) -> Template:
        found = named(name, self._blueprint)
        assert found is not None, name
        self[name] = found
        return found
