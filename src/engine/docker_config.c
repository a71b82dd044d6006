#include <pwd.h>
#include <unistd.h>

#include "base/file.h"
#include "engine/internal.h"

#define CONFIG_MAX_BYTES (4U << 20)

static char *home_dir(void)
{
    const char *home = getenv("HOME");
    struct passwd user, *found = NULL;
    char text[4096];

    if (!text_is_empty(home))
        return xstrdup(home);
    if (getpwuid_r(getuid(), &user, text, sizeof text, &found) != 0 || !found)
        return xstrdup("/");
    return xstrdup(found->pw_dir);
}

char *docker_config_dir(void)
{
    const char *dir = getenv("DOCKER_CONFIG");
    AUTO(str) char *home = NULL;

    if (!text_is_empty(dir))
        return xstrdup(dir);
    home = home_dir();
    return xasprintf("%s/.docker", home);
}

Error *docker_config_read(cJSON **ret_config)
{
    AUTO(str) char *dir = docker_config_dir();
    AUTO(str) char *path = xasprintf("%s/config.json", dir);
    AUTO(str) char *text = NULL;
    size_t len = 0;
    AUTO(error) Error *err = file_read(path, CONFIG_MAX_BYTES, &text, &len);

    if ((err && err->code == ERR_NOT_FOUND) || (!err && len == 0)) {
        *ret_config = NULL;
        return NULL;
    }
    if (!err)
        err = json_parse(text, len, path, ret_config);
    if (err)
        err->code = ERR_INVALID; /* the user's file, not a peer's answer */
    return TAKE(err);
}
