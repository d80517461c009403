/* What a paper claims beside what runs of our own say: a verdict by a rule that anybody can check, and tables. */
#ifndef ORCHID_ANALYSIS_CLAIMS_H
#define ORCHID_ANALYSIS_CLAIMS_H

#include "censored.h"
#include "sheet.h"
#include "store.h"

typedef enum Verdict {
    VERDICT_OPEN, /* the runs do not tell: none, or only such that were censored too early */
    VERDICT_NOT,
    VERDICT_PARTLY,
    VERDICT_REPRODUCED
} Verdict;

/* "open", "not reproduced", "partly", "reproduced". */
const char *verdict_name(Verdict verdict);

/* Reproduced where all of `judged` settings hold, partly where some do. None judged: open. */
Verdict verdict_of_settings(int held, int judged);

/* Of something that is to hold in all of `judged` cases: partly where at least `enough`, a fraction, do. */
Verdict verdict_of_share(int64_t held, int64_t judged, double enough);

/* Of a factor that is to reach `target` > 1. Reproduced: the low end of its interval does. Partly: the low end is above
 * 1, but does not reach the target. Not: the interval does not exclude 1. Open: there is no interval, or the factor is
 * known from above alone, because the one that should be faster did not arrive. */
Verdict verdict_of_factor(CensoredEstimate factor, double target);

/* The interval of Wilson (Journal of the American Statistical Association 22, 1927) for the probability behind `held`
 * of `judged` > 0 independent trials, at CONFIDENCE. */
void claims_share_interval(int64_t held, int64_t judged, double *ret_low, double *ret_high);

/* One line of the claims table. Texts without line ends, in the arena of the findings. */
typedef struct Claim {
    const char *claim;
    const char *paper;    /* the figure that the paper states; "" where it states none */
    const char *obtained; /* with interval and n */
    const char *where;    /* it holds, and where not */
    const char *rule;     /* by which the verdict is found */
    const char *command;  /* to see it again from the same database */
    Verdict verdict;
} Claim;

enum { FINDINGS_CLAIM_LIMIT = 8, FINDINGS_TABLE_LIMIT = 12 };

/* All that a study says beside its figures. Zero is empty. */
typedef struct Findings {
    int claim_count, table_count;
    Claim claims[FINDINGS_CLAIM_LIMIT];
    Sheet tables[FINDINGS_TABLE_LIMIT];
    const char *remarks; /* paragraphs in Markdown; "" or NULL: none */
    Arena arena;
} Findings;

void findings_add_claim(Findings *findings, Claim claim);

/* An empty table with title and notes, see sheet_init; filled by the caller. */
Sheet *findings_add_table(Findings *findings, const char *title, const char *notes, const char *const *headers,
                          int column_count, int row_count);

void findings_free(Findings *findings);

/* The claims of a study from its runs, of the latest version of the program in the store. `database` is its path as a
 * command would name it. */
typedef StoreStatus FindingsMaker(Store *store, const char *database, Findings *findings, Error *error);
FindingsMaker claims_online_learning, claims_hybrid_learning, claims_mcia, claims_cooperation;

#endif
