/* Calls back after its session was closed, from a thread of its own. */
#include "base.h"

#include <time.h>

static void *call_back(void *at) {
  aftm_callbacks *host = at;
  struct timespec pause = {0, 1000000};
  aftm_fill fill = {.struct_size = sizeof fill};
  for (uint64_t seq = 1; seq < 50; seq++) {
    aftm_event event = {sizeof event, AFTM_EVENT_FILL, 0,    seq, 0,
                        AFTM_ABSENT,  &fill,           sizeof fill, NULL};
    nanosleep(&pause, NULL);
    host->on_event(host->user, &event);
    host->on_log(host->user, AFTM_LOG_ERROR, "late", 4);
  }
  free(host);
  return NULL;
}

static int32_t spoiled(aftm_session *it, uint32_t timeout_ms) {
  aftm_callbacks *host = malloc(sizeof *host);
  pthread_t thread;
  int32_t code;
  if (it == NULL || host == NULL) return free(host), AFTM_OK;
  *host = it->host;
  code = close_session(it, timeout_ms);
  if (pthread_create(&thread, NULL, call_back, host) == 0) pthread_detach(thread);
  return code;
}

ENTRY(table.close = spoiled)
