"""The page's addresses: each is the one document; the guide needs no JavaScript."""

import pytest


@pytest.mark.parametrize(
    "path", ["/lists", "/reviews", "/jobs/0193f1c0-0000-7000-8000-000000000000"]
)
async def test_every_view_is_the_same_document(client, path):
    home, answer = await client.get("/"), await client.get(path)
    assert (answer.status_code, answer.content) == (200, home.content)
    again = await client.get(path, headers={"If-None-Match": home.headers["etag"]})
    assert again.status_code == 304


async def test_the_guide_is_a_page_of_its_own(client):
    answer = await client.get("/docs/alert-language")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "The alert language" in answer.text
    assert "<script" not in answer.text
