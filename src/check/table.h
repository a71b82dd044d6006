#pragma once
/* The rows of the table: one object a file. */

#include "check/check.h"

extern const Check CHECK_OLD_MIGRATE, CHECK_NEW_MIGRATE, CHECK_VACUOUS, CHECK_INTEGRITY,
    CHECK_PENDING, CHECK_HISTORY, CHECK_RERUN, CHECK_CONCURRENT, CHECK_START, CHECK_ROLLBACK;
