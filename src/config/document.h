#pragma once
/* A YAML document as a tree that knows where every value stands. */

#include "base/text.h"

typedef enum NodeKind { NODE_TEXT, NODE_LIST, NODE_MAP } NodeKind;

typedef struct Node Node;

typedef struct NodeList {
    Node **items;
    size_t len, cap;
} NodeList;

typedef struct NodePair {
    char *key;
    size_t line, column; /* of the key */
    Node *value;
} NodePair;

typedef struct NodePairList {
    NodePair *items; /* keys are unique */
    size_t len, cap;
} NodePairList;

struct Node {
    NodeKind kind;
    size_t line, column; /* from 1, in characters */
    char *text;          /* of NODE_TEXT, as written: "off" stays "off" */
    bool plain;          /* of NODE_TEXT: without quotes, so that null and true may be meant */
    NodeList items;
    NodePairList pairs;
};

/**
 * Parse a document: aliases and merge keys (<<) are expanded, so a node has one parent.
 *
 * @param text  NUL-terminated, NULs within are refused
 * @param name  the file, for messages
 * @param[out] ret_root  NULL for an empty document; node_free; untouched on error
 * @return NULL, or ERR_INVALID "NAME:LINE:COLUMN: ...": no UTF-8, a NUL, no YAML, a key twice, too
 * deep, too many values, several documents, a tag of the user's own
 */
MUST_USE Error *document_parse(const char *text, size_t len, const char *name, Node **ret_root);

/** A plain ~, null or nothing at all. */
bool node_is_null(const Node *node);
/** Text that is not null. */
bool node_is_text(const Node *node);
/** "text", "a list", "a map", "nothing": for errors. */
const char *node_kind_name(const Node *node);
/** Value of a key; NULL when absent or not a map. Borrowed. */
const Node *node_get(const Node *map, const char *key);
void node_free(Node *node);
DEFINE_AUTO(node, Node *, node_free)
