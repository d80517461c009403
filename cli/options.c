#include "options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"

enum { FLAG_LIMIT = 16, NAME_WIDTH = 22 };

static void print_help(const Command *command, const Flag *flags, int flag_count)
{
    printf("orchid %s: %s\n\nUsage: orchid %s %s\n", command->name, command->summary, command->name,
           command->arguments);
    if (command->details)
        printf("\n%s\n", command->details);
    printf("\nFlags:\n");
    for (int i = 0; i < flag_count; i++) {
        char name[64];
        snprintf(name, sizeof name, "%s%s%s", flags[i].name, flags[i].value_name ? " " : "",
                 flags[i].value_name ? flags[i].value_name : "");
        printf("  %-*s %s\n", NAME_WIDTH, name, flags[i].help);
    }
    printf("  %-*s %s\n", NAME_WIDTH, "--help", "this page");
    printf("\nExamples:\n");
    for (int i = 0; i < EXAMPLE_LIMIT && command->examples[i].line; i++)
        printf("  %s\n      %s\n", command->examples[i].line, command->examples[i].meaning);
}

/* The flag that the argument's first `length` characters name, or NULL. */
static const Flag *find_flag(const Flag *flags, int flag_count, const char *argument, size_t length)
{
    for (int i = 0; i < flag_count; i++)
        if (strlen(flags[i].name) == length && strncmp(flags[i].name, argument, length) == 0)
            return &flags[i];
    return NULL;
}

static ExitStatus unknown_flag(const Command *command, const Flag *flags, int flag_count, const char *argument)
{
    const char *names[FLAG_LIMIT + 1] = {"--help"};
    for (int i = 0; i < flag_count && i < FLAG_LIMIT; i++)
        names[i + 1] = flags[i].name;
    char word[64], hint[64];
    snprintf(word, sizeof word, "%.*s", (int)strcspn(argument, "="), argument);
    snprintf(hint, sizeof hint, "see `orchid %s --help`", command->name);
    return message_unknown("flag", word, names, flag_count + 1, hint);
}

static bool set_integer(const Flag *flag, const char *value)
{
    char *end;
    errno = 0;
    long long number = strtoll(value, &end, 10);
    bool digits = *value == '-' || (*value >= '0' && *value <= '9');
    if (!digits || *end || end == value) {
        message_wrong("%s needs a whole number, not \"%s\"", flag->name, value);
        return false;
    }
    if (errno == ERANGE || number < flag->minimum || number > flag->maximum) {
        message_wrong("%s must be from %lld to %lld, not %s", flag->name, (long long)flag->minimum,
                      (long long)flag->maximum, value);
        return false;
    }
    *(int64_t *)flag->target = number;
    return true;
}

/* Sets the flag to `value`, NULL where none was given. */
static bool set_flag(const Flag *flag, const char *value)
{
    switch (flag->kind) {
    case FLAG_SWITCH:
        if (value)
            message_wrong("%s takes no value", flag->name);
        *(bool *)flag->target = true;
        return !value;
    case FLAG_TEXT:
    case FLAG_INTEGER:
        if (!value || !*value) {
            message_wrong("%s needs a value: %s %s", flag->name, flag->name, flag->value_name);
            return false;
        }
        if (flag->kind == FLAG_INTEGER)
            return set_integer(flag, value);
        *(const char **)flag->target = value;
        return true;
    }
    return false;
}

bool options_parse(const Command *command, const Flag *flags, int flag_count, int *argument_count, char **arguments,
                   ExitStatus *ret_status)
{
    *ret_status = STATUS_INPUT;
    int others = 0, count = *argument_count;
    bool plain = false;
    for (int i = 0; i < count; i++) {
        char *argument = arguments[i];
        if (plain || argument[0] != '-' || !argument[1]) {
            arguments[others++] = argument;
            continue;
        }
        plain = strcmp(argument, "--") == 0;
        if (plain)
            continue;
        if (strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0) {
            print_help(command, flags, flag_count);
            *ret_status = STATUS_FINE;
            return false;
        }
        size_t length = strcspn(argument, "=");
        const Flag *flag = find_flag(flags, flag_count, argument, length);
        if (!flag) {
            *ret_status = unknown_flag(command, flags, flag_count, argument);
            return false;
        }
        const char *value = argument[length] ? argument + length + 1 : NULL;
        if (!value && flag->kind != FLAG_SWITCH && i + 1 < count)
            value = arguments[++i];
        if (!set_flag(flag, value))
            return false;
    }
    *argument_count = others;
    *ret_status = STATUS_FINE;
    return true;
}
