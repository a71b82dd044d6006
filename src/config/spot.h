#pragma once
/* Where a value of a document stands, and the errors that say so. */

#include "config/loader.h"

typedef struct Spot {
    const char *key; /* dotted path, borrowed */
    char *where;     /* "seatrial.yaml:3:5: releases.from"; owned */
} Spot;

/** Line and column are those of what an error would point at. */
Spot spot_of(const Loader *loader, const char *key, size_t line, size_t column);
/** Of a value. */
Spot spot_of_node(const Loader *loader, const char *key, const Node *node);
void spot_clear(Spot *spot);
DEFINE_AUTO_VALUE(spot, Spot, spot_clear)

Place spot_place(const Loader *loader, const Spot *spot);
/** "WHERE: wanted a path, found a list" */
MUST_USE Error *spot_wrong_kind(const Spot *spot, const char *wanted, const Node *node);

/* A key that a small map of fixed keys may have, and what reads its value into target. */
typedef struct KeyReader {
    const char *key;
    Error *(*read)(const Loader *loader, const Spot *spot, const Node *node, void *target);
} KeyReader;

/** Read every pair of a map. @return NULL, ERR_INVALID for a key that is not in the table (with the
 * nearest one), or what a reader says */
MUST_USE Error *spot_read_map(const Loader *loader, const Spot *spot, const Node *map,
                              const KeyReader *readers, size_t count, void *target);

/** Text that is there. @param[out] ret_text  owned; a text that was there before is released */
MUST_USE Error *spot_read_text(const Spot *spot, const Node *node, const char *wanted,
                               char **ret_text);
/** A command: text, split as a shell does, or a list of words. */
MUST_USE Error *spot_read_words(const Loader *loader, const Spot *spot, const Node *node,
                                StrList *ret_words);
MUST_USE Error *spot_read_number(const Spot *spot, const Node *node, const char *wanted,
                                 uint64_t min, uint64_t max, int64_t *ret_number);
/** A map of text; a value that is null takes the variable of that name. */
MUST_USE Error *spot_read_pairs(const Loader *loader, const Spot *spot, const Node *node,
                                StrMap *ret_pairs);
