/* From the names in a message to the table that the user knows. */

#include <string.h>

#include "check/evidence.h"

typedef struct Affix {
    const char *prefix, *suffix;
} Affix;

/* How tools call the copy of a table while they rebuild it: drizzle-kit, Prisma, Django, Alembic,
 * TypeORM, EF Core, Laravel, and what people write by hand. */
static const Affix AFFIXES[] = {
    {"__new_", ""},     {"new__", ""},    {"new_", ""},     {"_alembic_tmp_", ""},
    {"temporary_", ""}, {"ef_temp_", ""}, {"__temp__", ""}, {"temp_", ""},
    {"tmp_", ""},       {"_tmp_", ""},    {"_new_", ""},    {"old_", ""},
    {"_", "_new"},      {"_", "_old"},    {"", "_new"},     {"", "_tmp"},
    {"", "_temp"},      {"", "_old"},     {"", "_backup"},  {"", "_copy"},
    {"", "_rebuild"},   {"", "_next"},    {"", "__new"},    {"", "_v2"},
    {"a", ""}, /* Rails alters a copy of notes that it calls anotes */
};

static bool has_table(const Snapshot *snapshot, const char *table)
{
    for (size_t i = 0; snapshot && i < snapshot->schema.len; i++) {
        const SchemaObject *object = &snapshot->schema.items[i];

        if (object->kind == SCHEMA_TABLE && text_eq_nocase(object->name, table))
            return true;
    }
    return false;
}

static char *strip_affix(const char *table, const Affix *affix)
{
    size_t len = strlen(table), prefix = strlen(affix->prefix), suffix = strlen(affix->suffix);

    if (len <= prefix + suffix || !text_starts(table, affix->prefix) ||
        !text_ends(table, affix->suffix))
        return NULL;
    return xstrndup(table + prefix, len - prefix - suffix);
}

static void resolve_copy(Evidence *evidence, const Snapshot *before, const Snapshot *after)
{
    if (has_table(before, evidence->table) || has_table(after, evidence->table))
        return;
    for (size_t i = 0; i < COUNT_OF(AFFIXES); i++) {
        AUTO(str) char *table = strip_affix(evidence->table, &AFFIXES[i]);

        if (table && has_table(before, table)) {
            free(evidence->table);
            evidence->table = TAKE(table);
            return;
        }
    }
}

/* The owner of an index or constraint: known to the schema, or, when the migration was making it,
 * the longest table whose name begins it, as every generator of names does it. */
static const char *owner_of(const char *name, const Snapshot *snapshot)
{
    const char *best = NULL;

    for (size_t i = 0; snapshot && i < snapshot->schema.len; i++) {
        const SchemaObject *object = &snapshot->schema.items[i];
        size_t len = strlen(object->name);

        if (object->kind != SCHEMA_TABLE && *object->table && text_eq(object->name, name))
            return object->table;
        if (object->kind == SCHEMA_TABLE && strncmp(name, object->name, len) == 0 &&
            name[len] == '_' && (!best || len > strlen(best)))
            best = object->name;
    }
    return best;
}

void evidence_resolve(Evidence *evidence, const Snapshot *before, const Snapshot *after)
{
    const char *owner;

    if (evidence->table) {
        resolve_copy(evidence, before, after);
        return;
    }
    if (!evidence->name || (evidence->kind != EVIDENCE_UNIQUE && evidence->kind != EVIDENCE_CHECK &&
                            evidence->kind != EVIDENCE_FOREIGN_KEY))
        return;
    owner = owner_of(evidence->name, before);
    if (!owner)
        owner = owner_of(evidence->name, after);
    evidence->table = xstrdup_null(owner);
}
