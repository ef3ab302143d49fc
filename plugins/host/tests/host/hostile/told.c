/* No fault at all: a venue that has no instrument until the host tells it of one, no time but that of
 * the login, and no price before the host shows it a trade. */
#define _POSIX_C_SOURCE 200809L

#include "../../../../example-c/session.h"

#undef EXCHANGE
#undef SYMBOL
#undef REFERENCE
#undef UPPER
#undef LOWER
#define EXCHANGE ""
#define SYMBOL "TXFH1"
#define REFERENCE (17400 * ONE)
#define UPPER (19140 * ONE)
#define LOWER (15660 * ONE)

#include "base.h"

static int is_listed, is_open, has_traded;

static int32_t list_instrument(aftm_session *it, const aftm_instrument *told, aftm_status *err) {
  int32_t code = enter_logged_in(it, err);
  if (code != AFTM_OK) return code;
  if (strcmp(told->symbol, SYMBOL) != 0 || told->reference_e9 != REFERENCE ||
      told->upper_e9 != UPPER || told->lower_e9 != LOWER)
    return leave(it, fail(err, AFTM_E_INSTRUMENT, "", "%s is not what we know", told->symbol));
  is_listed = 1;
  return leave(it, AFTM_OK);
}

static int32_t begin(aftm_session *it, const aftm_login *who, uint64_t id, aftm_status *err) {
  /* A quarter to one until a quarter to six in UTC is the day session in Taipei. */
  int64_t second = who->now_ns / ONE % 86400;
  is_open = who->now_ns != AFTM_ABSENT && second > 2700 && second < 20700;
  return login(it, who, id, err);
}

static int32_t list(aftm_session *it, const aftm_query *asked, uint64_t id, aftm_status *err) {
  int32_t code;
  if (asked->what != AFTM_QUERY_INSTRUMENTS || is_listed) return query(it, asked, id, err);
  code = enter_logged_in(it, err);
  if (code != AFTM_OK) return code;
  answer(it, id, NULL);
  return leave(it, AFTM_OK);
}

static int32_t send(aftm_session *it, const aftm_order_req *order, uint64_t id, aftm_status *err) {
  int32_t code = enter_logged_in(it, err);
  if (code != AFTM_OK) return code;
  leave(it, code);
  if (!is_open || !has_traded)
    return fail(err, AFTM_E_MARKET_CLOSED, "", "the market is closed, or nothing has traded");
  return send_order(it, order, id, err);
}

static int32_t feed(aftm_session *it, const aftm_tick *tick, const aftm_book *book) {
  has_traded = strcmp(tick->symbol, SYMBOL) == 0 && tick->price_e9 == REFERENCE;
  return feed_tick(it, tick, book);
}

ENTRY((table.list_instrument = list_instrument, table.login = begin, table.query = list,
       table.send_order = send, table.feed_tick = feed))
