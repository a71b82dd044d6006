#pragma once
/* Reading an SQLite schema for the making of rows. */

#include "database/populate/engine.h"

MUST_USE Error *sqlite_model_read(SqliteDb *db, PopEngine *engine, PopModel *model);
