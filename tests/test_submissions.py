"""What was handed in: which students there are, which of their files counts, and what is refused with words."""

import os
import stat
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from autograd import ArgumentError
from demos.exercises import TASKS, CheckFailed
from demos.exercises.grading import contents
from demos.exercises.grading.submissions import Student, students

TASK = TASKS[1]
STUB = TASK.stub.name
posix = pytest.mark.skipif(os.name != "posix", reason="links and pipes as POSIX has them")


def put(folder, files):
    """The folder with these files in it, given by their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text)
    return folder


def pack(path, members, **options):
    """A zip with these members: (name or ZipInfo, contents)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", **options) as archive:
        for name, text in members:
            archive.writestr(name, text)
    return path


def names(folder):
    return [student.name for student in students(folder)[0]]


def answer(place):
    return Student("a student", place).answer(TASK)


def refusal(place):
    with pytest.raises(CheckFailed) as caught:
        answer(place)
    return caught.value.finding


def test_students_are_folders_and_zips_in_the_order_of_their_names(tmp_path):
    for name in ("Zoë Ångström", "anna", "学生 一", "Bob"):
        put(tmp_path / name, {STUB: b""})
    pack(tmp_path / "carl x.ZIP", [(STUB, "")])
    put(tmp_path, {"marks.csv": b"", "notes.txt": b"", ".hidden": b"", ".DS_Store": b""})
    for ignored in ("__MACOSX", ".git", "__pycache__"):
        put(tmp_path / ignored, {STUB: b""})
    found, others = students(tmp_path)
    assert [student.name for student in found] == ["anna", "Bob", "carl x", "Zoë Ångström", "学生 一"]
    assert others == ["marks.csv", "notes.txt"]


def test_names_that_differ_only_in_case_are_different_students(tmp_path):
    for name in ("anna", "Anna"):
        put(tmp_path / name, {STUB: name.encode()})
    if len(list(tmp_path.iterdir())) == 1:
        pytest.skip("this file system takes both for one name")
    assert names(tmp_path) == ["Anna", "anna"]
    assert [student.answer(TASK).source for student in students(tmp_path)[0]] == [b"Anna", b"anna"]


def test_folder_and_zip_of_one_name_are_told_apart(tmp_path):
    put(tmp_path / "anna", {STUB: b""})
    pack(tmp_path / "anna.zip", [(STUB, "")])
    pack(tmp_path / "anna.zip.zip", [(STUB, "")])
    pack(tmp_path / "bob.zip", [(STUB, "")])
    assert names(tmp_path) == ["anna", "anna.zip", "anna.zip.zip", "bob"]


@posix
def test_names_that_no_terminal_and_no_file_can_hold_become_escapes(tmp_path):
    try:
        put(tmp_path / "two\nlines", {})
        os.mkdir(os.fsencode(tmp_path) + b"/caf\xe9")
    except OSError:
        pytest.skip("this file system has no such names")
    assert names(tmp_path) == ["caf\\udce9", "two\\nlines"]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "there is none in it"),
        ({"notes.txt": b""}, "there is none in it"),
        ({STUB: b"", "anna/x.txt": b""}, "looks like the folder of one student"),
        ({"06_Sigmoid.PY": b""}, "looks like the folder of one student"),
    ],
)
def test_folder_that_is_none_of_a_class_is_refused_with_what_was_expected(tmp_path, files, said):
    with pytest.raises(ArgumentError, match=f"one folder, or one zip, per student.*{said}"):
        students(put(tmp_path / "class", files))


def test_nothing_and_a_file_in_place_of_the_folder_are_refused(tmp_path):
    with pytest.raises(ArgumentError, match="nothing of this name"):
        students(tmp_path / "class")
    with pytest.raises(ArgumentError, match="this is a file"):
        students(pack(tmp_path / "class.zip", []))


@pytest.mark.parametrize("how", ["folder", "zip"])
@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({STUB: b"1"}, STUB),
        ({f"week 1/deep/{STUB}": b"1", "week 1/other.py": b"2"}, f"week 1/deep/{STUB}"),
        ({f"week 1/{STUB}": b"1", f"a/b/{STUB}": b"2"}, f"week 1/{STUB}"),
        ({"Übung/01_Perceptron.PY": b"1"}, "Übung/01_Perceptron.PY"),
        ({STUB: b"1", f"__MACOSX/._{STUB}": b"2", f"__MACOSX/{STUB}": b"2"}, STUB),
        ({f"a/b/{STUB}": b"1", f".backup/{STUB}": b"2", f"__pycache__/{STUB}": b"2"}, f"a/b/{STUB}"),
    ],
)
def test_file_that_lies_highest_counts_whatever_its_case(tmp_path, how, files, found):
    put(tmp_path / "anna", files)
    pack(tmp_path / "anna.zip", files.items())
    assert answer(tmp_path / ("anna" if how == "folder" else "anna.zip")) == (found, b"1")


