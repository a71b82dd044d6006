/* Plain dumps: whether one is whole, where it begins, and which of psql's errors count. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"
#include "database/pg_dump.h"

#define HEAD "-- PostgreSQL database dump\n"
#define TAIL "-- PostgreSQL database dump complete\n"

static Error *scan(const char *text, int64_t *ret_start)
{
    char path[] = "/tmp/seatrial-test-XXXXXX";
    int fd = mkstemp(path);
    Error *err;

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    (void)close(fd);
    err = pg_dump_scan(path, NULL, ret_start);
    (void)unlink(path);
    return err;
}

static void test_scan(void **state)
{
    static const char CUT[] = "the end of it is missing";
    static const char SEVERAL[] = "it holds several databases: dump the application's alone, with "
                                  "pg_dump";

    static const struct {
        const char *text, *error; /* NULL: none */
        int64_t start;
    } rows[] = {
        {"CREATE TABLE t (id int);\n", NULL, 0},
        {HEAD "COPY public.t (id) FROM stdin;\n1\n\\.\n" TAIL, NULL, 0},
        {HEAD "COPY public.t (id) FROM stdin;\r\n1\r\n\\.\r\n" TAIL, NULL, 0},
        {HEAD "COPY public.t (id) FROM stdin;\n1\n", CUT, 7},
        {"COPY t FROM stdin;\n" TAIL, CUT, 7},
        {HEAD "CREATE TABLE t (id int);\n", CUT, 7},
        /* data is no command */
        {"COPY t FROM stdin;\n" HEAD "CREATE TABLE\n\\.\n", NULL, 0},
        {"CREATE DATABASE prod;\n\\connect prod\nCREATE TABLE t (id int);\n", NULL, 36},
        {"CREATE DATABASE a;\n\\connect a\nALTER DATABASE a SET x TO '1';\n\\connect a\n", NULL,
         72},
        {"CREATE TABLE t (id int);\n\\connect b\n", SEVERAL, 7},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int64_t start = 7;
        AUTO(error) Error *err = scan(rows[i].text, &start);

        if (!rows[i].error != !err)
            fail_msg("row %zu: %s", i, err ? err->msg : "no error");
        if (err) {
            assert_string_equal(err->msg, rows[i].error);
            assert_int_equal(err->code, ERR_INVALID);
        }
        assert_int_equal(start, rows[i].start);
    }
}

#define AT      "psql:/tmp/seatrial-dump:12: "
#define MISSING AT "ERROR:  role \"alice\" does not exist\n"

static void test_errors(void **state)
{
    static const struct {
        const char *said, *kept;
    } rows[] = {
        {"", ""},
        {AT "NOTICE:  extension \"citext\" already exists, skipping\n", ""},
        {AT "error: invalid command \\restrict\n" AT "invalid command \\unrestrict\n", ""},
        {MISSING AT "STATEMENT:  ALTER TABLE public.t OWNER TO alice;\n", ""},
        {MISSING AT "STATEMENT:  --\n-- Name: t; Type: ACL\n--\n\nGRANT SELECT ON t TO alice;\n",
         ""},
        {MISSING AT "STATEMENT:  CREATE POLICY p ON t TO alice;\n",
         AT "ERROR:  role \"alice\" does not exist"},
        {MISSING, AT "ERROR:  role \"alice\" does not exist"},
        {MISSING AT "STATEMENT:  ALTER TABLE a OWNER TO alice;\n" AT
                    "ERROR:  relation \"t\" already exists\n" AT "STATEMENT:  CREATE TABLE t ();\n",
         AT "ERROR:  relation \"t\" already exists"},
        {MISSING MISSING AT "STATEMENT:  GRANT a TO alice;\n",
         AT "ERROR:  role \"alice\" does not exist"},
        {"psql: error: connection to server was lost\n",
         "psql: error: connection to server was lost"},
        {AT "error: \\connect: FATAL:  database \"x\" does not exist\n",
         AT "error: \\connect: FATAL:  database \"x\" does not exist"},
        {AT "ERROR:  1\n" AT "ERROR:  2\n" AT "ERROR:  3\n", AT "ERROR:  1|" AT "ERROR:  2"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        AUTO(str_list) StrList errors = {0};
        AUTO(str) char *kept = NULL;

        pg_errors_read(rows[i].said, 2, &errors);
        kept = str_list_join(&errors, "|");
        assert_string_equal(kept, rows[i].kept);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scan),
        cmocka_unit_test(test_errors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
