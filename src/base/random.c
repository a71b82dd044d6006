#include "base/random.h"

#include <stdlib.h>
#include <sys/random.h>

#include "base/text.h"

char *random_hex(size_t digits)
{
    char *text = xmalloc(digits + 1);

    for (size_t i = 0; i < digits; i++) {
        unsigned char byte;

        /* up to 256 bytes getrandom neither blocks after boot nor falls short (getrandom(2)) */
        if (getrandom(&byte, 1, 0) != 1)
            abort();
        text[i] = "0123456789abcdef"[byte & 15];
    }
    text[digits] = '\0';
    return text;
}
