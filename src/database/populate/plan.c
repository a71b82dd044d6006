#include "database/populate/plan.h"

#include <string.h>

#include "database/populate/mine.h"

typedef struct Planner {
    PopEngine *engine;
    const PopulateSpec *spec;
    PopTable *table;
    PopPlan *plan;
    PopChoiceList **choices; /* of the plan's fields */
    bool edge;
} Planner;

static uint64_t salt_of(const Planner *planner, const char *name, unsigned n)
{
    return pop_salt(&planner->engine->context, planner->table->place, name, n);
}

static bool lesson_is_for(const Lesson *lesson, const PopTable *table, const PopColumn *column)
{
    return text_eq(lesson->table, table->name) && text_eq(lesson->column, column->name) &&
           (text_is_empty(lesson->space) || text_eq(lesson->space, table->space));
}

static bool has_lesson(const Planner *planner, const PopColumn *column, LessonKind kind)
{
    for (size_t i = 0; planner->spec->lessons && i < planner->spec->lessons->len; i++)
        if (planner->spec->lessons->items[i].kind == kind &&
            lesson_is_for(&planner->spec->lessons->items[i], planner->table, column))
            return true;
    return false;
}

/* A lesson says what values the column has. */
static bool is_taught(const Planner *planner, const PopColumn *column)
{
    static const LessonKind kinds[] = {LESSON_JSON, LESSON_DIGITS, LESSON_ISO_TIME, LESSON_UUID,
                                       LESSON_ONE_OF};
    bool taught = false;

    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        taught |= has_lesson(planner, column, kinds[i]);
    return taught;
}

/* --- references
 * --------------------------------------------------------------------------------------- */

static Error *count_choices(Planner *planner, const PopReference *reference, int64_t *ret_n)
{
    AUTO(str) char *place = pop_quote_place(reference->space, reference->table);
    AUTO(str_list) StrList names = {0}, set = {0};
    AUTO(str) char *name_text = NULL, *set_text = NULL, *sql = NULL;
    int64_t most = pop_parents_max(planner->engine, planner->table, reference);

    for (size_t i = 0; i < reference->targets.len; i++) {
        str_list_add_owned(&names, pg_quote(reference->targets.items[i]));
        str_list_addf(&set, "%s IS NOT NULL", names.items[i]);
    }
    name_text = str_list_join(&names, ", ");
    set_text = str_list_join(&set, " AND ");
    sql = xasprintf("SELECT count(*) FROM (SELECT DISTINCT %s FROM %s WHERE %s LIMIT %lld) q",
                    name_text, place, set_text, (long long)most);
    return pop_number(planner->engine, sql, ret_n);
}

/* The row exists that columns which other references own point at. */
static void filter_exists(Planner *planner, const PopReference *reference)
{
    AUTO(str) char *place = pop_quote_place(reference->space, reference->table);
    AUTO(str_list) StrList on = {0}, null = {0};
    AUTO(str) char *on_text = NULL, *null_text = NULL;

    for (size_t i = 0; i < reference->columns.len; i++) {
        AUTO(str)
        char *column = pg_quote(planner->table->columns.items[reference->columns.items[i]].name);
        AUTO(str) char *target = pg_quote(reference->targets.items[i]);

        str_list_addf(&on, "p.%s = y.%s", target, column);
        str_list_addf(&null, "y.%s IS NULL", column);
    }
    on_text = str_list_join(&on, " AND ");
    null_text = str_list_join(&null, " OR ");
    str_list_addf(&planner->plan->filters, "(%s OR EXISTS (SELECT 1 FROM %s p WHERE %s))",
                  null_text, place, on_text);
}

static bool may_be_null(const PopTable *table, const PopReference *reference)
{
    for (size_t i = 0; i < reference->columns.len; i++)
        if (!table->columns.items[reference->columns.items[i]].not_null)
            return true;
    return false;
}

static bool in_a_key(const PopTable *table, size_t column)
{
    for (size_t i = 0; i < table->keys.len; i++)
        if (index_list_has(&table->keys.items[i].columns, column))
            return true;
    return false;
}

