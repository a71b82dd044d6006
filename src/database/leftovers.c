#include "database/leftovers.h"

#include <string.h>

typedef enum Certainty {
    SURE_ALONE, /* nobody else calls a table so, and the name does not say what was rebuilt */
    SURE,       /* nobody else calls a table so */
    LIKELY,     /* only when it looks like the rebuilt table too */
} Certainty;

/* Names under which tools rebuild a table: SQLite cannot change most of one in place, and on other
 * engines people copy large tables by hand. The rebuilt table's own name stands behind the prefix
 * or before the suffix. */
static const struct {
    const char *tool, *prefix, *suffix;
    Certainty certainty;
    const char *space; /* there alone; NULL: anywhere */
} PATTERNS[] = {
    {"Alembic", "_alembic_tmp_", "", SURE, NULL},
    {"Drizzle", "__new_", "", SURE, NULL},
    {"Laravel", "__temp__", "", SURE, NULL},
    {"EF Core", "ef_temp_", "", SURE, NULL},
    {"Django", "new__", "", SURE, NULL},
    {"Django", "", "__old", SURE, NULL},
    {"MikroORM", "", "__temp_alter", SURE, NULL},
    {"GORM", "", "__temp", SURE, NULL},
    {"Knex", "_knex_temp_alter", "", SURE_ALONE, NULL},
    {"SQLiteStudio", "sqlitestudio_temp_table", "", SURE_ALONE, NULL},
    {"DB Browser for SQLite", "sqlb_temp_table_", "", SURE_ALONE, NULL},
    {"Peewee", "", "__tmp__", SURE, NULL},
    {"gh-ost", "_", "_gho", SURE, NULL},
    {"gh-ost", "_", "_ghc", SURE, NULL},
    {"gh-ost", "_", "_del", LIKELY, NULL},
    {"pt-online-schema-change", "_", "_new", LIKELY, NULL},
    {"pt-online-schema-change", "_", "_old", LIKELY, NULL},
    {"pg_repack", "table_", "", SURE_ALONE, "repack"},
    {"pg_repack", "log_", "", SURE_ALONE, "repack"},
    {"Prisma", "_prisma_new_", "", SURE, NULL},
    {"Prisma", "new_", "", LIKELY, NULL},
    {"TypeORM", "temporary_", "", LIKELY, NULL},
    {"Sequelize", "", "_backup", LIKELY, NULL},
    {NULL, "", "_new", LIKELY, NULL},
    {NULL, "", "_old", LIKELY, NULL},
    {NULL, "", "_tmp", LIKELY, NULL},
    {NULL, "", "_temp", LIKELY, NULL},
    {NULL, "tmp_", "", LIKELY, NULL},
    {NULL, "temp_", "", LIKELY, NULL},
    {NULL, "old_", "", LIKELY, NULL},
};

/* Most of the columns of the smaller one are in both. */
static bool look_alike(const Schema *schema, const char *space, const char *one, const char *other)
{
    size_t one_count, other_count, shared = 0;
    const SchemaObject *columns = schema_parts(schema, SCHEMA_COLUMN, space, one, &one_count);

    (void)schema_parts(schema, SCHEMA_COLUMN, space, other, &other_count);
    for (size_t i = 0; i < one_count; i++)
        shared += schema_find(schema, SCHEMA_COLUMN, space, other, columns[i].name) != NULL;
    return shared > 0 && 2 * shared > (one_count < other_count ? one_count : other_count);
}

/* A table that is gone while a key still refers to it was dropped for a copy that never took its
 * name. Only SQLite lets that happen: where there are namespaces no such key stays. */
static bool is_referred_to(const Schema *schema, const char *table)
{
    for (size_t i = 0; i < schema->len; i++) {
        const SchemaObject *object = &schema->items[i];
        const char *target = object->kind == SCHEMA_FOREIGN_KEY
                                 ? str_map_get(&object->attributes, "references")
                                 : NULL;
        size_t len = strlen(table);

        if (target && text_starts(target, table) && (target[len] == '\0' || target[len] == ' '))
            return true;
    }
    return false;
}

/* The rebuilt table's name by one pattern; NULL when the name does not fit. Caller frees. */
static char *base_name(const char *name, size_t pattern)
{
    const char *prefix = PATTERNS[pattern].prefix, *suffix = PATTERNS[pattern].suffix;
    size_t len = strlen(name), before = strlen(prefix), behind = strlen(suffix);

    if (len < before + behind || !text_starts(name, prefix) || !text_ends(name, suffix))
        return NULL;
    if (len == before + behind && PATTERNS[pattern].certainty != SURE_ALONE)
        return NULL;
    return xstrndup(name + before, len - before - behind);
}

static bool is_left_over(const Schema *schema, const SchemaObject *table, const char *base,
                         bool has_base, Certainty certainty)
{
    if (certainty != LIKELY)
        return true;
    return has_base ? look_alike(schema, table->space, table->name, base)
                    : is_referred_to(schema, base);
}

static char *detail_of(const char *name, const char *base, bool has_base, size_t pattern)
{
    const char *tool = PATTERNS[pattern].tool;
    AUTO(str) char *whose = tool ? xasprintf(" (%s names it so)", tool) : xstrdup("");

    if (PATTERNS[pattern].certainty == SURE_ALONE)
        return xasprintf("%s is left over from a rebuild of some table%s", name, whose);
    return xasprintf("%s is left over from a rebuild of %s%s%s", name, base,
                     has_base ? "" : ", which is gone", whose);
}

static void find_one(const Schema *schema, const SchemaObject *table, FaultList *faults)
{
    const char *name = table->name;

    for (size_t i = 0; i < COUNT_OF(PATTERNS); i++) {
        const char *space = PATTERNS[i].space;
        AUTO(str) char *base = space && !text_eq(space, table->space) ? NULL : base_name(name, i);
        bool has_base = base && schema_find(schema, SCHEMA_TABLE, table->space, "", base);

        if (base && is_left_over(schema, table, base, has_base, PATTERNS[i].certainty)) {
            AUTO(str) char *detail = detail_of(name, base, has_base, i);

            fault_list_add(faults, FAULT_LEFTOVER, name, NULL, detail, 0);
            return;
        }
    }
}

void leftovers_find(const Schema *schema, FaultList *faults)
{
    for (size_t i = 0; i < schema->len; i++)
        if (schema->items[i].kind == SCHEMA_TABLE)
            find_one(schema, &schema->items[i], faults);
}