@pytest.mark.parametrize("how", ["folder", "zip"])
def test_two_files_at_one_depth_are_refused_with_both_paths(tmp_path, how):
    files = {f"a/{STUB}": b"1", f"b/{STUB}": b"2", f"c/d/{STUB}": b"3"}
    put(tmp_path / "anna", files)
    pack(tmp_path / "anna.zip", files.items())
    finding = refusal(tmp_path / ("anna" if how == "folder" else "anna.zip"))
    assert (finding.status, finding.diagnosis) == ("error", "two files")
    assert finding.got.splitlines() == [f"a/{STUB}", f"b/{STUB}"] and finding.advice


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_member_that_is_in_a_zip_twice_is_refused(tmp_path):
    assert refusal(pack(tmp_path / "anna.zip", [(STUB, "1"), (STUB, "2")])).diagnosis == "two files"


def test_missing_file_is_told_with_what_may_have_been_meant(tmp_path):
    there = {"01_perceptron (1).py": b"", "work.rar": b"", "week1.ipynb": b"", "other.py": b""}
    finding = refusal(put(tmp_path / "anna", there))
    assert (finding.status, finding.diagnosis) == ("missing", "not handed in")
    assert all(name in finding.cause for name in there if name != "other.py") and "other" not in finding.cause
    assert refusal(put(tmp_path / "bob", {})).cause == ""


def test_windows_paths_in_a_zip_are_paths(tmp_path):
    member = zipfile.ZipInfo()
    member.filename = f"week 1\\{STUB}"
    assert answer(pack(tmp_path / "anna.zip", [(member, "1")])) == (f"week 1/{STUB}", b"1")


@pytest.mark.parametrize(
    "name", ["../x.py", "a/../../x.py", "/etc/x.py", "C:/x.py", "c:\\x.py", "..\\x.py", "\\\\host\\x.py"]
)
def test_zip_with_a_path_that_leads_out_of_it_is_refused_as_a_whole(tmp_path, name):
    member = zipfile.ZipInfo()
    member.filename = name
    finding = refusal(pack(tmp_path / "anna.zip", [(STUB, "1"), (member, "2")]))
    assert (finding.status, finding.diagnosis) == ("error", "refused archive")
    assert name.replace("\\", "/") in finding.got and finding.advice
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["anna.zip"]


def test_colon_in_a_name_is_no_drive(tmp_path):
    assert answer(pack(tmp_path / "anna.zip", [(f"a:b/{STUB}", "1")])) == (f"a:b/{STUB}", b"1")


def test_members_without_a_name_are_passed_over(tmp_path):
    archive = pack(tmp_path / "anna.zip", [("#", "2"), (STUB, "1")])
    raw = archive.read_bytes()
    archive.write_bytes(raw.replace(b"#", b"\0"))  # the name ends at a NUL byte
    assert answer(archive) == (STUB, b"1")
    nameless = zipfile.ZipInfo()
    nameless.filename = ""
    assert answer(pack(tmp_path / "bob.zip", [(nameless, "2"), (STUB, "1")])) == (STUB, b"1")


def test_only_zip_in_a_folder_without_tasks_is_looked_into(tmp_path):
    anna = put(tmp_path / "anna", {"notes.txt": b"", "week1.ipynb": b""})
    pack(anna / "sent" / "Exercises.ZIP", [(f"exercises/{STUB}", "1"), (f"__MACOSX/{STUB}", "2"), ("inner.zip", "")])
    assert answer(anna) == (f"sent/Exercises.ZIP/exercises/{STUB}", b"1")
    pack(anna / "other.zip", [(STUB, "2")])
    assert refusal(anna).diagnosis == "not handed in"
    bob = put(tmp_path / "bob", {TASKS[2].stub.name: b""})
    pack(bob / "exercises.zip", [(STUB, "1")])
    assert refusal(bob).diagnosis == "not handed in"


