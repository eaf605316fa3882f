"""What every Files adapter does: whole files, names of one form, newest first, links."""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backends.files import newest
from backends.files.base import LINK_MAX_S, Files
from backends.files.local import LocalFiles
from models.errors import Conflict, InvalidInput, NotFound, Unavailable
from tests.contract.adapters_s3 import FILES, LinkedFiles


@pytest.fixture(params=sorted(FILES))
async def linked(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[LinkedFiles]:
    async with FILES[request.param](tmp_path) as made:
        yield made


@pytest.fixture
def files(linked: LinkedFiles) -> Files:
    return linked.files


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


async def test_a_folder_lists_newest_first(linked: LinkedFiles) -> None:
    files = linked.files
    for name in ("b", "a", "c"):
        await files.put(f"mail-out/{name}.eml", name.encode() * 3)
        await asyncio.sleep(linked.tick_s)
    await files.put("other/d.eml", b"")
    found = [info async for info in files.list("mail-out")]
    assert [(info.name, info.size) for info in found] == [
        ("mail-out/c.eml", 3),
        ("mail-out/a.eml", 3),
        ("mail-out/b.eml", 3),
    ]
    assert all(datetime.now(UTC) - info.modified_at < timedelta(minutes=1) for info in found)


async def test_a_folder_larger_than_memory_is_listed_whole(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"cvs/{number}.pdf" for number in range(7)]
    for name in names:
        await files.put(name, b"")
    in_one_look = [info async for info in files.list("cvs")]
    monkeypatch.setattr(newest, "NEWEST", 3)
    assert [info async for info in files.list("cvs")] == in_one_look
    assert sorted(info.name for info in in_one_look) == names


async def test_a_folder_is_not_one_that_begins_alike(files: Files) -> None:
    await files.put("cv/one.pdf", b"1")
    await files.put("cvs/two.pdf", b"2")
    assert [info.name async for info in files.list("cv")] == ["cv/one.pdf"]


async def test_what_must_be_new_replaces_nothing(files: Files) -> None:
    await files.put("cvs/one.pdf", b"mine", if_absent=True)
    with pytest.raises(Conflict):
        await files.put("cvs/one.pdf", b"theirs", if_absent=True)
    assert await files.get("cvs/one.pdf") == b"mine"
    await files.put("cvs/one.pdf", b"replaced")
    await files.delete("cvs/one.pdf")
    await files.put("cvs/one.pdf", b"new again", if_absent=True)
    assert await files.get("cvs/one.pdf") == b"new again"
    assert [info.name async for info in files.list("cvs")] == ["cvs/one.pdf"]


async def test_a_link_gives_the_file_to_who_holds_it(linked: LinkedFiles) -> None:
    content = b"<script>alert(1)</script>" + bytes(range(256))
    await linked.files.put("cvs/one.html", content)
    link = await linked.files.link("cvs/one.html", expires_s=60)
    answer = await linked.follow(link)
    assert (answer.status_code, answer.content) == (200, content)
    # A download of no type: no browser shows it.
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["cache-control"] == "private, no-store"


async def test_a_link_to_what_is_not_there(linked: LinkedFiles) -> None:
    await linked.files.put("cvs/one.pdf", b"1")
    link = await linked.files.link("cvs/one.pdf", expires_s=60)
    await linked.files.delete("cvs/one.pdf")
    assert (await linked.follow(link)).status_code == 404


@pytest.mark.parametrize("expires_s", [0, -1, LINK_MAX_S + 1, float("nan"), float("inf")])
async def test_a_link_has_an_end(files: Files, expires_s: float) -> None:
    with pytest.raises(ValueError, match="seconds"):
        await files.link("cvs/one.pdf", expires_s=expires_s)
    assert await files.link("cvs/one.pdf", expires_s=LINK_MAX_S)


@pytest.mark.parametrize(
    "name",
    [
        *("", "a", "/a", "a/", "../a", "a/..", "a/.", "a/.hidden", "a/b/c", "A/b", "a/b\n"),
        *("a/b\x00", "a//b", "./b", "a/ä", "a\\b/c", "/etc/passwd", "a1/b"),
    ],
)
async def test_a_name_of_another_form_is_refused(files: Files, name: str) -> None:
    verbs = (files.get(name), files.put(name, b""), files.delete(name))
    for verb in (*verbs, files.put(name, b"", if_absent=True), files.link(name, expires_s=60)):
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
    with pytest.raises(Conflict):
        await files.put("cvs/link", b"", if_absent=True)
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
    with pytest.raises(Conflict):
        await files.put("cvs/one.pdf", b"2", if_absent=True)
    assert sorted(os.listdir(tmp_path / "cvs")) == ["one.pdf", "taken"]


async def test_what_is_not_ours_is_not_listed(tmp_path: Path) -> None:
    files = LocalFiles(tmp_path)
    await files.put("cvs/one.pdf", b"1")
    for name in ("deeper", ".hidden", "a b.pdf"):
        (tmp_path / "cvs" / name).touch()
    (tmp_path / "cvs" / "folder").mkdir()
    assert {info.name async for info in files.list("cvs")} == {"cvs/deeper", "cvs/one.pdf"}


async def test_of_many_who_put_one_name_one_succeeds(tmp_path: Path) -> None:
    files = LocalFiles(tmp_path)

    async def putting(number: int) -> int | None:
        try:
            await files.put("cvs/one.pdf", bytes([number]) * 50_000, if_absent=True)
        except Conflict:
            return None
        return number

    winners = [won for won in await asyncio.gather(*map(putting, range(20))) if won is not None]
    assert len(winners) == 1
    assert await files.get("cvs/one.pdf") == bytes(winners) * 50_000
    assert os.listdir(tmp_path / "cvs") == ["one.pdf"]


async def test_a_folder_that_vanished_is_a_disk_that_refuses(tmp_path: Path) -> None:
    files = LocalFiles(tmp_path / "gone")
    with pytest.raises(Unavailable):
        await files.put("cvs/one.pdf", b"1")


async def test_who_was_given_no_key_makes_no_links(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        await LocalFiles(tmp_path).link("cvs/one.pdf", expires_s=60)
