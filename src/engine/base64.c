#include <string.h>

#include "engine/internal.h"

static const char ALPHABET[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

char *base64_encode_url(const char *bytes, size_t len)
{
    const unsigned char *in = (const unsigned char *)bytes;
    char *out = xmalloc((len + 2) / 3 * 4 + 1);
    char *at = out;

    for (size_t i = 0; i < len; i += 3) {
        unsigned bits = (unsigned)in[i] << 16;

        if (i + 1 < len)
            bits |= (unsigned)in[i + 1] << 8;
        if (i + 2 < len)
            bits |= in[i + 2];
        *at++ = ALPHABET[bits >> 18];
        *at++ = ALPHABET[bits >> 12 & 63];
        *at++ = i + 1 < len ? ALPHABET[bits >> 6 & 63] : '=';
        *at++ = i + 2 < len ? ALPHABET[bits & 63] : '=';
    }
    *at = '\0';
    return out;
}

static int digit_value(char digit)
{
    const char *hit;

    if (digit == '+')
        return 62;
    if (digit == '/')
        return 63;
    hit = digit ? strchr(ALPHABET, digit) : NULL;
    return hit ? (int)(hit - ALPHABET) : -1;
}

char *base64_decode(const char *text, size_t *ret_len)
{
    size_t digits = strcspn(text, "=");
    AUTO(str) char *out = xmalloc(digits / 4 * 3 + 4);
    size_t len = 0;
    unsigned bits = 0;

    if (digits % 4 == 1 || strspn(text + digits, "=") != strlen(text + digits))
        return NULL;
    for (size_t i = 0; i < digits; i++) {
        int value = digit_value(text[i]);

        if (value < 0)
            return NULL;
        bits = bits << 6 | (unsigned)value;
        if (i % 4 > 0) /* the first of four digits completes no byte */
            out[len++] = (char)(bits >> (6 - 2 * (i % 4)) & 0xff);
    }
    out[len] = '\0';
    *ret_len = len;
    return TAKE(out);
}
