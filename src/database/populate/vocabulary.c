#include "database/populate/vocabulary.h"

#include <ctype.h>
#include <string.h>

/* The first row that fits counts: what is special comes before what is general. */
/* clang-format off */
static const PopTextRow TEXTS[] = {
    {"hash sha sha256 sha1 md5 checksum digest fingerprint etag", "{hex}", 32, true, "hash"},
    {"token secret api_key access_key private_key session_key nonce salt signature verifier challenge", "{hex}", 32, true, "token"},
    {"password passwd pwd passphrase password_hash", "'$2b$10$' || {hex}", 40, true, "password"},
    {"uuid guid ulid external_id public_id uid", "{hex}", 32, true, "identifier"},
    {"email mail e_mail email_address", "lower({first} || '.' || {last}) || {i} || '@example.com'", 32, true, "email"},
    {"user_agent", "'Mozilla/5.0 (X11; Linux x86_64) ' || {word}", 42, false, "user agent"},
    {"mime mime_type content_type media_type mimetype", "{mime}", 16, false, "media type"},
    {"extension ext suffix", "{ext}", 3, false, "extension"},
    {"color colour", "{color}", 7, false, "colour"},
    {"currency currency_code", "{currency}", 3, false, "currency"},
    {"country_code", "{code}", 2, false, "country code"},
    {"lang language locale language_code", "{lang}", 2, false, "language"},
    {"timezone time_zone tz", "{zone}", 17, false, "time zone"},
    {"url uri link website homepage href avatar callback webhook endpoint redirect_uri", "'https://example.com/' || {word} || '/' || {i}", 29, true, "url"},
    {"ip ip_address ip_addr remote_addr", "'10.' || ({i} / 65536 % 256) || '.' || ({i} / 256 % 256) || '.' || ({i} % 256)", 15, true, "address"},
    {"mac mac_address", "'02:00:00:00:00:0' || ({i} % 10)", 17, false, "hardware address"},
    {"host hostname domain fqdn", "{word} || {i} || '.example.com'", 20, true, "host"},
    {"slug permalink handle alias shortname short_name", "{word} || '-' || {noun} || '-' || {i}", 18, true, "slug"},
    {"path filepath file_path directory folder_path", "'/' || {word} || '/' || {noun} || {i}", 18, true, "path"},
    {"filename file_name file", "{word} || {i} || '.' || {ext}", 12, true, "file name"},
    {"username user_name login nick nickname screen_name", "lower({first}) || {i}", 8, true, "user name"},
    {"first_name given_name forename firstname", "{first}", 8, false, "first name"},
    {"last_name family_name surname lastname", "{last}", 9, false, "last name"},
    {"full_name display_name author realname real_name", "{first} || ' ' || {last}", 18, false, "person"},
    {"phone mobile telephone fax phone_number tel", "'+1555' || substr('' || (10000000 + {i}), 2)", 12, true, "phone"},
    {"street address address_line address1 line1", "{i} || ' ' || {noun} || ' Street'", 16, true, "street"},
    {"city town", "{city}", 9, false, "city"},
    {"country region", "{country}", 8, false, "country"},
    {"zip zipcode zip_code postal_code postcode", "substr('' || (100000 + {h} % 90000), 2)", 5, false, "postal code"},
    {"sku barcode isbn serial serial_number part_number", "'SKU-' || (10000 + {i})", 9, true, "article number"},
    {"code reference ref number invoice_number order_number identifier", "upper(substr({word}, 1, 3)) || '-' || {i}", 5, true, "code"},
    {"title subject headline heading caption", "{word} || ' ' || {noun} || ' ' || {i}", 18, true, "title"},
    {"description body content text comment note notes message summary bio about excerpt details remarks markdown html readme", "{word} || ' ' || {noun} || ' and ' || {word} || ' of row ' || {i}", 36, true, "prose"},
    {"version semver", "'1.' || ({h} % 10) || '.' || {i}", 5, true, "version"},
    {"method http_method verb", "{method}", 4, false, "method"},
    {"level severity log_level", "{level}", 5, false, "level"},
    {"status state", "'active'", 6, false, "state"},
    {"name label display", "{word} || ' ' || {noun} || ' ' || {i}", 18, true, "name"},
    {"key", "{word} || '.' || {noun} || '.' || {i}", 18, true, "key"},
    {"tag tags keyword keywords category topic genre", "{word}", 8, false, "word"},
    {"cron schedule", "'0 ' || ({h} % 24) || ' * * *'", 8, false, "schedule"},
    {"ip_range cidr network subnet", "'10.' || ({i} % 256) || '.0.0/16'", 13, false, "network"},
    {"type kind role mode format provider driver source method scope channel", "'standard'", 8, false, "kind"},
};

