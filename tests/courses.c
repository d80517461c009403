#include "courses.h"
#include "check.h"
#include "worlds.h"

const int course_light_right[COURSE_ROWS] = {1, 1, 0, 0, 1, 1, 0, 0},
          course_heavy_right[COURSE_ROWS] = {1, 0, 1, 0, 1, 0, 1, 0};

Scenario *course_world(const char *const *overrides)
{
    int count = 0;
    while (overrides[count])
        count++;
    return world_load("../lab/cascade.yaml", overrides, count);
}

int answer_never(const Decision *decision, void *context)
{
    (void)decision, (void)context;
    return OPTION_KEEP;
}

int answer_second(const Decision *decision, void *context)
{
    (void)decision, (void)context;
    return 1;
}

int answer_every_third(const Decision *decision, void *context)
{
    (void)context;
    return decision->index % 3 == 0;
}

Course course_run(Simulation *simulation, Answers answers)
{
    Course course = {0};
    Decision decision;
    bool asks = true;
    while (asks) {
        asks = simulation_advance(simulation, &decision);
        for (int i = 0; i < decision.feedback_count; i++) {
            const Feedback *feedback = &decision.feedback[i];
            if (feedback->kind == DECISION_ESCALATE)
                course.escalation_feedbacks++;
            else if (feedback->decision < 64)
                course.outcomes[feedback->decision] = feedback->outcomes[0];
            course.route_feedbacks += feedback->kind == DECISION_ROUTE;
        }
        if (!asks)
            break;
        bool route = decision.kind == DECISION_ROUTE;
        CHECK_INT(decision.index, route ? course.routes : course.escalations);
        course.routes += route;
        course.escalations += !route;
        int option = route ? answers.route : answers.escalate(&decision, answers.context);
        simulation_apply(simulation, (Answer){.options = &option});
    }
    return course;
}
