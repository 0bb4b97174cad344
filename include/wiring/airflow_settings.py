"""Connections, pools and variables of `airflow_settings.yaml`, put into Airflow: `python -m include.wiring.airflow_settings [FILE]`.

The file has Astronomer's format. `${NAME}` stands for an environment variable, for what differs per machine. It runs beside Airflow's
own processes, with their environment: `airflow connections add` would write the secrets into Airflow's audit log.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, PositiveInt, ValidationError, model_validator

from include.administrations.yaml_files import Place, YamlFile, read_yaml_file
from include.errors import SetupError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

DEFAULT_FILE = Path(__file__).parents[2] / "airflow_settings.yaml"
_PLACEHOLDER = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Name = Annotated[str, Field(min_length=1, max_length=250, pattern=r"^[A-Za-z0-9_.-]+$")]


class ConnectionEntry(_Entry):
    """One connection; `conn_uri` stands alone, or the parts do."""

    conn_id: Name
    conn_type: str | None = None
    conn_host: str | None = None
    conn_schema: str | None = None
    conn_login: str | None = None
    conn_password: str | None = None
    conn_port: int | None = Field(default=None, ge=1, le=65535)
    conn_uri: str | None = None
    conn_extra: dict[str, JsonValue] | None = None
    conn_description: str | None = None

    @model_validator(mode="after")
    def _one_way(self) -> ConnectionEntry:
        if (self.conn_uri is None) == (self.conn_type is None):
            raise ValueError("give either conn_type or conn_uri")
        return self


class PoolEntry(_Entry):
    """One pool of `pool_slot` slots."""

    pool_name: Name
    pool_slot: PositiveInt
    pool_description: str = ""


class VariableEntry(_Entry):
    """One variable; anything but text is stored as JSON."""

    variable_name: Name
    variable_value: JsonValue


def _distinct(entries: list[Any]) -> list[Any]:
    names = [next(iter(entry.model_dump().values())) for entry in entries]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"named twice: {', '.join(twice)}")
    return entries


class Settings(_Entry):
    """What stands below `airflow:`."""

    connections: Annotated[list[ConnectionEntry], AfterValidator(_distinct)] = []
    pools: Annotated[list[PoolEntry], AfterValidator(_distinct)] = []
    variables: Annotated[list[VariableEntry], AfterValidator(_distinct)] = []


class _File(_Entry):
    airflow: Settings


def load_settings(path: Path = DEFAULT_FILE, *, environment: Mapping[str, str] | None = None) -> Settings:
    """Read and check the file; raises `SetupError` with every mistake in it at once."""
    file = read_yaml_file(path)
    content = _expanded(file, file.content, (), os.environ if environment is None else environment)
    settings = None
    try:
        settings = _File.model_validate(content).airflow if file.readable else None
    except ValidationError as error:
        for mistake in error.errors(include_url=False):
            file.blame(mistake["loc"], f"{'.'.join(map(str, mistake['loc']))}: {mistake['msg']}", "see the comment on top of the file")
    mistakes = [mistake for place in file.mistakes.values() for mistake in place]
    if mistakes or settings is None:
        raise SetupError("configuration_refused", path.name, cure="\n".join(map(str, sorted(mistakes))))
    return settings


def _expanded(file: YamlFile, value: Any, place: Place, known: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _expanded(file, each, (*place, key), known) for key, each in value.items()}
    if isinstance(value, list):
        return [_expanded(file, each, (*place, index), known) for index, each in enumerate(value)]
    if not isinstance(value, str):
        return value
    for name in _PLACEHOLDER.findall(value):
        if name not in known:
            file.blame(place, f"the environment has no {name}", f"set {name}, or write the value itself")
    # "1" fits a port and a text, so that a missing one is told once.
    return _PLACEHOLDER.sub(lambda found: known.get(found[1], "1"), value)


def apply(settings: Settings, session: Session) -> None:
    """Make Airflow's rows equal to the file's; rows that the file does not name stay as they are."""
    for connection in settings.connections:
        _apply_connection(connection, session)
    for pool in settings.pools:
        _apply_pool(pool, session)
    for variable in settings.variables:
        _apply_variable(variable, session)


def _apply_connection(entry: ConnectionEntry, session: Session) -> None:
    from airflow.models import Connection
    from sqlalchemy import delete

    session.execute(delete(Connection).where(Connection.conn_id == entry.conn_id))
    if entry.conn_uri is not None:
        session.add(Connection(conn_id=entry.conn_id, uri=entry.conn_uri, description=entry.conn_description))
        return
    parts = entry.model_dump(exclude={"conn_id", "conn_uri", "conn_extra", "conn_type", "conn_description"})
    fields = {name.removeprefix("conn_"): value for name, value in parts.items()}
    extra = json.dumps(entry.conn_extra) if entry.conn_extra else None
    session.add(Connection(conn_id=entry.conn_id, conn_type=entry.conn_type, description=entry.conn_description, extra=extra, **fields))


def _apply_pool(entry: PoolEntry, session: Session) -> None:
    from airflow.models.pool import Pool

    Pool.create_or_update_pool(entry.pool_name, entry.pool_slot, entry.pool_description, include_deferred=False, session=session)


def _apply_variable(entry: VariableEntry, session: Session) -> None:
    from airflow.models import Variable

    text = isinstance(entry.variable_value, str)
    Variable.set(entry.variable_name, entry.variable_value, serialize_json=not text, session=session)


def main(file: Path = DEFAULT_FILE) -> None:
    """Bring Airflow's own tables up to date, then the file's rows into them."""
    settings = load_settings(file)
    from airflow.utils.db import upgradedb
    from airflow.utils.session import create_session

    upgradedb()
    with create_session() as session:
        apply(settings, session)


if __name__ == "__main__":
    try:
        main(*(Path(argument) for argument in sys.argv[1:]))
    except SetupError as refusal:
        sys.exit(str(refusal))
