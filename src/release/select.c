#include <string.h>

#include "model/version.h"
#include "release/choice.h"
#include "release/named.h"
#include "release/rank.h"

#define LAST_MAX 1000

/* What `from` has picked so far. */
typedef struct Selection {
    const ReleaseList *all, *eligible;
    const ReleaseChoice *choice;
    bool *picked;      /* of eligible */
    ReleaseList named; /* tags that are not among eligible */
    char *own;         /* a tag that named the candidate itself; NULL when none did */
} Selection;

static void selection_clear(Selection *selection)
{
    free(selection->picked);
    free(selection->own);
    release_list_clear(&selection->named);
}

DEFINE_AUTO_VALUE(selection, Selection, selection_clear)

/* The newest of each of the last count lines: of minor versions when parts is 2, of major when 1.
 */
static Error *pick_lines(Selection *selection, const char *word, size_t parts, uint64_t count)
{
    uint64_t line[2] = {0};
    uint64_t lines = 0;

    for (size_t i = 0; i < selection->eligible->len && lines <= count; i++) {
        AUTO(version) Version version = {0};

        version_parse(selection->eligible->items[i].tag, &version);
        if (version.kind == VERSION_NONE)
            continue;
        if (lines > 0 && memcmp(line, version.parts, parts * sizeof *line) == 0)
            continue;
        memcpy(line, version.parts, parts * sizeof *line);
        if (++lines <= count)
            selection->picked[i] = true;
    }
    if (lines == 0 && selection->eligible->len > 0)
        return error_new(ERR_INVALID, 0,
                         "from: '%s' needs tags that are versions, and no earlier release has one; "
                         "use 'last %d'",
                         word, (int)count);
    return NULL;
}

/* "last 3", "minors 2", "majors 2" */
static Error *pick_counted(Selection *selection, const char *word, const char *number)
{
    uint64_t count;

    if (!number)
        return error_new(ERR_INVALID, 0, "from: '%s' wants a number behind it: '%s 3'", word, word);
    TRY_CTX(parse_u64(number, 1, LAST_MAX, &count), "from: '%s'", word);
    if (text_eq(word, "minors"))
        return pick_lines(selection, word, 2, count);
    if (text_eq(word, "majors"))
        return pick_lines(selection, word, 1, count);
    for (size_t i = 0; i < selection->eligible->len && i < count; i++)
        selection->picked[i] = true;
    return NULL;
}

static Error *pick_range(Selection *selection, const char *range)
{
    bool within;

    TRY_CTX(version_in_range("0", range, &within), "from"); /* also when there is no release */
    for (size_t i = 0; i < selection->eligible->len; i++) {
        TRY_CTX(version_in_range(selection->eligible->items[i].tag, range, &within), "from");
        selection->picked[i] |= within;
    }
    return NULL;
}

static size_t find_eligible(const Selection *selection, const char *tag)
{
    size_t i = 0;

    while (i < selection->eligible->len && strcmp(selection->eligible->items[i].tag, tag) != 0)
        i++;
    return i;
}

static bool is_named(const Selection *selection, const char *tag)
{
    for (size_t i = 0; i < selection->named.len; i++)
        if (strcmp(selection->named.items[i].tag, tag) == 0)
            return true;
    return false;
}

/* The same version and the same build: each names the other. */
static bool is_own(const char *tag, const char *candidate_tag)
{
    return candidate_tag &&
           (strcmp(tag, candidate_tag) == 0 || (named_is_same_version(candidate_tag, tag, NULL) &&
                                                named_is_same_version(tag, candidate_tag, NULL)));
}

static Error *pick_named(Selection *selection, const char *name)
{
    const char *candidate_tag = selection->choice->candidate_tag;
    const Release *found = named_find(selection->all, name, candidate_tag);
    size_t at;

    if (!found)
        return named_unknown(selection->all, name);
    if (found->draft)
        return error_new(ERR_INVALID, 0, "from: release '%s' is a draft: nobody runs it yet", name);
    at = find_eligible(selection, found->tag);
    if (at < selection->eligible->len) {
        selection->picked[at] = true;
    } else if (is_own(found->tag, candidate_tag)) {
        free(selection->own);
        selection->own = xstrdup(found->tag);
    } else if (!is_named(selection, found->tag)) {
        release_list_add(&selection->named, found);
    }
    return NULL;
}

static bool is_comparison(const char *word)
{
    return *word && strchr("<>=", *word);
}

/* The comparisons from words[*at] on as one range; *at moves behind them. Caller frees. */
static char *take_range(const StrList *words, size_t *at)
{
    AUTO(str_list) StrList range = {0};

    while (*at < words->len && is_comparison(words->items[*at])) {
        const char *word = words->items[(*at)++];
        bool is_bare = strspn(word, "<>=") == strlen(word); /* ">= 1.2" */

        str_list_add(&range, word);
        if (is_bare && *at < words->len)
            str_list_add(&range, words->items[(*at)++]);
    }
    return str_list_join(&range, " ");
}

