#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "database/fingerprint.h"

/* Vectors of the reference code (vectors.h, vectors_sip128): key 00..0f, input 00, 00 01, ... */
static const struct {
    size_t len;
    uint64_t low, high; /* the 16 bytes as two little-endian words */
} VECTORS[] = {
    {0, 0xe6a825ba047f81a3U, 0x930255c71472f66dU},  {1, 0x44af996bd8c187daU, 0x45fc229b11597634U},
    {15, 0x11a8b03399e99354U, 0xd9c3cf970fec087eU}, {16, 0xbb54b067caa4e26eU, 0x77052385bf1533fdU},
    {63, 0x4a83502f77d15051U, 0x7cbd3f979a063e50U},
};

static void hash_is_siphash(void **state)
{
    unsigned char bytes[64];

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)i;
    for (size_t i = 0; i < COUNT_OF(VECTORS); i++) {
        for (size_t piece = 1; piece <= 17; piece += 4) {
            uint64_t sum[2];
            RowHash hash;

            row_hash_begin(&hash);
            for (size_t at = 0; at < VECTORS[i].len; at += piece)
                row_hash_bytes(&hash, bytes + at,
                               VECTORS[i].len - at < piece ? VECTORS[i].len - at : piece);
            row_hash_end(&hash, sum);
            assert_true(sum[0] == VECTORS[i].low);
            assert_true(sum[1] == VECTORS[i].high);
        }
    }
}

static void sum_carries(void **state)
{
    Fingerprint fingerprint = {.low = UINT64_MAX, .high = 1};
    AUTO(str) char *text = NULL;

    (void)state;
    fingerprint_add(&fingerprint, (const uint64_t[2]){2, 3});
    text = fingerprint_text(&fingerprint);
    assert_string_equal(text, "00000000000000050000000000000001");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hash_is_siphash),
        cmocka_unit_test(sum_carries),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
