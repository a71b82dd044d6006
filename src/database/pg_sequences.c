#include "database/pg_parts.h"

/* Sequences and the columns they feed: those of serial and identity columns, and those that a
 * column's default only names. Only whole numbers; a sequence that goes round may come back. */
static const char FEEDS[] =
    "SELECT DISTINCT sn.nspname, sc.relname, cn.nspname, c.relname, a.attname, s.seqincrement < 0 "
    "FROM pg_sequence s JOIN pg_class sc ON sc.oid = s.seqrelid "
    "JOIN pg_namespace sn ON sn.oid = sc.relnamespace "
    "CROSS JOIN LATERAL ("
    "SELECT o.refobjid, o.refobjsubid FROM pg_depend o WHERE o.classid = 'pg_class'::regclass "
    "AND o.objid = s.seqrelid AND o.refclassid = 'pg_class'::regclass AND o.refobjsubid > 0 "
    "AND o.deptype IN ('a', 'i') "
    "UNION SELECT d.adrelid, d.adnum FROM pg_depend u JOIN pg_attrdef d ON d.oid = u.objid "
    "WHERE u.classid = 'pg_attrdef'::regclass AND u.refclassid = 'pg_class'::regclass "
    "AND u.refobjid = s.seqrelid) f (relation, number) "
    "JOIN pg_class c ON c.oid = f.relation AND c.relkind IN ('r', 'p') AND NOT c.relispartition "
    "JOIN pg_namespace cn ON cn.oid = c.relnamespace "
    "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = f.number AND NOT a.attisdropped "
    "JOIN pg_type t ON t.oid = a.atttypid WHERE NOT s.seqcycle "
    "AND COALESCE(NULLIF(t.typbasetype, 0), t.oid) IN ('int2'::regtype, 'int4'::regtype, "
    "'int8'::regtype) AND sn.nspname !~ '^pg_' AND sn.nspname <> 'information_schema' "
    "AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.deptype = 'e' "
    "AND x.classid = 'pg_class'::regclass AND x.objid = c.oid AND x.objsubid = 0) "
    "ORDER BY 3, 4, 5, 1, 2";

/* What it gives next, and the largest value that is there already; in numeric, where nothing
 * overflows. A sequence that goes down is compared with the smallest. Caller frees. */
static char *compare_sql(const PGresult *feeds, int row)
{
    AUTO(str) char *sequence = pg_quote_in(pg_text(feeds, row, 0), pg_text(feeds, row, 1));
    AUTO(str) char *table = pg_quote_in(pg_text(feeds, row, 2), pg_text(feeds, row, 3));
    AUTO(str) char *column = pg_quote(pg_text(feeds, row, 4));
    bool down = pg_bool(feeds, row, 5);

    return xasprintf(
        "SELECT v.next, m.top FROM (SELECT s.last_value::numeric + CASE WHEN s.is_called "
        "THEN q.seqincrement ELSE 0 END AS next FROM %s AS s, pg_sequence AS q "
        "WHERE q.seqrelid = s.tableoid) AS v, (SELECT %s(%s) AS top FROM %s) AS m "
        "WHERE m.top %s v.next",
        sequence, down ? "min" : "max", column, table, down ? "<=" : ">=");
}

static Error *check_feed(PgDb *db, const PGresult *feeds, int row, StrList *unseen,
                         FaultList *faults)
{
    AUTO(str) char *place = pg_place(pg_text(feeds, row, 0), pg_text(feeds, row, 1));
    AUTO(str) char *sql = compare_sql(feeds, row);
    AUTO(pg_result) PGresult *result = NULL;
    AUTO(str) char *detail = NULL;

    TRY(pg_try(db, sql, "sequence", place, unseen, &result));
    if (!result || PQntuples(result) == 0)
        return NULL;
    detail = xasprintf("sequence %s gives %s next, but %s of %s has %s already",
                       pg_text(feeds, row, 1), pg_text(result, 0, 0), pg_text(feeds, row, 4),
                       pg_text(feeds, row, 3), pg_text(result, 0, 1));
    fault_list_add(faults, FAULT_SEQUENCE, pg_text(feeds, row, 3), pg_text(feeds, row, 4), detail,
                   0);
    return NULL;
}

Error *pg_sequences_check(PgDb *db, StrList *unseen, FaultList *faults)
{
    AUTO(pg_result) PGresult *feeds = NULL;

    TRY(pg_try(db, FEEDS, "sequences of", "the database", unseen, &feeds));
    for (int row = 0; feeds && row < PQntuples(feeds); row++)
        TRY(check_feed(db, feeds, row, unseen, faults));
    return NULL;
}
