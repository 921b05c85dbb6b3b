"""The same tables for statements over many rows, beside the models for one."""

from sqlalchemy import Table
from sqlmodel import SQLModel


def table_of(model: type[SQLModel]) -> Table:
    """Give the table behind a model."""
    return model.metadata.tables[str(model.__tablename__)]
