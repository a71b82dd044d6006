#pragma once
/* What the readers of file, variables and flags share while they fill one Config. */

#include "config/config.h"
#include "config/document.h"

/* Where a value was given; a later one beats an earlier one. */
typedef enum Layer { LAYER_DEFAULT, LAYER_FILE, LAYER_VARIABLE, LAYER_FLAG } Layer;

typedef struct Place {
    Layer layer;
    const char *where;  /* for errors and origins: "seatrial.yaml:3:5: releases.from", "--from" */
    const char *folder; /* that relative paths start from; NULL: the working directory */
} Place;

typedef struct Loader {
    Config config;
    char *const *environment;
    const char *const *check_ids;
    size_t check_count;
    const char *file_name;     /* of the document that is being read, for errors */
    Layer document_layer;      /* who gave that document: the file, or a flag that takes YAML */
    char *folder;              /* of the configuration file; NULL: the working directory */
    size_t database;           /* index of the database that "database." settings mean */
    Layer *layers;             /* by index of the setting: who set it last */
    const char *candidate_way; /* "image", "build" or "archive"; NULL none yet */
    Layer candidate_layer;
} Loader;

/** Value of a variable; NULL when it is not set, or empty. Borrowed. */
const char *loader_variable(const Loader *loader, const char *name);

/** A setting from text: default, variable, flag or scalar of the file.
 * @return NULL, or ERR_INVALID "where: what was wanted, what was found" */
MUST_USE Error *loader_set_text(Loader *loader, const Setting *setting, const Place *place,
                                const char *text);
/** A command from words. */
MUST_USE Error *loader_set_words(Loader *loader, const Setting *setting, const Place *place,
                                 const StrList *words);
/** One entry of a SETTING_MAP. @param value NULL takes the variable of that name */
MUST_USE Error *loader_set_pair(Loader *loader, const Setting *setting, const Place *place,
                                const char *key, const char *value);
/** One entry into a map. @param value NULL takes the variable of that name */
MUST_USE Error *loader_put_pair(const Loader *loader, const char *where, const char *key,
                                const char *value, StrMap *map);
/** The field of a setting in the configuration that is being filled. Borrowed. */
void *loader_field(Loader *loader, const Setting *setting);
/** A flag or variable of a database means the only one there is, or makes it.
 * @return NULL, or ERR_INVALID when the file has several */
MUST_USE Error *loader_need_database(Loader *loader, const Setting *setting, const Place *place);
/** One level of a SETTING_CHECKS; false, no and off are the same, as in YAML 1.1. */
MUST_USE Error *loader_set_check(Loader *loader, const Setting *setting, const Place *place,
                                 const char *id, const char *level);
/** One accepted finding; takes the texts over. */
void loader_add_allow(Loader *loader, const Setting *setting, const Place *place,
                      AllowSettings *allow);
/** Note who gives a setting; a list that a lower layer gave is emptied. */
void loader_note(Loader *loader, const Setting *setting, const Place *place);
/** The candidate comes from this way. @return NULL, or ERR_INVALID when the layer named another */
MUST_USE Error *loader_claim_candidate(Loader *loader, const char *way, const Place *place);
/** ERR_INVALID unless the id is one of the known checks. */
MUST_USE Error *loader_check_id(const Loader *loader, const char *where, const char *id);
/** "where: wanted one of a, b, c, found 'x'; did you mean b?" */
MUST_USE Error *loader_bad_choice(const char *where, const char *choices, const char *text);
/** "; did you mean NEAREST?", or "" when nothing is near; caller frees. */
MUST_USE char *loader_hint(const char *text, const char *const *known, size_t count);

/** Read the settings of a document, or of a piece of YAML that a flag or a variable holds. */
MUST_USE Error *loader_apply_document(Loader *loader, const Node *root);
MUST_USE Error *loader_apply_yaml(Loader *loader, const Setting *setting, const Place *place,
                                  const char *text);

/** What CI and git know, for what was not given. */
MUST_USE Error *loader_apply_ci(Loader *loader);