static void own(Planner *planner, const PopReference *reference, size_t at)
{
    size_t join = planner->plan->joins.len;
    PopJoin joined = {.reference = at,
                      .n = reference->choices,
                      .required = !may_be_null(planner->table, reference)};
    AUTO(str)
    char *generator =
        xasprintf("%s of %s", reference->declared ? "key" : "values", reference->root);
    uint64_t salt =
        salt_of(planner, planner->table->columns.items[reference->columns.items[0]].name, 1);
    bool many = joined.n > 3;

    for (size_t i = 0; i < reference->columns.len; i++) {
        PopField *field = &planner->plan->fields[reference->columns.items[i]];

        if (field->choices.len > 0) { /* owned by another reference already */
            LIST_PUSH(&joined.shared, i);
            continue;
        }
        field->join = join;
        pop_choice_add(&field->choices, xasprintf("r.j%zu_k%zu", join, i), false, 0);
        pop_choice_name(&field->choices, generator,
                        reference->learnt     ? POPULATE_GIVEN
                        : reference->declared ? POPULATE_REFERENCE
                                              : POPULATE_RESEMBLING);
    }
    /* some rows are referred to by none */
    joined.pick = pop_pick(salt, many ? joined.n - (joined.n + 3) / 4 : joined.n);
    LIST_PUSH(&planner->plan->joins, joined);
}

static size_t owned_columns(const Planner *planner, const PopReference *reference)
{
    size_t owned = 0;

    for (size_t i = 0; i < reference->columns.len; i++)
        owned += planner->plan->fields[reference->columns.items[i]].choices.len > 0;
    return owned;
}

static Error *add_reference(Planner *planner, size_t at, char **ret_reason)
{
    PopTable *table = planner->table;
    PopReference reference =
        table->references.items[at]; /* a view of it, with a count of its own */
    size_t owned = owned_columns(planner, &reference);

    if (owned == reference.columns.len) {
        if (reference.declared &&
            planner->plan->fields[reference.columns.items[0]].join != SIZE_MAX)
            filter_exists(planner, &reference);
        return NULL;
    }
    if (reference.later) {
        for (size_t i = 0; i < reference.columns.len; i++) {
            size_t column = reference.columns.items[i];
            PopField *field = &planner->plan->fields[column];

            if (field->choices.len == 0 && reference.declared && !reference.hold &&
                !table->columns.items[column].not_null) {
                pop_choice_null(&field->choices, 0);
                pop_choice_name(&field->choices, "key, set later", POPULATE_REFERENCE);
            }
        }
        return NULL;
    }
    if (!reference.declared && !reference.learnt &&
        (planner->edge || is_taught(planner, &table->columns.items[reference.columns.items[0]])))
        return NULL;
    TRY(count_choices(planner, &reference, &reference.choices));
    table->references.items[at].choices = reference.choices;
    if (reference.choices > 0) {
        own(planner, &reference, at);
        return NULL;
    }
    if (!reference.declared)
        return NULL;
    if (!may_be_null(table, &reference)) {
        *ret_reason = xasprintf("its key refers to %s, which has no rows", reference.root);
        return NULL;
    }
    for (size_t i = 0; i < reference.columns.len; i++) {
        PopField *field = &planner->plan->fields[reference.columns.items[i]];

        if (field->choices.len == 0 && !table->columns.items[reference.columns.items[i]].not_null) {
            pop_choice_null(&field->choices, 0);
            pop_choice_name(&field->choices, "nothing to refer to", POPULATE_REFERENCE);
        }
    }
    return NULL;
}

/* Long keys first: (tenant, user) decides what tenant may be. Declared ones before others. */
static Error *add_references(Planner *planner, char **ret_reason)
{
    const PopTable *table = planner->table;

    for (int declared = 1; declared >= 0; declared--)
        for (size_t width = 32; width > 0; width--)
            for (size_t i = 0; i < table->references.len && !*ret_reason; i++)
                if (table->references.items[i].columns.len == width &&
                    table->references.items[i].declared == declared)
                    TRY(add_reference(planner, i, ret_reason));
    return NULL;
}

/* --- columns
 * ------------------------------------------------------------------------------------------- */

