#include "claims.h"

#include <assert.h>
#include <math.h>

const char *verdict_name(Verdict verdict)
{
    static const char *const names[] = {[VERDICT_OPEN] = "open",
                                        [VERDICT_NOT] = "not reproduced",
                                        [VERDICT_PARTLY] = "partly",
                                        [VERDICT_REPRODUCED] = "reproduced"};
    return names[verdict];
}

Verdict verdict_of_settings(int held, int judged)
{
    assert(held >= 0 && held <= judged);
    return judged == 0 ? VERDICT_OPEN : held == judged ? VERDICT_REPRODUCED : held > 0 ? VERDICT_PARTLY : VERDICT_NOT;
}

Verdict verdict_of_share(int64_t held, int64_t judged, double enough)
{
    assert(held >= 0 && held <= judged);
    return judged == 0                               ? VERDICT_OPEN
           : held == judged                          ? VERDICT_REPRODUCED
           : (double)held >= enough * (double)judged ? VERDICT_PARTLY
                                                     : VERDICT_NOT;
}

Verdict verdict_of_factor(CensoredEstimate factor, double target)
{
    assert(target > 1);
    if (isnan(factor.low) || isnan(factor.value.least) || factor.value.least <= 0)
        return VERDICT_OPEN;
    return factor.low >= target ? VERDICT_REPRODUCED : factor.low > 1 ? VERDICT_PARTLY : VERDICT_NOT;
}

void claims_share_interval(int64_t held, int64_t judged, double *ret_low, double *ret_high)
{
    assert(judged > 0);
    /* The normal quantile: that of t with degrees beyond count. */
    double z = statistics_t_quantile(CONFIDENCE, 1e9), n = (double)judged, share = (double)held / n;
    double centre = (share + z * z / (2 * n)) / (1 + z * z / n);
    double half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n));
    /* Exact at the ends, whatever rounding makes of them. */
    *ret_low = held == 0 ? 0 : fmax(0, centre - half);
    *ret_high = held == judged ? 1 : fmin(1, centre + half);
}

void findings_add_claim(Findings *findings, Claim claim)
{
    assert(findings->claim_count < FINDINGS_CLAIM_LIMIT);
    findings->claims[findings->claim_count++] = claim;
}

Sheet *findings_add_table(Findings *findings, const char *title, const char *notes, const char *const *headers,
                          int column_count, int row_count)
{
    assert(findings->table_count < FINDINGS_TABLE_LIMIT);
    Sheet *sheet = &findings->tables[findings->table_count++];
    sheet_init(sheet, headers, column_count, row_count);
    sheet->title = arena_string(&sheet->arena, title);
    sheet->notes = arena_string(&sheet->arena, notes);
    return sheet;
}

void findings_free(Findings *findings)
{
    for (int i = 0; i < findings->table_count; i++)
        sheet_free(&findings->tables[i]);
    arena_free(&findings->arena);
    *findings = (Findings){0};
}
