#include "message.h"

#include <stdarg.h>

ExitStatus message_wrong(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("error: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    return STATUS_INPUT;
}

ExitStatus message_unknown(const char *what, const char *word, const char *const *candidates, int count,
                           const char *hint)
{
    const char *nearest = error_nearest(word, candidates, count);
    if (nearest)
        return message_wrong("there is no %s \"%s\"; did you mean '%s'?", what, word, nearest);
    return message_wrong("there is no %s \"%s\"%s%s", what, word, hint ? "; " : "", hint ? hint : "");
}

void message_error(const Error *error)
{
    ErrorList list = {.count = 1, .total = 1, .items = {*error}};
    error_list_write(&list, stderr);
}

void message_note(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("note: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}
