/* Report files, and every rendering of what is in them. */

#include "fuzz.h"
#include "report/render.h"

static void render_all(const Report *report)
{
    static const RenderOptions OPTIONS[] = {{.width = 40, .color = true, .verbose = true},
                                            {.width = 0}};
    size_t count;
    const ReportFormat *formats = report_format_table(&count);

    for (size_t i = 0; i < count * 2; i++) {
        char *text = NULL;
        size_t len;
        FILE *out = open_memstream(&text, &len);

        if (!out)
            abort();
        formats[i / 2].render(report, &OPTIONS[i % 2], out);
        (void)fclose(out);
        free(text);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(json) cJSON *root = NULL;
    AUTO(report) Report report = {0};
    AUTO(error) Error *err = json_parse((const char *)data, size, "fuzz.json", &root);

    if (!err)
        err = report_from_json(root, "fuzz.json", &report);
    if (!err)
        render_all(&report);
    return 0;
}
