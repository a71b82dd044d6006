#pragma once
/* Every setting of a run, from seatrial.yaml, SEATRIAL_* variables and flags: one table
 * (settings.def) makes the parser of all three, the help and the documentation. */

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"

/* How a command of the image is run. */
typedef struct RunSettings {
    StrList migrate; /* words; empty: not given */
    StrList status;
    StrList rollback, smoke, seed; /* never of `old` */
    StrList entrypoint;            /* given (entrypoint_set) and empty: none at all */
    bool entrypoint_set;
    char *user, *workdir; /* NULL: the image's own */
    StrMap env;           /* env_file and env, env wins; values of env_file are secrets */
    StrList env_file;
} RunSettings;

typedef struct BuildSettings {
    char *context; /* NULL: no build; paths start at the working directory */
    char *dockerfile, *target, *platform;
    StrMap args;
} BuildSettings;

typedef struct CandidateSettings {
    char *tag;
    char *image; /* one of image, build, archive at most */
    BuildSettings build;
    char *archive;
    int64_t published_ms; /* from the release event; -1 unknown */
    bool prerelease;      /* from the release event */
} CandidateSettings;

typedef struct ReleaseSettings {
    char *source, *repository, *api, *from, *prereleases, *walk, *token;
    StrList list;
    int64_t max_wait_ms;
} ReleaseSettings;

typedef enum ReadyWay {
    READY_BY_NOTHING, /* not given: by the image's HEALTHCHECK */
    READY_BY_HEALTHCHECK,
    READY_BY_HTTP,
    READY_BY_TCP,
    READY_BY_LOG,
    READY_BY_EXEC,
    READY_BY_EXIT,
} ReadyWay;

/* How a container shows that it is ready. */
typedef struct ReadySettings {
    ReadyWay way;
    int64_t port;      /* of http and tcp */
    char *path;        /* of http: "/" when not given */
    int64_t status;    /* of http: 200 when not given */
    char *log;         /* text of a line of its log */
    StrList exec;      /* a command in the container that exits with 0 */
    int64_t exit_code; /* of exit: the status that it ends with */
} ReadySettings;

/* The application as it is started, beside or instead of the migrations. */
typedef struct StartSettings {
    bool on;     /* start: true, or any key of it is given */
    char *image; /* NULL: the image that migrates */
    StrList command;
    StrList entrypoint; /* given (entrypoint_set) and empty: none at all */
    bool entrypoint_set;
    StrMap env; /* laid over env */
    ReadySettings ready;
} StartSettings;

/* What else the application needs. */
typedef struct ServiceSettings {
    char *name; /* a DNS label: its host name on the trial's network */
    char *image;
    StrList command;
    ReadySettings ready;
    StrMap env;        /* of the application: REDIS_URL */
    StrMap server_env; /* of the service itself */
} ServiceSettings;

typedef struct ServiceSettingsList {
    ServiceSettings *items; /* in the order of the file */
    size_t len, cap;
} ServiceSettingsList;

typedef struct DatabaseSettings {
    char *sqlite;        /* path in the container */
    char *volume;        /* mount path; NULL: the file's folder */
    char *owner;         /* "1000:1000" or NULL */
    char *postgres;      /* image of the throwaway server */
    char *url;           /* of an existing Postgres server; a secret */
    bool superuser;      /* false: the application connects as a plain owner */
    bool durable;        /* the server syncs to disk */
    StrList init;        /* SQL files */
    StrMap settings;     /* of the server */
    char *service;       /* image of any other server; its host name is "database" */
    StrList command;     /* of the service; empty: the image's own */
    ReadySettings ready; /* of the service */
    StrMap app_env;      /* of the application, with {host} and {port}; of a service */
    StrMap env; /* of a service: of the server itself. Else of the application, with templates;
                   empty: the usual ones */
} DatabaseSettings;

/** What a database has that says nothing: superuser. */
#define DATABASE_SETTINGS_DEFAULT ((DatabaseSettings){.superuser = true})

