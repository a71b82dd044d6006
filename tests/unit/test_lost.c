#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "database/lost.h"

enum { COLUMNS_MAX = 8 };

typedef struct LostCase {
    const char *name;
    const char
        *lost; /* rows "1|Milk|-" separated by "/"; "-" is NULL; the first column is the key */
    const char *wanted; /* a sign a column: "+" is gone */
    const char *tables; /* rows of other tables, those separated by "//" */
    const char *found;  /* how many of each column, of how many: "2/2 0/2" */
    int64_t rows;       /* that were found as such */
} LostCase;

static const LostCase CASES[] = {
    {"nothing anywhere", "1|xylophone/2|zither", "++", "", "0/2 0/2", 0},
    {"the table under another name", "1|xylophone/2|zither", "++", "1|xylophone/2|zither",
     "2/2 2/2", 2},
    {"the same rows with new keys", "1|xylophone|brown/2|zither|black", "+++",
     "7|xylophone|brown/8|zither|black", "0/2 2/2 2/2", 2},
    {"half of the rows", "1|xylophone/2|zither", "++", "1|xylophone/3|viola", "1/2 1/2", 1},
    {"ids alone prove nothing", "1|xylophone/2|zither", "++", "1|viola/2|cello", "0/2 0/2", 0},
    {"a column, beside the key", "1|xylophone/2|zither", "-+", "10|1|xylophone/11|2|zither",
     "0/0 2/2", 2},
    {"a column, by its values alone", "1|xylophone/2|zither", "-+", "xylophone/zither", "0/0 2/2",
     2},
    {"a column, in two columns without the key", "1|xylophone/2|zither", "-+",
     "xylophone|-/-|zither", "0/0 0/2", 0},
    {"small values without the key are chance", "1|t/2|f/3|t", "-+", "t/f/t", "0/0 0/3", 0},
    {"small values beside the key", "1|t|a/2|f|b/3|t|c", "-+-", "1|t/2|f/3|t", "0/0 3/3 0/0", 3},
    {"small values beside other keys", "1|t|a/2|f|b/3|t|c", "-+-", "2|t/1|f/4|t", "0/0 0/3 0/0", 0},
    {"one of them is not there", "1|t|a/2|f|b/3|t|c", "-+-", "1|t/2|f", "0/0 0/3 0/0", 0},
    {"a document that was split",
     "1|{\"x\":\"apple\",\"y\":\"cherry\"}/2|{\"x\":\"mango\",\"y\":\"olive\"}", "-+",
     "1|apple|cherry/2|mango|olive", "0/0 2/2", 2},
    {"a document that was split, and half is gone", "1|{\"x\":\"apple\",\"y\":\"cherry\"}", "-+",
     "1|apple|-", "0/0 0/1", 0},
    {"columns that became a document", "1|apple|cherry/2|mango|olive", "-++",
     "1|{\"a\":\"apple\",\"b\":{\"c\":\"cherry\"}}/2|{\"a\":\"mango\",\"b\":{\"c\":\"olive\"}}",
     "0/0 2/2 2/2", 2},
    {"written in another way", "1|2024-01-31 10:00:00|t/2|2024-02-01 11:00:00|f", "-+-",
     "1|1706695200/2|1706785200", "0/0 2/2 0/0", 2},
    {"spread over two tables", "1|xylophone/2|zither", "++", "1|xylophone//2|zither", "2/2 2/2", 2},
    {"columns in two tables", "1|xylophone|brown/2|zither|black", "-++",
     "1|xylophone/2|zither//1|brown/2|black", "0/0 2/2 2/2", 2},
    {"NULL is no loss", "1|-|xylophone/2|zither|-", "-++", "", "0/0 0/1 0/1", 0},
    {"an empty document is no loss", "1|{}/2|[]", "-+", "", "0/0 2/2", 2},
    {"hostile values", "1|{\"a\":/2|\x01\x02%s%n", "-+", "1|{\"a\":/2|\x01\x02%s%n", "0/0 2/2", 2},
};