static const char *given(const Planner *planner, const PopColumn *column)
{
    const PopTable *table = planner->table;
    AUTO(str) char *near = xasprintf("%s.%s", table->name, column->name);
    AUTO(str) char *full = xasprintf("%s.%s", table->place, column->name);
    const char *sql = planner->spec->columns ? str_map_get(planner->spec->columns, full) : NULL;

    return sql || !planner->spec->columns ? sql : str_map_get(planner->spec->columns, near);
}

/* What was learnt replaces what was invented. LESSON_KEY_OF is a reference by now. */
static void apply_lesson(Planner *planner, const Lesson *lesson, const PopColumn *column,
                         PopField *field)
{
    const PopContext *context = &planner->engine->context;
    uint64_t salt = salt_of(planner, column->name, 0);
    bool wanted = true;

    if (lesson->kind == LESSON_KEY_OF || lesson->kind == LESSON_DISTINCT ||
        lesson->kind == LESSON_NOT_NULL)
        return;
    pop_choices_clear(&field->choices);
    switch (lesson->kind) {
    case LESSON_JSON:
        pop_choice_add(&field->choices,
                       pop_expand(context,
                                  "('{\"name\": \"' || {word} || '\", \"number\": ' || {i} || '}')",
                                  salt),
                       true, 0);
        break;
    case LESSON_DIGITS:
        pop_choice_add(&field->choices,
                       xstrdup(column->family == FAMILY_TEXT ? "('' || r.i)" : "r.i"), true, 0);
        break;
    case LESSON_ISO_TIME:
        pop_choice_add(&field->choices, pop_moment(context, column, salt, 3), true, 0);
        break;
    case LESSON_UUID:
        pop_choice_add(&field->choices, pop_uuid(context, salt), true, 0);
        break;
    case LESSON_ONE_OF:
        for (size_t i = 0; i < lesson->texts.len; i++)
            pop_choice_add(&field->choices, pop_literal(context, lesson->texts.items[i]), false, 0);
        wanted = lesson->texts.len > 0;
        break;
    case LESSON_KEY_OF:
    case LESSON_DISTINCT:
    case LESSON_NOT_NULL:
        break;
    }
    if (wanted)
        pop_choice_name(&field->choices, "lesson", POPULATE_GIVEN);
}

/* The first and last choices for edge rows: NULL, what is expected, the same value in every row,
 * then what is at the edge. */
static void arrange_edges(const PopColumn *column, PopChoiceList *list)
{
    PopChoiceList edge = {.generator = TAKE(list->generator), .freedom = list->freedom};

    if (!column->not_null)
        pop_choice_null(&edge, 0);
    for (size_t i = 0; i < list->len; i++) {
        pop_choice_add(&edge, xstrdup(list->items[i].sql), list->items[i].distinct,
                       list->items[i].rank);
        if (i == 0 && strstr(list->items[i].sql, "r.i"))
            pop_choice_add(&edge, text_replace(list->items[i].sql, "r.i", "CAST(1 AS bigint)"),
                           false, 1);
    }
    pop_choices_clear(list);
    *list = edge;
}

static void add_choices(Planner *planner, size_t at)
{
    const PopColumn *column = &planner->table->columns.items[at];
    PopField *field = &planner->plan->fields[at];
    const char *sql = given(planner, column);

    if (sql) {
        pop_choices_clear(&field->choices);
        field->given = true;
        field->join = SIZE_MAX;
        pop_choice_add(&field->choices, xasprintf("(%s)", sql), true, 0);
        pop_choice_name(&field->choices, "expression", POPULATE_GIVEN);
        return;
    }
    if (field->choices.len > 0)
        return;
    planner->engine->choices(planner->engine, planner->table, column, &field->choices);
    if (field->choices.len == 0) {
        pop_choice_null(&field->choices, 0);
        pop_choice_name(&field->choices, "nothing known of the type", POPULATE_BOUND);
    }
    for (size_t i = 0; planner->spec->lessons && i < planner->spec->lessons->len; i++)
        if (lesson_is_for(&planner->spec->lessons->items[i], planner->table, column))
            apply_lesson(planner, &planner->spec->lessons->items[i], column, field);
    if (planner->edge)
        arrange_edges(column, &field->choices);
}

/* --- checks
 * -------------------------------------------------------------------------------------------- */