typedef struct DatabaseSettingsList {
    DatabaseSettings *items;
    size_t len, cap;
} DatabaseSettingsList;

/* Rows to upgrade. */
typedef struct DataSettings {
    int64_t rows;   /* made in every table; 0: none */
    StrList seed;   /* SQL files, run after the old migrations */
    char *restore;  /* a backup to begin with, a file or a pg_dump folder; NULL: none */
    StrMap columns; /* "table.column" -> SQL expression */
    StrList skip;   /* tables in which no rows are made */
} DataSettings;

typedef struct AllowSettings {
    char *check, *table, *column, *from, *until, *reason;
} AllowSettings;

typedef struct AllowSettingsList {
    AllowSettings *items;
    size_t len, cap;
} AllowSettingsList;

typedef struct ReportOutput {
    char *format, *path; /* path "-" is stdout */
} ReportOutput;

typedef struct ReportOutputList {
    ReportOutput *items;
    size_t len, cap;
} ReportOutputList;

typedef struct Config {
    char *file; /* the configuration file that was read; NULL when none */
    char *image, *tag, *pull, *missing_image;
    char *migrations; /* folder of the migration files in the image; NULL: detected */
    ReleaseSettings releases;
    bool require_previous;
    CandidateSettings candidate;
    RunSettings run;
    RunSettings old; /* only what `old:` gives; config_old_run() merges */
    bool old_set;
    StartSettings start;
    ServiceSettingsList services;
    DatabaseSettingsList databases;
    DataSettings data;
    StrMap checks; /* check id -> level name */
    char *profile;
    AllowSettingsList allow;
    int64_t timeout_ms, memory_bytes;
    char *network; /* "isolated" | "open" */
    int64_t jobs;
    ReportOutputList reports;
    bool keep;
    char *engine;    /* URL; NULL: find it */
    char *color;     /* "auto" | "always" | "never" */
    char *ci;        /* "auto" | "github" | "gitlab" | "off" */
    int64_t verbose; /* count of -v */
    bool quiet;
    StrList keys; /* keys of the table that were set, by file, variable or flag: "status" */
    StrMap
        origins; /* key -> where its value comes from: "seatrial.yaml:3:8: releases.from", "--from",
                    "SEATRIAL_FROM", "the release event", "git describe"; none for a default */
    StrList warnings; /* SEATRIAL_* variables that are nearly one of ours */
} Config;

/* A flag as the command line had it. */
typedef struct ConfigFlag {
    const char *key;   /* key of the table: "releases.from" */
    const char *flag;  /* as typed, for errors: "--from" */
    const char *value; /* text; "true" for a flag without a value */
} ConfigFlag;

/**
 * Read the settings: file (an explicit one, or ./seatrial.yaml, ./seatrial.yml when there), then
 * variables, then flags; then what CI provides (GITHUB_*, CI_*, the release event's file, the git
 * remote, git describe) for what is not given.
 *
 * Maps merge by key, lists are replaced. Of candidate.image, .build and .archive the one that was
 * given last in that order counts; two of one place are an error. Secrets are registered
 * (base/secret.h).
 *
 * @param file   explicit path (--config), or NULL: SEATRIAL_CONFIG, then the usual names
 * @param environment  "K=V" strings, NULL-terminated (environ)
 * @param check_ids  known checks, for `checks:` and --check; errors name the nearest
 * @return NULL, or ERR_INVALID: "seatrial.yaml:LINE:COLUMN: key: what was wanted, what was found",
 * the variable's or the flag's name in its place
 */
MUST_USE Error *config_load(const char *file, const ConfigFlag *flags, size_t flag_count,
                            char *const *environment, const char *const *check_ids,
                            size_t check_count, Config *ret_config);

/** run with what `old` overrides: for the released images. env merges by key, env_file is read
 * after run's, the rest replaces. Copies; clear with run_settings_clear. */
