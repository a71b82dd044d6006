#include <inttypes.h>

#include "database/leftovers.h"
#include "database/pg_catalog.h"
#include "database/pg_parts.h"

/* Faults that the catalogs tell: table, column, words, and a query that counts the rows concerned;
 * each NULL where there is none. */
typedef struct CatalogFault {
    FaultKind kind;
    const char *what; /* it is about, for what cannot be read */
    const char *sql;
} CatalogFault;

/* The strings are laid out by hand, as SQL is. */
/* clang-format off */

/* A condition on rows of the table of constraint o that only rows which break it meet. */
#define COUNT_BROKEN(condition)                                                                    \
    "format('SELECT count(*) FROM %s%I.%I AS c WHERE %s', "                                        \
    "CASE WHEN o.connoinherit THEN 'ONLY ' END, n.nspname, c.relname, " condition ")"
/* PG 18 can leave a constraint unenforced on purpose. */
#define ENFORCED "to_jsonb(o) ->> 'conenforced' IS DISTINCT FROM 'false'"
#define CONSTRAINTS                                                                                \
    "FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid " PG_SPACE("c.relnamespace")

static const CatalogFault CATALOG_FAULTS[] = {
    {FAULT_CORRUPT, "indexes of",
     "SELECT c.relname, NULL, CASE WHEN x.relkind = 'i' THEN format('index %s is invalid: a CREATE "
     "INDEX CONCURRENTLY failed and left it, and no query uses it', x.relname) ELSE format('index "
     "%s "
     "is invalid: not every partition has its part', x.relname) END, NULL "
     "FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = "
     "i.indrelid "
     PG_SPACE("c.relnamespace") "WHERE NOT (i.indisvalid AND i.indisready AND i.indislive) AND "
     PG_USER_RELATION " ORDER BY 1, 3"},
    {FAULT_CONSTRAINT, "constraints of",
     "SELECT c.relname, NULL, format('constraint %s is not validated: %s', o.conname, "
     "pg_get_constraintdef(o.oid)), CASE o.contype WHEN 'c' THEN "
     COUNT_BROKEN("format('NOT (%s)', pg_get_expr(o.conbin, o.conrelid))")
     /* from 18 on NOT NULL is a constraint that may be NOT VALID as well */
     " WHEN 'n' THEN "
     COUNT_BROKEN("(SELECT format('c.%I IS NULL', a.attname) FROM pg_attribute a "
                  "WHERE a.attrelid = o.conrelid AND a.attnum = o.conkey[1])") " END " CONSTRAINTS
     "WHERE NOT o.convalidated AND " ENFORCED " AND o.conparentid = 0 AND " PG_USER_RELATION
     " ORDER BY 1, 3"},
    {FAULT_CONSTRAINT, "constraints of",
     "SELECT NULL, NULL, format('constraint %s of domain %s is not validated: %s', o.conname, "
     "o.contypid::regtype, pg_get_constraintdef(o.oid)), NULL FROM pg_constraint o "
     PG_SPACE("o.connamespace") "WHERE NOT o.convalidated AND o.contypid <> 0 AND " PG_USER_SPACE
     " ORDER BY 3"},
    {FAULT_CONSTRAINT, "triggers of",
     "SELECT c.relname, NULL, format('the triggers that keep foreign key %s are disabled: rows may "
     "refer to nothing', o.conname), NULL FROM pg_constraint o JOIN pg_class c ON c.oid = "
     "o.conrelid "
     PG_SPACE("c.relnamespace") "WHERE o.contype = 'f' AND EXISTS (SELECT FROM pg_trigger t "
     "WHERE t.tgconstraint = o.oid AND t.tgisinternal AND t.tgenabled = 'D') AND " PG_USER_RELATION
     " ORDER BY 1, 3"},
    {FAULT_FOREIGN_KEY, "foreign keys of",
     "SELECT c.relname, k.columns, format('foreign key %s of %s (%s) to %s', o.conname, c.relname, "
     "k.columns, p.relname), "
     /* a key holds for a table's own rows, and for those of its partitions */
     "format('SELECT count(*) FROM %s%I.%I AS c WHERE %s AND NOT EXISTS (SELECT FROM %s%I.%I AS p "
     "WHERE %s)', CASE WHEN c.relkind = 'r' THEN 'ONLY ' END, n.nspname, c.relname, k.given, "
     "CASE WHEN p.relkind = 'r' THEN 'ONLY ' END, pn.nspname, p.relname, k.same) "
     CONSTRAINTS "JOIN pg_class p ON p.oid = o.confrelid "
     "JOIN pg_namespace pn ON pn.oid = p.relnamespace "
     "CROSS JOIN LATERAL (SELECT string_agg(a.attname, ', ' ORDER BY u.at), "
     "string_agg(format('c.%I IS NOT NULL', a.attname), ' AND ' ORDER BY u.at), "
     "string_agg(format('p.%I OPERATOR(%I.%s) c.%I', b.attname, q.nspname, y.oprname, a.attname), "
     "' AND ' ORDER BY u.at) FROM unnest(o.conkey, o.confkey, o.conpfeqop) "
     "WITH ORDINALITY u (mine, theirs, operator, at) "
     "JOIN pg_attribute a ON a.attrelid = o.conrelid AND a.attnum = u.mine "
     "JOIN pg_attribute b ON b.attrelid = o.confrelid AND b.attnum = u.theirs "
     "JOIN pg_operator y ON y.oid = u.operator JOIN pg_namespace q ON q.oid = y.oprnamespace) "
     "k (columns, given, same) WHERE o.contype = 'f' AND o.conparentid = 0 "
     "AND to_jsonb(o) ->> 'conperiod' IS DISTINCT FROM 'true' AND " ENFORCED " AND "
     "" PG_USER_RELATION
     " ORDER BY 1, 2, 3"},
    /* Its locks have no process; they are told apart by the one on its own number, because what stands
     * in virtualtransaction is "-1/number" only after a restart. Source: postgres/postgres, twophase.c,
     * MarkAsPreparingGuts */
    {FAULT_HELD, "prepared transactions of",
     "SELECT NULL, NULL, format('transaction %L of role %I was prepared and neither committed nor "
     "rolled back%s', p.gid, p.owner, ': it holds ' || (SELECT string_agg(DISTINCT CASE l.locktype "
     "WHEN 'relation' THEN r.relname ELSE 'advisory lock ' || " PG_ADVISORY_KEY("l") " END, ', ') "
     "FROM pg_locks x JOIN pg_locks l USING (virtualtransaction) LEFT JOIN pg_class r "
     "ON r.oid = l.relation WHERE x.locktype = 'transactionid' AND x.transactionid = p.transaction "
     "AND x.pid IS NULL AND l.pid IS NULL AND (l.locktype = 'advisory' "
     "OR r.relkind IN ('r', 'p', 'm')))), NULL FROM pg_prepared_xacts p "
     "WHERE p.database = current_database() ORDER BY 3"},
};

