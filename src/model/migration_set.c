#include "model/migration_set.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Two runs of digits as numbers of any length; both are moved behind theirs. */
static int compare_numbers(const char **a, const char **b)
{
    size_t len_a, len_b;
    int difference;

    *a += strspn(*a, "0");
    *b += strspn(*b, "0");
    len_a = strspn(*a, "0123456789");
    len_b = strspn(*b, "0123456789");
    if (len_a != len_b)
        return len_a < len_b ? -1 : 1;
    difference = strncmp(*a, *b, len_a);
    *a += len_a;
    *b += len_b;
    return difference;
}

int migration_order(const char *a, const char *b)
{
    while (*a && *b) {
        if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b)) {
            int difference = compare_numbers(&a, &b);

            if (difference != 0)
                return difference;
        } else if (*a != *b) {
            return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
        } else {
            a++;
            b++;
        }
    }
    return *a ? 1 : *b ? -1 : 0;
}

static int compare_files(const void *a, const void *b)
{
    const MigrationFile *x = a, *y = b;
    int difference = strcmp(x->group, y->group);

    if (difference == 0)
        difference = migration_order(x->order, y->order);
    return difference ? difference : strcmp(x->path, y->path);
}

void migration_set_sort(MigrationSet *set)
{
    if (set->len > 1)
        qsort(set->items, set->len, sizeof *set->items, compare_files);
}

static bool is_number(const char *text)
{
    return *text && strspn(text, "0123456789") == strlen(text);
}

bool migration_id_eq(const char *a, const char *b)
{
    if (!a || !b)
        return false;
    if (is_number(a) && is_number(b))
        return migration_order(a, b) == 0;
    return strcmp(a, b) == 0;
}

const MigrationFile *migration_set_find(const MigrationSet *set, MigrationName name, const char *id)
{
    for (size_t i = 0; i < set->len; i++)
        if (migration_id_eq(set->items[i].names[name], id))
            return &set->items[i];
    return NULL;
}

const char *migration_file_shown(const MigrationFile *file, MigrationName name)
{
    const char *shown = file->names[name];

    if (!shown || is_number(shown))
        shown = file->names[MIGRATION_NAME_STEM];
    return shown ? shown : file->path;
}

void migration_file_clear(MigrationFile *file)
{
    for (size_t i = 0; i < COUNT_OF(file->names); i++)
        free(file->names[i]);
    free(file->path);
    free(file->group);
    free(file->order);
    free(file->text);
    str_list_clear(&file->parents);
    str_list_clear(&file->replaces);
    *file = (MigrationFile){0};
}

void migration_set_clear(MigrationSet *set)
{
    for (size_t i = 0; i < set->len; i++)
        migration_file_clear(&set->items[i]);
    free(set->items);
    free(set->framework);
    free(set->folder);
    *set = (MigrationSet){0};
}
