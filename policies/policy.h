/* Policies answer questions and may learn from their outcome. A policy is a `PolicyType`, a table of its parameters and
 * a block of state that lives outside of it. */
#ifndef ORCHID_POLICIES_POLICY_H
#define ORCHID_POLICIES_POLICY_H

#include "../sim/simulation.h"
#include "weights_file.h"

/* What a policy learns from; learners are compared within a kind. */
typedef enum FeedbackKind {
    FEEDBACK_NONE,   /* nothing */
    FEEDBACK_REWARD, /* the reward of each decision */
    FEEDBACK_USERS   /* every user's own outcome */
} FeedbackKind;

/* What a policy did beside answering from real interactions, as it says of itself. */
typedef struct PolicyWork {
    int64_t planning_steps; /* updates from imagined outcomes, or answers tried on a model; those before it was saved
                               count */
    double planning_s;      /* wall time they took since it was created */
    int64_t bounded;        /* answers since it was created of which it knows how much better others could be */
    double bound_gap;       /* sum over these, in rewards; 0 where all were proven to be the best */
} PolicyWork;

/* The static description of one policy: one file in policies/ and one line in the list of policy.c. */
typedef struct PolicyType {
    const char *name;    /* such as "q-learning" */
    const char *summary; /* one line */
    int parameter_count;
    const Field *parameters; /* keys of the scenario's `policy:` section, bound into parameter_size bytes */
    size_t parameter_size;
    size_t state_size;
    bool learns;
    bool escalates;  /* answers ESCALATE questions too; for all others every light answer is kept */
    bool supervised; /* learns from the scenario's samples in `start`, and from no interaction */
    FeedbackKind feedback;
    /* Whether it can answer this scenario's questions with these parameters; else false with the reason in `error`,
     * without a place. NULL: any scenario suits. */
    bool (*suits)(const void *parameters, const Scenario *scenario, Error *error);
    /* Zeroed state becomes ready for the scenario's first question. */
    void (*start)(void *state, const void *parameters, const Scenario *scenario, Stream stream);
    /* Fills ret_options[ask_count]. `explore` is false for a frozen policy, which then also must not remember. */
    void (*decide)(void *state, const Decision *decision, bool explore, int *ret_options);
    /* Its answers, for as long as it lives, where they depend on nothing else: decide gives the same. NULL where they
     * may depend on anything, and for all who learn. */
    const Turns *(*turns)(const void *state);
    /* Divides what is reserved among the requests that were so answered: fills ret_shares[ask_count], zero before, of
     * which only what an option needs counts. Called right after decide with the same `explore`, and only where
     * scenario->reserves. NULL: as the scenario's allocation says. */
    void (*share)(void *state, const Decision *decision, const int *options, bool explore, Share *ret_shares);
    /* Learns from decision->feedback; called before decide and at the end of a run (no asks), never when frozen. NULL
     * where nothing is learnt. */
    void (*learn)(void *state, const Decision *decision);
    /* Puts all that was learnt, its own random numbers included, into blocks of a file, and takes it out again: a
     * policy that was just started then answers and goes on learning as the saved one would have. Called between runs,
     * so that all outcomes are in. `load` is false, with why in `error`, where the file does not have it whole; the
     * policy is thrown away then. Both NULL where it cannot be kept. */
    void (*save)(const void *state, WeightsFile *file);
    bool (*load)(void *state, const WeightsFile *file, Error *error);
    /* What it did beside answering. NULL where that is nothing. */
    PolicyWork (*work)(const void *state);
    /* Frees what start and learning allocated. NULL where nothing is. */
    void (*finish)(void *state);
} PolicyType;

/* "nothing", "reward", "each user's outcome": by FeedbackKind. */
extern const char *const feedback_names[];

/* All policies, NULL past the last. */
const PolicyType *policy_type(int index);
const PolicyType *policy_type_find(const char *name);

/* The name of the policy that `name` may be a misspelling of, or NULL. */
const char *policy_name_nearest(const char *name);

/* One policy at work on one scenario. Opaque. */
typedef struct Policy Policy;

/* Checks the scenario's `policy:` section: `name`, and the parameters of the policy it names. Parameters in it belong
 * to the policy it names: for any other `type` the defaults hold. Findings go to `errors`. `section` may be NULL. */
bool policy_check(const ConfigNode *section, ErrorList *errors);

/* Whether a policy of this type can answer the scenario's questions, such as a variant that is offered or joint answers
 * few enough to search, and of those of the world where it practises. Learners that do not answer ESCALATE questions
 * suit no cascade: what came of their answers would be the work of two. The reasons go to `errors`. The scenario's
 * `policy:` section must have passed policy_check. */
bool policy_suits(const PolicyType *type, const Scenario *scenario, ErrorList *errors);

/* Writes the parameters that would be in force for `type` on the scenario as canonical YAML lines, all defaults
 * included; nothing where the type has none. */
void policy_write_parameters(const PolicyType *type, const Scenario *scenario, FILE *stream);

/* A policy ready to start. Its own draws come from the policy stream of `key`. The scenario must outlive it, and must
 * have passed policy_check and policy_suits. */
Policy *policy_create(const PolicyType *type, const Scenario *scenario, RunKey key);
void policy_destroy(Policy *policy);

/* Fills `ret_file`, which the caller ends with weights_file_free, with all that the policy has learnt; its type has
 * `save`. Between runs only. Numbers may be borrowed from the policy until the file is written. */
void policy_save(const Policy *policy, WeightsFile *ret_file);

/* Makes a policy that was just created what was saved. False, with one sentence in `error`, where the file is of
 * another policy, of other parameters, of questions with other features or of other options, or is not whole; the
 * policy is good for nothing but policy_destroy then. */
bool policy_load(Policy *policy, const WeightsFile *file, Error *error);

/* Frozen policies answer without exploring, learning or remembering. New policies are not frozen. */
void policy_freeze(Policy *policy, bool frozen);

/* Learns from the feedback in the question unless frozen, then answers. The answer is valid until the next call. */
Answer policy_decide(Policy *policy, const Decision *decision);

/* Where its answers are Turns, the simulation gives them by itself from now on: nobody is asked, and what comes of it
 * is told to nobody. The policy must outlive its use. */
void policy_settle(const Policy *policy, Simulation *simulation);

/* What it did beside answering; zero where it says nothing. */
PolicyWork policy_work(const Policy *policy);

/* Learns from the feedback of the end of a run, when advance returned false. */
void policy_conclude(Policy *policy, const Decision *decision);

#endif
