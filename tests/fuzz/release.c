/* What forges and registries answer: releases, tags, challenges. */

#include "fuzz.h"
#include "release/challenge.h"
#include "release/forge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(str) char *text = fuzz_text(data, size);
    AUTO(release_list) ReleaseList list = {0};
    AUTO(json) cJSON *root = NULL;
    Challenge challenge = {0};
    AUTO(error) Error *err = json_parse(text, size, "fuzz", &root);
    AUTO(str) char *url = NULL;

    if (!err)
        err = forge_take_releases(root, &list);
    challenge_parse(text, &challenge);
    if (challenge.kind == CHALLENGE_BEARER)
        url = challenge_token_url(&challenge, "repository:acme/notes:pull");
    challenge_clear(&challenge);
    return 0;
}
