#include "interrupt.h"

#include <signal.h>
#include <stddef.h>
#include <time.h>

static sigset_t ending_signals(void)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    return signals;
}

void interrupt_hold(void)
{
    sigset_t signals = ending_signals();
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
}

bool interrupt_came(void)
{
    sigset_t signals = ending_signals(), pending;
    int taken;
    if (sigpending(&pending) != 0 || (!sigismember(&pending, SIGINT) && !sigismember(&pending, SIGTERM)))
        return false;
    sigwait(&signals, &taken);
    interrupt_release();
    return true;
}

void interrupt_release(void)
{
    sigset_t signals = ending_signals();
    pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
}
