#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "message.h"

/* The sub-commands: a new one is one file and one line here. */
static const Command *const commands[] = {
    &command_run,     &command_train,   &command_sweep,     &command_validate, &command_describe,
    &command_list,    &command_figure,  &command_merge,     &command_compare,  &command_export,
    &command_samples, &command_offload, &command_reproduce, &command_vision,
};

enum { COMMAND_COUNT = sizeof commands / sizeof *commands, NAME_COUNT = COMMAND_COUNT + 1 };

static void print_overview(FILE *stream)
{
    fputs("orchid simulates where deep-learning inferences run (end device, edge or cloud), with which model,\n"
          "and compares the policies that decide it.\n\nUsage: orchid COMMAND [argument ...]\n\nCommands:\n",
          stream);
    for (int i = 0; i < COMMAND_COUNT; i++)
        fprintf(stream, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
    fputs("  help       what a command takes, with examples: orchid help run\n\nStart with:\n"
          "  orchid run hello training_patience=4 --policy all --db hello.sqlite\n"
          "  orchid figure strategies --db hello.sqlite -o strategies.png\n\n"
          "Exit status: 0 fine, 2 something is wrong with the input, 3 with the machine, 130 interrupted.\n",
          stream);
}

static const Command *find_command(const char *name)
{
    for (int i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

static ExitStatus unknown_command(const char *name)
{
    const char *names[NAME_COUNT] = {"help"};
    for (int i = 0; i < COMMAND_COUNT; i++)
        names[i + 1] = commands[i]->name;
    return message_unknown("command", name, names, NAME_COUNT, "see `orchid help`");
}

static ExitStatus help(int argument_count, char **arguments)
{
    if (argument_count == 0) {
        print_overview(stdout);
        return STATUS_FINE;
    }
    if (argument_count > 1)
        return message_wrong("help takes one command, as in: orchid help run");
    const Command *command = find_command(arguments[0]);
    if (!command)
        return unknown_command(arguments[0]);
    char flag[] = "--help", *flags[] = {flag, NULL};
    return command->run(1, flags);
}

static ExitStatus dispatch(int argument_count, char **arguments)
{
    if (argument_count == 0) {
        print_overview(stderr);
        return STATUS_INPUT;
    }
    const char *name = arguments[0];
    if (strcmp(name, "--version") == 0) {
        printf("orchid %s\n", ORCHID_VERSION);
        return STATUS_FINE;
    }
    if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        return help(argument_count - 1, arguments + 1);
    const Command *command = find_command(name);
    return command ? command->run(argument_count - 1, arguments + 1) : unknown_command(name);
}

int main(int argument_count, char **arguments)
{
    ExitStatus status = dispatch(argument_count - 1, arguments + 1);
    bool printed = !ferror(stdout);
    if ((fflush(stdout) != 0 || !printed) && status == STATUS_FINE) {
        fputs("error: cannot write to standard output\n", stderr);
        status = STATUS_MACHINE;
    }
    return (int)status;
}
