/* Does not return, does not answer, or does not end. */
#include "base.h"

#if defined(IN_LOGIN)
static int32_t spoiled(aftm_session *it, const aftm_login *who, uint64_t id, aftm_status *err) {
  (void)it, (void)who, (void)id, (void)err;
  for (;;) pause();
}
ENTRY(table.login = spoiled)

#elif defined(IN_CLOSE)
static int32_t spoiled(aftm_session *it, uint32_t timeout_ms) {
  while (it != NULL) pause();
  return close_session(it, timeout_ms);
}
ENTRY(table.close = spoiled)

#elif defined(REFUSES_CLOSE)
static int32_t spoiled(aftm_session *it, uint32_t timeout_ms) {
  return it == NULL ? close_session(it, timeout_ms) : AFTM_E_TIMEOUT;
}
ENTRY(table.close = spoiled)

#elif defined(SILENT)
static int32_t spoiled(aftm_session *it, const aftm_login *who, uint64_t id, aftm_status *err) {
  (void)it, (void)who, (void)id, (void)err;
  return AFTM_OK;
}
ENTRY(table.login = spoiled)

#elif defined(LEAVES_THREADS)
static void *stay(void *nothing) {
  for (;;) pause();
  return nothing;
}

static int32_t spoiled(const aftm_open_params *params, const aftm_callbacks *callbacks,
                       aftm_session **out, aftm_status *err) {
  pthread_t thread;
  pthread_create(&thread, NULL, stay, NULL);
  return open_session(params, callbacks, out, err);
}
ENTRY(table.open = spoiled)
#endif