@posix
def test_zip_in_a_folder_has_the_guards_of_any_other(tmp_path):
    pack(tmp_path / "bob" / "exercises.zip", [(STUB, "1")])
    anna = put(tmp_path / "anna", {})
    (anna / "exercises.zip").symlink_to("../bob/exercises.zip")
    assert refusal(anna).diagnosis == "refused link"
    (anna / "exercises.zip").unlink()
    os.mkfifo(anna / "exercises.zip")
    assert refusal(anna).diagnosis == "no file"
    (anna / "exercises.zip").unlink()
    pack(anna / "exercises.zip", [("../x.py", "1")])
    assert refusal(anna).diagnosis == "refused archive"
    (anna / "exercises.zip").write_bytes(b"Rar!")
    assert refusal(anna).diagnosis == "broken archive"
    assert Student("anna", anna).notice == "anna: nothing was read: broken archive, File is not a zip file"


@pytest.mark.parametrize("how", ["folder", "zip"])
def test_folder_around_the_whole_class_is_refused_with_words(tmp_path, how):
    files = {f"anna/{STUB}": b"1", f"bob/{STUB}": b"2", "carl/notes.txt": b""}
    if how == "folder":
        put(tmp_path / "class" / "export", files)
    else:
        pack(tmp_path / "class" / "export.zip", files.items())
    with pytest.raises(ArgumentError, match=f"only 'export', with {STUB} in several folders"):
        students(tmp_path / "class")
    put(tmp_path / "one" / "anna", {STUB: b"1", f"older/{STUB}": b"2", f"oldest/{STUB}": b"2"})
    assert names(tmp_path / "one") == ["anna"]


def test_error_that_nobody_foresaw_is_told_of_that_student_alone(tmp_path, monkeypatch):
    put(tmp_path / "anna", {STUB: b"1"})
    pack(tmp_path / "bob.zip", [(STUB, "1")])

    def broken(path):
        raise IndexError("string index out of range")

    monkeypatch.setattr("demos.exercises.grading.submissions.of_archive", broken)
    anna, bob = students(tmp_path)[0]
    assert anna.answer(TASK).source == b"1" and anna.notice == ""
    assert bob.notice == "bob: nothing was read: unreadable, IndexError: string index out of range"


def encrypted(path):
    """The zip with the flag of encryption set, in its directory as well as before the member itself."""
    raw = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        raw[raw.index(signature) + offset] |= 1
    path.write_bytes(raw)
    return path


def short(path):
    path.write_bytes(path.read_bytes()[:-30])
    return path


def scrambled(path):
    """The zip with other contents than its checksum says."""
    path.write_bytes(path.read_bytes().replace(b"print(1)", b"print(2)"))
    return path


def renamed(path):
    """The zip whose member has another name in the directory than before its contents."""
    raw = path.read_bytes()
    path.write_bytes(raw.replace(STUB.encode(), b"02_perceptron.py", 1))
    return path


def no_zip(path):
    path.write_bytes(b"Rar!")
    return path


@pytest.mark.parametrize("broken", [encrypted, short, scrambled, renamed, no_zip])
def test_broken_and_encrypted_zips_are_told(tmp_path, broken):
    finding = refusal(broken(pack(tmp_path / "anna.zip", [(STUB, "print(1)")])))
    assert (finding.status, finding.diagnosis) == ("error", "broken archive")
    assert finding.got and finding.advice


def test_zip_with_one_encrypted_member_is_refused_as_a_whole(tmp_path):
    finding = refusal(encrypted(pack(tmp_path / "anna.zip", [("other.py", ""), (STUB, "print(1)")])))
    assert (finding.diagnosis, finding.got) == ("broken archive", "it is encrypted")


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_zips_that_cannot_be_unpacked_in_part_are_refused(tmp_path, compression):
    finding = refusal(pack(tmp_path / "anna.zip", [(STUB, "1")], compression=compression))
    assert finding.diagnosis == "broken archive" and "unusual" in finding.got


def test_only_a_little_of_a_zip_bomb_is_unpacked_whatever_its_header_says(tmp_path, monkeypatch):
    bomb = pack(tmp_path / "anna.zip", [(STUB, bytes(2**26))], compression=zipfile.ZIP_DEFLATED)
    assert bomb.stat().st_size < 2**17
    given = []
    limited = contents._limited
    monkeypatch.setattr(contents, "_limited", lambda where, source: given.append(len(source)) or limited(where, source))
    assert refusal(bomb).diagnosis == "file too large"
    assert given == [contents.LARGEST_FILE + 1]
    raw = bytearray(bomb.read_bytes())
    directory = raw.index(b"PK\1\2")
    raw[directory + 16 : directory + 20] = struct.pack("<I", zlib.crc32(bytes(10)))
    raw[directory + 24 : directory + 28] = struct.pack("<I", 10)
    bomb.write_bytes(raw)
    assert len(answer(bomb).source) == 10


