/* The figure of the paper, from its abstract: learning is accelerated by up to 166.6 times. */
#include "claims_hybrid.h"

#include <math.h>
#include <string.h>

/* Factors: the paper's, and what structure is to be worth. */
static const double target_factor = 166.6, target_structure = 1000;

/* Real interactions within which a learner should know changing contexts. */
static const double target_interactions = 2000;

static const char *setting_name(Arena *arena, const Effort *effort)
{
    return arena_format(arena, "%s context%s, %s service times, %d users", effort->context,
                        strcmp(effort->context, "changing") == 0 ? "s" : "", effort->services, effort->users);
}

/* Whether a factor is better than another: by the low end of its interval, by its least value where there is none. */
static bool beats(CensoredEstimate a, CensoredEstimate b)
{
    if (isnan(a.low) || isnan(b.low))
        return a.value.least > b.value.least;
    return a.low > b.low;
}

/* A claim that some learner needs fewer interactions than another, by a factor that counts where it is largest. */
typedef struct Race {
    const Effort *slow, *fast; /* of the largest factor; NULL before the first */
    CensoredEstimate factor;
    const char *all; /* the factors of all settings */
} Race;

static void race_add(Arena *arena, Race *race, const Effort *slow, const Effort *fast)
{
    CensoredEstimate factor = efforts_ratio(slow, fast);
    if (!race->fast || beats(factor, race->factor)) {
        race->slow = slow;
        race->fast = fast;
        race->factor = factor;
    }
    race->all = arena_format(arena, "%s%s%s: %s", race->all ? race->all : "", race->all ? "; " : "",
                             setting_name(arena, fast), efforts_format(arena, factor));
}

/* "180 [120, 300] times fewer: 12 against 2300 (dqn), n = 10 each; fixed context, ..." */
static const char *race_text(Arena *arena, const Race *race)
{
    return arena_format(arena, "%s times fewer in the best setting (%s against %s: %s, %s), n = %d and %d",
                        efforts_format(arena, race->factor), race->fast->policy, race->slow->policy,
                        setting_name(arena, race->fast), "interquartile means", race->fast->scores.count,
                        race->slow->scores.count);
}

static const char *compare_command(Arena *arena, const char *database, const char *metric)
{
    return arena_format(arena, "orchid compare %s --by policy,users --metric %s", database, metric);
}

/* Where the learner is faster, each setting of its own. */
static void claim_hybrid(const Efforts *efforts, const char *database, Findings *findings)
{
    Arena *arena = &findings->arena;
    Race race = {0};
    for (int i = 0; i < efforts->count; i++) {
        const Effort *fast = &efforts->items[i], *slow = efforts_find(efforts, fast, "dqn");
        if (slow && strcmp(fast->policy, "hybrid-learning") == 0)
            race_add(arena, &race, slow, fast);
    }
    findings_add_claim(findings,
                       (Claim){.claim = "hybrid learning needs fewer real interactions until its greedy answers stay "
                                        "optimal than deep Q-learning, the model-free baseline",
                               .paper = arena_format(arena, "up to %.1f times faster learning", target_factor),
                               .obtained = race.fast ? race_text(arena, &race) : "",
                               .where = race.all ? race.all : "",
                               .rule = "in the setting with the largest factor the low end of its 95 % bootstrap "
                                       "interval reaches the paper's figure: reproduced; it is above 1: partly; else "
                                       "not; open where hybrid learning did not arrive or a learner is missing",
                               .command = compare_command(arena, database, "interactions_to_optimum"),
                               .verdict = race.fast ? verdict_of_factor(race.factor, target_factor) : VERDICT_OPEN});
}

