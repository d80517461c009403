/* What a request's cost may depend on, as numbers: its own option, the load it meets and the conditions it can see.
 *
 * A request that stays at home depends on its option and its own node; one that leaves depends on how many others go to
 * its target, not on the joint answer. Users of one node group are alike, and what happens at a target is the same for
 * all who go there. So a handful of features describes all joint answers. How many others are at the node between two
 * cuts is not among them. */
#ifndef ORCHID_POLICIES_FACTORED_FEATURES_H
#define ORCHID_POLICIES_FACTORED_FEATURES_H

#include "../sim/view.h"
#include "bayes_linear.h"

/* Features of one request that are not 0, at most. */
enum { TERM_LIMIT = 6 + 2 * ROUTE_LIMIT };

typedef enum FactoredForm {
    FORM_BAYESIAN,   /* work over share, and a correction for each load and level; without prior knowledge, a weight for
                        each load and level instead of both */
    FORM_PARAMETRIC, /* work over share alone */
    FORM_NETWORK /* conditions as they are, for a model that finds out how they act together; weights have no priors */
} FactoredForm;

/* Where the features of a scenario are. Indices are -1 for features it does not have. */
typedef struct FactoredFeatures {
    const Scenario *scenario; /* borrowed */
    FactoredForm form;
    bool prior;        /* knows how jobs share cores, and that more of them are never faster */
    int option_limit;  /* the most options of a user */
    int load_limit;    /* loads from here on count as one */
    int backlog_limit; /* jobs at the own node, likewise */
    int kind_count;
    int *kind;      /* [node group][option_limit] number of (target, variant, cuts) */
    int *levels;    /* [node group] distinct levels of background load */
    int *option;    /* [node group] of users: its first option; by level too where nothing is known */
    int *own_level; /* [node group] of users: correction of the first level of its own node */
    int *work;      /* [kind] work at the target, which is shared */
    int *load;      /* [kind] the first load and level there; kinds of one target have it in common where prior */
    int *message;   /* [node group] of targets: each further message on the way there */
    int busy;       /* for networks: of the own node, then of the target */
    int crowd;      /* for networks: jobs at the own node, load at the target, and then each load */
    int *weak;      /* [link group] its weak condition */
    int *transfer;  /* [link group] time to send, where sizes or bandwidths vary */
    int count;      /* of features */
    double *prior_mean, *prior_sd; /* [count] of their weights, where the usual cost is 1 */
    int shared_count, ask_count;   /* entries of an observation; both 0 before the first question */
    int *weak_entry, *rate_entry;  /* [link] in the shared block, or in that of the ask for a user's own link */
    double *full_rate;             /* [link group] bit/s upwards that count as 1: the scale of what is seen of it */
    double *observation;           /* of the question looked at */
} FactoredFeatures;

void factored_features_init(FactoredFeatures *features, const Scenario *scenario, FactoredForm form, bool prior);
void factored_features_free(FactoredFeatures *features);

/* Reads the conditions of a question, which factored_features_terms then refers to. */
void factored_features_look(FactoredFeatures *features, const Decision *decision);

/* The features of ask number `ask` answered with `option` if `load` requests compute at its target, itself included (at
 * home: no matter). Fills ret_terms[TERM_LIMIT] and returns their number. */
int factored_features_terms(const FactoredFeatures *features, const Decision *decision, int ask, int option, int load,
                            Term *ret_terms);

#endif
