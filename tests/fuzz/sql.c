/* SQL of migrations and schemas, and code that holds SQL. */

#include "check/sql_use.h"
#include "database/sql_text.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(str) char *text = fuzz_text(data, size);
    AUTO(str) char *normal = sql_normalise(text);
    AUTO(statement_list) StatementList list = {0};
    AUTO(sql_use_list) SqlUseList uses = {0};

    (void)normal; /* clang: unused */
    statement_list_add_all(&list, "001", text);
    statement_list_add_script(&list, "002", text);
    sql_uses_read(&list, &uses);
    return 0;
}
