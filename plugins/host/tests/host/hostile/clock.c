/* No fault at all: a venue that has no clock but the feed's. It answers an order a millisecond after
 * it was sent, which is when the host says that it is. */
#include "base.h"

#define WAITING_MAX 1024

static struct {
  aftm_order_req order;
  uint64_t req_id;
} waiting[WAITING_MAX];
static int waiting_n;

static int32_t send(aftm_session *it, const aftm_order_req *order, uint64_t req_id,
                    aftm_status *err) {
  int32_t code = enter_logged_in(it, err);
  if (code != AFTM_OK) return code;
  code = leave(it, check_order(it, order, err));
  if (code != AFTM_OK) return code;
  if (it->now_ns == AFTM_ABSENT) return fail(err, AFTM_E_MARKET_CLOSED, "", "there is no time yet");
  if (waiting_n == WAITING_MAX) return fail(err, AFTM_E_BUSY, "", "too many orders wait");
  waiting[waiting_n].order = *order;
  waiting[waiting_n++].req_id = req_id;
  return AFTM_OK;
}

static int32_t begin(aftm_session *it, const aftm_login *who, uint64_t id, aftm_status *err) {
  waiting_n = 0;
  it->now_ns = who->now_ns;
  return login(it, who, id, err);
}

static int32_t due(aftm_session *it, int64_t *out_ns) {
  *out_ns = waiting_n > 0 ? it->now_ns + 1000000 : AFTM_ABSENT;
  return AFTM_OK;
}

static int32_t advance(aftm_session *it, int64_t now_ns, int32_t utc_offset_s) {
  it->now_ns = now_ns;
  it->utc_offset_s = utc_offset_s;
  for (int at = 0; at < waiting_n; at++)
    send_order(it, &waiting[at].order, waiting[at].req_id, NULL);
  waiting_n = 0;
  return AFTM_OK;
}

ENTRY((table.send_order = send, table.login = begin, table.due = due, table.advance = advance))