static bool touches(const PopComponent *component, const PopCheck *check)
{
    for (size_t i = 0; i < check->columns.len; i++)
        if (index_list_has(&component->columns, check->columns.items[i]))
            return true;
    return false;
}

/* Everything that checks tie to this column, directly or not. */
static void gather(const PopTable *table, PopComponent *component)
{
    bool more = true;

    while (more) {
        more = false;
        for (size_t i = 0; i < table->checks.len; i++) {
            const PopCheck *check = &table->checks.items[i];

            if (index_list_has(&component->checks, i) || !touches(component, check) ||
                !pop_check_is_ours(table, check))
                continue;
            LIST_PUSH(&component->checks, i);
            for (size_t c = 0; c < check->columns.len; c++)
                index_list_put(&component->columns, check->columns.items[c]);
            more = true;
        }
    }
}

static void component_clear(PopComponent *component)
{
    free(component->columns.items);
    free(component->checks.items);
    free(component->picks.items);
    free(component->passed.items);
    free(component->pick);
}

/* Without checks: every choice of the best rank; all of them for edge rows. */
static void take_all(const Planner *planner, PopComponent *component)
{
    for (size_t at = 0; at < component->columns.len; at++) {
        const PopChoiceList *choices = &planner->plan->fields[component->columns.items[at]].choices;

        if (component->columns.len > 1) { /* unsolved: what is expected, and the insert will tell */
            LIST_PUSH(&component->picks, 0);
            component->count = 1;
            continue;
        }
        for (size_t i = 0; i < choices->len; i++) {
            const PopColumn *column = &planner->table->columns.items[component->columns.items[at]];
            bool must = (column->distinct || column->wide) && choices->items[0].distinct;

            if (must && !choices->items[i].distinct && !planner->edge)
                continue;
            if (!planner->edge && choices->items[i].rank > choices->items[0].rank)
                continue;
            LIST_PUSH(&component->picks, i);
            component->count++;
        }
    }
}

static PopChoiceList split_choices(PopChoiceList *choices, bool derived)
{
    PopChoiceList part = {0};

    for (size_t i = 0; i < choices->len; i++)
        if (choices->items[i].derived == derived)
            LIST_PUSH(&part, choices->items[i]);
    return part;
}

/* What passes a column's own checks, of the choices that need no other column. */
static Error *narrow_column(Planner *planner, const PopComponent *whole, size_t column)
{
    PopChoiceList *choices = &planner->plan->fields[column].choices;
    PopChoiceList own = split_choices(choices, false), other = split_choices(choices, true);
    PopComponent alone = {0};
    Error *err = NULL;

    LIST_PUSH(&alone.columns, column);
    for (size_t i = 0; i < whole->checks.len; i++) {
        const PopCheck *check = &planner->table->checks.items[whole->checks.items[i]];

        if (check->columns.len == 1 && check->columns.items[0] == column)
            LIST_PUSH(&alone.checks, whole->checks.items[i]);
    }
    free(choices->items);
    own.generator = choices->generator;
    own.freedom = choices->freedom;
    *choices = own;
    if (alone.checks.len > 0)
        err = pop_solve(planner->engine, planner->plan, &alone);
    for (size_t n = choices->len; n-- > 0 && alone.count > 0;)
        if (!index_list_has(&alone.passed, n) && !choices->items[n].null)
            pop_choice_drop(choices, n);
    for (size_t i = 0; i < other.len; i++)
        LIST_PUSH(choices, other.items[i]);
    free(other.items);
    component_clear(&alone);
    return err;
}

/* So that the combinations of several columns stay few. */
static Error *narrow(Planner *planner, const PopComponent *whole)
{
    for (size_t at = 0; whole->columns.len > 1 && at < whole->columns.len; at++)
        TRY(narrow_column(planner, whole, whole->columns.items[at]));
    return NULL;
}

/* A check, not the name, decided. */
static void tell_bound(const Planner *planner, const PopComponent *component)
{
    for (size_t at = 0; at < component->columns.len; at++) {
        PopChoiceList *choices = &planner->plan->fields[component->columns.items[at]].choices;

        if (choices->items[component->picks.items[at]].rank > 0 &&
            choices->freedom > POPULATE_BOUND)
            pop_choice_name(choices, "as its check wants", POPULATE_BOUND);
    }
}