/* Cuts text in place. */
static size_t cut(char *text, const char **values)
{
    size_t count = 0;
    char *save = NULL;

    for (char *at = strtok_r(text, "|", &save); at; at = strtok_r(NULL, "|", &save)) {
        assert_true(count < COLUMNS_MAX);
        values[count++] = text_eq(at, "-") ? NULL : at;
    }
    return count;
}

static void read_tables(LostSample *sample, const char *tables)
{
    AUTO(str_list) StrList rows = {0};

    if (!*tables)
        return;
    str_list_split(tables, '/', &rows);
    lost_table_begin(sample);
    for (size_t i = 0; i < rows.len; i++) {
        const char *values[COLUMNS_MAX];

        if (*rows.items[i]) {
            size_t count = cut(rows.items[i], values);

            lost_row(sample, values, count);
            continue;
        }
        lost_table_end(sample);
        lost_table_begin(sample);
    }
    lost_table_end(sample);
}

static void fill(LostSample *sample, const LostCase *one)
{
    AUTO(str_list) StrList rows = {0};

    str_list_split(one->lost, '/', &rows);
    for (size_t i = 0; i < rows.len; i++) {
        const char *values[COLUMNS_MAX];
        bool wanted[COLUMNS_MAX];

        for (size_t k = 0; k < sample->columns; k++)
            wanted[k] = one->wanted[k] == '+';
        assert_int_equal(cut(rows.items[i], values), sample->columns);
        lost_add(sample, values, wanted);
    }
    lost_index(sample);
}

static void test_cases(void **state)
{
    static const bool is_key[COLUMNS_MAX] = {true};
    int failed = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        LostSample sample;
        AUTO(str_list) StrList counts = {0};
        AUTO(str) char *found = NULL;

        lost_init(&sample, strlen(CASES[i].wanted), is_key);
        fill(&sample, &CASES[i]);
        read_tables(&sample, CASES[i].tables);
        for (size_t k = 0; k < sample.columns; k++) {
            int64_t wanted, known;

            lost_count(&sample, k, &wanted, &known);
            str_list_addf(&counts, "%d/%d", (int)known, (int)wanted);
        }
        found = str_list_join(&counts, " ");
        if (!text_eq(found, CASES[i].found) || lost_rows_found(&sample) != CASES[i].rows) {
            print_error("%s: %s, %d rows\n", CASES[i].name, found, (int)lost_rows_found(&sample));
            failed++;
        }
        lost_clear(&sample);
    }
    assert_int_equal(failed, 0);
}

/* However many are lost, few are kept, of all parts of the table. */
static void test_sample_of_many(void **state)
{
    enum { COUNT = 100000 };

    static const bool is_key[] = {true, false}, wanted[] = {true, true};
    LostSample sample;
    int64_t seen, found;

    (void)state;
    lost_init(&sample, 2, is_key);
    for (int i = 0; i < COUNT; i++) {
        AUTO(str) char *key = xasprintf("%d", 100000 + i);
        AUTO(str) char *value = xasprintf("value %d", i);

        lost_add(&sample, (const char *const[]){key, value}, wanted);
    }
    assert_true(sample.len <= LOST_ROWS && sample.len >= LOST_ROWS / 2);
    assert_int_equal(sample.seen, COUNT);
    assert_string_equal(sample.items[0].cells[1].value, "value 0");
    assert_true(atoi(sample.items[sample.len - 1].cells[0].value) > 100000 + COUNT * 9 / 10);
    for (size_t i = 1; i < sample.len; i++)
        assert_int_equal(atoi(sample.items[i].cells[0].value) -
                             atoi(sample.items[i - 1].cells[0].value),
                         sample.stride);
    lost_index(&sample);
    lost_table_begin(&sample);
    for (int i = 0; i < COUNT / 2; i++) {
        AUTO(str) char *key = xasprintf("%d", 100000 + i);
        AUTO(str) char *value = xasprintf("value %d", i);

        lost_row(&sample, (const char *const[]){key, value}, 2);
    }
    lost_table_end(&sample);
    lost_count(&sample, 1, &seen, &found);
    assert_int_equal(seen, sample.len);
    assert_in_range(found, sample.len * 2 / 5, sample.len * 3 / 5);
    lost_clear(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_sample_of_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
