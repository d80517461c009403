/* What independent runs say about a mean, and about the difference of two: intervals, tests, many tests at once.
 *
 * Everywhere n counts independent replications, never the samples of one run: requests of a run depend on each other,
 * and an interval over them would be far too narrow (Law: Simulation Modeling and Analysis, 5th ed. 2015, ch. 9).
 * Values are in whatever unit the caller has, and so are means and half widths. All intervals and p values are
 * two-sided. Values must be finite: a NAN among them makes the result NAN. */
#ifndef ORCHID_ANALYSIS_STATISTICS_H
#define ORCHID_ANALYSIS_STATISTICS_H

/* The confidence of every interval that is stored or printed unless its name says otherwise. */
#define CONFIDENCE 0.95

/* Mean of independent values with the half width of its two-sided t interval. */
typedef struct Interval {
    int count;         /* n */
    double mean;       /* NAN for no value */
    double deviation;  /* sample standard deviation, divisor n - 1; NAN below two values */
    double half_width; /* NAN below two values: one run has no interval; 0 where all values are equal */
} Interval;

/* The quantile t such that a t variable of `degrees` > 0 degrees of freedom (need not be whole) lies within -t .. t
 * with probability `confidence` in (0, 1). */
double statistics_t_quantile(double confidence, double degrees);

/* Student's t interval of the mean of `count` >= 0 independent values (Law, eq. 4.12): exact for normal values; means
 * over long runs are nearly normal. */
Interval statistics_interval(const double *values, int count, double confidence);

/* The interval of the mean of first[i] - second[i]: pairs that met the same random numbers. */
Interval statistics_paired_interval(const double *first, const double *second, int count, double confidence);

/* How far two means are apart, and whether that may be luck. */
typedef struct Difference {
    int first_count, second_count; /* n of each; of pairs both are the number of pairs */
    double mean;                   /* first minus second; NAN where one of them has no value */
    double half_width;             /* NAN where n is below 2 */
    double degrees;                /* of freedom of the t distribution; NAN likewise */
    double p_value;                /* of a difference at least so large where there is none; NAN likewise */
} Difference;

/* Paired t test of `count` pairs (Law, sec. 10.2.1): for two policies on the same replications, which met the same
 * random numbers. degrees = n - 1. Where all differences are equal the half width is 0 and the p value 1 for a
 * difference of 0, else 0. */
Difference statistics_paired(const double *first, const double *second, int count, double confidence);

/* Welch's t test of two independent samples whose variances may differ (Welch: Biometrika 34, 1947; Law, sec. 10.2.2),
 * degrees after Satterthwaite (Biometrics Bulletin 2, 1946), between the lesser n - 1 and the sum of both. For runs
 * that have no random numbers in common. Where neither sample varies the half width is 0, the degrees are n1 + n2 - 2,
 * and the p value is 1 for equal means, else 0. */
Difference statistics_welch(const double *first, int first_count, const double *second, int second_count,
                            double confidence);

/* Holm's correction of `count` >= 0 p values of as many tests (Holm: Scandinavian Journal of Statistics 6, 1979):
 * rejecting every hypothesis whose adjusted value is at most alpha keeps the probability of any false rejection at
 * alpha, however the tests depend on each other. Fills `ret_adjusted` [count] in the order of `p_values`, which may be
 * the same array; the k-th smallest of m becomes the largest of (m - j + 1) p_j for j up to k, at most 1. A NAN is a
 * test that was not made: it stays NAN and does not count. */
void statistics_holm(const double *p_values, int count, double *ret_adjusted);

#endif
