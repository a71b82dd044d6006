#include "database/populate/expr.h"

#include <string.h>

#include "base/buffer.h"

/* Each list has one width. Names of no living brand. */
static const struct {
    const char *name;
    int width;
    const char *words; /* each padded to width */
} LISTS[] = {
    {"first", 8,
     "Ada     Grace   Linus   Margo   Edsger  Barbara Alan    Hedy    Tim     Radia   "
     "Dennis  Sophie  Vint    Joan    Niklaus Mary    "},
    {"last", 9,
     "Marsh    Hopper   Keller   Ferrari  Novak    Okafor   Tanaka   Silva    Larsen   "
     "Ivanova  Haddad   Meyer    Dubois   Kowalski Oduya    Lindgren "},
    {"word", 8,
     "amber   birch   cedar   delta   ember   fjord   grove   harbor  indigo  juniper "
     "kelp    lantern meadow  nimbus  ochre   pebble  quartz  reef    summit  tide    "},
    {"noun", 8,
     "garden  engine  letter  bridge  winter  market  signal  valley  mirror  ticket  "
     "anchor  pattern "},
    {"city", 9,
     "Bergen   Lisbon   Osaka    Quito    Turin    Accra    Lyon     Perth    Tartu    "
     "Oulu     "},
    {"country", 8, "Norway  PortugalJapan   Ecuador Italy   Ghana   France  Estonia "},
    {"code", 2, "NOPTJPECITGHFREE"},
    {"lang", 2, "enptjaesitfrdent"},
    {"currency", 3, "EURUSDJPYGBPCHFNOK"},
    {"zone", 17, "UTC              Europe/Lisbon    Asia/Tokyo       America/Chicago  "},
    {"mime", 16, "text/plain      image/png       application/pdf image/jpeg      "},
    {"ext", 3, "txtpngpdfjpg"},
    {"color", 7, "#2f6f4f#c0392b#1f4e79#f4a259#6c5b7b"},
    {"method", 4, "GET POSTPUT "},
    {"level", 5, "info warn errordebug"},
};

static uint64_t mix(uint64_t hash, const char *text)
{
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3u; /* FNV-1a */
    return (hash ^ 0xff) * 0x100000001b3u;
}

