#pragma once
/* Names and secrets that nobody can guess. */

#include <stddef.h>

#include "base/cleanup.h"

/** digits lower-case hex digits from the kernel's generator; caller frees. */
MUST_USE char *random_hex(size_t digits);