static Error *add_component(Planner *planner, size_t column)
{
    PopPlan *plan = planner->plan;
    PopComponent component = {0};
    Error *err = NULL;

    LIST_PUSH(&component.columns, column);
    gather(planner->table, &component);
    if (component.checks.len > 0) {
        for (size_t i = 0; i < component.columns.len; i++) {
            size_t at = component.columns.items[i];

            if (!planner->table->columns.items[at].not_null && !plan->fields[at].given)
                pop_choice_null(&plan->fields[at].choices, 1);
        }
        for (size_t i = 0; i < component.checks.len; i++)
            pop_mine(&planner->engine->context, planner->table,
                     &planner->table->checks.items[component.checks.items[i]], planner->choices);
        err = narrow(planner, &component);
        if (!err)
            err = pop_solve(planner->engine, plan, &component);
    }
    if (!err && component.count == 0)
        take_all(planner, &component);
    else if (!err)
        tell_bound(planner, &component);
    component.pick = pop_pick(salt_of(planner, planner->table->columns.items[column].name, 2),
                              component.count > 0 ? (int64_t)component.count : 1);
    if (planner->edge && component.count > 1) { /* the first rows are all NULL, all typical... */
        AUTO(str) char *later = TAKE(component.pick);

        component.pick =
            xasprintf("(CASE WHEN r.i <= 8 THEN CAST((r.i - 1) %% %zu AS integer) ELSE %s END)",
                      component.count, later);
    }
    for (size_t i = 0; i < component.columns.len; i++)
        plan->fields[component.columns.items[i]].component = plan->components.len;
    LIST_PUSH(&plan->components, component);
    return err;
}

bool pop_check_is_ours(const PopTable *table, const PopCheck *check)
{
    for (size_t i = 0; i < check->columns.len; i++)
        if (table->columns.items[check->columns.items[i]].left)
            return false;
    return check->columns.len > 0;
}

/* --- keys
 * -----------------------------------------------------------------------------------------------
 */

/* How well a column serves to keep a key distinct; 0: not at all. */
static int aptness(const Planner *planner, size_t at)
{
    static const int apt[] = {
        [FAMILY_BOOL] = 0, [FAMILY_INT] = 6,    [FAMILY_DECIMAL] = 2, [FAMILY_TEXT] = 8,
        [FAMILY_DATE] = 4, [FAMILY_MOMENT] = 5, [FAMILY_TIME] = 0,    [FAMILY_JSON] = 1,
        [FAMILY_UUID] = 7, [FAMILY_BYTES] = 3,  [FAMILY_OTHER] = 1,
    };
    const PopColumn *column = &planner->table->columns.items[at];

    if (column->labels.len > 0 || planner->plan->fields[at].choices.len > 0 ||
        given(planner, column))
        return 0;
    return apt[column->family];
}

static bool key_is_safe(const Planner *planner, const PopKey *key)
{
    for (size_t i = 0; i < key->columns.len; i++) {
        const PopColumn *column = &planner->table->columns.items[key->columns.items[i]];

        if (column->left || column->distinct)
            return true;
    }
    return false;
}

/* Before values are chosen: in every key one column is to differ from row to row. */
static void mark_distinct(Planner *planner)
{
    for (size_t i = 0; i < planner->table->columns.len; i++) {
        PopColumn *column = &planner->table->columns.items[i];

        column->distinct = has_lesson(planner, column, LESSON_DISTINCT);
        column->wide = false;
    }
    for (size_t k = 0; k < planner->table->keys.len; k++) {
        const PopKey *key = &planner->table->keys.items[k];
        int best = 0;
        size_t chosen = 0;

        if (key_is_safe(planner, key) || (planner->edge && (k > 0 || !planner->table->has_primary)))
            continue;
        for (size_t i = 0; i < key->columns.len; i++)
            if (aptness(planner, key->columns.items[i]) > best) {
                best = aptness(planner, key->columns.items[i]);
                chosen = key->columns.items[i];
            }
        if (best == 0 || key->exclusion)
            continue;
        planner->table->columns.items[chosen].wide = true;
        if (!key->partial && !key->expression)
            planner->table->columns.items[chosen].distinct = true;
    }
}