/* One value of `from`, or several tags side by side. */
static Error *pick_words(Selection *selection, const StrList *words)
{
    size_t at = 0;

    while (at < words->len) {
        const char *word = words->items[at];

        if (is_comparison(word)) {
            AUTO(str) char *range = take_range(words, &at);

            TRY(pick_range(selection, range));
            continue;
        }
        at++;
        if (text_eq(word, "last") || text_eq(word, "minors") || text_eq(word, "majors")) {
            TRY(pick_counted(selection, word, at < words->len ? words->items[at] : NULL));
            at++;
        } else if (text_eq(word, "previous") || text_eq(word, "oldest")) {
            size_t len = selection->eligible->len;

            if (len > 0)
                selection->picked[*word == 'p' ? 0 : len - 1] = true;
        } else {
            TRY(pick_named(selection, word));
        }
    }
    return NULL;
}

static void split_blanks(const char *text, StrList *list)
{
    static const char BLANK[] = " \t\r\n";

    for (text += strspn(text, BLANK); *text; text += strspn(text, BLANK)) {
        size_t len = strcspn(text, BLANK);

        str_list_add_owned(list, xstrndup(text, len));
        text += len;
    }
}

/* The version behind the operator of a lone comparison with that direction. */
static bool bound_version(const StrList *words, char direction, Version *ret_version)
{
    const char *operand;

    if (words->len != 1 || words->items[0][0] != direction)
        return false;
    operand = words->items[0] + strspn(words->items[0], "<>=");
    version_parse(operand, ret_version);
    return ret_version->kind != VERSION_NONE;
}

/* Other tools write a range with a comma, ">=1.2, <2": taken as two values it would mean
 * everything.
 * ">=2, <1.2" and "<1.2, >=2" stay two values. */
static bool is_one_range(const StrList *left, const StrList *right)
{
    AUTO(version) Version low = {0};
    AUTO(version) Version high = {0};

    return bound_version(left, '>', &low) && bound_version(right, '<', &high) &&
           version_compare(&low, &high) < 0;
}

static Error *pick_all(Selection *selection, const char *from)
{
    AUTO(str_list) StrList values = {0};
    AUTO(str_list) StrList words = {0};
    bool any = false;

    str_list_split(from, ',', &values);
    for (size_t i = 0; i < values.len; i++) {
        AUTO(str_list) StrList next = {0};

        split_blanks(values.items[i], &next);
        any |= next.len > 0;
        if (!is_one_range(&words, &next)) {
            TRY(pick_words(selection, &words));
            str_list_clear(&words);
        }
        for (size_t k = 0; k < next.len; k++)
            str_list_add(&words, next.items[k]);
    }
    if (!any)
        return error_new(ERR_INVALID, 0, "from: wanted " FROM_WANTED "; found nothing");
    return pick_words(selection, &words);
}

/* Named releases take their places among the picked ones. */
static void sort_releases(ReleaseList *list)
{
    AUTO(ranking) Ranking ranking = {0};
    HashLengths lengths = {0};
    ReleaseList sorted = {0};

    for (size_t i = 0; i < list->len; i++)
        hash_lengths_learn(&lengths, list->items[i].tag);
    for (size_t i = 0; i < list->len; i++)
        rank_add(&ranking, &lengths, &list->items[i], i);
    rank_sort(&ranking);
    for (size_t i = 0; i < ranking.len; i++)
        release_list_add(&sorted, ranking.items[i].release);
    release_list_clear(list);
    *list = sorted;
}

Error *release_select(const ReleaseList *all, const ReleaseList *eligible,
                      const ReleaseChoice *choice, ReleaseList *ret_chosen)
{
    AUTO(selection) Selection selection = {.all = all, .eligible = eligible, .choice = choice};
    ReleaseList chosen = {0};

    selection.picked = xcalloc(eligible->len, sizeof *selection.picked);
    TRY(pick_all(&selection, choice->from ? choice->from : "previous"));
    for (size_t i = 0; i < eligible->len; i++)
        if (selection.picked[i])
            release_list_add(&chosen, &eligible->items[i]);
    for (size_t i = 0; i < selection.named.len; i++)
        release_list_add(&chosen, &selection.named.items[i]);
    if (chosen.len == 0 && selection.own)
        return error_new(ERR_INVALID, 0,
                         "from: '%s' is the candidate's own release: name an earlier one",
                         selection.own);
    if (selection.named.len > 0)
        sort_releases(&chosen);
    *ret_chosen = chosen;
    return NULL;
}
