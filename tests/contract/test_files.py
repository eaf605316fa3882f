"""What every Files adapter does: whole files, names of one form, newest first."""

import asyncio
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backends.files.base import Files
from backends.files.local import LocalFiles
from models.errors import InvalidInput, NotFound, Unavailable


async def test_a_file_comes_back_as_it_was_put(files: Files) -> None:
    content = bytes(range(256)) * 1000
    await files.put("cvs/one.pdf", content)
    assert await files.get("cvs/one.pdf") == content
    await files.put("cvs/one.pdf", b"")
    assert await files.get("cvs/one.pdf") == b""


async def test_what_is_not_there(files: Files) -> None:
    for name in ("cvs/one.pdf", "none/one.pdf"):
        with pytest.raises(NotFound):
            await files.get(name)
        await files.delete(name)
    assert [info async for info in files.list("none")] == []


async def test_a_deleted_file_is_gone(files: Files) -> None:
    await files.put("cvs/one.pdf", b"1")
    await files.delete("cvs/one.pdf")
    with pytest.raises(NotFound):
        await files.get("cvs/one.pdf")


async def test_a_folder_lists_newest_first(files: Files) -> None:
    for name in ("b", "a", "c"):
        await files.put(f"mail-out/{name}.eml", name.encode() * 3)
        await asyncio.sleep(0.02)
    await files.put("other/d.eml", b"")
    found = [info async for info in files.list("mail-out")]
    assert [(info.name, info.size) for info in found] == [
        ("mail-out/c.eml", 3),
        ("mail-out/a.eml", 3),
        ("mail-out/b.eml", 3),
    ]
    assert all(datetime.now(UTC) - info.modified_at < timedelta(minutes=1) for info in found)


@pytest.mark.parametrize(
    "name",
    [
        *("", "a", "/a", "a/", "../a", "a/..", "a/.", "a/.hidden", "a/b/c", "A/b", "a/b\n"),
        *("a/b\x00", "a//b", "./b", "a/ä", "a\\b/c", "/etc/passwd", "a1/b"),
    ],
)
async def test_a_name_of_another_form_is_refused(files: Files, name: str) -> None:
    for verb in (files.get(name), files.put(name, b""), files.delete(name)):
        with pytest.raises(InvalidInput) as refused:
            await verb
        assert refused.value.errors[0].parameter == "name"


@pytest.mark.parametrize("folder", ["", "..", "a/b", "A", "a\n", "."])
async def test_a_folder_of_another_form_is_refused(files: Files, folder: str) -> None:
    with pytest.raises(InvalidInput):
        _ = [info async for info in files.list(folder)]


async def test_concurrent_writers_leave_one_whole_file(files: Files) -> None:
    contents = [bytes([number]) * 50_000 for number in range(20)]
    await asyncio.gather(*(files.put("cvs/one.pdf", content) for content in contents))
    assert await files.get("cvs/one.pdf") in contents
    assert len([info async for info in files.list("cvs")]) == 1


async def test_a_link_leads_nowhere(tmp_path: Path) -> None:
    files = LocalFiles(tmp_path / "files")
    await files.open()
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("secret")
    await files.put("cvs/one.pdf", b"1")
    os.symlink(outside / "secret", tmp_path / "files" / "cvs" / "link")
    os.symlink(outside, tmp_path / "files" / "dir")
    for name in ("cvs/link", "dir/secret"):
        with pytest.raises((NotFound, Unavailable)):
            await files.get(name)
    with pytest.raises(Unavailable):
        await files.put("dir/new", b"")
    assert [info.name async for info in files.list("cvs")] == ["cvs/one.pdf"]
    # Putting a file of the link's name replaces the link, not what it points to.
    await files.put("cvs/link", b"mine")
    assert (outside / "secret").read_text() == "secret"
    assert sorted(os.listdir(outside)) == ["secret"]


async def test_a_failed_write_leaves_no_draft(tmp_path: Path) -> None:
    files = LocalFiles(tmp_path)
    await files.put("cvs/one.pdf", b"1")
    (tmp_path / "cvs" / "taken").mkdir()
    with pytest.raises(Unavailable):
        await files.put("cvs/taken", b"2")
    assert sorted(os.listdir(tmp_path / "cvs")) == ["one.pdf", "taken"]
