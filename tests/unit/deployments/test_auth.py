"""Signing up, in and out, over HTTP."""

from time import monotonic

import pytest

from backends.documents.collections import USERS

REGISTER = "/api/v1/auth/register"
LOGIN = "/api/v1/auth/login/access-token"
REFRESH = "/api/v1/auth/refresh"
LOGOUT = "/api/v1/auth/logout"
ME = "/api/v1/users/me"
PASSWORD = "a long enough passphrase"


def person(**changed):
    return {
        "email": "Ada@Example.org",
        "name": "Ada",
        "password": PASSWORD,
        "role": "seeker",
        **changed,
    }


async def sign_in(client, email="ada@example.org", password=PASSWORD):
    return await client.post(LOGIN, data={"username": email, "password": password})


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


async def test_a_person_signs_up_in_and_asks_who_she_is(client):
    made = await client.post(REGISTER, json=person())
    assert made.status_code == 201
    assert set(made.json()) == {"id", "email", "name", "role", "email_verified"}
    assert made.json() | {"id": "-"} == {
        "id": "-",
        "email": "ada@example.org",
        "name": "Ada",
        "role": "seeker",
        "email_verified": False,
    }
    granted = await sign_in(client, " ADA@example.ORG")
    assert granted.status_code == 200
    assert granted.headers["cache-control"] == "no-store"
    assert granted.json()["token_type"] == "bearer"
    assert granted.json()["expires_in"] == 900
    mine = await client.get(ME, headers=bearer(granted.json()["access_token"]))
    assert mine.json() == made.json()


async def test_signing_up_with_a_taken_address_looks_the_same_and_stores_nothing(client, ports):
    first = await client.post(REGISTER, json=person())
    again = await client.post(REGISTER, json=person(password="quite another phrase"))
    assert (again.status_code, set(again.json())) == (201, set(first.json()))
    assert again.json() | {"id": ""} == first.json() | {"id": ""}
    assert await ports.documents.count(USERS) == 1
    assert (await sign_in(client)).status_code == 200
    assert (await sign_in(client, password="quite another phrase")).status_code == 401


async def test_a_sign_up_takes_no_less_than_its_floor(serve):
    async with serve(sign_up_floor_s=0.2) as client:
        for _ in range(2):  # the second time the address is taken
            began = monotonic()
            await client.post(REGISTER, json=person())
            assert monotonic() - began >= 0.2


async def test_one_account_is_one_account_however_it_is_written(serve):
    spellings = ("ada@example.org", "ADA@Example.org ", "\uff21da@example.org")
    async with serve(
        login_limit_per_minute=2, address_login_limit_per_minute=2, trusted_proxies=("127.0.0.0/8",)
    ) as client:
        statuses = []
        for number, spelling in enumerate(spellings):
            form = {"username": spelling, "password": "wrong wrong"}
            headers = {"X-Forwarded-For": f"198.51.100.{number}"}
            statuses.append((await client.post(LOGIN, data=form, headers=headers)).status_code)
    assert statuses == [401, 401, 429]


@pytest.mark.parametrize(
    "changed,pointer",
    [
        ({"email": "no address"}, "/email"),
        ({"email": "a@b@c.example"}, "/email"),
        ({"email": "a\u0000b@example.org"}, "/email"),
        ({"email": "a" * 250 + "@example.org"}, "/email"),
        ({"password": "short"}, "/password"),
        ({"password": "x" * 129}, "/password"),
        ({"password": "password"}, "/password"),
        ({"password": "Football1"}, "/password"),
        ({"password": "ADA@example.org"}, "/password"),
        ({"role": "admin"}, "/role"),
        ({"owner_id": "x"}, "/owner_id"),
        ({"email_verified": True}, "/email_verified"),
        ({"verified": True}, "/verified"),
        ({"id": "x"}, "/id"),
        ({"name": "\u0007"}, "/name"),
    ],
)
async def test_what_a_sign_up_refuses(client, changed, pointer):
    answer = await client.post(REGISTER, json=person(**changed))
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


async def test_a_password_of_64_characters_is_taken_whole(client):
    long = "x1" * 32
    assert (await client.post(REGISTER, json=person(password=long))).status_code == 201
    assert (await sign_in(client, password=long)).status_code == 200
    assert (await sign_in(client, password=long[:-1] + "2x")).status_code == 401
    assert (await sign_in(client, password=long[:-1])).status_code == 401


async def test_an_unknown_address_and_a_wrong_password_are_told_alike(client):
    await client.post(REGISTER, json=person())
    wrong = await sign_in(client, password="not the passphrase")
    unknown = await sign_in(client, "nobody@example.org")
    nonsense = await sign_in(client, "no address")
    assert [each.status_code for each in (wrong, unknown, nonsense)] == [401] * 3
    assert wrong.json() == unknown.json() == nonsense.json()
    assert wrong.headers["www-authenticate"] == "Bearer"


