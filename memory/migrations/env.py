"""Alembic's entry: runs on the connection that `memory.database` hands over, in its transaction."""

from alembic import context

from memory.schema import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