static const PopNumberRow NUMBERS[] = {
    {"year", 1990, 2026, "year"},
    {"month", 1, 12, "month"},
    {"day day_of_month", 1, 28, "day"},
    {"weekday day_of_week dow", 0, 6, "weekday"},
    {"hour hours", 0, 23, "hour"},
    {"minute minutes second seconds", 0, 59, "minute"},
    {"port", 1024, 49151, "port"},
    {"percent percentage progress ratio_percent pct", 0, 100, "percentage"},
    {"rating stars", 1, 5, "rating"},
    {"priority severity level", 1, 5, "level"},
    {"age", 18, 90, "age"},
    {"lat latitude", -60, 60, "latitude"},
    {"lng lon long longitude", -170, 170, "longitude"},
    {"price amount total subtotal cost balance fee tax salary budget", 1, 900, "amount"},
    {"discount rate ratio factor share", 0, 1, "rate"},
    {"quantity qty count seats stock", 1, 20, "count"},
    {"size bytes length size_bytes file_size content_length", 100, 100000, "size"},
    {"width height", 16, 4000, "extent"},
    {"version revision lock_version", 1, 9, "revision"},
    {"position order sort sort_order rank ordinal seq sequence idx index line line_number row number", 1, 0, "position"},
    {"duration timeout interval ttl elapsed latency", 1, 3600, "duration"},
    {"retries attempts failures tries", 0, 5, "attempts"},
    {"score points", 0, 100, "score"},
    {"weight", 1, 100, "weight"},
};

/* As PopMoment names them. */
static const char *const MOMENTS[] = {
    "born birthday birth_date date_of_birth founded",
    "created inserted added registered joined issued created_on",
    ("started start begin starts begins from valid_from opened received run first_seen period_start start_date "
     "start_time opens"),
    "updated modified changed edited seen last_seen last_login accessed synced checked viewed read used",
    "published sent delivered verified confirmed accepted posted paid at on date time timestamp when scheduled",
    "processed handled acknowledged approved resolved",
    "deleted removed archived cancelled canceled revoked",
    "ended end ends finished finish completed closed to until valid_to stopped done end_date end_time closes",
    "due deadline",
    "expires expiry expired expiration",
};

/* clang-format on */

char *pop_plain_name(const char *name)
{
    char *plain = xmalloc(strlen(name) * 2 + 1), *to = plain;

    for (const char *at = name; *at; at++) {
        unsigned char c = (unsigned char)*at;
        bool hump = isupper(c) && at > name && islower((unsigned char)at[-1]);

        if (hump)
            *to++ = '_';
        *to++ = isalnum(c) || c >= 0x80 ? (char)tolower(c) : '_';
    }
    *to = '\0';
    return plain;
}

static bool fits(const char *plain, const char *name, size_t len)
{
    size_t whole = strlen(plain);

    if (whole < len)
        return false;
    if (strncmp(plain, name, len) == 0 && (plain[len] == '\0' || plain[len] == '_'))
        return true;
    return whole > len && plain[whole - len - 1] == '_' &&
           strncmp(plain + whole - len, name, len) == 0;
}

bool pop_name_is(const char *plain, const char *names)
{
    while (*names) {
        size_t len = strcspn(names, " ");

        if (len > 0 && fits(plain, names, len))
            return true;
        names += len + strspn(names + len, " ");
    }
    return false;
}

const PopTextRow *pop_text_row(const char *plain)
{
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++)
        if (pop_name_is(plain, TEXTS[i].names))
            return &TEXTS[i];
    return NULL;
}

const PopNumberRow *pop_number_row(const char *plain)
{
    for (size_t i = 0; i < COUNT_OF(NUMBERS); i++)
        if (pop_name_is(plain, NUMBERS[i].names))
            return &NUMBERS[i];
    return NULL;
}

const PopTextRow *pop_text_rows(size_t *ret_count)
{
    *ret_count = COUNT_OF(TEXTS);
    return TEXTS;
}

const PopNumberRow *pop_number_rows(size_t *ret_count)
{
    *ret_count = COUNT_OF(NUMBERS);
    return NUMBERS;
}

int pop_moment_rank(const char *plain)
{
    static const char *const weak = "at on date time timestamp when";
    int rank = -1;

    /* "created_at" is both "created" and "at": what says more counts */
    for (size_t i = 0; i < COUNT_OF(MOMENTS); i++)
        if (pop_name_is(plain, MOMENTS[i]) &&
            (rank < 0 || !pop_name_is(plain, weak) || rank == MOMENT_PLAIN))
            rank = i == MOMENT_PLAIN && rank >= 0 ? rank : (int)i;
    return rank;
}

const char *pop_json_shape(const char *plain, const char *fallback)
{
    static const char *const objects =
        "json meta metadata config configuration settings options "
        "payload attributes props properties params parameters extra "
        "preferences context data_json raw_json headers "
        "manifest schema_json";

    if (fallback && strstr(fallback, "'["))
        return "array";
    if (fallback && strstr(fallback, "'{"))
        return "object";
    return pop_name_is(plain, objects) ? "object" : NULL;
}
