#include "database/populate/sqlite_functions.h"

#include <string.h>

#include "database/populate/expr.h"

static void word(sqlite3_context *context, int count, sqlite3_value **values)
{
    uint64_t row = (uint64_t)sqlite3_value_int64(values[1]);
    uint64_t factor = (uint64_t)sqlite3_value_int64(values[2]);
    uint64_t offset = (uint64_t)sqlite3_value_int64(values[3]);
    size_t len = 0;
    const char *found = pop_word((size_t)sqlite3_value_int64(values[0]),
                                 (row * factor + offset) % POP_HASH_PRIME, &len);

    (void)count;
    if (found)
        sqlite3_result_text(context, found, (int)len, SQLITE_STATIC);
}

/* As printf('%08x...') of each number below 2^32. */
static void hex(sqlite3_context *context, int count, sqlite3_value **values)
{
    static const char DIGITS[] = "0123456789abcdef";
    char text[64];
    int len = 0;

    for (int i = 0; i < count && len + 8 <= (int)sizeof text; i++) {
        uint32_t number = (uint32_t)sqlite3_value_int64(values[i]);

        for (int shift = 28; shift >= 0; shift -= 4)
            text[len++] = DIGITS[number >> shift & 15];
    }
    sqlite3_result_text(context, text, len, SQLITE_TRANSIENT);
}

Error *sqlite_functions_add(SqliteDb *db)
{
    const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;

    if (sqlite3_create_function_v2(db->db, POP_WORD, 4, flags, NULL, word, NULL, NULL, NULL) !=
            SQLITE_OK ||
        sqlite3_create_function_v2(db->db, POP_HEX, 4, flags, NULL, hex, NULL, NULL, NULL) !=
            SQLITE_OK)
        return sqlite_db_error(db);
    return NULL;
}
