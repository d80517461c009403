#include "config.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

/* A node that aliases may repeat. */
typedef struct Anchor {
    const char *name;
    const ConfigNode *node;
    int depth;     /* of nested collections in `node`, itself included */
    bool complete; /* false while its own children are read */
    struct Anchor *next;
} Anchor;

typedef struct Reader {
    Arena *arena;
    ErrorList *errors;
    const char *file;
    bool numbered;
    yaml_parser_t parser;
    yaml_event_t event; /* the present one */
    int node_count, anchor_count;
    Anchor *anchors; /* newest first */
} Reader;

static void reader_error(Reader *reader, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A finding at the present event. */
static void reader_error(Reader *reader, const char *format, ...)
{
    yaml_mark_t mark = reader->event.start_mark;
    char message[ERROR_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    error_add(reader->errors, reader->file, reader->numbered ? (int)mark.line + 1 : 0,
              reader->numbered ? (int)mark.column + 1 : 0, "%s", message);
}

/* Puts what libyaml found into one line. */
static void reader_syntax_error(Reader *reader)
{
    const yaml_parser_t *parser = &reader->parser;
    int line = reader->numbered ? (int)parser->problem_mark.line + 1 : 0;
    int column = reader->numbered ? (int)parser->problem_mark.column + 1 : 0;
    char context[128] = "", since[32] = "";
    if (parser->context)
        snprintf(context, sizeof context, " %s", parser->context);
    if (parser->context && reader->numbered && parser->context_mark.line != parser->problem_mark.line)
        snprintf(since, sizeof since, " begun in line %d", (int)parser->context_mark.line + 1);
    error_add(reader->errors, reader->file, line, column, "not valid YAML: %s%s%s",
              parser->problem ? parser->problem : "cannot be understood", context, since);
}

/* Goes to the next event; false with a finding where the text is not YAML. */
static bool reader_next(Reader *reader)
{
    yaml_event_delete(&reader->event);
    if (yaml_parser_parse(&reader->parser, &reader->event))
        return true;
    memset(&reader->event, 0, sizeof reader->event);
    reader_syntax_error(reader);
    return false;
}

static ConfigNode *reader_tag_error(Reader *reader, const yaml_char_t *tag)
{
    char excerpt[CONFIG_EXCERPT_SIZE];
    reader_error(reader, "a tag such as %s has no meaning here", config_excerpt((const char *)tag, excerpt));
    return NULL;
}

static ConfigNode *reader_node(Reader *reader, ConfigNodeKind kind)
{
    if (reader->node_count == CONFIG_NODE_LIMIT) {
        reader_error(reader, "more than 200000 entries");
        return NULL;
    }
    reader->node_count++;
    ConfigNode *node = arena_allocate(reader->arena, 1, sizeof *node);
    *node = (ConfigNode){.kind = kind, .file = reader->file};
    node->line = reader->numbered ? (int)reader->event.start_mark.line + 1 : 0;
    node->column = reader->numbered ? (int)reader->event.start_mark.column + 1 : 0;
    return node;
}

/* Remembers an anchor, if the event has one. */
static bool reader_anchor(Reader *reader, const yaml_char_t *name, const ConfigNode *node, Anchor **ret_anchor)
{
    *ret_anchor = NULL;
    if (!name)
        return true;
    if (reader->anchor_count++ == CONFIG_ANCHOR_LIMIT) {
        reader_error(reader, "more than 1000 anchors");
        return false;
    }
    Anchor *anchor = arena_allocate(reader->arena, 1, sizeof *anchor);
    *anchor = (Anchor){arena_string(reader->arena, (const char *)name), node, 0, false, reader->anchors};
    reader->anchors = *ret_anchor = anchor;
    return true;
}

static int node_depth(const ConfigNode *node)
{
    int deepest = 0;
    for (const ConfigNode *child = node->first; child; child = child->next) {
        int depth = node_depth(child);
        deepest = depth > deepest ? depth : deepest;
    }
    return deepest + (node->kind != CONFIG_SCALAR);
}

/* A copy, so that an override of one place leaves the others alone. */
static ConfigNode *copy_node(Reader *reader, const ConfigNode *source)
{
    ConfigNode *copy = reader_node(reader, source->kind);
    if (!copy)
        return NULL;
    *copy = *source;
    copy->next = NULL;
    ConfigNode **link = &copy->first;
    for (const ConfigNode *child = source->first; child; child = child->next) {
        *link = copy_node(reader, child);
        if (!*link)
            return NULL;
        link = &(*link)->next;
    }
    return copy;
}

static ConfigNode *read_alias(Reader *reader, int depth)
{
    const char *name = (const char *)reader->event.data.alias.anchor;
    const Anchor *anchor = reader->anchors;
    while (anchor && strcmp(anchor->name, name) != 0)
        anchor = anchor->next;
    if (!anchor)
        reader_error(reader, "nothing above is called &%.40s", name);
    else if (!anchor->complete)
        reader_error(reader, "*%.40s stands inside of what it repeats", name);
    else if (depth + anchor->depth > CONFIG_DEPTH_LIMIT)
        reader_error(reader, "nested deeper than 64 levels");
    else
        return copy_node(reader, anchor->node);
    return NULL;
}

static ConfigNode *read_scalar(Reader *reader)
{
    const char *text = (const char *)reader->event.data.scalar.value;
    size_t length = reader->event.data.scalar.length;
    if (strlen(text) != length) {
        reader_error(reader, "a text holds a NUL character");
        return NULL;
    }
    if (reader->event.data.scalar.tag)
        return reader_tag_error(reader, reader->event.data.scalar.tag);
    ConfigNode *node = reader_node(reader, CONFIG_SCALAR);
    if (!node)
        return NULL;
    node->text = arena_string_n(reader->arena, text, length);
    node->quoted = reader->event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    return node;
}

static int compare_by_key(const void *a, const void *b)
{
    const ConfigNode *first = *(ConfigNode *const *)a, *second = *(ConfigNode *const *)b;
    int by_key = strcmp(first->key, second->key);
    if (by_key)
        return by_key;
    int by_line = first->key_line - second->key_line;
    return by_line ? by_line : first->key_column - second->key_column;
}

/* Keys that stand twice become findings. Sorted, so that a huge map costs n log n. */
static void report_duplicates(Reader *reader, ConfigNode *map)
{
    const ConfigNode **sorted = memory_allocate((size_t)map->count, sizeof(const ConfigNode *));
    int count = 0;
    for (const ConfigNode *child = map->first; child; child = child->next)
        sorted[count++] = child;
    qsort(sorted, (size_t)count, sizeof *sorted, compare_by_key);
    const ConfigNode *first = NULL;
    for (int i = 0; i < count; i++) {
        if (!first || strcmp(first->key, sorted[i]->key) != 0) {
            first = sorted[i];
            continue;
        }
        char excerpt[CONFIG_EXCERPT_SIZE], where[48] = "";
        if (reader->numbered)
            snprintf(where, sizeof where, ", first in line %d", first->key_line);
        error_add(reader->errors, sorted[i]->file, sorted[i]->key_line, sorted[i]->key_column,
                  "%s: this key stands here twice%s", config_excerpt(first->key, excerpt), where);
    }
    free(sorted);
}

/* The key of a map's entry, from the present event; NULL with a finding where it is no plain text. */
static const char *read_key(Reader *reader)
{
    if (reader->event.type != YAML_SCALAR_EVENT) {
        reader_error(reader, "a key must be a word");
        return NULL;
    }
    const char *key = (const char *)reader->event.data.scalar.value;
    if (reader->event.data.scalar.length > CONFIG_KEY_LIMIT) {
        reader_error(reader, "a key is longer than %d bytes", CONFIG_KEY_LIMIT);
        return NULL;
    }
    if (strcmp(key, "<<") == 0) {
        reader_error(reader, "merging with << is not supported: repeat the keys");
        return NULL;
    }
    ConfigNode *node = read_scalar(reader);
    return node ? node->text : NULL;
}

static ConfigNode *read_node(Reader *reader, int depth);

/* Reads the children of a list or map up to its closing event. */
static bool read_children(Reader *reader, ConfigNode *node, int depth)
{
    yaml_event_type_t end = node->kind == CONFIG_MAP ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT;
    ConfigNode **link = &node->first;
    for (;;) {
        if (!reader_next(reader))
            return false;
        if (reader->event.type == end)
            break;
        const char *key = NULL;
        yaml_mark_t mark = reader->event.start_mark;
        if (node->kind == CONFIG_MAP && (!(key = read_key(reader)) || !reader_next(reader)))
            return false;
        ConfigNode *child = read_node(reader, depth);
        if (!child)
            return false;
        child->key = key;
        child->key_line = reader->numbered && key ? (int)mark.line + 1 : 0;
        child->key_column = reader->numbered && key ? (int)mark.column + 1 : 0;
        *link = child;
        link = &child->next;
        node->count++;
    }
    if (node->kind == CONFIG_MAP)
        report_duplicates(reader, node);
    return true;
}

static ConfigNode *read_collection(Reader *reader, ConfigNodeKind kind, int depth)
{
    const yaml_char_t *name =
        kind == CONFIG_MAP ? reader->event.data.mapping_start.anchor : reader->event.data.sequence_start.anchor;
    const yaml_char_t *tag =
        kind == CONFIG_MAP ? reader->event.data.mapping_start.tag : reader->event.data.sequence_start.tag;
    if (tag)
        return reader_tag_error(reader, tag);
    if (depth == CONFIG_DEPTH_LIMIT) {
        reader_error(reader, "nested deeper than 64 levels");
        return NULL;
    }
    ConfigNode *node = reader_node(reader, kind);
    Anchor *anchor;
    if (!node || !reader_anchor(reader, name, node, &anchor) || !read_children(reader, node, depth + 1))
        return NULL;
    if (anchor) {
        anchor->complete = true;
        anchor->depth = node_depth(node);
    }
    return node;
}

/* The node that the present event begins, NULL with a finding. */
static ConfigNode *read_node(Reader *reader, int depth)
{
    if (reader->event.type == YAML_MAPPING_START_EVENT)
        return read_collection(reader, CONFIG_MAP, depth);
    if (reader->event.type == YAML_SEQUENCE_START_EVENT)
        return read_collection(reader, CONFIG_LIST, depth);
    if (reader->event.type == YAML_ALIAS_EVENT)
        return read_alias(reader, depth);
    assert(reader->event.type == YAML_SCALAR_EVENT);
    ConfigNode *node = read_scalar(reader);
    if (node && !node->quoted && (strcmp(node->text, "~") == 0 || strcmp(node->text, "null") == 0))
        node->text = ""; /* how YAML writes that there is no value */
    Anchor *anchor;
    if (!node || !reader_anchor(reader, reader->event.data.scalar.anchor, node, &anchor))
        return NULL;
    if (anchor)
        anchor->complete = true;
    return node;
}

/* The one document of the stream. */
static ConfigNode *read_document(Reader *reader)
{
    if (!reader_next(reader) || !reader_next(reader)) /* the start of the stream, then of the document */
        return NULL;
    if (reader->event.type == YAML_STREAM_END_EVENT) {
        error_add(reader->errors, reader->file, 0, 0, "is empty");
        return NULL;
    }
    if (!reader_next(reader))
        return NULL;
    ConfigNode *root = read_node(reader, 0);
    if (!root || !reader_next(reader) || !reader_next(reader)) /* the end of the document, then of the stream */
        return NULL;
    if (reader->event.type != YAML_STREAM_END_EVENT) {
        reader_error(reader, "a second document begins here; a file holds one");
        return NULL;
    }
    if (root->kind == CONFIG_SCALAR && !root->quoted && !*root->text) {
        error_add(reader->errors, reader->file, 0, 0, "is empty");
        return NULL;
    }
    return root;
}

ConfigNode *config_parse(Arena *arena, const char *text, size_t length, const char *file, bool numbered,
                         ErrorList *errors)
{
    Reader reader = {.arena = arena, .errors = errors, .file = file, .numbered = numbered};
    if (!yaml_parser_initialize(&reader.parser)) {
        error_add(errors, file, 0, 0, "cannot be read: out of memory");
        return NULL;
    }
    yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)text, length);
    ConfigNode *root = read_document(&reader);
    yaml_event_delete(&reader.event);
    yaml_parser_delete(&reader.parser);
    return root;
}
