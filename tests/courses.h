/* Runs of the lab's cascade under given answers: what its requests go through. */
#ifndef ORCHID_TESTS_COURSES_H
#define ORCHID_TESTS_COURSES_H

#include "../sim/simulation.h"

enum { COURSE_ROWS = 8 };

/* Which answers of tests/lab/samples.csv are right. */
extern const int course_light_right[COURSE_ROWS], course_heavy_right[COURSE_ROWS];

#define COURSE_KEY ((RunKey){.seed = 1, .validate = true})

/* The lab's cascade with overrides, which end with NULL, to be destroyed by the caller. */
Scenario *course_world(const char *const *overrides);

/* The same; where there is nothing to override, the name is one that changes nothing. */
#define CASCADE(...) course_world((const char *const[]){__VA_ARGS__, NULL})

/* Whoever answers in these tests. */
typedef struct Answers {
    int route;                                 /* option of ROUTE questions */
    int (*escalate)(const Decision *, void *); /* option of ESCALATE questions */
    void *context;
} Answers;

/* Answers to ESCALATE questions: keep; send on to the first place there is; send every third on. */
int answer_never(const Decision *decision, void *context);
int answer_second(const Decision *decision, void *context);
int answer_every_third(const Decision *decision, void *context);

/* What a run went through. */
typedef struct Course {
    int routes, escalations, route_feedbacks, escalation_feedbacks;
    Outcome outcomes[64]; /* of ROUTE decisions, by index */
} Course;

/* Runs to the end, and checks that questions of both kinds are numbered in order. */
Course course_run(Simulation *simulation, Answers answers);

#endif
