#include "check/migration_shape.h"

#include <ctype.h>
#include <string.h>

#include "check/evidence.h"

static const char *const EXTENSIONS[] = {".up.sql", ".down.sql", ".sql",  ".ts",  ".js",   ".mjs",
                                         ".cjs",    ".mts",      ".py",   ".rb",  ".php",  ".go",
                                         ".rs",     ".xml",      ".yaml", ".yml", ".json", ".exs",
                                         ".cs",     ".java",     ".kt"};

static size_t digits_at(const char *text)
{
    return strspn(text, "0123456789");
}

static bool has_letter(const char *text)
{
    for (; *text; text++)
        if (isalpha((unsigned char)*text) || (unsigned char)*text >= 0x80)
            return true;
    return false;
}

static bool is_hex(const char *text, size_t len)
{
    return strlen(text) == len && strspn(text, "0123456789abcdef") == len;
}

/* Does the text begin with this shape? 9 stands for a digit, x for anything but the end. */
static bool has_shape(const char *text, const char *shape)
{
    for (; *shape; shape++, text++)
        if (!*text ||
            (*shape == '9' ? !isdigit((unsigned char)*text) : *shape != 'x' && *text != *shape))
            return false;
    return true;
}

/* 2026-08-01 and 2026-08-01T10:00; the colon ends a token, so the hour is what is left of it. */
static bool is_iso_date(const char *text)
{
    return has_shape(text, "9999-99-99") && (strlen(text) == 10 || text[10] == 'T');
}

static bool is_uuid(const char *text)
{
    return strlen(text) == 36 && has_shape(text, "xxxxxxxx-xxxx-xxxx-xxxx-");
}

/* 001_init, 20260801120000-add-owner, 1700000000000_x: number, separator, name. */
bool migration_is_numbered(const char *text, bool is_file)
{
    size_t digits = digits_at(text);

    return digits >= (is_file ? 1U : 3U) && digits <= 17 &&
           (text[digits] == '_' || text[digits] == '-') && has_letter(text + digits) &&
           !is_iso_date(text) && !is_uuid(text);
}

/* V3__owner, V1_2__x, U3__owner of Flyway and refinery; m20260801_000001_x of SeaORM. */
static bool is_lettered(const char *text)
{
    size_t digits = *text ? digits_at(text + 1) : 0;

    if (digits == 0)
        return false;
    if (*text == 'm' && digits == 8 && text[9] == '_')
        return true;
    return strchr("VvUu", *text) && strstr(text + 1 + digits, "__");
}

/* AddOwner1700000000000 of TypeORM. */
static bool is_stamped(const char *text)
{
    size_t len = strlen(text), digits = 0;

    while (digits < len && isdigit((unsigned char)text[len - 1 - digits]))
        digits++;
    return digits == 13 && len > 13 && isalpha((unsigned char)*text);
}

static bool ledgers_have_shape(const Snapshot *snapshot, const char *name)
{
    size_t len = strlen(name);
    bool digits = digits_at(name) == len;

    for (size_t i = 0; snapshot && i < snapshot->ledgers.len; i++)
        for (size_t k = 0; k < snapshot->ledgers.items[i].len; k++) {
            const char *id = snapshot->ledgers.items[i].items[k].id;

            if (digits && digits_at(id) == strlen(id) && (strlen(id) == len || len < 8))
                return true;
            if (!digits && len >= 8 && strpbrk(name, "0123456789") && is_hex(name, len) &&
                is_hex(id, len))
                return true;
        }
    return false;
}

/* 20260801120000 of Rails, dbmate and Ecto: a moment of this or the last century. */
static bool is_moment(const char *text)
{
    return strlen(text) == 14 && digits_at(text) == 14 &&
           (text_starts(text, "20") || text_starts(text, "19"));
}

bool migration_is_likely(const char *name, bool is_file, bool after_word, const Snapshot *snapshot)
{
    if (migration_is_numbered(name, is_file || after_word) || is_lettered(name) ||
        is_stamped(name) || is_moment(name))
        return true;
    if (digits_at(name) == strlen(name))
        return after_word && ledgers_have_shape(snapshot, name);
    return ledgers_have_shape(snapshot, name);
}

/* The number that both begin with, zeros and Flyway's V aside: golang-migrate's 3 is 0003_owner. */
static bool same_number(const char *id, const char *name)
{
    size_t a, b;

    id += strchr("Vv", *id) && *id;
    name += strchr("Vv", *name) && *name;
    id += strspn(id, "0");
    name += strspn(name, "0");
    a = digits_at(id);
    b = digits_at(name);
    return a > 0 && a == b && strncmp(id, name, a) == 0 && (!id[a] || !name[b]);
}

char *migration_bare_name(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(EXTENSIONS); i++)
        if (text_ends(name, EXTENSIONS[i]) && strlen(name) > strlen(EXTENSIONS[i]))
            return xstrndup(name, strlen(name) - strlen(EXTENSIONS[i]));
    return xstrdup(name);
}

/* Django's ledger says notes.0003_owner, its traceback 0003_owner. */
static bool same_migration(const char *id, const char *name)
{
    AUTO(str) char *a = migration_bare_name(id);
    AUTO(str) char *b = migration_bare_name(name);
    const char *dot_a = strrchr(a, '.'), *dot_b = strrchr(b, '.');

    return text_eq(a, b) || same_number(a, b) || (dot_a && text_eq(dot_a + 1, b)) ||
           (dot_b && text_eq(a, dot_b + 1));
}

bool migration_is_applied(const Snapshot *snapshot, const char *name)
{
    for (size_t i = 0; snapshot && i < snapshot->ledgers.len; i++)
        for (size_t k = 0; k < snapshot->ledgers.items[i].len; k++) {
            const LedgerEntry *entry = &snapshot->ledgers.items[i].items[k];

            if (entry->state == LEDGER_APPLIED && same_migration(entry->id, name))
                return true;
        }
    return false;
}

/* Do the ledgers keep file names? The first entry tells. */
bool migration_ids_have_extension(const Snapshot *snapshot)
{
    for (size_t i = 0; snapshot && i < snapshot->ledgers.len; i++) {
        const Ledger *ledger = &snapshot->ledgers.items[i];
        AUTO(str) char *bare = ledger->len > 0 ? migration_bare_name(ledger->items[0].id) : NULL;

        if (bare)
            return !text_eq(bare, ledger->items[0].id);
    }
    return false;
}
