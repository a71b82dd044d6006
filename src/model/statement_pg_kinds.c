#include "model/statement_pg.h"

/* clang-format off */

#define CONSTRAINT                                                                                 \
    {.noun = "CONSTRAINT", .place = PG_PLACE_ON,                                                   \
     .create = "ALTER TABLE {table} ADD CONSTRAINT {name} {definition};",                          \
     .drop = "ALTER TABLE {table} DROP CONSTRAINT {name};", .remade = true}
#define COLUMN                                                                                     \
    "[{serial}][{!serial}{type}][ COLLATE {collation}][ {generation}][ GENERATED {identity} "      \
    "AS IDENTITY[ ({sequence})]][{!own default} DEFAULT {default}][{?not null=yes} NOT NULL]"

const char PG_COLUMN_DEFINITION[] = "{name} " COLUMN;

const PgKind PG_KINDS[SCHEMA_KIND_COUNT] = {
    [SCHEMA_TABLE] = {.noun = "TABLE", .grants = "TABLE {place}",
        .create = "CREATE[{?unlogged} UNLOGGED][{?foreign} FOREIGN] TABLE {place}"
                  "[{!partition} (\n    {definitions}\n)[ INHERITS ({parent})]]"
                  "[ PARTITION OF {parent} {partition}][ PARTITION BY {partitioned by}]"
                  "[ USING {access method}]"
                  "[ SERVER {foreign}[ OPTIONS ({settings})]][ WITH ({options})];",
        .drop = "[{?partition}ALTER TABLE {parent} DETACH PARTITION {place};\n]"
                "DROP[{?foreign} FOREIGN] TABLE {place};"},
    [SCHEMA_COLUMN] = {.noun = "COLUMN", .place = PG_PLACE_COLUMN, .grants = "TABLE {table}",
        .create = "ALTER TABLE {table} ADD COLUMN {name} " COLUMN ";[\n{?serial}{?not null=no}"
                  "ALTER TABLE {table} ALTER COLUMN {name} DROP NOT NULL;]",
        .drop = "ALTER TABLE {table} DROP COLUMN {name};"},
    [SCHEMA_PRIMARY_KEY] = CONSTRAINT,
    [SCHEMA_UNIQUE] = CONSTRAINT,
    [SCHEMA_FOREIGN_KEY] = CONSTRAINT,
    [SCHEMA_CHECK] = CONSTRAINT,
    [SCHEMA_EXCLUSION] = CONSTRAINT,
    [SCHEMA_INDEX] = {.noun = "INDEX", .create = "{definition};", .remade = true},
    [SCHEMA_VIEW] = {.noun = "VIEW", .grants = "TABLE {place}", .remade = true,
        .create = "CREATE VIEW {place}[ WITH ({options})] AS\n{sql};"},
    [SCHEMA_MATERIALIZED_VIEW] = {.noun = "MATERIALIZED VIEW", .grants = "TABLE {place}",
        .remade = true, .create = "CREATE MATERIALIZED VIEW {place}[ WITH ({options})] AS\n{sql}"
                                  "[{?populated=no}\nWITH NO DATA];"},
    [SCHEMA_TRIGGER] = {.noun = "TRIGGER", .place = PG_PLACE_ON, .remade = true,
        .create = "{sql};"},
    [SCHEMA_RULE] = {.noun = "RULE", .place = PG_PLACE_ON, .remade = true, .create = "{sql}"},
    [SCHEMA_POLICY] = {.noun = "POLICY", .place = PG_PLACE_ON, .remade = true,
        .create = "CREATE POLICY {place}[{?restrictive} AS RESTRICTIVE] FOR {command} TO {roles}"
                  "[ USING ({using})][ WITH CHECK ({with check})];"},
    [SCHEMA_NAMESPACE] = {.noun = "SCHEMA", .place = PG_PLACE_ALONE, .grants = "SCHEMA {place}",
        .create = "CREATE SCHEMA {place};"},
    [SCHEMA_EXTENSION] = {.noun = "EXTENSION", .place = PG_PLACE_ALONE,
        .create = "CREATE EXTENSION {place} SCHEMA {\"namespace} VERSION {'version};"},
    [SCHEMA_SEQUENCE] = {.noun = "SEQUENCE", .grants = "SEQUENCE {place}",
        .create = "CREATE SEQUENCE {place} AS {type} START {start} INCREMENT {increment} MINVALUE "
                  "{minimum} MAXVALUE {maximum} CACHE {cache}[{?cycle} CYCLE];"},
    [SCHEMA_FUNCTION] = {.noun = "ROUTINE", .place = PG_PLACE_SIGNATURE,
        .grants = "ROUTINE {place}", .create = "{sql};", .remade = true},
    [SCHEMA_EVENT_TRIGGER] = {.noun = "EVENT TRIGGER", .place = PG_PLACE_ALONE, .remade = true,
        .create = "CREATE EVENT TRIGGER {place} ON {event}[ WHEN TAG IN ({tag list})] EXECUTE "
                  "FUNCTION {function}();"},
    [SCHEMA_ENUM] = {.noun = "TYPE", .grants = "TYPE {place}",
        .create = "CREATE TYPE {place} AS ENUM ([{values}]);"},
    [SCHEMA_DOMAIN] = {.noun = "DOMAIN", .grants = "DOMAIN {place}",
        .create = "CREATE DOMAIN {place} AS {type}[ COLLATE {collation}][ DEFAULT {default}]"
                  "[{?not null=yes} NOT NULL];[\n{add checks}]"},
    [SCHEMA_COMPOSITE] = {.noun = "TYPE", .grants = "TYPE {place}",
        .create = "CREATE TYPE {place} AS ([{attributes}]);"},
    [SCHEMA_RANGE] = {.noun = "TYPE", .grants = "TYPE {place}",
        .create = "CREATE TYPE {place} AS RANGE (SUBTYPE = {subtype}[, COLLATION = {collation}]"
                  "[, CANONICAL = {canonical}][, SUBTYPE_DIFF = {difference}]);"},
    [SCHEMA_STATISTICS] = {.noun = "STATISTICS", .create = "{sql};", .remade = true},
    [SCHEMA_PUBLICATION] = {.noun = "PUBLICATION", .place = PG_PLACE_ALONE, .remade = true,
        .create = "CREATE PUBLICATION {place}[ FOR {objects}] WITH (publish = '{operations}'"
                  "[{?via root}, publish_via_partition_root = true]);"},
    [SCHEMA_DEFAULT_PRIVILEGES] = {.place = PG_PLACE_ALONE, .grants = "{objects}",
        .before_grant = "ALTER DEFAULT PRIVILEGES[ FOR ROLE {role}][ IN SCHEMA {schema}] "},
    [SCHEMA_COLLATION] = {.noun = "COLLATION", .remade = true,
        .create = "CREATE COLLATION {place} (PROVIDER = {provider}[{!ctype}, LOCALE = {'locale}]"
                  "[, LC_COLLATE = {'locale}, LC_CTYPE = {'ctype}][{?deterministic=no}, "
                  "DETERMINISTIC = false]);"},
    [SCHEMA_CAST] = {.noun = "CAST", .place = PG_PLACE_SIGNATURE, .create = "{sql};",
        .remade = true},
    [SCHEMA_OPERATOR] = {.noun = "OPERATOR", .place = PG_PLACE_SIGNATURE, .create = "{sql};",
        .remade = true},
    [SCHEMA_TEXT_SEARCH] = {.noun = "TEXT SEARCH CONFIGURATION", .remade = true,
        .create = "CREATE TEXT SEARCH CONFIGURATION {place} (PARSER = {parser});[\n{add mappings}]"},
    [SCHEMA_DICTIONARY] = {.noun = "TEXT SEARCH DICTIONARY", .create = "{sql};", .remade = true},
    [SCHEMA_FOREIGN_WRAPPER] = {.noun = "FOREIGN DATA WRAPPER", .place = PG_PLACE_ALONE,
        .grants = "FOREIGN DATA WRAPPER {place}", .create = "CREATE FOREIGN DATA WRAPPER {place}"
                  "[ HANDLER {handler}][ VALIDATOR {validator}][ OPTIONS ({settings})];"},
    [SCHEMA_FOREIGN_SERVER] = {.noun = "SERVER", .place = PG_PLACE_ALONE,
        .grants = "FOREIGN SERVER {place}", .create = "CREATE SERVER {place}[ TYPE {'type}]"
                  "[ VERSION {'version}] FOREIGN DATA WRAPPER {wrapper}[ OPTIONS ({settings})];"},
};

