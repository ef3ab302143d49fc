/* What the two files of the example share: the session, and how the host is told. */
#ifndef EXAMPLE_SESSION_H
#define EXAMPLE_SESSION_H

#include "aftm_exchange.h"

#include <pthread.h>
#include <stddef.h>
#include <string.h>

#define ONE INT64_C(1000000000) /* One point, one lot. */
#define ACCOUNT "EXAMPLE-1"
#define EXCHANGE "XMPL"
#define SYMBOL "DEMO"
#define REFERENCE (17000 * ONE)
#define UPPER (18700 * ONE)
#define LOWER (15300 * ONE)
#define ORDER_MAX (499 * ONE)

struct aftm_session {
  pthread_mutex_t lock; /* Around everything below, and around every callback. */
  aftm_callbacks host;
  uint64_t seq;
  int64_t balance_e4;
  int64_t net_e9; /* Lots held: long above 0, short below. */
  int64_t now_ns; /* The exchange's clock: the time of the last trade. */
  int32_t utc_offset_s;
  int is_logged_in;
  uint64_t highest_id; /* Of all orders, so that a higher one is known to be new. */
  aftm_order_update *orders; /* In the order in which they came. */
  size_t orders_n, orders_room;
  aftm_fill *fills;
  size_t fills_n, fills_room;
};

/* Puts text into a field; compares a field with a text. Neither needs a NUL at the field's end. */
#define PUT(field, text) put_text((field), sizeof(field), (text))
#define IS(field, text) (strncmp((field), (text), sizeof(field)) == 0)

void put_text(char *field, size_t size, const char *text);
const char *number(char out[32], int64_t e9);
int32_t fail(aftm_status *err, int32_t code, const char *vendor_code, const char *format, ...);

void tell(aftm_session *it, uint16_t kind, uint16_t flags, uint64_t req_id, const void *payload,
          uint64_t size, const aftm_status *status);
void answer(aftm_session *it, uint64_t req_id, const aftm_status *status);
void tell_order(aftm_session *it, const aftm_order_update *order, uint8_t change, uint64_t req_id);
void tell_refused(aftm_session *it, const aftm_order_update *order, uint8_t change, uint64_t req_id,
                  const aftm_status *why);
void tell_connection(aftm_session *it, uint8_t state, const char *text);
void tell_account(aftm_session *it, uint64_t req_id);
void tell_position(aftm_session *it, uint64_t req_id);
void tell_instrument(aftm_session *it, uint64_t req_id);

#endif
