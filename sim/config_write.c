#include "config.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

static bool is_word_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           c == '/';
}

/* Whether `text` means itself without quotes, in flow and block style. */
static bool is_plain(const char *text)
{
    size_t length = strlen(text);
    if (length == 0 || !is_word_character(text[0]) || text[length - 1] == ' ')
        return false;
    for (const char *c = text; *c; c++)
        if (!is_word_character(*c) && !strchr(" -+%@^()=", *c))
            return false;
    return strcmp(text, "...") != 0 && strcmp(text, "null") != 0;
}

/* Decodes one UTF-8 character of valid text; returns its length. */
static size_t decode(const char *text, unsigned *ret_code)
{
    unsigned char lead = (unsigned char)text[0];
    size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    unsigned code = length == 1 ? lead : lead & (0x7fu >> length);
    for (size_t i = 1; i < length; i++)
        code = code << 6 | ((unsigned char)text[i] & 0x3fu);
    *ret_code = code;
    return length;
}

/* Characters that end lines or that YAML forbids. */
static bool needs_escape(unsigned code)
{
    return code < ' ' || (code >= 0x7f && code <= 0xa0) || code == 0x2028 || code == 0x2029 || code == 0xfeff ||
           code == 0xfffe || code == 0xffff;
}

void config_write(FILE *stream, const Field *fields, int field_count, const void *source, int indent)
{
    for (int i = 0; i < field_count; i++) {
        const Field *field = &fields[i];
        const void *place = (const char *)source + field->offset;
        char text[64] = "";
        const char *value = text;
        if (field->kind == FIELD_INTEGER)
            snprintf(text, sizeof text, "%" PRId64, *(const int64_t *)place);
        else if (field->kind == FIELD_QUANTITY && isfinite(*(const double *)place))
            quantity_format(*(const double *)place, field->dimension, text, sizeof text);
        else if (field->kind == FIELD_TIME && *(const Time *)place != TIME_NEVER)
            quantity_format(time_to_s(*(const Time *)place), DIMENSION_TIME, text, sizeof text);
        else if (field->kind == FIELD_BOOLEAN)
            value = *(const bool *)place ? "yes" : "no";
        else if (field->kind == FIELD_CHOICE)
            value = field->choices[*(const int *)place];
        else if (field->kind == FIELD_TEXT && *(const char *const *)place)
            value = *(const char *const *)place;
        if (!*value)
            continue;
        fprintf(stream, "%*s%s: ", indent, "", field->key);
        config_write_text(stream, value);
        fputc('\n', stream);
    }
}

void config_write_text(FILE *stream, const char *text)
{
    if (is_plain(text)) {
        fputs(text, stream);
        return;
    }
    fputc('"', stream);
    for (size_t length; *text; text += length) {
        unsigned code;
        length = decode(text, &code);
        if (code == '"' || code == '\\')
            fprintf(stream, "\\%c", (int)code);
        else if (needs_escape(code))
            fprintf(stream, "\\u%04x", code);
        else
            fwrite(text, 1, length, stream);
    }
    fputc('"', stream);
}

void config_write_node(FILE *stream, const ConfigNode *node)
{
    if (node->kind == CONFIG_SCALAR) {
        if (*node->text || node->quoted)
            config_write_text(stream, node->text);
        else
            fputc('~', stream);
        return;
    }
    fputc(node->kind == CONFIG_MAP ? '{' : '[', stream);
    for (const ConfigNode *child = node->first; child; child = child->next) {
        if (node->kind == CONFIG_MAP) {
            config_write_text(stream, child->key);
            fputs(": ", stream);
        }
        config_write_node(stream, child);
        if (child->next)
            fputs(", ", stream);
    }
    fputc(node->kind == CONFIG_MAP ? '}' : ']', stream);
}
