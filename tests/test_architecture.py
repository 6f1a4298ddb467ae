"""The import directions of design.md, read from the source."""

import ast
import importlib
import sys
from pathlib import Path

import pytest

import autograd

ROOT = Path(__file__).resolve().parent.parent
LAYERS = [
    {"collector", "errors", "storage", "watch"},
    {"number", "rows"},
    {"record"},
    {"ops"},
    {"expressions", "value"},
    {"functions", "graph", "parameter"},
    {"backprop", "copying", "names", "notes"},
    {"applications", "derivatives"},
    {"check", "explain", "findings", "jit", "steps"},
    {"debug"},
    {"render"},
    {"__init__"},
]
"""The modules of autograd; each imports from earlier layers only, and so does what is inside of jit and render."""

JIT_LAYERS = [
    {"align", "draws", "forms", "guard", "program", "reroll", "structure", "walk", "whole"},
    {"numpy_arrays", "trace"},
    {"flatten", "formula", "numpy_products", "vmap"},
    {"numpy_backend", "differentiate", "group"},
    {"results", "workbench"},
    {"sums"},
    {"lower"},
    {"compiled"},
    {"checking", "words"},
    {"jitted"},
    {"__init__"},
]
"""The modules of autograd.jit, in the same way."""

RENDER_LAYERS = [
    {"dialogue", "expand", "fold", "picture", "renderers", "script", "text"},
    {"dot", "graph_picture", "latex", "program_picture", "walk"},
    {"drawing"},
    {"explorer"},
    {"__init__"},
]
"""The modules of autograd.render, in the same way."""

EXPLAIN_LAYERS = [{"replay", "edges"}, {"compare", "naive", "paths"}, {"explain"}, {"__init__"}]
"""The modules of autograd.explain, in the same way."""

EXERCISE_LAYERS = [
    {"verdict"},
    {"task"},
    {"checking"},
    {"checks", "grading", "student"},
    {"__init__", "commands"},
    {"__main__"},
]
"""The modules and packages of demos.exercises, in the same way. A task imports its check when it is asked for it."""

LEVEL = {module: level for level, layer in enumerate(LAYERS) for module in layer}
INNER_LEVEL = {
    package: {module: level for level, layer in enumerate(layers) for module in layer}
    for package, layers in {"explain": EXPLAIN_LAYERS, "jit": JIT_LAYERS, "render": RENDER_LAYERS}.items()
}
PACKAGES = ("autograd", "nets", "demos")
FILES = {str(path.relative_to(ROOT)): path for package in PACKAGES for path in (ROOT / package).rglob("*.py")}
files = pytest.mark.parametrize("name", sorted(FILES))


FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def imports(path):
    """(module, names, whether on import) of every import in a file, those for type checkers included."""
    tree = ast.parse(path.read_text())
    package = ".".join(path.relative_to(ROOT).parent.parts)
    inner = {id(node) for part in ast.walk(tree) if isinstance(part, FUNCTIONS) for node in ast.walk(part)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, (), id(node) not in inner
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield module, tuple(alias.name for alias in node.names), id(node) not in inner


def test_there_are_files_to_read():
    assert {"autograd/value.py", "autograd/__init__.py", "nets/__init__.py", "demos/__init__.py"} <= set(FILES)


@pytest.mark.parametrize("path", sorted((ROOT / "autograd").glob("*.py")), ids=lambda path: path.stem)
def test_modules_of_autograd_import_only_from_layers_below(path):
    assert path.stem in LEVEL, f"say in LAYERS where {path.stem} stands"
    for module, names, _ in imports(path):
        if module.partition(".")[0] != "autograd":
            continue
        submodule = module.partition(".")[2]
        for imported in [submodule] if submodule else names:
            assert LEVEL[imported.partition(".")[0]] < LEVEL[path.stem], f"{path.name} imports {imported}"


INNER = [path for package in INNER_LEVEL for path in sorted((ROOT / "autograd" / package).glob("*.py"))]


@pytest.mark.parametrize("path", INNER, ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_modules_of_inner_packages_import_only_from_layers_below(path):
    package, level = path.parent.name, INNER_LEVEL[path.parent.name]
    assert path.stem in level, f"say in the layers of {package} where {path.stem} stands"
    for module, names, _ in imports(path):
        if module == f"autograd.{package}":
            assert all(level[name] < level[path.stem] for name in names), f"{path.name} imports {names}"
        elif module.startswith(f"autograd.{package}."):
            imported = module.split(".")[2]
            assert level[imported] < level[path.stem], f"{path.name} imports {imported}"
        elif module.partition(".")[0] == "autograd":
            for imported in [module.split(".")[1]] if "." in module else names:
                assert LEVEL[imported] < LEVEL[package], f"{path.name} imports {imported}"


EXERCISES = ROOT / "demos" / "exercises"
PARTS = [path for path in sorted(EXERCISES.rglob("*.py")) if not path.name[0].isdigit() and path.stem != "conftest"]


@pytest.mark.parametrize("path", PARTS, ids=lambda path: str(path.relative_to(EXERCISES)))
def test_parts_of_the_exercises_import_only_from_layers_below(path):
    level = {part: i for i, layer in enumerate(EXERCISE_LAYERS) for part in layer} | {"solutions": 0}
    own = path.relative_to(EXERCISES).parts[0].removesuffix(".py")
    for module, names, _ in imports(path):
        if module == "demos.exercises":
            parts = set(names)
        elif module.startswith("demos.exercises."):
            parts = {module.split(".")[2]}
        else:
            continue
        for part in parts - {own}:
            assert level[part] < level[own], f"{path.name} imports {part}"


@pytest.mark.parametrize("path", sorted([*EXERCISES.glob("[0-9]*.py"), *EXERCISES.glob("solutions/[0-9]*.py")]))
def test_stubs_and_solutions_stand_alone(path):
    assert not any(module.startswith("demos.exercises") for module, _, _ in imports(path))


@files
def test_packages_import_one_way(name):
    allowed = {"autograd": {"autograd"}, "nets": {"autograd", "nets"}, "demos": {"autograd", "nets", "demos"}}
    package = name.partition("/")[0]
    for module, _, _ in imports(FILES[name]):
        top = module.partition(".")[0]
        if top in allowed:
            assert top in allowed[package], f"{name} imports {module}"


@files
def test_only_public_names_of_autograd_are_used_outside_it(name):
    if name.startswith("autograd/"):
        return
    for module, names, _ in imports(FILES[name]):
        assert not module.startswith("autograd."), f"{name} imports {module}"
        if module == "autograd":
            assert set(names) <= set(autograd.__all__), f"{name} imports {set(names) - set(autograd.__all__)}"


@files
def test_numpy_is_the_only_foreign_package_needed_to_import_anything(name):
    at_home = {*sys.stdlib_module_names, "numpy", "autograd", "nets", "demos"}
    for module, _, on_import in imports(FILES[name]):
        if on_import:
            assert module.partition(".")[0] in at_home, f"{name} imports {module}; import it inside the function"


@files
def test_nothing_is_imported_with_a_star(name):
    for module, names, _ in imports(FILES[name]):
        assert "*" not in names, f"{name} imports all of {module}"


@pytest.mark.parametrize("package", ["autograd", "nets"])
def test_package_exports_what_all_says(package):
    module = importlib.import_module(package)
    exported = getattr(module, "__all__", [])
    assert len(set(exported)) == len(exported)
    for name in exported:
        assert hasattr(module, name)
    public = {
        alias.asname or alias.name
        for node in ast.parse((ROOT / package / "__init__.py").read_text()).body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert public - {"copying"} == set(exported)


def test_every_error_has_the_common_base_and_a_builtin_one():
    raised = [x for x in vars(autograd.errors).values() if isinstance(x, type) and issubclass(x, Exception)]
    assert len(raised) >= 5
    for error in raised:
        assert issubclass(error, autograd.AutogradError)
        assert error is autograd.AutogradError or issubclass(error, (ValueError, TypeError, AssertionError))


@files
def test_only_public_names_are_taken_from_the_package_autograd_itself(name):
    if name.startswith("autograd"):
        return
    for node in ast.walk(ast.parse(FILES[name].read_text())):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "autograd":
            assert node.attr in autograd.__all__, f"{name} uses autograd.{node.attr}"


def test_each_module_of_autograd_has_a_test_file_or_is_covered_by_a_named_one():
    elsewhere = {
        "__init__": "architecture",
        "collector": "train",
        "findings": "debug",
        "notes": "debug",
        "applications": "steps",
        "record": "ops",
        "rows": "functions",
        "storage": "parameter",
        "derivatives": "backprop",
    }
    for path in (ROOT / "autograd").glob("*.py"):  # the stages of jit are tested in tests/test_jit*.py
        assert (ROOT / "tests" / f"test_{elsewhere.get(path.stem, path.stem)}.py").exists(), path.name
