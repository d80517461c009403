/* What `orchid reproduce` needs to know of a study: its runs, its pictures, and who judges its claims. */
#ifndef ORCHID_CLI_REPRODUCE_H
#define ORCHID_CLI_REPRODUCE_H

#include "../analysis/claims.h"
#include "../analysis/sweep_run.h"
#include "command.h"

enum { STUDY_POLICY_LIMIT = 16, STUDY_SETTING_LIMIT = 3 };

/* A scenario that comes with the program and has a `sweep:` section. */
typedef struct StudySweep {
    const char *scenario;
    const char *const
        *policies; /* [STUDY_POLICY_LIMIT], NULL behind the last: instead of the sweep's own; those that this
                      program does not have are left out, and with the last of them the sweep. NULL: its own */
    const char *settings[STUDY_SETTING_LIMIT]; /* "key=value", NULL behind the last */
    const char *quick;                         /* what --quick sets besides; NULL: nothing */
    const char *quick_where;                   /* what --quick leaves of the sweep; NULL: all */
    bool prepared;                             /* the scenario is a file below the folder, which Study.prepare made */
} StudySweep;

/* A picture that `orchid figure` draws. */
typedef struct StudyFigure {
    const char *figure; /* its name there */
    const char *file;   /* without ending */
    const char *title, *text;
    /* Its table, for figures whose numbers a query cannot find; the script comes from the figures' folder all the same.
     * NULL: it is one that `orchid figure` knows. */
    StoreStatus (*fill)(Store *store, Arena *arena, const char **ret_data, Error *error);
} StudyFigure;

typedef struct Reproduction Reproduction;

/* One paper. */
typedef struct Study {
    const char *name, *title, *paper;
    const char *set_up; /* a paragraph in Markdown: what was assumed */
    int sweep_count, figure_count;
    const StudySweep *sweeps;
    const StudyFigure *figures;
    FindingsMaker *claims;
    /* Makes what the sweeps need beside what comes with the program. Prints what goes wrong. NULL: nothing. */
    ExitStatus (*prepare)(Reproduction *reproduction);
    /* Adds what is measured at once instead of stored. NULL: nothing. */
    ExitStatus (*measure)(bool quick, Findings *findings);
} Study;

extern const Study study_online_learning, study_hybrid_learning, study_mcia, study_cooperation;

/* One reproduction under way. Texts live in `arena`. */
struct Reproduction {
    const Study *study;
    bool full, quiet, json;
    const char *folder, *database; /* paths as typed */
    const char *command;           /* the line that was typed */
    const char **settings;         /* key=value for all sweeps */
    int setting_count, jobs;
    const char **sweep_commands; /* [sweep_count] what does each sweep again, without a database; NULL: left out */
    const char **sweep_endings;  /* [sweep_count] what of each tells it from sweeps of other settings; NULL likewise */
    const char *missing;         /* learners that this program does not have, with commas between; "" none */
    int64_t runs;                /* planned in all */
    Findings findings;
    bool *drawn; /* [figure_count] */
    Arena arena;
};

/* Makes a folder of results, unless it is there. Prints what goes wrong. */
ExitStatus reproduce_make_folder(const char *path);

/* Seeds of networks for edge-cloud cooperation, and what makes them, with models and samples in `networks` below the
 * folder, and records in the database. */
enum { COOPERATION_QUICK_SEEDS = 3, COOPERATION_FULL_SEEDS = 10 };
ExitStatus reproduce_networks(Reproduction *reproduction);

/* Plans all sweeps, then runs what the database does not hold of them. Prints what goes wrong. */
ExitStatus reproduce_run(Reproduction *reproduction);

/* Draws every figure into the folder as PNG and SVG; what has no data is left out. */
ExitStatus reproduce_draw(Reproduction *reproduction, Store *store);

/* Writes report.md in the folder. */
StoreStatus reproduce_write_report(Reproduction *reproduction, Error *error);

/* Prints the claims for people, or as JSON. */
void reproduce_print(const Reproduction *reproduction, FILE *stream);

/* The command that draws a figure. */
const char *reproduce_figure_command(Reproduction *reproduction, const StudyFigure *figure);

#endif
