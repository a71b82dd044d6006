#include "database/fingerprint.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"

/* The key may be known to all: nobody gains by a collision in a throwaway database. */
static const uint64_t KEY[2] = {0x0706050403020100U, 0x0f0e0d0c0b0a0908U};

static uint64_t rotate(uint64_t value, unsigned bits)
{
    return value << bits | value >> (64 - bits);
}

static void mix(uint64_t v[4], int rounds)
{
    for (int i = 0; i < rounds; i++) {
        v[0] += v[1];
        v[1] = rotate(v[1], 13) ^ v[0];
        v[0] = rotate(v[0], 32);
        v[2] += v[3];
        v[3] = rotate(v[3], 16) ^ v[2];
        v[0] += v[3];
        v[3] = rotate(v[3], 21) ^ v[0];
        v[2] += v[1];
        v[1] = rotate(v[1], 17) ^ v[2];
        v[2] = rotate(v[2], 32);
    }
}

/* Little-endian, whatever the machine is. */
static uint64_t word_of(const unsigned char *bytes)
{
    uint64_t word = 0;

    for (unsigned i = 0; i < 8; i++)
        word |= (uint64_t)bytes[i] << 8 * i;
    return word;
}

static void feed(RowHash *hash, uint64_t word)
{
    hash->v[3] ^= word;
    mix(hash->v, 2);
    hash->v[0] ^= word;
}

void row_hash_begin(RowHash *hash)
{
    *hash = (RowHash){.v = {
                          KEY[0] ^ 0x736f6d6570736575U,
                          KEY[1] ^ 0x646f72616e646f6dU ^ 0xee,
                          KEY[0] ^ 0x6c7967656e657261U,
                          KEY[1] ^ 0x7465646279746573U,
                      }};
}

void row_hash_bytes(RowHash *hash, const void *bytes, size_t len)
{
    const unsigned char *at = bytes;
    size_t held = hash->len % 8;

    if (len == 0)
        return; /* SQLite's pointer to an empty blob is NULL */
    hash->len += len;
    if (held > 0) {
        size_t take = len < 8 - held ? len : 8 - held;

        memcpy(hash->rest + held, at, take);
        if (held + take < 8)
            return;
        feed(hash, word_of(hash->rest));
        at += take;
        len -= take;
    }
    for (; len >= 8; at += 8, len -= 8)
        feed(hash, word_of(at));
    if (len > 0)
        memcpy(hash->rest, at, len);
}

void row_hash_end(RowHash *hash, uint64_t ret_hash[2])
{
    memset(hash->rest + hash->len % 8, 0, 8 - hash->len % 8);
    feed(hash, word_of(hash->rest) | (uint64_t)(hash->len & 0xff) << 56);
    hash->v[2] ^= 0xee;
    mix(hash->v, 4);
    ret_hash[0] = hash->v[0] ^ hash->v[1] ^ hash->v[2] ^ hash->v[3];
    hash->v[1] ^= 0xdd;
    mix(hash->v, 4);
    ret_hash[1] = hash->v[0] ^ hash->v[1] ^ hash->v[2] ^ hash->v[3];
}

static void tagged(RowHash *hash, char tag, uint64_t word)
{
    unsigned char bytes[9] = {(unsigned char)tag};

    for (unsigned i = 0; i < 8; i++)
        bytes[i + 1] = (unsigned char)(word >> 8 * i);
    row_hash_bytes(hash, bytes, sizeof bytes);
}

void row_hash_null(RowHash *hash)
{
    tagged(hash, 'n', 0);
}

void row_hash_integer(RowHash *hash, int64_t value)
{
    tagged(hash, 'i', (uint64_t)value);
}

void row_hash_real(RowHash *hash, double value)
{
    uint64_t word;

    memcpy(&word, &value, sizeof word);
    tagged(hash, 'r', word);
}

void row_hash_text(RowHash *hash, const void *bytes, size_t len)
{
    tagged(hash, 't', len);
    row_hash_bytes(hash, bytes, len);
}

void row_hash_blob(RowHash *hash, const void *bytes, size_t len)
{
    tagged(hash, 'b', len);
    row_hash_bytes(hash, bytes, len);
}

void fingerprint_add(Fingerprint *fingerprint, const uint64_t hash[2])
{
    fingerprint->low += hash[0];
    fingerprint->high += hash[1] + (fingerprint->low < hash[0]);
}

char *fingerprint_text(const Fingerprint *fingerprint)
{
    return xasprintf("%016" PRIx64 "%016" PRIx64, fingerprint->high, fingerprint->low);
}