void config_old_run(const Config *config, RunSettings *ret_run);
void run_settings_copy(const RunSettings *run, RunSettings *ret_copy);
void run_settings_clear(RunSettings *run);
void ready_settings_clear(ReadySettings *ready);
void service_settings_list_clear(ServiceSettingsList *list);
void allow_settings_clear(AllowSettings *allow);
void allow_settings_list_clear(AllowSettingsList *list);
void report_output_list_clear(ReportOutputList *list);
void config_clear(Config *config);
DEFINE_AUTO_VALUE(config, Config, config_clear)
DEFINE_AUTO_VALUE(ready_settings, ReadySettings, ready_settings_clear)
DEFINE_AUTO_VALUE(service_settings_list, ServiceSettingsList, service_settings_list_clear)
DEFINE_AUTO_VALUE(allow_settings, AllowSettings, allow_settings_clear)
DEFINE_AUTO_VALUE(run_settings, RunSettings, run_settings_clear)

/* --- the table, for help, documentation, completion and schema -----------------------------------
 */

typedef enum SettingKind {
    SETTING_TEXT,
    SETTING_CHOICE, /* one of choices */
    SETTING_BOOL,
    SETTING_NUMBER,
    SETTING_COUNT, /* how often the flag is given: -v, -vv; a number in file and variable */
    SETTING_DURATION,
    SETTING_SIZE,
    SETTING_URL,        /* http or https; no slash at the end */
    SETTING_PATH,       /* on this side; in the file relative to the file's folder */
    SETTING_INNER_PATH, /* absolute, in the container */
    SETTING_OWNER,      /* UID or UID:GID */
    SETTING_JOINED,     /* text, or a list of texts that become one, separated by ", " */
    SETTING_WORDS,      /* a command: text split into words, or a list */
    SETTING_LIST,       /* text or a list of texts; the flag may be repeated */
    SETTING_PATHS,      /* a list of SETTING_PATH */
    SETTING_MAP,      /* key to text; the flag KEY=VALUE may be repeated, KEY takes our variable */
    SETTING_CHECKS,   /* check id to level; the flag ID=LEVEL may be repeated */
    SETTING_ALLOW,    /* a map or a list of maps; flag and variable take the same as YAML */
    SETTING_READY,    /* {tcp: 3306} and its like; flag and variable take the same as YAML */
    SETTING_SERVICES, /* a map NAME: {image: ...}; flag and variable take the same as YAML */
    SETTING_REPORT,   /* FORMAT=PATH, or a list; FORMAT alone is standard output */
} SettingKind;

typedef struct Setting {
    const char *key;  /* dotted: "releases.from"; of a database: "database.sqlite" */
    const char *also; /* a second place in the file: "walk"; NULL */
    SettingKind kind;
    const char
        *flag;       /* "--from"; NULL: only the derived one, "--" and the key with - for . and _ */
    char short_flag; /* 'v', or 0 */
    const char *value_name; /* for help: "RELEASES"; NULL: by kind */
    const char *choices;    /* "github gitlab list"; NULL */
    const char *fallback;   /* default as text, NULL none */
    const char *group;      /* heading in help and documentation */
    bool common;            /* among the most used */
    bool flag_only;         /* a secret: never in the file */
    const char *help;       /* one line */
    size_t offset;          /* of its field in Config, or in DatabaseSettings for "database." */
} Setting;

/** All settings, grouped; the groups in the order of help. */
const Setting *config_settings(size_t *ret_count);
/** By key or second key; NULL when there is none. */
const Setting *config_setting_find(const char *key);
/** The flag that help shows: "--from"; caller frees. */
MUST_USE char *config_setting_flag(const Setting *setting);
/** True for the flag that help shows and for the derived one: "--from", "--releases-from". */
bool config_setting_has_flag(const Setting *setting, const char *flag);
/** Its variables, the first that is set and not empty counts: "SEATRIAL_RELEASES_FROM",
 * "SEATRIAL_FROM". */
void config_setting_variables(const Setting *setting, StrList *ret_names);
/** "TEXT", "DURATION"...: what help calls the value; NULL: takes none (SETTING_BOOL,
 * SETTING_COUNT). */
const char *config_setting_value_name(const Setting *setting);
