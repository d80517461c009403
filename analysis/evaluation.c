#include "evaluation.h"

#include "../sim/foresight.h"

#include "../sim/context.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Questions to every user where contexts do not tell all. */
enum { EVALUATION_DECISIONS = 20 };

static const double OPTIMUM_TOLERANCE = 0.001, NEAR_OPTIMUM_TOLERANCE = 0.01;

/* What an answer to a question is expected to lead to: of the question's own decision, and the rewards of all decisions
 * that were on their way then, which is what the oracle maximises. */
typedef struct Expectation {
    double reward, response_s, accuracy;
    double total_reward;
    bool feasible;
} Expectation;

/* What is known of a context: the oracle's answer, and the answer that was judged last, which seldom changes between
 * two evaluations. */
typedef struct Memory {
    double probability;
    bool judged;
    Expectation best, own;
} Memory;

struct Evaluation {
    const Scenario *scenario;
    Policy *oracle;       /* NULL where none suits the scenario; knows the states it met in earlier evaluations */
    Simulation *question; /* stands at the first one; where contexts do not tell all, at time 0 */
    Simulation *course, *future;
    Decision decision; /* the first question, in the context it was put into last */
    bool by_context;
    ContextSpace space;
    Memory *memories; /* [space.count] */
    int *answers;     /* [space.count][user] answers that were judged last */
    Share *shares;    /* [space.count][user] and how they divided; NULL where nothing is reserved */
};

/* Weighted sums over questions. */
typedef struct Sums {
    double weight, reward, response_s, accuracy, oracle_reward, oracle_response_s, regret;
    double violation, optimal, near_optimal;
} Sums;

/* What an answer to the pending question leads to, services and delays at their mean: luck must not tell answers apart
 * that are equally good. */
static Expectation expect(Evaluation *evaluation, const Decision *question, Answer answer)
{
    Expectation expected = {.feasible = true};
    simulation_imagine(evaluation->future, view_simulation(question->view));
    simulation_apply(evaluation->future, answer);
    Decision end;
    bool asks = simulation_advance(evaluation->future, &end);
    assert(!asks);
    (void)asks;
    for (int i = 0; i < end.feedback_count; i++) {
        const Feedback *feedback = &end.feedback[i];
        expected.total_reward += feedback->reward;
        if (feedback->kind != question->kind || feedback->decision != question->index)
            continue;
        expected.reward += feedback->reward;
        expected.response_s += feedback->mean_response_s;
        expected.accuracy += feedback->mean_accuracy;
        expected.feasible = feedback->feasible;
    }
    return expected;
}

static void add(Sums *sums, double weight, const Expectation *own, const Expectation *best)
{
    double regret = best->total_reward - own->total_reward, scale = fabs(best->total_reward);
    sums->weight += weight;
    sums->reward += weight * own->reward;
    sums->response_s += weight * own->response_s;
    sums->accuracy += weight * own->accuracy;
    sums->oracle_reward += weight * best->reward;
    sums->oracle_response_s += weight * best->response_s;
    sums->regret += weight * regret;
    sums->violation += own->feasible ? 0 : weight;
    sums->optimal += regret <= OPTIMUM_TOLERANCE * scale ? weight : 0;
    sums->near_optimal += regret <= NEAR_OPTIMUM_TOLERANCE * scale ? weight : 0;
}

static CurvePoint point_of(const Sums *sums, bool compared)
{
    double n = sums->weight;
    return (CurvePoint){
        .reward = sums->reward / n,
        .response_s = sums->response_s / n,
        .accuracy = sums->accuracy / n,
        .oracle_reward = compared ? sums->oracle_reward / n : NAN,
        .oracle_response_s = compared ? sums->oracle_response_s / n : NAN,
        .regret = compared ? sums->regret / n : NAN,
        .violation_fraction = sums->violation / n,
        .optimal_fraction = compared ? sums->optimal / n : NAN,
        .near_optimal_fraction = compared ? sums->near_optimal / n : NAN,
    };
}

/* Whether an answer in a context is the one that was judged last there; it is from now on. */
static bool is_known(Evaluation *evaluation, int context, Answer answer)
{
    size_t users = (size_t)evaluation->scenario->user_count, first = (size_t)context * users;
    bool same = memcmp(&evaluation->answers[first], answer.options, users * sizeof *answer.options) == 0;
    memcpy(&evaluation->answers[first], answer.options, users * sizeof *answer.options);
    if (!answer.shares)
        return same;
    same = same && memcmp(&evaluation->shares[first], answer.shares, users * sizeof *answer.shares) == 0;
    memcpy(&evaluation->shares[first], answer.shares, users * sizeof *answer.shares);
    return same;
}

