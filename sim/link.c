#include "link.h"

#include <gsl/gsl_randist.h>
#include <math.h>

static double link_bit_per_s(const LinkGroup *group, bool upwards)
{
    return upwards || group->half_duplex ? group->up_bit_per_s : group->down_bit_per_s;
}

static const TimeSeries *link_series(const LinkGroup *group, bool upwards)
{
    return upwards || group->half_duplex ? &group->up_series : &group->down_series;
}

/* A direction without limit gets a station too, never used, so that a link is always whole. */
static void direction_init(Station *station, const LinkGroup *group, bool upwards)
{
    double bit_per_s = link_bit_per_s(group, upwards), bit_per_ns = isinf(bit_per_s) ? 1 : bit_per_s / NS_PER_S;
    station_init(station, group->discipline, bit_per_ns, bit_per_ns);
}

void link_init(Link *link, const LinkGroup *group, Stream condition)
{
    *link = (Link){.condition = condition};
    direction_init(&link->up, group, true);
    direction_init(&link->down, group, false);
    link->condition_state = chain_start(&group->condition, &link->condition);
    link_follow(link, group, true, 0);
    link_follow(link, group, false, 0);
}

void link_follow(Link *link, const LinkGroup *group, bool upwards, Time now)
{
    const TimeSeries *series = link_series(group, upwards);
    if (series->count > 0)
        link_set_rate(link, group, upwards, time_series_value(series, now), now);
}

void link_set_rate(Link *link, const LinkGroup *group, bool upwards, double bit_per_s, Time now)
{
    station_set_capacity(link_station(link, group, upwards), bit_per_s / NS_PER_S, now);
}

static const Chain *link_levels(const LinkGroup *group, bool upwards)
{
    return upwards || group->half_duplex || group->joint_levels ? &group->up_levels : &group->down_levels;
}

double link_rate(const Link *link, const LinkGroup *group, bool upwards)
{
    if (link_series(group, upwards)->count == 0 && link_levels(group, upwards)->state_count <= 1)
        return link_bit_per_s(group, upwards);
    return NS_PER_S * (upwards || group->half_duplex ? &link->up : &link->down)->capacity;
}

bool link_is_weak(const Link *link, const LinkGroup *group)
{
    return group->condition.values[link->condition_state] != 0;
}

Station *link_station(Link *link, const LinkGroup *group, bool upwards)
{
    if (isinf(link_bit_per_s(group, upwards)))
        return NULL;
    return upwards || group->half_duplex ? &link->up : &link->down;
}

Time link_delay(const Link *link, const LinkGroup *group, bool upwards, Stream *stream)
{
    Time delay = group->delay;
    if (stream && group->jitter > 0 && group->delay > 0) {
        /* Gamma with the given mean and standard deviation: never negative, skewed to the right as delays are. */
        double variation = (double)group->jitter / (double)group->delay, shape = 1 / (variation * variation);
        gsl_rng rng = stream_gsl(stream);
        delay = (Time)llrint(gsl_ran_gamma(&rng, shape, (double)group->delay / shape));
    }
    return delay + (upwards && link_is_weak(link, group) ? group->weak_delay : 0);
}

double link_transmission_time(const Link *link, const LinkGroup *group, bool upwards, double bytes)
{
    return bytes > 0 ? bytes * BITS_PER_BYTE / link_rate(link, group, upwards) : 0;
}

double link_mean_delay(const Link *link, const LinkGroup *group, bool upwards)
{
    return time_to_s(link_delay(link, group, upwards, NULL));
}
