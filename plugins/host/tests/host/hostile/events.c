/* Spoils what it tells, on its way to the host. */
#include "base.h"

static void (*host_on_event)(void *user, const aftm_event *event);
static void (*host_on_log)(void *user, int32_t level, const char *text, uint64_t size);
static uint32_t opened_with;
/* Events that the example did not number, told or left out before this one. */
static uint64_t more;

static void tell_on(void *user, aftm_event event) {
  event.seq += more;
  host_on_event(user, &event);
}

static void spoil(void *user, const aftm_event *event) {
  aftm_event told = *event;
  aftm_order_update order = {0};
  aftm_status status = {0};
  if (told.seq == 1) more = 0;
  if (told.kind == AFTM_EVENT_ORDER) memcpy(&order, told.payload, sizeof order);
  if (told.status) status = *told.status;
#if defined(SHORT_PAYLOAD)
  if (told.kind == AFTM_EVENT_ORDER) told.payload_size = 100;
#elif defined(NO_PAYLOAD)
  if (told.kind == AFTM_EVENT_ORDER) told.payload = NULL;
#elif defined(SHORT_EVENT)
  if (told.kind == AFTM_EVENT_ORDER) told.struct_size = 8;
#elif defined(NO_EVENT)
  if (told.kind == AFTM_EVENT_ORDER) host_on_event(user, NULL);
#elif defined(REPEATED)
  if (told.kind == AFTM_EVENT_ORDER) tell_on(user, told);
#elif defined(LEFT_OUT)
  if (told.kind == AFTM_EVENT_FILL) return;
#elif defined(LEFT_OUT_TOO_MUCH)
  /* The host counts fills, and this leaves them out with what repeats them. */
  if ((opened_with & AFTM_OPEN_COUNTS_FILLS) && told.kind == AFTM_EVENT_FILL) {
    more--;
    return;
  }
#elif defined(ANSWERED_BY_FILL) || defined(ANSWERED_BY_MISNAMED_FILL)
  { /* Where the host counts fills, that of a market order may answer it, but not under any name. */
    static uint64_t answered;
    static aftm_fill fill;
    if ((opened_with & AFTM_OPEN_COUNTS_FILLS) && order.change == AFTM_CHANGE_ACCEPTED &&
        order.order_type == AFTM_TYPE_MARKET) {
      answered = told.req_id;
      more--;
      return;
    }
    if (answered != 0 && told.kind == AFTM_EVENT_FILL) {
      memcpy(&fill, told.payload, sizeof fill);
#ifdef ANSWERED_BY_MISNAMED_FILL
      memcpy(fill.broker_order_id, fill.fill_id, sizeof fill.broker_order_id);
#endif
      told.payload = &fill;
      told.req_id = answered;
      told.flags = AFTM_EVENT_LAST;
      answered = 0;
    }
  }
#elif defined(ANSWERED_TWICE)
  if (told.kind == AFTM_EVENT_ANSWER) tell_on(user, told), more++;
#elif defined(FILLED_TWICE)
  if (told.kind == AFTM_EVENT_FILL) tell_on(user, told), more++;
#elif defined(BAD_NAME)
  order.account[3] = (char)0xFE;
  if (told.kind == AFTM_EVENT_ORDER) told.payload = &order;
#elif defined(ENDLESS_NAME)
  memset(order.symbol, 'X', sizeof order.symbol);
  if (told.kind == AFTM_EVENT_ORDER) told.payload = &order;
#elif defined(BAD_TEXT)
  memset(status.text, 0xB0, sizeof status.text);
  if (told.status) told.status = &status;
#elif defined(REPEATS_PASSWORD)
  PUT(status.text, "the password aftm-check-wrong-password-7d1f is wrong");
  if (told.status) told.status = &status;
#elif defined(OVERFILLED)
  order.filled_e9 *= 2;
  if (told.kind == AFTM_EVENT_ORDER) told.payload = &order;
#elif defined(NEWER)
  { /* A struct of a later version, an event of a later kind: no fault at all. */
    static struct { aftm_order_update order; uint64_t later[4]; } grown;
    aftm_event odd = {sizeof odd, 77, 4, told.seq, 0, AFTM_ABSENT, &grown, sizeof grown, NULL};
    tell_on(user, odd);
    more++;
    grown.order = order;
    grown.order.struct_size = sizeof grown;
    told.flags |= 0x80;
    if (told.kind == AFTM_EVENT_ORDER) told.payload = &grown, told.payload_size = sizeof grown;
  }
#elif defined(FLOODS)
  if (told.kind == AFTM_EVENT_CONN)
    for (int at = 0; at < 70000; at++) tell_on(user, told), more++;
#elif defined(FLOODS_TICKS)
  if (told.kind == AFTM_EVENT_CONN)
    for (int at = 0; at < 100000; at++) {
      aftm_tick tick = {.struct_size = sizeof tick, .price_e9 = at, .symbol = {(char)('A' + at % 3)}};
      aftm_event odd = {sizeof odd, AFTM_EVENT_TICK, 0, told.seq, 0, AFTM_ABSENT, &tick, sizeof tick,
                        NULL};
      tell_on(user, odd);
      more++;
    }
#elif defined(FILL_FIRST)
  { /* A market order's fill overtakes its acceptance: no fault at all. */
    static aftm_event held;
    static aftm_order_update accepted;
    if (order.change == AFTM_CHANGE_ACCEPTED && order.order_type == AFTM_TYPE_MARKET) {
      held = told;
      accepted = order;
      held.payload = &accepted;
      return;
    }
    if (held.seq != 0 && told.kind == AFTM_EVENT_FILL) {
      told.seq = held.seq++;
      tell_on(user, told);
      tell_on(user, held);
      held.seq = 0;
      return;
    }
  }
#elif defined(PRINTS)
  if (told.kind == AFTM_EVENT_CONN)
    for (int at = 0; at < 100000; at++) printf("vendor: reconnecting %d\n", at);
#elif defined(FLOODS_THE_LOG)
  if (told.kind == AFTM_EVENT_CONN)
    for (int at = 0; at < 100000; at++) host_on_log(user, AFTM_LOG_INFO, "\x1b[2Jagain\n", 10);
#endif
  (void)order, (void)status;
  tell_on(user, told);
}

static int32_t spoiled(const aftm_open_params *params, const aftm_callbacks *callbacks,
                       aftm_session **out, aftm_status *err) {
  aftm_callbacks ours;
  if (callbacks == NULL || callbacks->on_event == NULL) return open_session(params, callbacks, out, err);
  ours = *callbacks;
  opened_with = params == NULL ? 0 : params->flags;
  host_on_event = ours.on_event;
  host_on_log = ours.on_log;
  ours.on_event = spoil;
  return open_session(params, &ours, out, err);
}

ENTRY(table.open = spoiled)
