#include "verify/image_holder.h"

#include <stdlib.h>
#include <string.h>

#include "base/random.h"

Error *image_holder_open(Session *session, const EngineImage *image, const char *role, Deadline dl,
                         ImageHolder *ret_holder)
{
    AUTO(str) char *random = random_hex(6);
    AUTO(image_holder)
    ImageHolder holder = {.name = xasprintf("seatrial-%s-%s-%s", session->run_id, role, random)};
    AUTO(str_list) StrList entrypoint = {0};
    AUTO(str_list) StrList command = {0};
    ContainerSpec spec = {
        .name = holder.name,
        .image = image->id,
        .entrypoint = &entrypoint,
        .command = &command,
        .labels = &session->labels,
        .network = ENGINE_NO_NETWORK,
    };

    /* never run, but the engine wants a command, and images of tools may have none */
    str_list_add(&command, "seatrial-holder");
    /* by its name and before it is made: the engine may make it and its reply be lost */
    teardown_add(session->teardown, TEARDOWN_CONTAINER, holder.name);
    TRY(engine_container_create(session->engine, &spec, dl, &holder.id));
    *ret_holder = holder;
    holder = (ImageHolder){0};
    return NULL;
}

/* A path below a file answers 500 in Docker: lstat says "not a directory". */
bool image_holder_lacks(const Error *err)
{
    return err->code == ERR_NOT_FOUND || strstr(err->msg, "not a directory");
}

Error *image_holder_close(Session *session, const ImageHolder *holder, Deadline dl)
{
    TRY(engine_container_remove(session->engine, holder->id, dl));
    teardown_forget(session->teardown, TEARDOWN_CONTAINER, holder->name);
    return NULL;
}

void image_holder_clear(ImageHolder *holder)
{
    free(holder->name);
    free(holder->id);
    *holder = (ImageHolder){0};
}
