#include "check/table.h"

static const Check *const CHECKS[] = {
    &CHECK_OLD_MIGRATE, &CHECK_NEW_MIGRATE,   &CHECK_VACUOUS,       &CHECK_INTEGRITY,
    &CHECK_PENDING,     &CHECK_HISTORY,       &CHECK_VOLUME_SHADOW, &CHECK_DATA_SURVIVAL,
    &CHECK_DESTRUCTIVE, &CHECK_FRESH_INSTALL, &CHECK_SCHEMA_PARITY, &CHECK_RERUN,
    &CHECK_LOCKS,       &CHECK_EDGE_DATA,     &CHECK_CONCURRENT,    &CHECK_START,
    &CHECK_OLD_ON_NEW,  &CHECK_ROLLBACK,
};

const Check *const *check_table(size_t *ret_count)
{
    *ret_count = COUNT_OF(CHECKS);
    return CHECKS;
}

const Check *check_find(const char *id)
{
    for (size_t i = 0; i < COUNT_OF(CHECKS); i++)
        if (text_eq(CHECKS[i]->id, id))
            return CHECKS[i];
    return NULL;
}