async def test_tries_are_limited_for_an_account_whoever_makes_them(serve):
    async with serve(
        login_limit_per_minute=2, address_login_limit_per_minute=2, trusted_proxies=("127.0.0.0/8",)
    ) as client:
        for email in ("ada@example.org", "nobody@example.org"):
            statuses = []
            for n in range(3):
                form = {"username": email, "password": "wrong wrong"}
                headers = {"X-Forwarded-For": f"198.51.{len(email)}.{n}"}
                answer = await client.post(LOGIN, data=form, headers=headers)
                statuses.append(answer.status_code)
            assert statuses == [401, 401, 429]
            assert int(answer.headers["retry-after"]) > 0


async def test_tries_are_limited_for_an_address_whatever_account_they_mean(serve):
    async with serve(login_limit_per_minute=2, address_login_limit_per_minute=2) as client:
        statuses = [(await sign_in(client, f"p{n}@example.org")).status_code for n in range(3)]
        assert statuses == [401, 401, 429]
        assert (await client.post(REGISTER, json=person())).status_code == 429


async def test_refreshing_rotates_and_a_spent_token_ends_the_session(client):
    await client.post(REGISTER, json=person())
    first = (await sign_in(client)).json()
    second = await client.post(REFRESH, json={"refresh_token": first["refresh_token"]})
    assert second.status_code == 200
    assert second.json()["refresh_token"] != first["refresh_token"]
    assert (await client.get(ME, headers=bearer(second.json()["access_token"]))).status_code == 200

    reused = await client.post(REFRESH, json={"refresh_token": first["refresh_token"]})
    assert reused.status_code == 401
    renewed = await client.post(REFRESH, json={"refresh_token": second.json()["refresh_token"]})
    assert renewed.status_code == 401
    assert (await client.get(ME, headers=bearer(second.json()["access_token"]))).status_code == 401


async def test_signing_out_ends_this_session_and_no_other(client):
    await client.post(REGISTER, json=person())
    here, there = [(await sign_in(client)).json() for _ in range(2)]
    assert (await client.post(LOGOUT, headers=bearer(here["access_token"]))).status_code == 204
    assert (await client.get(ME, headers=bearer(here["access_token"]))).status_code == 401
    spent = await client.post(REFRESH, json={"refresh_token": here["refresh_token"]})
    assert spent.status_code == 401
    assert (await client.post(LOGOUT, headers=bearer(here["access_token"]))).status_code == 401
    assert (await client.get(ME, headers=bearer(there["access_token"]))).status_code == 200


async def test_tokens_end_with_their_time(client, clock):
    await client.post(REGISTER, json=person())
    granted = (await sign_in(client)).json()
    clock.advance(901)
    assert (await client.get(ME, headers=bearer(granted["access_token"]))).status_code == 401
    renewed = await client.post(REFRESH, json={"refresh_token": granted["refresh_token"]})
    assert renewed.status_code == 200
    clock.advance(7 * 24 * 3600 + 1)
    late = await client.post(REFRESH, json={"refresh_token": renewed.json()["refresh_token"]})
    assert late.status_code == 401


@pytest.mark.parametrize("change", ["disabled", "deleted"])
async def test_a_user_who_is_disabled_or_gone_is_out_at_once(client, ports, clock, change):
    id_ = (await client.post(REGISTER, json=person())).json()["id"]
    granted = (await sign_in(client)).json()
    if change == "deleted":
        await ports.documents.delete(USERS, id_)
    else:
        found = await ports.documents.get(USERS, id_)
        body = {**found.body, "disabled_at": "2026-11-21T09:30:00.000000Z"}
        await ports.documents.replace(USERS, id_, body, expected_version=found.version)
    assert (await client.get(ME, headers=bearer(granted["access_token"]))).status_code == 401
    renewed = await client.post(REFRESH, json={"refresh_token": granted["refresh_token"]})
    assert renewed.status_code == 401
    assert (await sign_in(client)).status_code == 401


async def test_the_form_may_carry_what_oauth2_clients_send(client):
    await client.post(REGISTER, json=person())
    form = {"username": "ada@example.org", "password": PASSWORD, "grant_type": "password"}
    full = {**form, "scope": "", "client_id": "docs", "client_secret": ""}
    assert (await client.post(LOGIN, data=full)).status_code == 200
    assert (await client.post(LOGIN, data={**form, "role": "admin"})).status_code == 422
    assert (await client.post(LOGIN, data={**form, "grant_type": "none"})).status_code == 422
