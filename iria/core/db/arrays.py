"""Arrays as parameters of SQL."""

from collections.abc import Iterable


def id_array(ids: Iterable[int]) -> str:
    """The ids in PostgreSQL's text form, for `%s::bigint[]`.

    psycopg writes a list element by element, which takes ten times as long: a millisecond for a thousand.
    """
    return f"{{{','.join(map(str, ids))}}}"
