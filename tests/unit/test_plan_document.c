/* Plans as CI systems read them. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/list.h"
#include "verify/plan_document.h"

static void add_path(Plan *plan, const char *from, size_t database, const char *id)
{
    PlannedPath path = {.id = xstrdup(id), .database = database};
    PlannedImage old = {.facts = {.tag = xstrdup(from), .image = xstrdup("notes:x")}};

    LIST_PUSH(&path.olds, old);
    LIST_PUSH(&plan->paths, path);
}

/* Two releases, two databases: four paths. */
static void fill(Plan *plan)
{
    plan->candidate.facts.tag = xstrdup("7");
    add_path(plan, "6", 0, "6 -> 7 (sqlite /data/a.db)");
    add_path(plan, "6", 1, "6 -> 7 (postgres postgres:17)");
    add_path(plan, "\"5\"\n", 0, "5 -> 7 (sqlite /data/a.db)");
    add_path(plan, "\"5\"\n", 1, "5 -> 7 (postgres postgres:17)");
}

static void github_has_one_job_a_release(void **state)
{
    AUTO(plan) Plan plan = {0};
    AUTO(json) cJSON *matrix = NULL;
    AUTO(json_text) char *text = NULL;

    (void)state;
    fill(&plan);
    matrix = plan_to_github_matrix(&plan);
    text = json_print(matrix, false);
    assert_string_equal(text, "{\"include\":[{\"from\":\"6\",\"path\":\"6 -> 7\"},"
                              "{\"from\":\"\\\"5\\\"\\n\",\"path\":\"\\\"5\\\"\\n -> 7\"}]}");
}

static char *gitlab(const Plan *plan)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    assert_non_null(out);
    plan_to_gitlab(plan, out);
    assert_int_equal(fclose(out), 0);
    return text;
}

static void gitlab_has_one_job_a_release(void **state)
{
    AUTO(plan) Plan plan = {0};
    AUTO(str) char *text = NULL;

    (void)state;
    fill(&plan);
    text = gitlab(&plan);
    assert_string_equal(text, "seatrial 1:\n"
                              "  variables:\n"
                              "    SEATRIAL_FROM: \"6\"\n"
                              "  script:\n"
                              "    - seatrial verify --report json=seatrial.json\n"
                              "seatrial 2:\n"
                              "  variables:\n"
                              "    SEATRIAL_FROM: \"\\\"5\\\"\\n\"\n"
                              "  script:\n"
                              "    - seatrial verify --report json=seatrial.json\n");
}

static void gitlab_without_paths_has_a_job_still(void **state)
{
    AUTO(plan) Plan plan = {0};
    AUTO(str) char *text = gitlab(&plan);

    (void)state;
    assert_string_equal(text, "seatrial:\n  script:\n    - \"echo nothing to verify\"\n");
}

/* Tags come from outside: none may command the CI runner that reads the plan. */
static void text_commands_no_runner(void **state)
{
    AUTO(config) Config config = {0};
    AUTO(plan) Plan plan = {0};
    AUTO(policy) Policy policy = {0};
    AUTO(str) char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    (void)state;
    assert_non_null(out);
    LIST_PUSH(&config.databases, DATABASE_SETTINGS_DEFAULT);
    config.databases.items[0].sqlite = xstrdup("/data/a.db");
    config.profile = xstrdup("quick");
    plan.candidate.facts.tag = xstrdup("##[error]7");
    plan.candidate.facts.image = xstrdup("notes:7");
    add_path(&plan, "::error::6", 0, "::error::6 -> ##[error]7");
    plan.nothing = xstrdup("\x1b[31m##[error]none");
    policy_init(&config, &policy);
    plan_to_text(&config, &plan, &policy, out);
    assert_int_equal(fclose(out), 0);
    assert_non_null(strstr(text, "nothing to verify: ## [error]none\n"));
    assert_non_null(strstr(text, "\n: :error: :6 -> ## [error]7\n"));
    assert_non_null(strstr(text, "  from       ::error::6  notes:x"));
    assert_null(strstr(text, "##["));
    assert_null(strstr(text, "\n::"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(github_has_one_job_a_release),
        cmocka_unit_test(gitlab_has_one_job_a_release),
        cmocka_unit_test(gitlab_without_paths_has_a_job_still),
        cmocka_unit_test(text_commands_no_runner),
    };

    return cmocka_run_group_tests_name("plan_document", tests, NULL, NULL);
}