def test_zip_that_is_far_too_large_is_not_opened(tmp_path):
    place = tmp_path / "anna.zip"
    with place.open("wb") as file:
        file.truncate(contents.LARGEST_ARCHIVE + 1)
    assert refusal(place).diagnosis == "refused archive"


def test_file_may_have_a_megabyte_and_no_more(tmp_path):
    assert len(answer(put(tmp_path / "anna", {STUB: b"#" * 2**20})).source) == 2**20
    finding = refusal(put(tmp_path / "bob", {STUB: b"#" * (2**20 + 1)}))
    assert (finding.status, finding.diagnosis) == ("error", "file too large")


@posix
def test_links_within_the_folder_are_followed_and_others_refused(tmp_path):
    put(tmp_path / "bob", {"bobs.py": b"2"})
    anna = put(tmp_path / "anna", {"mine.py": b"1"})
    (anna / STUB).symlink_to("mine.py")
    assert answer(anna).source == b"1"
    for target in ("../bob/bobs.py", tmp_path / "bob" / "bobs.py", "/etc/hostname", STUB):
        (anna / STUB).unlink()
        (anna / STUB).symlink_to(target)
        assert refusal(anna).diagnosis in ("refused link", "unreadable")
    (anna / STUB).unlink()
    (anna / STUB).symlink_to("../bob/bobs.py")
    assert (refusal(anna).diagnosis, refusal(anna).status) == ("refused link", "error")


@posix
def test_links_to_folders_are_not_followed_but_named(tmp_path):
    put(tmp_path / "bob", {STUB: b"2"})
    anna = put(tmp_path / "anna", {})
    (anna / "week").symlink_to(tmp_path / "bob")
    (anna / "round").symlink_to(".")
    finding = refusal(anna)
    assert finding.diagnosis == "not handed in"
    assert "week (a link to a folder)" in finding.cause and "round (a link to a folder)" in finding.cause
    (tmp_path / "eve").symlink_to(tmp_path / "bob")
    assert refusal(tmp_path / "eve").diagnosis == "refused link"


def test_link_in_a_zip_is_refused(tmp_path):
    link = zipfile.ZipInfo(STUB)
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    assert refusal(pack(tmp_path / "anna.zip", [(link, "/etc/hostname")])).diagnosis == "refused link"


def test_no_more_of_a_file_is_read_than_is_needed(tmp_path):
    place = tmp_path / STUB
    with place.open("wb") as file:
        file.truncate(2**25)
    assert len(contents._read_start(place)) == contents.LARGEST_FILE + 1


@posix
def test_pipes_and_devices_are_refused_without_opening_them(tmp_path, monkeypatch):
    anna = put(tmp_path / "anna", {})
    os.mkfifo(anna / STUB)
    with monkeypatch.context() as patched:
        patched.setattr(os, "open", None)
        assert (refusal(anna).diagnosis, refusal(anna).status) == ("no file", "error")
    with pytest.raises(CheckFailed, match="no file"):  # had it taken the place of a file after that was looked at
        contents._read_start(anna / STUB)
    with pytest.raises(CheckFailed, match="no file"):
        contents._read_start(Path("/dev/zero"))


def refuse_to(monkeypatch, name, wanted):
    """From now on this function of os is denied where the path ends like this: root is not refused otherwise."""
    function = getattr(os, name)

    def denied(path, *arguments):
        if str(path).endswith(wanted):
            raise PermissionError(13, "Permission denied", str(path))
        return function(path, *arguments)

    monkeypatch.setattr(os, name, denied)


def test_unreadable_files_and_folders_are_told(tmp_path, monkeypatch):
    anna, bob = put(tmp_path / "anna", {STUB: b"1"}), put(tmp_path / "bob", {f"week/{STUB}": b"1"})
    eve = put(tmp_path / "eve", {})
    refuse_to(monkeypatch, "open", STUB)
    refuse_to(monkeypatch, "scandir", "week")
    refuse_to(monkeypatch, "scandir", "eve")
    finding = refusal(anna)
    assert (finding.diagnosis, finding.status, finding.got) == ("unreadable", "error", "Permission denied")
    assert "week (Permission denied)" in refusal(bob).cause
    assert (refusal(eve).diagnosis, refusal(eve).status) == ("unreadable", "error")


def test_unreadable_folder_of_the_class_is_told(tmp_path, monkeypatch):
    refuse_to(monkeypatch, "listdir", tmp_path.name)
    with pytest.raises(ArgumentError, match="cannot be read: Permission denied"):
        students(tmp_path)