/* So that neighbouring seeds have nothing in common. Source: splitmix64, public domain. */
static uint64_t spread(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

uint64_t pop_salt(const PopContext *context, const char *place, const char *column, unsigned n)
{
    uint64_t hash = mix(mix(0xcbf29ce484222325u, place), column);

    return spread(spread(context->seed) ^ spread(hash) ^ spread(n));
}

char *pop_literal(const PopContext *context, const char *text)
{
    AUTO(str) char *doubled = text_replace(text, "'", "''");

    (void)context;
    return xasprintf("'%s'", doubled);
}

/* The modulus is the largest prime below 2^32; factors stay below 2^31, so that a row number of
 * 2^32 does not overflow 64 bits. */
enum { FACTOR_MIN = 1000003 };

static unsigned long long factor_of(uint64_t salt)
{
    return FACTOR_MIN + salt % 2000000000u;
}

static unsigned long long offset_of(uint64_t salt)
{
    return (salt >> 32) % 4000000000u;
}

char *pop_hash(uint64_t salt)
{
    return xasprintf("((r.i * %llu + %llu) %% %llu)", factor_of(salt), offset_of(salt),
                     (unsigned long long)POP_HASH_PRIME);
}

char *pop_pick(uint64_t salt, int64_t n)
{
    AUTO(str) char *hash = pop_hash(salt);

    return xasprintf("CAST(%s %% %lld AS integer)", hash, (long long)n);
}

char *pop_case(const char *pick, const StrList *values)
{
    AUTO(buf) Buf out = BUF_INIT(POP_SQL_MAX);

    if (values->len == 1)
        return xstrdup(values->items[0]);
    buf_addf(&out, "(CASE %s", pick);
    for (size_t i = 0; i + 1 < values->len; i++)
        buf_addf(&out, " WHEN %zu THEN %s", i, values->items[i]);
    buf_addf(&out, " ELSE %s END)", values->items[values->len - 1]);
    return buf_take(&out);
}

char *pop_code(const char *alphabet, int width, uint64_t salt)
{
    AUTO(buf) Buf out = BUF_INIT(POP_SQL_MAX);
    AUTO(str) char *doubled = text_replace(alphabet, "'", "''");
    size_t base = strlen(alphabet);
    uint64_t place = 1;
    bool over = false;

    buf_adds(&out, "(");
    for (int at = 0; at < width; at++) {
        /* a digit beyond any row's number is the same everywhere; the seed turns the alphabet */
        AUTO(str)
        char *digit = over ? xasprintf("%llu", (unsigned long long)(salt % base))
                           : xasprintf("(r.i / %llu + %llu) %% %zu", (unsigned long long)place,
                                       (unsigned long long)(salt % base), base);

        buf_addf(&out, "%ssubstr('%s', 1 + CAST(%s AS integer), 1)", at > 0 ? " || " : "", doubled,
                 digit);
        over = over || base < 2 || place > 1000000000u;
        place *= base;
        salt /= 3;
    }
    buf_adds(&out, ")");
    return buf_take(&out);
}

int pop_digits(const PopContext *context)
{
    int digits = 1;

    for (int64_t most = context->rows * 8 + 1000; most >= 10; most /= 10)
        digits++;
    return digits;
}

/* Two years at the most for many rows, a day a row for few: so that a row's last moment comes
 * before the next row's first, which is what most exclusion constraints want. */
static int64_t step_seconds(const PopContext *context)
{
    int64_t step = (int64_t)63072000 / (context->rows > 0 ? context->rows : 1);

    return step > 86400 ? 86400 : step < 120 ? 120 : step;
}

char *pop_seconds(const PopContext *context, uint64_t salt, int rank)
{
    int64_t step = step_seconds(context);
    /* 2024-01-15 08:00 UTC, and a part of a day that the seed decides for all columns of a row */
    int64_t base = 1705305600 + (int64_t)(context->seed % 997) * 60;

    return xasprintf("(%lld + r.i * %lld + %lld)", (long long)base, (long long)step,
                     (long long)(step / 12 * rank + (int64_t)(salt % 7)));
}

static char *hex(const PopContext *context, uint64_t salt)
{
    AUTO(buf) Buf out = BUF_INIT(4096);

    if (context->postgres)
        return xasprintf("md5('%016llx' || r.i)", (unsigned long long)salt);
    buf_adds(&out, POP_HEX "(r.i * 7919 % 4294967291");
    for (unsigned n = 1; n < 4; n++) {
        AUTO(str) char *hash = pop_hash(spread(salt + n));

        buf_addf(&out, ", %s", hash);
    }
    buf_adds(&out, ")");
    return buf_take(&out);
}

const char *pop_word(size_t list, uint64_t number, size_t *ret_len)
{
    size_t width, count;
    const char *word;

    if (list >= COUNT_OF(LISTS))
        return NULL;
    width = (size_t)LISTS[list].width;
    count = strlen(LISTS[list].words) / width;
    word = LISTS[list].words + number % count * width;
    *ret_len = width;
    while (*ret_len > 0 && word[*ret_len - 1] == ' ')
        (*ret_len)--;
    return word;
}

/* '{amber,birch,...}': substr is slow in UTF-8. */
static char *array_of(const char *words, size_t width, size_t count)
{
    AUTO(buf) Buf out = BUF_INIT(4096);

    for (size_t i = 0; i < count; i++) {
        AUTO(str) char *padded = xstrndup(words + i * width, width);
        AUTO(str) char *word = text_trim(padded);

        buf_addf(&out, "%s%s", i > 0 ? "," : "", word);
    }
    return buf_take(&out);
}

static char *from_list(const PopContext *context, const char *name, size_t len, uint64_t salt)
{
    for (size_t i = 0; i < COUNT_OF(LISTS); i++) {
        size_t width = (size_t)LISTS[i].width, count = strlen(LISTS[i].words) / width;
        AUTO(str) char *pick = NULL, *array = NULL;

        if (strlen(LISTS[i].name) != len || strncmp(LISTS[i].name, name, len) != 0)
            continue;
        if (!context->postgres)
            return xasprintf(POP_WORD "(%zu, r.i, %llu, %llu)", i, factor_of(salt),
                             offset_of(salt));
        pick = pop_pick(salt, (int64_t)count);
        array = array_of(LISTS[i].words, width, count);
        return xasprintf("(CAST('{%s}' AS text[]))[1 + %s]", array, pick);
    }
    return NULL;
}

static char *placeholder(const PopContext *context, const char *name, size_t len, uint64_t salt)
{
    char *found;

    if (len == 1 && name[0] == 'i')
        return xstrdup("r.i");
    if (name[0] == 'h' && len <= 2)
        return pop_hash(spread(salt + (len == 2 ? (unsigned char)name[1] : 0u)));
    if (len == 3 && strncmp(name, "hex", 3) == 0)
        return hex(context, salt);
    found = from_list(context, name, len, spread(salt ^ mix(7, name)));
    return found ? found : xasprintf("'%.*s'", (int)len, name);
}

char *pop_expand(const PopContext *context, const char *pattern, uint64_t salt)
{
    AUTO(buf) Buf out = BUF_INIT(POP_SQL_MAX);

    for (const char *at = pattern; *at;) {
        const char *open = strchr(at, '{'), *close = open ? strchr(open, '}') : NULL;
        AUTO(str) char *before = NULL, *value = NULL;

        /* JSON in a pattern: a brace that no name follows is text */
        while (open && (!close || open[1] < 'a' || open[1] > 'z')) {
            open = strchr(open + 1, '{');
            close = open ? strchr(open, '}') : NULL;
        }
        if (!open) {
            buf_adds(&out, at);
            break;
        }
        before = xstrndup(at, (size_t)(open - at));
        value = placeholder(context, open + 1, (size_t)(close - open - 1), salt);
        buf_adds(&out, before);
        buf_adds(&out, value);
        at = close + 1;
    }
    return buf_take(&out);
}
