"""Alerts over HTTP: save, preview, read, change, pause, delete, and what they found (`/alerts`)."""

from fastapi import APIRouter
from starlette.responses import Response

from deployments.bodies import AlertBody, AlertChange
from deployments.deps import (
    CallerDep,
    OnceDep,
    PageDep,
    PortsDep,
    json_response,
    stored_json,
)
from deployments.etags import IfMatch, etag_of
from deployments.ids import PathId
from deployments.settings import API_PREFIX
from deployments.shapes import AlertAnswer, AlertPage, MatchPage, PreviewAnswer
from models.alert import Alert
from services.alerting import alerts, previews
from services.alerting.queries import QueryInput
from services.idempotency import Stored
from services.representations import alert_view

router = APIRouter(prefix="/alerts", tags=["alerts"])


@router.post("", status_code=201, response_model=AlertAnswer, summary="Save an alert")
async def create_alert(
    body: AlertBody, caller: CallerDep, ports: PortsDep, once: OnceDep
) -> Response:
    """From the 201 on, every posting that is submitted is tested against this alert."""
    user_id = caller.user.id

    async def action() -> Stored:
        alert = await alerts.create(
            ports,
            user_id,
            body.name,
            body,
            body,
            id=once.entity_id("alert", user_id),
        )
        headers = {"Location": f"{API_PREFIX}/alerts/{alert.id}", "ETag": etag_of(alert.version)}
        return stored_json(_view(alert), 201, headers)

    return await once.run(user_id, action)


@router.post("/preview", response_model=PreviewAnswer, summary="Try an alert out")
async def preview_alert(body: QueryInput, caller: CallerDep, ports: PortsDep) -> Response:
    """What these criteria would have caught in the last 30 days, and what each clause of them
    costs. Nothing is saved."""
    return json_response(await previews.preview(ports, caller.user.id, body))


@router.get("", response_model=AlertPage, summary="Your alerts")
async def list_alerts(caller: CallerDep, ports: PortsDep, page: PageDep) -> Response:
    """Newest first."""
    items, after = await alerts.page(ports, caller.user.id, limit=page.limit, after=page.cursor)
    return json_response({"items": [alert_view(item) for item in items], "next_cursor": after})


@router.get("/{id}", response_model=AlertAnswer, summary="Read an alert")
async def read_alert(id: PathId, caller: CallerDep, ports: PortsDep) -> Response:
    """One of your own alerts."""
    return _answer(await alerts.read(ports, caller.user.id, id))


@router.patch("/{id}", response_model=AlertAnswer, summary="Change an alert")
async def change_alert(
    id: PathId, body: AlertChange, caller: CallerDep, ports: PortsDep, expected: IfMatch
) -> Response:
    """What is given changes, the rest stays; a query or criteria replaces both forms."""
    alert = await alerts.update(
        ports,
        caller.user.id,
        id,
        body.name,
        body,
        body,
        expected_version=expected,
    )
    return _answer(alert)


@router.delete("/{id}", status_code=204, summary="Delete an alert")
async def delete_alert(id: PathId, caller: CallerDep, ports: PortsDep, expected: IfMatch) -> None:
    """The alert is gone; notifications it made stay."""
    await alerts.delete(ports, caller.user.id, id, expected_version=expected)


@router.post("/{id}/pause", response_model=AlertAnswer, summary="Pause an alert")
async def pause_alert(id: PathId, caller: CallerDep, ports: PortsDep) -> Response:
    """It matches nothing until it is resumed."""
    return _answer(await alerts.pause(ports, caller.user.id, id))


@router.post("/{id}/resume", response_model=AlertAnswer, summary="Resume an alert")
async def resume_alert(id: PathId, caller: CallerDep, ports: PortsDep) -> Response:
    """It matches again from now on."""
    return _answer(await alerts.resume(ports, caller.user.id, id))


@router.get("/{id}/matches", response_model=MatchPage, summary="What an alert found")
async def list_matches(id: PathId, caller: CallerDep, ports: PortsDep, page: PageDep) -> Response:
    """Newest first, each with its posting as a card."""
    items, after = await alerts.matches(
        ports, caller.user.id, id, limit=page.limit, after=page.cursor
    )
    return json_response({"items": items, "next_cursor": after})


def _view(alert: Alert) -> dict[str, object]:
    return alert_view(alert.model_dump(mode="json", by_alias=True))


def _answer(alert: Alert) -> Response:
    return json_response(_view(alert), headers={"ETag": etag_of(alert.version)})
