/* Ends the process in one way or another. */
#include "base.h"

static int32_t send(aftm_session *it, const aftm_order_req *order, uint64_t id, aftm_status *err) {
#if defined(ABORTS)
  if (it->is_logged_in) abort();
#elif defined(CRASHES)
  if (it->is_logged_in) *(volatile int *)(uintptr_t)(it->seq * 0 + 8) = 1;
#elif defined(EXITS)
  if (it->is_logged_in) exit(0);
#endif
  return send_order(it, order, id, err);
}

#if defined(EXITS_ON_LOAD)
__attribute__((constructor)) static void start(void) { _exit(3); }
#endif

#if defined(CRASHES_AT_EXIT)
__attribute__((destructor)) static void end(void) { abort(); }
#endif

ENTRY(table.send_order = send)
