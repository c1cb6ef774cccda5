#pragma once
#include <mosquitto.h>
#include <mqtt_protocol.h>

// The C library's Swift module leaves out what only Linux has; waiting on a broker needs two of it.
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <time.h>

extern int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
                 const sigset_t *mask);
