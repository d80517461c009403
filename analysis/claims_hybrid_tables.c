#include <math.h>
#include <string.h>

#include "claims_hybrid.h"

static bool same_table(const Effort *a, const Effort *b)
{
    return strcmp(a->context, b->context) == 0 && strcmp(a->services, b->services) == 0;
}

/* "× 12 [9, 15]" against a baseline; "" where that is missing, or the learner itself. */
static const char *ratio_text(Arena *arena, const Efforts *efforts, const Effort *effort, const char *baseline)
{
    const Effort *slow = efforts_find(efforts, effort, baseline);
    return slow && slow != effort ? efforts_format(arena, efforts_ratio(slow, effort)) : "";
}

/* A time in a unit that suits it. */
static const char *time_text(Arena *arena, double time_us)
{
    return time_us >= 1000 ? arena_format(arena, "%.3g ms", time_us / 1000) : arena_format(arena, "%.3g µs", time_us);
}

/* The table of efforts first .. end - 1, which share context and service times. */
static void add_table(const Efforts *efforts, int first, int end, Findings *findings)
{
    const char *const headers[] = {"users",
                                   "<learner",
                                   "arrived",
                                   "real interactions",
                                   "q-learning / this",
                                   "dqn / this",
                                   "work an interaction",
                                   "of it planning"};
    enum { HEADERS = sizeof headers / sizeof *headers };
    const Effort *any = &efforts->items[first];
    bool fixed = strcmp(any->context, "fixed") == 0;
    const char *title =
        arena_format(&findings->arena, "Real interactions until the learner stays optimal: %s, service times %s",
                     fixed ? "a fixed context" : "changing contexts, in 95 % of them by probability",
                     strcmp(any->services, "drawn") == 0 ? "drawn from the traces" : "are their means");
    Sheet *sheet = findings_add_table(
        findings, title,
        "Arrived: trainings that ended optimal, of all. Real interactions: interquartile mean over trainings with its "
        "95 % percentile bootstrap interval; ≥ and ∞: trainings that did not arrive are censored at their last "
        "interaction. Ratios: how many times more a baseline needs, runs of both resampled; ?: neither is known. Work: "
        "wall time of the learner on this machine, which differs from run to run.",
        headers, HEADERS, end - first);
    for (int i = first; i < end; i++) {
        const Effort *effort = &efforts->items[i];
        int row = i - first;
        sheet_set(sheet, row, 0, "%d", effort->users);
        sheet_set(sheet, row, 1, "%s", effort->policy);
        sheet_set(sheet, row, 2, "%d/%d", effort->arrived, effort->scores.count);
        sheet_set(sheet, row, 3, "%s", efforts_format(&findings->arena, effort->needs));
        sheet_set(sheet, row, 4, "%s", ratio_text(&findings->arena, efforts, effort, "q-learning"));
        sheet_set(sheet, row, 5, "%s", ratio_text(&findings->arena, efforts, effort, "dqn"));
        sheet_set(sheet, row, 6, "%s", time_text(&findings->arena, effort->work_us));
        if (effort->work_us > 0)
            sheet_set(sheet, row, 7, "%.0f %%", 100 * effort->planning_us / effort->work_us);
    }
}

void claims_hybrid_tables(const Efforts *efforts, Findings *findings)
{
    for (int first = 0, end; first < efforts->count; first = end) {
        for (end = first + 1; end < efforts->count && same_table(&efforts->items[first], &efforts->items[end]);)
            end++;
        add_table(efforts, first, end, findings);
    }
}