/* The answer that the policy gives in a context, judged unless it is the one that was judged last. */
static void judge_in_context(Evaluation *evaluation, int context, Policy *policy, Sums *sums)
{
    Memory *memory = &evaluation->memories[context];
    context_enter(&evaluation->space, context, evaluation->question);
    if (!memory->judged) {
        memory->probability = context_probability(&evaluation->space, context);
        if (evaluation->oracle)
            memory->best =
                expect(evaluation, &evaluation->decision, policy_decide(evaluation->oracle, &evaluation->decision));
    }
    Answer answer = policy_decide(policy, &evaluation->decision);
    if (!is_known(evaluation, context, answer) || !memory->judged) {
        memory->own = expect(evaluation, &evaluation->decision, answer);
        memory->judged = true;
    }
    add(sums, memory->probability, &memory->own, &memory->best);
}

/* The policy answers the first questions of the measured run, and the oracle is asked the same ones. */
static void judge_first_questions(Evaluation *evaluation, Policy *policy, Sums *sums)
{
    Decision question;
    simulation_copy(evaluation->course, evaluation->question);
    while (simulation_advance(evaluation->course, &question)) {
        Answer answer = policy_decide(policy, &question);
        Expectation own = expect(evaluation, &question, answer), best = {0};
        if (evaluation->oracle)
            best = expect(evaluation, &question, policy_decide(evaluation->oracle, &question));
        add(sums, 1, &own, &best);
        simulation_apply(evaluation->course, answer);
    }
}

Evaluation *evaluation_create(const Scenario *scenario, uint64_t seed, uint64_t replication)
{
    Evaluation *evaluation = memory_allocate(1, sizeof *evaluation);
    bool joint = scenario->workload.arrivals == ARRIVALS_ROUNDS;
    RunKey key = {.seed = seed,
                  .replication = replication,
                  .decisions = EVALUATION_DECISIONS * (joint ? 1 : scenario->user_count)};
    evaluation->scenario = scenario;
    evaluation->by_context = context_tells_all(scenario);
    evaluation->question = simulation_create(scenario, key);
    evaluation->future = simulation_clone(evaluation->question);
    if (evaluation->by_context) {
        context_init(&evaluation->space, scenario, seed);
        size_t contexts = (size_t)evaluation->space.count;
        evaluation->memories = memory_allocate(contexts, sizeof *evaluation->memories);
        size_t answers = contexts * (size_t)scenario->user_count;
        evaluation->answers = memory_allocate(answers, sizeof *evaluation->answers);
        if (scenario->reserves)
            evaluation->shares = memory_allocate(answers, sizeof *evaluation->shares);
        simulation_advance(evaluation->question, &evaluation->decision);
    } else {
        evaluation->course = simulation_clone(evaluation->question);
    }
    const PolicyType *oracle = policy_type_find("oracle");
    ErrorList ignored = {0};
    if (oracle && policy_suits(oracle, scenario, &ignored))
        evaluation->oracle = policy_create(oracle, scenario, key);
    return evaluation;
}

void evaluation_destroy(Evaluation *evaluation)
{
    if (!evaluation)
        return;
    simulation_destroy(evaluation->question);
    simulation_destroy(evaluation->course);
    simulation_destroy(evaluation->future);
    policy_destroy(evaluation->oracle);
    context_free(&evaluation->space);
    free(evaluation->memories);
    free(evaluation->answers);
    free(evaluation->shares);
    free(evaluation);
}

bool evaluation_is_compared(const Evaluation *evaluation)
{
    return evaluation->oracle != NULL;
}

int evaluation_contexts(const Evaluation *evaluation, bool *ret_sampled)
{
    *ret_sampled = evaluation->space.sampled;
    return evaluation->by_context ? evaluation->space.count : 0;
}

CurvePoint evaluation_run(Evaluation *evaluation, Policy *policy)
{
    Sums sums = {0};
    for (int i = 0; evaluation->by_context && i < evaluation->space.count; i++)
        judge_in_context(evaluation, i, policy, &sums);
    if (!evaluation->by_context)
        judge_first_questions(evaluation, policy, &sums);
    return point_of(&sums, evaluation->oracle != NULL);
}
