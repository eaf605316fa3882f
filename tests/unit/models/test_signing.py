"""Signed tokens: bound to payload, purpose and secret; anything else is nothing."""

from hypothesis import given
from hypothesis import strategies as st

from models.signing import sign, verify

SECRET, OLD = "s" * 32, "o" * 32
TOKEN = sign(b"payload", purpose="this", secret=SECRET)


@given(st.binary(max_size=100))
def test_the_payload_comes_back(payload: bytes) -> None:
    token = sign(payload, purpose="this", secret=SECRET)
    assert verify(token, purpose="this", secrets=[OLD, SECRET]) == payload


def test_another_purpose_or_secret_is_none() -> None:
    assert verify(TOKEN, purpose="that", secrets=[SECRET]) is None
    assert verify(TOKEN, purpose="this", secrets=[OLD]) is None
    assert verify(TOKEN, purpose="this", secrets=[]) is None
    # The end of a purpose is no beginning of a payload.
    joined = sign(b"s\x00payload", purpose="thi", secret=SECRET)
    assert verify(joined, purpose="this", secrets=[SECRET]) is None


@given(st.integers(0, 400), st.characters(codec="ascii"))
def test_a_changed_token_is_refused(place: int, character: str) -> None:
    place %= len(TOKEN)
    changed = TOKEN[:place] + character + TOKEN[place + 1 :]
    found = verify(changed, purpose="this", secrets=[SECRET])
    assert found in (None, b"payload")
    # The last character of a base64 part has spare bits, so a change there may say the same.
    if changed != TOKEN and place not in (TOKEN.index(".") - 1, len(TOKEN) - 1):
        assert found is None


@given(st.text(max_size=200))
def test_any_text_at_all_is_refused_quietly(text: str) -> None:
    assert verify(text, purpose="this", secrets=[SECRET]) is None
