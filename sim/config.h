/* One table of fields says what a section of a file may hold; binding, messages, `describe` and the resolved text all
 * come from it. */
#ifndef ORCHID_SIM_CONFIG_H
#define ORCHID_SIM_CONFIG_H

#include "error.h"
#include "memory.h"
#include "units.h"

/* What a file may be at most. Aliases are expanded, and their copies count. */
enum {
    CONFIG_FILE_LIMIT = 4 << 20, /* bytes */
    CONFIG_DEPTH_LIMIT = 64,     /* nested lists and maps */
    CONFIG_NODE_LIMIT = 200000,
    CONFIG_ANCHOR_LIMIT = 1000,
    CONFIG_KEY_LIMIT = 100 /* bytes */
};

typedef enum ConfigNodeKind { CONFIG_SCALAR, CONFIG_LIST, CONFIG_MAP } ConfigNodeKind;

/* A node of a read YAML file, in an arena. */
typedef struct ConfigNode {
    ConfigNodeKind kind;
    const char *key;                 /* of an entry of a map; NULL elsewhere */
    const char *text;                /* scalar: its characters */
    bool quoted;                     /* scalar: was written in quotes */
    const char *file;                /* where it stands; "command line: ASSIGNMENT" for an override */
    int line, column;                /* of the value, from 1; 0 for an override */
    int key_line, key_column;        /* of the key, for an entry of a map */
    struct ConfigNode *first, *next; /* children, and the next sibling */
    int count;                       /* children */
} ConfigNode;

typedef enum FieldKind {
    FIELD_INTEGER,  /* int64_t */
    FIELD_QUANTITY, /* double, in the base unit of `dimension` (DIMENSION_COUNT: a plain real number) */
    FIELD_TIME,     /* Time, from a quantity of time */
    FIELD_BOOLEAN,  /* bool: yes/no, true/false */
    FIELD_TEXT,     /* const char * */
    FIELD_CHOICE,   /* int: index into `choices` */
    FIELD_NESTED    /* const ConfigNode *: map or list that its section's own reader handles */
} FieldKind;

/* One key. */
typedef struct Field {
    const char *key;
    FieldKind kind;
    Dimension dimension;  /* of a quantity */
    size_t offset;        /* into the target struct */
    const char *fallback; /* default as it would be written; NULL: required; "": may be absent and is left as it is */
    double minimum, maximum;    /* inclusive, base unit; both 0: no limits */
    const char *const *choices; /* NULL-terminated, for FIELD_CHOICE */
    const char *help;           /* one line */
} Field;

/* A section as `orchid describe` shows it. */
typedef struct ConfigSection {
    const char *path; /* such as "nodes[]" or "workload"; "" for the file itself */
    const char *help;
    int field_count;
    const Field *fields;
} ConfigSection;

/* Reads a YAML file into `arena`. NULL with findings in `errors`: unreadable, empty, binary, too large, too deep, too
 * many or cyclic aliases, syntax. A key that stands twice is a finding too, but the tree is returned, with the first of
 * them. */
ConfigNode *config_read(Arena *arena, const char *path, ErrorList *errors);

/* The same for `length` bytes of text; `file` names it in messages and is kept. Places count from line 1, or are left 0
 * where `numbered` is false. */
ConfigNode *config_parse(Arena *arena, const char *text, size_t length, const char *file, bool numbered,
                         ErrorList *errors);

/* The path of `file` as a file at `base` names it: from the folder of `base`, unless it is absolute. */
const char *config_relative(Arena *arena, const char *base, const char *file);

/* The entry `key` of a map (NULL where absent or where `map` is NULL or no map). */
const ConfigNode *config_get(const ConfigNode *map, const char *key);

/* The path of entry `index` of a list for messages: "nodes.edge" where it has a name, else "links[0]". */
const char *config_item_path(Arena *arena, const char *path, const ConfigNode *item, int index);

/* Applies "a.b.c=value" to the tree, creating what is missing; list entries are addressed by their `name`, by
 * "from-to", or by index as in links.0 or links[0]. The value is read as YAML, so that [d0, d4] is a list. */
void config_override(Arena *arena, ConfigNode *root, const char *assignment, ErrorList *errors);

/* A copy of a tree, whose texts stay where they are. */
ConfigNode *config_copy(Arena *arena, const ConfigNode *node);

/* Takes the entry `key` out of a map, if it is there. */
void config_remove(ConfigNode *map, const char *key);

/* Puts a copy of `value` at "a.b.c", addressed as in config_override, and counts the places of its key as those of the
 * whole path. False with a finding there. */
bool config_assign(Arena *arena, ConfigNode *root, const char *path, const ConfigNode *value, ErrorList *errors);

/* Binds the entries of `map` to `target` by `fields`: unknown and missing keys, wrong kinds, units and ranges become
 * findings that begin with the key's path below `path`, such as "nodes.edge.cores: ...". A NULL `map` gives all
 * defaults. Text is placed in `arena`. Returns whether nothing was wrong. */
bool config_bind(Arena *arena, const ConfigNode *map, const char *path, const Field *fields, int field_count,
                 void *target, ErrorList *errors);

/* Binds the single value `node`, whose own path is `path`, to `target` as `field` says; its key and offset do not
 * matter. */
bool config_bind_value(Arena *arena, const ConfigNode *node, const char *path, const Field *field, void *target,
                       ErrorList *errors);

/* A finding about `node` (NULL: without a place) that begins with "path: ". */
void config_error(ErrorList *errors, const ConfigNode *node, const char *path, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

enum { CONFIG_EXCERPT_SIZE = 64 };

/* `text` fit for a message: shortened, and on one line. Returns `buffer`. */
const char *config_excerpt(const char *text, char buffer[CONFIG_EXCERPT_SIZE]);

/* Writes a bound struct back as canonical YAML lines indented by `indent` spaces: every scalar field, defaults
 * included. Left out are quantities that are not finite, times of TIME_NEVER and texts that are NULL: they stand for
 * "not given". */
void config_write(FILE *stream, const Field *fields, int field_count, const void *source, int indent);

/* Writes `text` as a YAML scalar, in quotes where it needs them. */
void config_write_text(FILE *stream, const char *text);

/* Writes a read tree on one line, as YAML flow. */
void config_write_node(FILE *stream, const ConfigNode *node);

#endif
