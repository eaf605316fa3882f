"""New SQLite files for tests, copied from one whose tables were made once in this process.

Making the tables and indexes of every collection takes longer than most tests that want them. The
adapters open a copy like any file that they find, and add what is missing.
"""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from backends.documents.collections import COLLECTIONS, EPOCHS
from backends.documents.sqlite_schema import create
from backends.sqlite import Database, Sql, migrate


def new_database(file: Path) -> Database:
    """A database over a new file, which has every table and no row. `file` must not exist."""
    with file.open("xb") as made:
        made.write(_with_tables())
    return Database(file)


@cache
def _with_tables() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "jobray.db"
        connection = Sql(file)
        connection.configure()
        migrate(connection)
        for collection in (*COLLECTIONS, EPOCHS):
            create(connection, collection)
        connection.close()
        return file.read_bytes()
