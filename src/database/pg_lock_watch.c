#include "database/pg_lock_watch.h"

/* "start|oid:rows oid:rows|oid:mode oid:mode|ALTER TABLE": what was read so far, what is held. The
 * modes are LockMode's numbers. Tables alone: who reads an index has a lock on its table.
 * Source: postgresql.org, Event Trigger Functions, pg_locks, pg_stat_xact_all_tables */
static const char WATCH[] =
    "CREATE FUNCTION pg_catalog.seatrial_locks() RETURNS event_trigger LANGUAGE plpgsql\n"
    "SET search_path = pg_catalog AS $seatrial$\n"
    "DECLARE counted text; held text;\n"
    "BEGIN\n"
    "  IF TG_EVENT = 'table_rewrite' THEN\n"
    "    RAISE LOG '" PG_LOCK_LINE "rewrite|%||%', pg_event_trigger_table_rewrite_oid(), TG_TAG;\n"
    "    RETURN;\n"
    "  END IF;\n"
    "  SELECT string_agg(oid || ':' || pg_stat_get_xact_tuples_returned(oid), ' ') INTO counted\n"
    "    FROM pg_class WHERE relkind IN ('r', 'p') AND oid >= 16384\n"
    "     AND pg_stat_get_xact_tuples_returned(oid) > 0;\n"
    "  SELECT string_agg(l.relation || ':' || m.number, ' ') INTO held\n"
    "    FROM pg_locks l JOIN (VALUES ('ShareLock', 0), ('ShareRowExclusiveLock', 1),\n"
    "      ('ExclusiveLock', 2), ('AccessExclusiveLock', 3)) m (mode, number) USING (mode)\n"
    "   WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.granted\n"
    "     AND l.relation >= 16384\n"
    "     AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database());\n"
    "  RAISE LOG '" PG_LOCK_LINE "%|%|%|%', CASE TG_EVENT WHEN 'ddl_command_start' THEN 'start'\n"
    "    ELSE 'end' END, coalesce(counted, ''), coalesce(held, ''), TG_TAG;\n"
    "END $seatrial$;\n"
    "CREATE EVENT TRIGGER seatrial_start ON ddl_command_start\n"
    "  EXECUTE FUNCTION pg_catalog.seatrial_locks();\n"
    "CREATE EVENT TRIGGER seatrial_end ON ddl_command_end\n"
    "  EXECUTE FUNCTION pg_catalog.seatrial_locks();\n"
    "CREATE EVENT TRIGGER seatrial_rewrite ON table_rewrite\n"
    "  EXECUTE FUNCTION pg_catalog.seatrial_locks();\n";

/* Sorted as numbers. */
static const char TABLES[] =
    "SELECT c.oid, n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = "
    "c.relnamespace WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND c.oid >= 16384 "
    "AND n.nspname NOT LIKE 'pg\\_%' ORDER BY c.oid";

Error *pg_lock_watch(PgDb *db, LockWatch *ret_watch)
{
    AUTO(lock_watch) LockWatch watch = {0};
    AUTO(pg_result) PGresult *rows = NULL;

    TRY(pg_query(db, TABLES, NULL, 0, &rows));
    for (int i = 0; i < PQntuples(rows); i++)
        LIST_PUSH(&watch, ((WatchedTable){.id = (uint32_t)pg_i64(rows, i, 0),
                                          .space = xstrdup(pg_text(rows, i, 1)),
                                          .name = xstrdup(pg_text(rows, i, 2))}));
    TRY(pg_run(db, WATCH));
    *ret_watch = watch;
    watch = (LockWatch){0};
    return NULL;
}
