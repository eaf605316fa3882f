"""`jobray appoint`: the operator gives a person another role.

Nobody becomes an administrator over HTTP: whoever may run this reaches the store anyway.
"""

from typing import Annotated

import typer

from cluster.console import console, with_ports
from cluster.settings import load
from models.user import Role
from services.people import accounts


def appoint(
    email: Annotated[str, typer.Argument(help="With which the person has signed up.")],
    role: Annotated[Role, typer.Argument(help="From the next request on.")],
) -> None:
    """Make a person an administrator, an employer or a seeker, and vouch for the address."""
    user = with_ports(load(), lambda ports: accounts.appoint(ports, email, role))
    console.print(f"{user.email} is {user.role} now.", markup=False)
