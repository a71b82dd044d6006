#pragma once
/* Documents made from the table of settings: JSON Schema for editors, Markdown for the README. */

#include "base/json.h"

/** JSON Schema draft-07 of seatrial.yaml; the caller owns it. */
MUST_USE cJSON *schema_json(void);
/** A Markdown table a group; caller frees. */
MUST_USE char *schema_markdown(void);