/* clang-format on */

/* Without a query that counts, the catalog's row is the fault; broken foreign keys are one only
 * when rows break them. */
static Error *add_fault(PgDb *db, const CatalogFault *query, const PGresult *found, int row,
                        Snapshot *snapshot)
{
    const char *table = pg_text_null(found, row, 0), *count_sql = pg_text_null(found, row, 3);
    AUTO(str) char *detail = xstrdup(pg_text(found, row, 2));
    AUTO(pg_result) PGresult *counted = NULL;
    int64_t count = 0;

    if (count_sql)
        TRY(pg_try(db, count_sql, query->what, table, &snapshot->unseen, &counted));
    if (counted)
        count = pg_i64(counted, 0, 0);
    if (query->kind == FAULT_FOREIGN_KEY && count == 0)
        return NULL;
    if (count > 0) {
        AUTO(str) char *plain = TAKE(detail);

        detail = xasprintf("%s: %" PRId64 " %s it", plain, count,
                           count == 1 ? "row "
                                        "breaks"
                                      : "rows break");
    }
    fault_list_add(&snapshot->faults, query->kind, table, pg_text_null(found, row, 1), detail,
                   count);
    return NULL;
}

static Error *read_catalog(PgDb *db, const CatalogFault *query, Snapshot *snapshot)
{
    AUTO(pg_result) PGresult *found = NULL;

    TRY(pg_try(db, query->sql, query->what, "the database", &snapshot->unseen, &found));
    for (int row = 0; found && row < PQntuples(found); row++)
        TRY(add_fault(db, query, found, row, snapshot));
    return NULL;
}

Error *pg_faults_read(PgDb *db, Snapshot *snapshot)
{
    for (size_t i = 0; i < COUNT_OF(CATALOG_FAULTS); i++)
        TRY(read_catalog(db, &CATALOG_FAULTS[i], snapshot));
    TRY(pg_sequences_check(db, &snapshot->unseen, &snapshot->faults));
    leftovers_find(&snapshot->schema, &snapshot->faults);
    return NULL;
}