static void claim_structure(const Efforts *efforts, const char *database, Findings *findings)
{
    Arena *arena = &findings->arena;
    Race race = {0};
    int users = 0;
    for (int i = 0; i < efforts->count; i++)
        users = efforts->items[i].users > users ? efforts->items[i].users : users;
    for (int i = 0; i < efforts->count; i++) {
        const Effort *fast = &efforts->items[i], *slow = efforts_find(efforts, fast, "q-learning");
        if (slow && learner_family(fast->policy) == LEARNER_STRUCTURED && fast->users == users &&
            strcmp(fast->context, "fixed") == 0 && strcmp(fast->services, "drawn") == 0) {
            CensoredEstimate factor = efforts_ratio(slow, fast);
            if (!race.fast || beats(factor, race.factor))
                race = (Race){slow, fast, factor, NULL};
        }
    }
    findings_add_claim(
        findings,
        (Claim){.claim = arena_format(arena,
                                      "beyond the paper: learners that know the parts of an answer need fewer "
                                      "interactions than flat Q-learning, by a factor of %.0f",
                                      target_structure),
                .paper = "",
                .obtained = race.fast ? race_text(arena, &race) : "",
                .where = race.fast
                             ? "the largest number of users, a fixed context and drawn service times; the table has all"
                             : "",
                .rule = "as above, for the best such learner; the target is this program's own",
                .command = compare_command(arena, database, "interactions_to_optimum"),
                .verdict = race.fast ? verdict_of_factor(race.factor, target_structure) : VERDICT_OPEN});
}

static int within(const Effort *effort)
{
    int count = 0;
    for (int i = 0; i < effort->scores.count; i++)
        count += !effort->scores.censored[i] && effort->scores.values[i] <= target_interactions;
    return count;
}

static void claim_changing(const Efforts *efforts, const char *database, Findings *findings)
{
    Arena *arena = &findings->arena;
    const char *yes = "", *no = "";
    int judged = 0, held = 0, users = 0, trainings = 0;
    for (int i = 0; i < efforts->count; i++)
        if (strcmp(efforts->items[i].context, "changing") == 0 && efforts->items[i].users > users)
            users = efforts->items[i].users;
    for (int i = 0; i < efforts->count; i++) {
        const Effort *effort = &efforts->items[i];
        if (strcmp(effort->context, "changing") != 0 || effort->users != users ||
            strcmp(effort->services, "drawn") != 0)
            continue;
        int count = within(effort);
        bool holds = count == effort->scores.count;
        const char **list = holds ? &yes : &no;
        *list = arena_format(arena, "%s%s%s (%d/%d)", *list, **list ? ", " : "", effort->policy, count,
                             effort->scores.count);
        judged++;
        held += holds;
        trainings = effort->scores.count;
    }
    findings_add_claim(
        findings,
        (Claim){.claim = arena_format(arena,
                                      "beyond the paper: where background load and links change, a learner answers "
                                      "optimally in 95 %% of the contexts by probability within %.0f real interactions",
                                      target_interactions),
                .paper = "",
                .obtained = judged ? arena_format(arena, "%d of %d learners in all trainings, %d users, n = %d each",
                                                  held, judged, users, trainings)
                                   : "",
                .where = judged ? arena_format(arena, "in all trainings: %s; not: %s", *yes ? yes : "none",
                                               *no ? no : "none")
                                : "",
                .rule = "at least one learner does in all its trainings: reproduced; else not; the target is this "
                        "program's own",
                .command = compare_command(arena, database, "interactions_to_optimum_95"),
                .verdict = judged == 0 ? VERDICT_OPEN
                           : held > 0  ? VERDICT_REPRODUCED
                                       : VERDICT_NOT});
}

StoreStatus claims_hybrid_learning(Store *store, const char *database, Findings *findings, Error *error)
{
    Efforts efforts;
    StoreStatus status = efforts_read(store, &findings->arena, &efforts, error);
    if (status != STORE_FINE)
        return status;
    claim_hybrid(&efforts, database, findings);
    claim_structure(&efforts, database, findings);
    claim_changing(&efforts, database, findings);
    claims_hybrid_tables(&efforts, findings);
    return STORE_FINE;
}
