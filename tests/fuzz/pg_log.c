/* The log of a Postgres server, in pieces. */

#include "database/pg_log.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t step = size > 0 ? data[0] % 64U + 1 : 1;
    AUTO(statement_list) StatementList statements = {0};
    PgLog log = pg_log_init("app", "begin", "end", STATEMENTS_DONE, &statements);

    for (size_t at = 1; at < size; at += step)
        pg_log_feed(&log, (const char *)data + at, size - at < step ? size - at : step);
    pg_log_clear(&log);
    return 0;
}
