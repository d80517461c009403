/* A link between two nodes: a message is transmitted at the bandwidth it shares with others, then propagates. */
#ifndef ORCHID_SIM_LINK_H
#define ORCHID_SIM_LINK_H

#include "request.h"

typedef struct Link {
    Station up, down;    /* capacity in bit/ns, work in bits; `down` is unused with half duplex */
    int condition_state; /* of the group's chain */
    Stream condition;
} Link;

/* An idle link of `group`, its condition in its start state. */
void link_init(Link *link, const LinkGroup *group, Stream condition);

/* The bandwidth of a direction that follows a series is what that says from `now` on; others stay. */
void link_follow(Link *link, const LinkGroup *group, bool upwards, Time now);

/* The bandwidth of a direction that changes is `bit_per_s` from `now` on. */
void link_set_rate(Link *link, const LinkGroup *group, bool upwards, double bit_per_s, Time now);

/* Present bandwidth, bit/s; INFINITY where it is not limited. */
double link_rate(const Link *link, const LinkGroup *group, bool upwards);

/* Whether upward messages are delayed now. */
bool link_is_weak(const Link *link, const LinkGroup *group);

/* The station that a message takes, NULL where bandwidth is not limited. */
Station *link_station(Link *link, const LinkGroup *group, bool upwards);

/* Propagation delay (ns) of one message that leaves now; its mean where `stream` is NULL. */
Time link_delay(const Link *link, const LinkGroup *group, bool upwards, Stream *stream);

/* Time (s) to transmit a message of `bytes` alone at the present bandwidth; INFINITY where there is none. */
double link_transmission_time(const Link *link, const LinkGroup *group, bool upwards, double bytes);

/* Mean propagation delay (s) under the present condition. */
double link_mean_delay(const Link *link, const LinkGroup *group, bool upwards);

#endif
