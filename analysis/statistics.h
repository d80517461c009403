/* What replications say about a mean: intervals over independent runs, never over samples of one run. */
#ifndef ORCHID_ANALYSIS_STATISTICS_H
#define ORCHID_ANALYSIS_STATISTICS_H

/* The confidence of every interval that is stored or printed unless its name says otherwise. */
#define CONFIDENCE 0.95

/* Mean of independent values with the half width of its two-sided t interval. */
typedef struct Interval {
    int count;
    double mean;       /* NAN for no value */
    double deviation;  /* sample standard deviation; NAN below two values */
    double half_width; /* NAN below two values: one run has no interval */
} Interval;

/* The quantile t such that a t variable of `degrees` > 0 degrees of freedom lies within -t .. t with probability
 * `confidence` in (0, 1). */
double statistics_t_quantile(double confidence, double degrees);

/* Student's t interval of the mean of `count` >= 0 independent values. */
Interval statistics_interval(const double *values, int count, double confidence);

/* The interval of the mean of first[i] - second[i]: pairs that met the same random numbers. */
Interval statistics_paired_interval(const double *first, const double *second, int count, double confidence);

#endif