static bool is_distinct(const Planner *planner, size_t column)
{
    const PopField *field = &planner->plan->fields[column];
    const PopComponent *component;
    size_t at = 0, width;

    if (field->component == SIZE_MAX)
        return true;
    component = &planner->plan->components.items[field->component];
    width = component->columns.len;
    while (component->columns.items[at] != column)
        at++;
    for (size_t n = 0; n < component->count; n++)
        if (component->picks.items[n * width + at] != component->picks.items[at])
            return false;
    return component->count > 0 && field->choices.items[component->picks.items[at]].distinct;
}

/* Digits of the row's number, each in its own base: no two rows have all of them alike. A digit is
 * turned by those before it, so that two lists of parents are not walked one by one. */
typedef struct Digits {
    int64_t place, capacity;
    uint64_t turn;
} Digits;

static void place_digit(Digits *digits, int64_t n, char **pick, bool *placed)
{
    if (n < 1)
        n = 1;
    if (digits->capacity < INT32_MAX)
        digits->capacity *= n;
    if (*placed) {
        digits->place *= n; /* it counts from the same row number already */
        return;
    }
    free(*pick);
    *pick = xasprintf("CAST(((r.i - 1) / %lld + (r.i - 1) %% %lld + %llu) %% %lld AS integer)",
                      (long long)digits->place, (long long)digits->place,
                      (unsigned long long)(digits->turn % (uint64_t)n), (long long)n);
    *placed = true;
    if (digits->place < INT32_MAX)
        digits->place *= n;
}

static void place_key(Planner *planner, const PopKey *key, size_t index)
{
    PopPlan *plan = planner->plan;
    Digits digits = {
        .place = 1, .capacity = 1, .turn = salt_of(planner, "", (unsigned)index + 100)};
    IndexList components = {0}, joins = {0};

    for (size_t i = 0; i < key->columns.len; i++) {
        const PopField *field = &plan->fields[key->columns.items[i]];

        if (field->join != SIZE_MAX)
            index_list_put(&joins, field->join);
        index_list_put(&components, field->component);
    }
    for (size_t i = 0; i < joins.len; i++) {
        PopJoin *join = &plan->joins.items[joins.items[i]];
        int64_t n =
            joins.len == 1 && components.len == 1 && join->n > 4 ? join->n - join->n / 5 : join->n;

        place_digit(&digits, n, &join->pick, &join->placed);
    }
    for (size_t i = 0; i < components.len; i++) {
        PopComponent *component = &plan->components.items[components.items[i]];

        place_digit(&digits, (int64_t)component->count, &component->pick, &component->placed);
    }
    if (digits.capacity < plan->rows)
        plan->rows = digits.capacity;
    free(components.items);
    free(joins.items);
}

static void place_keys(Planner *planner)
{
    for (size_t k = 0; k < planner->table->keys.len; k++) {
        const PopKey *key = &planner->table->keys.items[k];
        bool safe = key->partial || key->expression || key->exclusion || key->columns.len == 0;

        for (size_t i = 0; i < key->columns.len; i++)
            safe |= is_distinct(planner, key->columns.items[i]) ||
                    planner->plan->fields[key->columns.items[i]].given;
        if (!safe)
            place_key(planner, key, k);
    }
    for (size_t i = 0; i < planner->table->columns.len; i++) { /* as if it were a key */
        PopKey key = {0};

        if (!has_lesson(planner, &planner->table->columns.items[i], LESSON_DISTINCT) ||
            is_distinct(planner, i) || planner->plan->fields[i].given)
            continue;
        LIST_PUSH(&key.columns, i);
        place_key(planner, &key, planner->table->keys.len + i);
        free(key.columns.items);
    }
}

/* --- NULL
 * -------------------------------------------------------------------------------------------------
 */

