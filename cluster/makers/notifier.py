"""Makes a notification queue with its outer channels; in-app is the notification itself."""

from actors.notifier import NotificationQueue
from backends.channels.base import Channel
from backends.channels.email import SmtpMail
from backends.channels.kept import KeptMail
from cluster import wiring
from cluster.settings import Settings
from delivery.mail import MailRenderer
from models.alert import ChannelName
from models.base import utc_now
from models.topology import ActorRole


async def make(settings: Settings, role: ActorRole) -> NotificationQueue:
    store = await wiring.open_store(settings)
    return NotificationQueue(
        store.documents,
        store.stream,
        {ChannelName.EMAIL: await _mail(settings)},
        MailRenderer(public_url=settings.public_url, secret_key=settings.secret_key),
        role=role,
        clock=utc_now,
    )


async def _mail(settings: Settings) -> Channel:
    sender, url = settings.smtp.sender, settings.smtp.url
    if url:
        return SmtpMail(url, sender=sender, clock=utc_now)
    files = wiring.make_files(settings)
    await files.open()
    return KeptMail(files, sender=sender, clock=utc_now)
