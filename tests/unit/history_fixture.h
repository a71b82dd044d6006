#pragma once
/* Migration files and ledgers for the tests of `history` and `pending`. */

#include <stdlib.h>
#include <string.h>

#include "check/check.h"
#include "check_fixture.h"
#include "migrator/migration_files.h"

/* Files: "path=text" separated by "|". */
static inline void make_set(const char *framework, const char *spec, MigrationSet *ret_set)
{
    AUTO(found_file_list) FoundFileList files = {0};
    AUTO(str_list) StrList parts = {0};

    str_list_split(spec, '|', &parts);
    for (size_t i = 0; i < parts.len; i++) {
        char *equals = strchr(parts.items[i], '=');
        uint64_t digest = 7;

        if (!equals)
            continue;
        *equals = '\0';
        for (const char *c = equals + 1; *c; c++)
            digest = digest * 31 + (unsigned char)*c;
        LIST_PUSH(&files, ((FoundFile){.path = xstrdup(parts.items[i]),
                                       .text = xstrdup(equals + 1),
                                       .digest = digest}));
    }
    migration_set_make(framework, "/app/migrations", &files, ret_set);
}

static inline void set_ledger(Snapshot *snapshot, const char *framework, const char *ids)
{
    ledger_list_clear(&snapshot->ledgers);
    {
        Ledger *ledger = fixture_ledger(snapshot, "migrations", ids);

        free(ledger->framework);
        ledger->framework = xstrdup(framework);
    }
}

/* "level migration" of each finding of a check, separated by ", ". Caller frees. */
static inline char *judge(const char *check, const Observation *seen)
{
    AUTO(finding_list) FindingList findings = {0};
    AUTO(str) char *skip = NULL;
    AUTO(str_list) StrList found = {0};

    check_find(check)->judge(seen, &findings, &skip);
    if (skip && text_eq(check, "history"))
        return xstrdup("skipped");
    for (size_t i = 0; i < findings.len; i++)
        str_list_addf(&found, "%s %s", level_name(findings.items[i].level),
                      findings.items[i].migration);
    return str_list_join(&found, ", ");
}
