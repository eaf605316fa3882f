"""The unsubscribe link of a mail (RFC 8058): GET asks, POST does it; neither needs a cookie.

The token is the authority: it names the recipient's alert and is signed, so a mail program's
one-click POST works signed out, and a link scanner that only GETs changes nothing.
"""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import HTMLResponse

from delivery.unsubscribe import Subscription, verify
from deployments.deps import AUTHENTICATES_ITSELF, PortsDep, SettingsDep
from deployments.pages import page
from deployments.settings import EdgeSettings
from services.telling.unsubscribing import alert_of, unsubscribe

router = APIRouter(tags=["mail"], dependencies=[AUTHENTICATES_ITSELF])

Token = Annotated[str, Path(max_length=512)]


@router.get("/unsubscribe/{token}", response_class=HTMLResponse, summary="Stop this mail?")
async def ask(token: Token, ports: PortsDep, settings: SettingsDep) -> HTMLResponse:
    """A page with one button. Changes nothing."""
    subscription = _verified(token, settings)
    if subscription is None:
        return _page("invalid", status=404)
    alert = await alert_of(ports, subscription)
    if alert is None or subscription.channel not in alert.channels:
        return _page("done")
    return _page("ask", alert.name)


@router.post("/unsubscribe/{token}", response_class=HTMLResponse, summary="Stop this mail")
async def stop(token: Token, ports: PortsDep, settings: SettingsDep) -> HTMLResponse:
    """Take the channel off the alert, whatever the body says; again changes nothing."""
    subscription = _verified(token, settings)
    if subscription is None:
        return _page("invalid", status=404)
    await unsubscribe(ports, subscription)
    return _page("done")


def _verified(token: str, settings: EdgeSettings) -> Subscription | None:
    secrets = [settings.secret_key]
    if settings.previous_secret_key is not None:
        secrets.append(settings.previous_secret_key)
    return verify(token, secrets)


def _page(state: str, alert_name: str = "", status: int = 200) -> HTMLResponse:
    return page("unsubscribe", {"state": state, "alert_name": alert_name}, status)
