/* One table of fields says what a section of a file may hold; binding, messages, `describe` and the resolved text all
 * come from it. */
#ifndef ORCHID_SIM_CONFIG_H
#define ORCHID_SIM_CONFIG_H

#include "error.h"
#include "memory.h"
#include "units.h"

typedef enum ConfigNodeKind { CONFIG_SCALAR, CONFIG_LIST, CONFIG_MAP } ConfigNodeKind;

/* A node of a read YAML file, in an arena. */
typedef struct ConfigNode {
    ConfigNodeKind kind;
    const char *key;   /* of an entry of a map; NULL elsewhere */
    const char *text;  /* scalar: its characters */
    bool quoted;       /* scalar: was written in quotes */
    const char *file;  /* where it stands; "command line" for an override */
    int line, column;  /* from 1; of the key for a map's entry of kind scalar: of the value */
    int key_line, key_column;
    struct ConfigNode *first, *next; /* children, and the next sibling */
    int count;         /* children */
} ConfigNode;

typedef enum FieldKind {
    FIELD_INTEGER,  /* int64_t */
    FIELD_QUANTITY, /* double, in the base unit of `dimension` (DIMENSION_COUNT: a plain real number) */
    FIELD_TIME,     /* Time, from a quantity of time */
    FIELD_BOOLEAN,  /* bool: yes/no, true/false */
    FIELD_TEXT,     /* const char * */
    FIELD_CHOICE,   /* int: index into `choices` */
    FIELD_NESTED    /* map or list that its section's own reader handles */
} FieldKind;

/* One key. */
typedef struct Field {
    const char *key;
    FieldKind kind;
    Dimension dimension;        /* of a quantity */
    size_t offset;              /* into the target struct */
    const char *fallback;       /* default as it would be written; NULL: required; "": may be absent and is left as it is */
    double minimum, maximum;    /* inclusive, base unit; both 0: no limits */
    const char *const *choices; /* NULL-terminated, for FIELD_CHOICE */
    const char *help;           /* one line */
} Field;

/* A section as `orchid describe` shows it. */
typedef struct ConfigSection {
    const char *path; /* such as "nodes[]" or "workload" */
    const char *help;
    int field_count;
    const Field *fields;
} ConfigSection;

/* Reads a YAML file into `arena`. NULL with findings in `errors`: unreadable, empty, binary, too large, too deep, too many
 * or cyclic aliases, syntax. */
ConfigNode *config_read(Arena *arena, const char *path, ErrorList *errors);

/* The entry `key` of a map (NULL where absent or where `map` is NULL). */
const ConfigNode *config_get(const ConfigNode *map, const char *key);

/* Applies "a.b.c=value" to the tree, creating what is missing; list entries are addressed by their `name` or by index. */
void config_override(Arena *arena, ConfigNode *root, const char *assignment, ErrorList *errors);

/* Binds the entries of `map` to `target` by `fields`: unknown, duplicate and missing keys, wrong kinds, units and ranges
 * become findings that begin with the key's path below `path`, such as "nodes.edge.cores: ...". A NULL `map` gives all
 * defaults. Text is placed in `arena`. Returns whether nothing was wrong. */
bool config_bind(Arena *arena, const ConfigNode *map, const char *path, const Field *fields, int field_count, void *target,
                 ErrorList *errors);

/* Writes a bound struct back as canonical YAML lines indented by `indent` spaces: every scalar field, defaults included. */
void config_write(FILE *stream, const Field *fields, int field_count, const void *source, int indent);

#endif
