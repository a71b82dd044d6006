#pragma once
/* Compose files, for the tests of those who read them. */

#include <stdbool.h>

typedef struct RoleRow {
    const char *text;
    const char *migrate, *why, *application, *database;
} RoleRow;

#define WAITED "others wait for it to complete"
#define NAMED  "its name says so"

static const RoleRow ROLES[] = {
    {"services: {}\n", NULL, NULL, NULL, NULL},
    {"services:\n  web: {image: a/b}\n", NULL, NULL, "web", NULL},
    {"services:\n  web: {image: a/b}\n  db: {image: postgres:17}\n", NULL, NULL, "web", NULL},
    {"services:\n  cache: {image: redis}\n  web: {build: ., depends_on: [db]}\n"
     "  db: {image: postgis/postgis:16-3.4}\n",
     NULL, NULL, "web", "db"},
    {"services:\n  web: {image: a, depends_on: {setup: {condition: "
     "service_completed_successfully}}}\n  setup: {image: b}\n",
     "setup", WAITED, "web", NULL},
    {"services:\n  web: {image: a, depends_on: {setup: {condition: service_started}}}\n"
     "  setup: {image: b}\n",
     NULL, NULL, "web", NULL},
    {"services:\n  redis: {image: redis}\n  migrations: {image: b, depends_on: [db]}\n"
     "  db: {image: mariadb}\n",
     "migrations", NAMED, NULL, "db"},
    /* one that only prepares a folder is not the one that migrates */
    {"services:\n  web:\n    image: a\n    depends_on:\n"
     "      chown: {condition: service_completed_successfully}\n"
     "      db-migrate: {condition: service_completed_successfully}\n"
     "      pg: {condition: service_healthy}\n"
     "  chown: {image: busybox}\n  db-migrate: {image: b}\n  pg: {image: 'postgres:17'}\n",
     "db-migrate", WAITED, "web", "pg"},
    {"services:\n  migrate-old: {image: c}\n  web: {image: a, depends_on: {migrate: {condition: "
     "service_completed_successfully}}}\n  migrate: {image: b}\n",
     "migrate", WAITED, "web", NULL},
    {"x-base: &base {image: a/b, depends_on: [db]}\n"
     "services:\n  web: *base\n  db: {image: 'localhost:5000/postgres'}\n",
     NULL, NULL, "web", "db"},
    {"services:\n  migrated: {image: postgres:17}\n", NULL, NULL, NULL, NULL},
};

typedef struct ServiceRow {
    const char *yaml, *line;
    bool unknown;
} ServiceRow;

static const ServiceRow SERVICES[] = {
    {"{}", "-||||||", false},
    {"{image: 'a:1', build: .}", "a:1+||||||", false},
    {"{build: {context: .}}", "-+||||||", false},
    {"{command: npm run 'a b'}", "-|=npm run 'a b'|||||", false},
    {"{command: [npm, run, a b, $$X]}", "-|=npm run 'a b' '$X'|||||", false},
    {"{command: null, entrypoint: []}", "-||=||||", false},
    {"{entrypoint: [sh, -c, x], command: []}", "-|=|=sh -c x||||", false},
    {"{command: 'run ${MODE:-fast}'}", "-|=run fast|||||", false},
    {"{command: 'run $MODE'}", "-|=run|||||", true},
    {"{command: 'run \"x'}", "-||||||", true},
    {"{environment: {A: 1, B: null, C: '', D: x=y}}", "-||||A=1,B=-,C=,D=x=y||", false},
    {"{environment: [A=1, B, C=, D=x=y]}", "-||||A=1,B=-,C=,D=x=y||", false},
    {"{env_file: .env}", "-|||.env|||", false},
    {"{env_file: [.env, {path: other.env, required: false}]}", "-|||.env,other.env|||", false},
    {"{depends_on: [a, b]}", "-|||||a=service_started,b=service_started|", false},
    {"{depends_on: {a: {condition: service_healthy}, b: {}}}",
     "-|||||a=service_healthy,b=service_started|", false},
    {"{volumes: [data:/data, ./x:/x:ro, /anonymous, '${X:-y}:/z', a:b:c:d]}",
     "-||||||/data=data,/x=./x,/anonymous=-", false},
    {"{volumes: [{type: volume, source: data, target: /data}, {type: tmpfs, target: /t}, "
     "{target: /u}, 7]}",
     "-||||||/data=data,/u=-,7=-", false},
    {"{ports: ['80:80'], deploy: {replicas: 2}, healthcheck: [x]}", "-||||||", false},
};