#define ANY SCHEMA_KIND_COUNT
#define ALTER_COLUMN "ALTER TABLE {table} ALTER COLUMN {name} "

const PgChange PG_CHANGES[] = {
    {ANY, "comment", "", "COMMENT ON {noun} {place} IS NULL;", false},
    {ANY, "comment", NULL, "COMMENT ON {noun} {place} IS {'after};", true},

    {ANY, "column comments", "", "{old.uncomment columns}", false},
    {ANY, "column comments", NULL, "[{old.uncomment columns}\n]{comment columns}", true},
    {SCHEMA_VIEW, "column defaults", "", "{old.drop defaults}", false},
    {SCHEMA_VIEW, "column defaults", NULL, "[{old.drop defaults}\n]{set defaults}", true},
    {SCHEMA_STATISTICS, "target", "", "ALTER STATISTICS {place} SET STATISTICS -1;", false},
    {SCHEMA_STATISTICS, "target", NULL, "ALTER STATISTICS {place} SET STATISTICS {after};", true},

    {SCHEMA_TABLE, "unlogged", "", "ALTER TABLE {place} SET LOGGED;", false},
    {SCHEMA_TABLE, "unlogged", NULL, "ALTER TABLE {place} SET UNLOGGED;", false},
    {SCHEMA_TABLE, "access method", NULL, "ALTER TABLE {place} SET ACCESS METHOD {after};", false},
    {SCHEMA_TABLE, "access method", "", "ALTER TABLE {place} SET ACCESS METHOD heap;", false},
    {SCHEMA_TABLE, "partition", NULL, "[ALTER TABLE {old.parent} DETACH PARTITION {place};\n]"
     "ALTER TABLE {parent} ATTACH PARTITION {place} {after};", false},
    {SCHEMA_TABLE, "partition", "", "ALTER TABLE {old.parent} DETACH PARTITION {place};", false},
    {SCHEMA_TABLE, "parent", NULL, "{!partition}{!old.partition}[ALTER TABLE {place} NO INHERIT "
     "{before};\n]ALTER TABLE {place} INHERIT {after};", false},
    {SCHEMA_TABLE, "parent", "", "{!old.partition}ALTER TABLE {place} NO INHERIT {before};", false},
    {SCHEMA_TABLE, "row security", "", "ALTER TABLE {place} DISABLE ROW LEVEL SECURITY, NO FORCE "
     "ROW LEVEL SECURITY;", false},
    {SCHEMA_TABLE, "row security", "on", "ALTER TABLE {place} ENABLE ROW LEVEL SECURITY, NO FORCE "
     "ROW LEVEL SECURITY;", true},
    {SCHEMA_TABLE, "row security", "forced", "ALTER TABLE {place} ENABLE ROW LEVEL SECURITY, FORCE "
     "ROW LEVEL SECURITY;", true},
    {SCHEMA_TABLE, "row security", "off, forced", "ALTER TABLE {place} DISABLE ROW LEVEL SECURITY, "
     "FORCE ROW LEVEL SECURITY;", true},
    {SCHEMA_TABLE, "replica identity", "", "ALTER TABLE {place} REPLICA IDENTITY DEFAULT;", false},
    {SCHEMA_TABLE, "replica identity", NULL, "ALTER TABLE {place} REPLICA IDENTITY {replica sql};",
     true},
    {SCHEMA_TABLE, "of type", "", "ALTER TABLE {place} NOT OF;", false},
    {SCHEMA_TABLE, "of type", NULL, "ALTER TABLE {place} OF {after};", true},

    {SCHEMA_COLUMN, "type", NULL, "[{~default}{?old.default}{!old.own default}" ALTER_COLUMN
     "DROP DEFAULT;\n]" ALTER_COLUMN
     "TYPE {after}[ COLLATE {collation}] USING {name}::{after};[\n{~default}{!own default}" ALTER_COLUMN
     "SET DEFAULT {default};]", false},
    {SCHEMA_COLUMN, "collation", NULL, ALTER_COLUMN "TYPE {type} COLLATE {after};", false},
    {SCHEMA_COLUMN, "collation", "", ALTER_COLUMN "TYPE {type};", false},
    {SCHEMA_COLUMN, "not null", "yes", ALTER_COLUMN "SET NOT NULL;", false},
    {SCHEMA_COLUMN, "not null", "no", ALTER_COLUMN "DROP NOT NULL;", false},
    {SCHEMA_COLUMN, "not null validated", "", "ALTER TABLE {table} VALIDATE CONSTRAINT "
     "{\"old.not null name};", false},
    {SCHEMA_COLUMN, "default", "", ALTER_COLUMN "DROP DEFAULT;", false},
    {SCHEMA_COLUMN, "default", NULL, "{!own default}" ALTER_COLUMN "SET DEFAULT {after};", false},
    {SCHEMA_COLUMN, "default", NULL, "{?serial}CREATE SEQUENCE {sequence name} AS {type} OWNED BY "
     "{place};\n" ALTER_COLUMN "SET DEFAULT nextval({'sequence name});", false},
    {SCHEMA_COLUMN, "generated", "", ALTER_COLUMN "DROP EXPRESSION;", false},
    {SCHEMA_COLUMN, "generated", NULL, "{?old.generated}ALTER TABLE {table} DROP COLUMN {name}, "
     "ADD COLUMN {name} " COLUMN ";", false},
    {SCHEMA_COLUMN, "identity", "", ALTER_COLUMN "DROP IDENTITY;", false},
    {SCHEMA_COLUMN, "identity", NULL, "{?old.identity}" ALTER_COLUMN "SET GENERATED {after};",
     false},
    {SCHEMA_COLUMN, "identity", NULL, "{!old.identity}" ALTER_COLUMN "ADD GENERATED {after} AS "
     "IDENTITY[ ({sequence})];", false},
    {SCHEMA_COLUMN, "sequence", NULL, "ALTER SEQUENCE {old.sequence name} {set sequence};", false},
    {SCHEMA_COLUMN, "sequence", "", "ALTER SEQUENCE {old.sequence name} {set sequence};", false},

    {SCHEMA_FOREIGN_KEY, "validated", "yes", "ALTER TABLE {table} VALIDATE CONSTRAINT {name};",
     false},
    {SCHEMA_CHECK, "validated", "yes", "ALTER TABLE {table} VALIDATE CONSTRAINT {name};", false},
    {SCHEMA_INDEX, "valid", "", "REINDEX INDEX {place};", false},
    {SCHEMA_VIEW, "sql", NULL, "{^row}CREATE OR REPLACE VIEW {place}[ WITH ({options})] AS\n"
     "{after};", false},
    {SCHEMA_MATERIALIZED_VIEW, "populated", "", "REFRESH MATERIALIZED VIEW {place};", false},
    {SCHEMA_MATERIALIZED_VIEW, "populated", NULL,
     "REFRESH MATERIALIZED VIEW {place} WITH NO DATA;", false},
    {SCHEMA_TRIGGER, "enabled", "", "ALTER TABLE {table} ENABLE TRIGGER {name};", false},
    {SCHEMA_TRIGGER, "enabled", "no", "ALTER TABLE {table} DISABLE TRIGGER {name};", true},
    {SCHEMA_TRIGGER, "enabled", "on replicas", "ALTER TABLE {table} ENABLE REPLICA TRIGGER {name};",
     true},
    {SCHEMA_TRIGGER, "enabled", "always", "ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name};",
     true},
    {SCHEMA_RULE, "enabled", "", "ALTER TABLE {table} ENABLE RULE {name};", false},
    {SCHEMA_RULE, "enabled", "no", "ALTER TABLE {table} DISABLE RULE {name};", true},
    {SCHEMA_RULE, "enabled", "on replicas", "ALTER TABLE {table} ENABLE REPLICA RULE {name};",
     true},
    {SCHEMA_RULE, "enabled", "always", "ALTER TABLE {table} ENABLE ALWAYS RULE {name};", true},
    {SCHEMA_EVENT_TRIGGER, "enabled", "", "ALTER EVENT TRIGGER {place} ENABLE;", false},
    {SCHEMA_EVENT_TRIGGER, "enabled", "no", "ALTER EVENT TRIGGER {place} DISABLE;", true},
    {SCHEMA_EVENT_TRIGGER, "enabled", "on replicas", "ALTER EVENT TRIGGER {place} ENABLE REPLICA;",
     true},
    {SCHEMA_EVENT_TRIGGER, "enabled", "always", "ALTER EVENT TRIGGER {place} ENABLE ALWAYS;", true},
    {SCHEMA_POLICY, "roles", NULL, "ALTER POLICY {place} TO {after};", false},
    {SCHEMA_POLICY, "using", NULL, "ALTER POLICY {place} USING ({after});", false},
    {SCHEMA_POLICY, "with check", NULL, "ALTER POLICY {place} WITH CHECK ({after});", false},

    {SCHEMA_EXTENSION, "version", NULL, "ALTER EXTENSION {place} UPDATE TO {'after};", false},
    {SCHEMA_EXTENSION, "namespace", NULL, "ALTER EXTENSION {place} SET SCHEMA {\"after};", false},
    {SCHEMA_SEQUENCE, "type", NULL, "ALTER SEQUENCE {place} AS {after} MINVALUE {minimum} MAXVALUE "
     "{maximum};", false},
    {SCHEMA_SEQUENCE, "start", NULL, "ALTER SEQUENCE {place} START {after};", false},
    {SCHEMA_SEQUENCE, "increment", NULL, "ALTER SEQUENCE {place} INCREMENT {after};", false},
    {SCHEMA_SEQUENCE, "minimum", NULL, "ALTER SEQUENCE {place} MINVALUE {after};", false},
    {SCHEMA_SEQUENCE, "maximum", NULL, "ALTER SEQUENCE {place} MAXVALUE {after};", false},
    {SCHEMA_SEQUENCE, "cache", NULL, "ALTER SEQUENCE {place} CACHE {after};", false},
    {SCHEMA_SEQUENCE, "cycle", "", "ALTER SEQUENCE {place} NO CYCLE;", false},
    {SCHEMA_SEQUENCE, "cycle", NULL, "ALTER SEQUENCE {place} CYCLE;", false},
    {SCHEMA_SEQUENCE, "owned by", "", "ALTER SEQUENCE {place} OWNED BY NONE;", false},
    {SCHEMA_SEQUENCE, "owned by", NULL, "ALTER SEQUENCE {place} OWNED BY {after};", false},
    {SCHEMA_TEXT_SEARCH, "mappings", NULL, "[{old.drop mappings}\n]{add mappings}", false},
    {SCHEMA_TEXT_SEARCH, "mappings", "", "{old.drop mappings}", false},
    {SCHEMA_FOREIGN_WRAPPER, "handler", "", "ALTER {noun} {place} NO HANDLER;", false},
    {SCHEMA_FOREIGN_WRAPPER, "handler", NULL, "ALTER {noun} {place} HANDLER {after};", false},
    {SCHEMA_FOREIGN_WRAPPER, "validator", "", "ALTER {noun} {place} NO VALIDATOR;", false},
    {SCHEMA_FOREIGN_WRAPPER, "validator", NULL, "ALTER {noun} {place} VALIDATOR {after};", false},
    {SCHEMA_FOREIGN_SERVER, "version", "", "ALTER SERVER {place} VERSION NULL;", false},
    {SCHEMA_FOREIGN_SERVER, "version", NULL, "ALTER SERVER {place} VERSION {'after};", false},
    {SCHEMA_DOMAIN, "not null", "yes", "ALTER DOMAIN {place} SET NOT NULL;", false},
    {SCHEMA_DOMAIN, "not null", "no", "ALTER DOMAIN {place} DROP NOT NULL;", false},
    {SCHEMA_DOMAIN, "default", "", "ALTER DOMAIN {place} DROP DEFAULT;", false},
    {SCHEMA_DOMAIN, "default", NULL, "ALTER DOMAIN {place} SET DEFAULT {after};", false},
    {SCHEMA_DOMAIN, "checks", "", "{old.drop checks}", false},
    {SCHEMA_DOMAIN, "checks", NULL, "[{old.drop checks}\n]{add checks}", false},
    {SCHEMA_PUBLICATION, "operations", NULL, "ALTER PUBLICATION {place} SET (publish = '{after}');",
     false},
    {SCHEMA_PUBLICATION, "via root", "", "ALTER PUBLICATION {place} SET "
     "(publish_via_partition_root = false);", false},
    {SCHEMA_PUBLICATION, "via root", NULL, "ALTER PUBLICATION {place} SET "
     "(publish_via_partition_root = true);", false},
};

/* clang-format on */

const size_t PG_CHANGE_COUNT = COUNT_OF(PG_CHANGES);
