#include "database/pg_schema.h"

#include <string.h>

#include "database/pg_parts.h"
#include "database/pg_schema_sql.h"
#include "database/pg_text.h"

/* "public.notes.owner", for what is said of an object that is left out. */
static char *place_of(const PGresult *result, int row)
{
    AUTO(str_list) StrList parts = {0};

    for (int i = 0; i < 3; i++)
        if (*pg_text(result, row, i))
            str_list_add(&parts, pg_text(result, row, i));
    return str_list_join(&parts, ".");
}

static bool is_same_place(const PGresult *result, int row, int other)
{
    for (int i = 0; i < 3; i++)
        if (!text_eq(pg_text(result, row, i), pg_text(result, other, i)))
            return false;
    return true;
}

/* Two constraints on the same columns are two objects: the second gets a number. */
static char *name_of(const PGresult *result, int row)
{
    int number = 1;

    while (row >= number && is_same_place(result, row, row - number))
        number++;
    return number == 1 ? xstrdup(pg_text(result, row, 2))
                       : xasprintf("%s #%d", pg_text(result, row, 2), number);
}

static void set_attribute(SchemaObject *object, const PgSchemaQuery *query, const char *key,
                          const char *value)
{
    AUTO(str) char *trimmed = NULL;
    AUTO(str) char *normal = NULL;
    AUTO(str) char *plain = NULL;

    if (key[0] == '~') {
        str_map_set(&object->facts, key + 1, value);
        return;
    }
    if (!query->rendered || text_eq(key, "comment")) {
        str_map_set(&object->attributes, key, value);
        return;
    }
    trimmed = text_trim(value); /* a view's query starts with a space */
    normal = pg_normalise(trimmed);
    plain = text_eq(key, "columns") ? pg_unwrap(normal) : NULL;
    str_map_set(&object->attributes, key, plain ? plain : normal);
}

static bool is_too_long(const PGresult *result, int row, StrList *unseen)
{
    for (int column = 0; column < PQnfields(result); column++)
        if (PQgetlength(result, row, column) > PG_TEXT_MAX) {
            AUTO(str) char *place = place_of(result, row);

            str_list_addf(unseen, "%s: its %s is longer than %d bytes", place,
                          PQfname(result, column), PG_TEXT_MAX);
            return true;
        }
    return false;
}

static void add_object(const PGresult *result, int row, const PgSchemaQuery *query, Schema *schema)
{
    AUTO(str) char *name = name_of(result, row);
    SchemaObject *object =
        schema_add(schema, query->kind, pg_text(result, row, 0), pg_text(result, row, 1), name);

    for (int column = 3; column < PQnfields(result); column++)
        if (!PQgetisnull(result, row, column))
            set_attribute(object, query, PQfname(result, column), pg_text(result, row, column));
}

bool pg_schema_query_applies(const PgSchemaQuery *query, int version)
{
    return version >= query->since && (query->until == 0 || version < query->until);
}

static Error *read_kind(PgDb *db, const PgSchemaQuery *query, StrList *unseen, Schema *schema)
{
    AUTO(pg_result) PGresult *result = NULL;

    TRY(pg_try(db, query->sql, "schema:", schema_kind_name(query->kind), unseen, &result));
    for (int row = 0; result && row < PQntuples(result); row++)
        if (!is_too_long(result, row, unseen))
            add_object(result, row, query, schema);
    return NULL;
}

Error *pg_schema_read(PgDb *db, StrList *unseen, Schema *ret_schema)
{
    AUTO(schema) Schema schema = {0};
    const PgSchemaQuery *query;

    for (size_t i = 0; (query = pg_schema_query(i)); i++)
        if (pg_schema_query_applies(query, PQserverVersion(db->conn)))
            TRY(read_kind(db, query, unseen, &schema));
    schema_sort(&schema);
    *ret_schema = schema;
    schema = (Schema){0};
    return NULL;
}
