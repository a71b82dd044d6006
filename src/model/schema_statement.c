#include "model/schema_statement.h"

#include "model/statement_pg.h"
#include "model/statement_sqlite.h"

char *schema_difference_statement(SchemaDialect dialect, const Schema *upgraded,
                                  const Schema *fresh, const SchemaDifference *difference)
{
    switch (dialect) {
    case SCHEMA_POSTGRES:
        return pg_difference_statement(upgraded, fresh, difference);
    case SCHEMA_SQLITE:
        break;
    }
    return sqlite_difference_statement(upgraded, fresh, difference);
}