static void sprinkle_null(Planner *planner, size_t at)
{
    const PopColumn *column = &planner->table->columns.items[at];
    PopField *field = &planner->plan->fields[at];
    AUTO(str) char *plain = pop_plain_name(column->name);
    const char *name = column->name;
    uint64_t salt;

    if (column->not_null || field->given || field->component == SIZE_MAX ||
        planner->plan->components.items[field->component].checks.len > 0 ||
        has_lesson(planner, column, LESSON_NOT_NULL))
        return;
    if (planner->edge) { /* a row that is NULL wherever it may be */
        field->null_when = xstrdup(field->join == SIZE_MAX ? "r.i % 8 = 1" : "r.i % 8 IN (1, 4)");
        return;
    }
    if (in_a_key(planner->table, at))
        return;
    if (field->join != SIZE_MAX) { /* the columns of a key together */
        const PopReference *reference =
            &planner->table->references.items[planner->plan->joins.items[field->join].reference];

        name = planner->table->columns.items[reference->columns.items[0]].name;
    }
    salt = salt_of(planner, name, 3);
    /* most rows are not deleted */
    if (column->family == FAMILY_MOMENT && pop_moment_rank(plain) == 5)
        field->null_when = xasprintf("(r.i + %llu) %% 4 <> 0", (unsigned long long)(salt % 4));
    else
        field->null_when = xasprintf("(r.i + %llu) %% 6 = 0", (unsigned long long)(salt % 6));
}

/* --- all of it
 * -------------------------------------------------------------------------------------------- */

/* Types that we only guess at, and what is at the edge of the others. */
static Error *drop_broken(Planner *planner)
{
    IndexList columns = {0};
    Error *err = NULL;

    for (size_t i = 0; planner->engine->context.postgres && i < planner->table->columns.len; i++) {
        const PopColumn *column = &planner->table->columns.items[i];

        if (!column->left && !planner->plan->fields[i].given &&
            (planner->edge || column->family == FAMILY_OTHER))
            LIST_PUSH(&columns, i);
    }
    if (columns.len > 0)
        err = pop_drop_broken(planner->engine, planner->plan, &columns);
    free(columns.items);
    return err;
}

static Error *add_fields(Planner *planner)
{
    for (size_t i = 0; i < planner->table->columns.len; i++)
        if (!planner->table->columns.items[i].left)
            add_choices(planner, i);
    TRY(drop_broken(planner));
    for (size_t i = 0; i < planner->table->columns.len; i++)
        if (!planner->table->columns.items[i].left &&
            planner->plan->fields[i].component == SIZE_MAX)
            TRY(add_component(planner, i));
    return NULL;
}

Error *pop_plan(PopEngine *engine, const PopulateSpec *spec, PopTable *table, PopPlan *ret_plan,
                char **ret_reason)
{
    AUTO(pop_plan) PopPlan plan = {.table = table, .rows = spec->rows};
    Planner planner = {.engine = engine,
                       .spec = spec,
                       .table = table,
                       .plan = &plan,
                       .edge = spec->kind == POPULATE_EDGE};
    char *reason = NULL;
    Error *err = NULL;

    plan.fields = xcalloc(table->columns.len + 1, sizeof *plan.fields);
    planner.choices = xcalloc(table->columns.len + 1, sizeof(PopChoiceList *));
    for (size_t i = 0; i < table->columns.len; i++) {
        plan.fields[i].component = plan.fields[i].join = SIZE_MAX;
        planner.choices[i] = &plan.fields[i].choices;
    }
    err = add_references(&planner, &reason);
    if (!err && !reason) {
        mark_distinct(&planner);
        err = add_fields(&planner);
    }
    free(planner.choices);
    if (err) {
        free(reason);
        return err;
    }
    if (!reason) {
        if (!planner.edge)
            place_keys(&planner);
        for (size_t i = 0; i < table->columns.len; i++)
            sprinkle_null(&planner, i);
    }
    *ret_plan = plan;
    plan = (PopPlan){0};
    *ret_reason = reason;
    return NULL;
}

void pop_plan_clear(PopPlan *plan)
{
    for (size_t i = 0; plan->fields && i < plan->table->columns.len; i++) {
        pop_choices_clear(&plan->fields[i].choices);
        free(plan->fields[i].null_when);
    }
    free(plan->fields);
    for (size_t i = 0; i < plan->components.len; i++)
        component_clear(&plan->components.items[i]);
    for (size_t i = 0; i < plan->joins.len; i++) {
        free(plan->joins.items[i].shared.items);
        free(plan->joins.items[i].pick);
    }
    free(plan->components.items);
    free(plan->joins.items);
    str_list_clear(&plan->filters);
    *plan = (PopPlan){0};
}
