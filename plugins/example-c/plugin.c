/* A complete exchange plug-in in C, to be read as a model and copied from. tell.c, its other half,
 * fills the structs that cross the boundary.
 *
 * The venue is made up and lives in this file: one account, one instrument, and a book that never
 * changes. A market order takes from the book; a limit order takes what it can and rests; a trade
 * that the host feeds fills what rests at its price or better. Nothing is kept when a session is
 * closed. What a plug-in for a real venue has in addition is the vendor's library in place of
 * `trade` and `feed_tick`, and that library's threads, which enter the session by its lock.
 *
 * Everything is told while the session's lock is held. So events are in order and one at a time,
 * and a host that calls from within a callback meets the lock that it holds already. */
#define _POSIX_C_SOURCE 200809L
#include "session.h"

#include <stdio.h>
#include <stdlib.h>

#define LEVELS 5
#define LEVEL_LOTS (10 * ONE) /* At each price of the book. */

/* Makes room for `more` items behind the `count` of a list. */
static int reserve(void **list, size_t *room, size_t count, size_t more, size_t size) {
  size_t wanted = *room == 0 ? 64 : *room * 2;
  void *grown;
  if (count + more <= *room) return 1;
  grown = realloc(*list, wanted * size);
  if (grown == NULL) return 0;
  *list = grown;
  *room = wanted;
  return 1;
}

static int reserve_fills(aftm_session *it, size_t more) {
  return reserve((void **)&it->fills, &it->fills_room, it->fills_n, more, sizeof *it->fills);
}

/* Whether a struct of the host is there and whole: an older one than this header's never was. */
#define IS_WHOLE(input) ((input) != NULL && (input)->struct_size >= sizeof *(input))

/* Takes the lock. The mutex knows its owner, so that a call from within a callback is noticed. */
static int32_t enter(aftm_session *it, aftm_status *err) {
  if (it == NULL) return fail(err, AFTM_E_ARG, "", "the session is NULL");
  if (pthread_mutex_lock(&it->lock) != 0)
    return fail(err, AFTM_E_WRONG_THREAD, "", "a callback must not call the plug-in");
  return AFTM_OK;
}

static int32_t leave(aftm_session *it, int32_t code) {
  pthread_mutex_unlock(&it->lock);
  return code;
}

/* The same for what needs a login. */
static int32_t enter_logged_in(aftm_session *it, aftm_status *err) {
  int32_t code = enter(it, err);
  if (code != AFTM_OK || it->is_logged_in) return code;
  return leave(it, fail(err, AFTM_E_STATE, "", "nobody is logged in; log in first"));
}

/* ---- The venue ---- */

static int64_t left(const aftm_order_update *order) { return order->qty_e9 - order->filled_e9; }

/* Fills a part of an order; there is room in the list of fills. */
static void fill(aftm_session *it, aftm_order_update *order, int64_t price, int64_t lots) {
  aftm_fill *row = &it->fills[it->fills_n++];
  memset(row, 0, sizeof *row);
  row->struct_size = sizeof *row;
  row->client_order_id = order->client_order_id;
  row->price_e9 = price;
  row->qty_e9 = lots;
  row->ts_ns = it->now_ns;
  row->utc_offset_s = it->utc_offset_s;
  row->side = order->side;
  row->open_close = order->open_close;
  PUT(row->account, ACCOUNT);
  PUT(row->exchange, EXCHANGE);
  PUT(row->symbol, SYMBOL);
  PUT(row->broker_order_id, order->broker_order_id);
  snprintf(row->fill_id, sizeof row->fill_id, "T%zu", it->fills_n);
  it->net_e9 += order->side == AFTM_SIDE_BUY ? lots : -lots;
  order->filled_e9 += lots;
  if (left(order) == 0) order->state = AFTM_STATE_FILLED;
  tell(it, AFTM_EVENT_FILL, 0, 0, row, sizeof *row, NULL);
  tell_order(it, order, AFTM_CHANGE_FILLED, 0);
}

/* The price of a level that an order would take from, and whether its limit allows it. */
static int64_t level(const aftm_order_update *order, int at, int *allows) {
  int64_t price = order->side == AFTM_SIDE_BUY ? REFERENCE + (at + 1) * ONE : REFERENCE - at * ONE;
  int64_t limit = order->price_e9;
  *allows = order->side == AFTM_SIDE_BUY ? price <= limit : price >= limit;
  if (limit == AFTM_ABSENT) *allows = 1;
  return price;
}

/* Takes from the book what an order may; there is room for LEVELS fills. What is left rests, or
 * expires where it must not. */
static void trade(aftm_session *it, aftm_order_update *order) {
  int allows;
  int64_t offered = 0;
  for (int at = 0; at < LEVELS; at++) {
    level(order, at, &allows);
    if (allows) offered += LEVEL_LOTS;
  }
  for (int at = 0; at < LEVELS && left(order) > 0; at++) {
    int64_t price = level(order, at, &allows);
    if (!allows || (order->tif == AFTM_TIF_FOK && offered < left(order))) break;
    fill(it, order, price, left(order) < LEVEL_LOTS ? left(order) : LEVEL_LOTS);
  }
  if (left(order) > 0 && (order->tif != AFTM_TIF_ROD || order->order_type == AFTM_TYPE_MARKET)) {
    order->state = AFTM_STATE_EXPIRED;
    tell_order(it, order, AFTM_CHANGE_EXPIRED, 0);
  }
}

/* What the venue has against a price or a quantity. */
static int32_t check_price(int64_t price, aftm_status *err) {
  char shown[32], bound[32];
  if (price == AFTM_ABSENT || price <= 0 || price % ONE != 0)
    return fail(err, AFTM_E_PRICE, "TICK", "the price %s is not a multiple of the tick 1 above 0",
                price == AFTM_ABSENT ? "(none)" : number(shown, price));
  if (price > UPPER || price < LOWER)
    return fail(err, AFTM_E_PRICE, "PRICE_LIMIT", "the price %s is beyond the limit of the day, %s",
                number(shown, price), number(bound, price > UPPER ? UPPER : LOWER));
  return AFTM_OK;
}

static int32_t check_lots(int64_t lots, aftm_status *err) {
  char shown[32];
  if (lots > 0 && lots % ONE == 0 && lots <= ORDER_MAX) return AFTM_OK;
  return fail(err, AFTM_E_QUANTITY, "QUANTITY",
              "the quantity %s is not a whole number from 1 to 499",
              lots == AFTM_ABSENT ? "(none)" : number(shown, lots));
}

/* An order by the host's number of it, or else by ours; the newest first, asked for most often. */
static aftm_order_update *find(aftm_session *it, uint64_t id, const char *broker_id) {
  for (size_t at = it->orders_n; at-- > 0;) {
    aftm_order_update *order = &it->orders[at];
    if (id != 0 ? order->client_order_id == id
                : broker_id[0] != '\0' && IS(order->broker_order_id, broker_id))
      return order;
  }
  return NULL;
}

/* ---- The functions of the table ---- */

static int32_t info(aftm_info *out) {
  if (!IS_WHOLE(out)) return AFTM_E_ABI;
  memset(out, 0, sizeof *out);
  out->struct_size = sizeof *out;
  out->caps = AFTM_CAP_MARKET | AFTM_CAP_IOC | AFTM_CAP_FOK | AFTM_CAP_AMEND | AFTM_CAP_CANCEL_ALL |
              AFTM_CAP_AUTO_OFFSET | AFTM_CAP_FEED | AFTM_CAP_MULTI_SESSION;
  PUT(out->name, "example-c");
  PUT(out->version, "1.0.0");
  PUT(out->venue, "an example that trades with nobody");
  return AFTM_OK;
}

static int equals(aftm_str text, const char *word) {
  return text.size == strlen(word) && (text.size == 0 || memcmp(text.data, word, text.size) == 0);
}

/* The one option: what the account starts with, in whole units. */
static int32_t read_option(const aftm_kv *option, int64_t *balance_e4, aftm_status *err) {
  int64_t units = 0;
  if (!equals(option->key, "balance"))
    return fail(err, AFTM_E_ARG, "", "the option %.*s is unknown; there is: balance",
                (int)(option->key.size < 64 ? option->key.size : 64),
                option->key.size == 0 ? "" : option->key.data);
  for (uint64_t at = 0; at < option->value.size; at++) {
    if (at >= 12 || option->value.data[at] < '0' || option->value.data[at] > '9') units = -1;
    if (units < 0) break;
    units = units * 10 + (option->value.data[at] - '0');
  }
  if (units < 0 || option->value.size == 0)
    return fail(err, AFTM_E_ARG, "", "the option balance is not a whole number of up to 12 digits");
  *balance_e4 = units * 10000;
  return AFTM_OK;
}

static int32_t open_session(const aftm_open_params *params, const aftm_callbacks *callbacks,
                            aftm_session **out, aftm_status *err) {
  static const char opened[] = "example-c: a session is open";
  int64_t balance_e4 = INT64_C(1000000) * 10000;
  pthread_mutexattr_t kind;
  aftm_session *it;
  if (out == NULL) return fail(err, AFTM_E_ARG, "", "there is no place for the session");
  *out = NULL;
  if (!IS_WHOLE(params) || !IS_WHOLE(callbacks) || !callbacks->on_event || !callbacks->on_log)
    return fail(err, AFTM_E_ABI, "", "the parameters or the callbacks are missing or too small");
  if (params->state_dir.size == 0) return fail(err, AFTM_E_ARG, "", "the state_dir is empty");
  for (uint64_t at = 0; at < params->options_n; at++) {
    int32_t code = read_option(&params->options[at], &balance_e4, err);
    if (code != AFTM_OK) return code;
  }
  it = calloc(1, sizeof *it);
  if (it == NULL) return fail(err, AFTM_E_INTERNAL, "", "there is no memory for a session");
  pthread_mutexattr_init(&kind);
  pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_ERRORCHECK);
  pthread_mutex_init(&it->lock, &kind);
  pthread_mutexattr_destroy(&kind);
  memcpy(&it->host, callbacks, sizeof it->host);
  it->balance_e4 = balance_e4;
  it->now_ns = AFTM_ABSENT;
  it->host.on_log(it->host.user, AFTM_LOG_INFO, opened, sizeof opened - 1);
  *out = it;
  return AFTM_OK;
}

/* The session has no thread, and all is told under the lock: once taken, nothing is under way. */
static int32_t close_session(aftm_session *it, uint32_t timeout_ms) {
  (void)timeout_ms;
  if (it == NULL) return AFTM_OK;
  if (pthread_mutex_lock(&it->lock) != 0) return AFTM_E_WRONG_THREAD;
  pthread_mutex_unlock(&it->lock);
  pthread_mutex_destroy(&it->lock);
  free(it->orders);
  free(it->fills);
  free(it);
  return AFTM_OK;
}

static int32_t login(aftm_session *it, const aftm_login *login, uint64_t req_id, aftm_status *err) {
  aftm_status refused = {.struct_size = sizeof refused};
  int is_user = 0, is_password = 0;
  int32_t code = enter(it, err);
  if (code != AFTM_OK) return code;
  if (!IS_WHOLE(login)) return leave(it, fail(err, AFTM_E_ABI, "", "the login is too small"));
  if (it->is_logged_in)
    return leave(it, fail(err, AFTM_E_STATE, "", "somebody is logged in; log out first"));
  if (login->flags & AFTM_LOGIN_PRODUCTION)
    return leave(it, fail(err, AFTM_E_PERMISSION, "", "the example moves no real money"));
  for (uint64_t at = 0; at < login->creds_n; at++) {
    const aftm_kv *cred = &login->creds[at];
    if (equals(cred->key, "user")) is_user = equals(cred->value, "demo");
    if (equals(cred->key, "password")) is_password = equals(cred->value, "demo");
  }
  if (is_user && is_password) {
    it->is_logged_in = 1;
    tell_connection(it, AFTM_CONN_UP, "the example is there");
    tell_account(it, req_id);
    answer(it, req_id, NULL);
  } else { /* What the venue refuses is an answer, not a failure of the call. */
    fail(&refused, AFTM_E_AUTH, "LOGIN", "user or password is wrong; the example knows demo, demo");
    answer(it, req_id, &refused);
  }
  return leave(it, AFTM_OK);
}

static int32_t logout(aftm_session *it, uint64_t req_id, aftm_status *err) {
  int32_t code = enter_logged_in(it, err);
  if (code != AFTM_OK) return code;
  it->is_logged_in = 0;
  tell_connection(it, AFTM_CONN_DOWN, "logged out");
  answer(it, req_id, NULL);
  return leave(it, AFTM_OK);
}

/* What makes an order impossible to send. */
static int32_t check_order(aftm_session *it, const aftm_order_req *order, aftm_status *err) {
  if (!IS_WHOLE(order)) return fail(err, AFTM_E_ABI, "", "the order is too small");
  if (order->client_order_id == 0) return fail(err, AFTM_E_ARG, "", "the client_order_id is 0");
  if (order->client_order_id <= it->highest_id && find(it, order->client_order_id, ""))
    return fail(err, AFTM_E_DUPLICATE, "", "the order %llu was sent before",
                (unsigned long long)order->client_order_id);
  if (!IS(order->account, ACCOUNT))
    return fail(err, AFTM_E_FIELD, "", "the account %.40s is not there", order->account);
  if (!IS(order->symbol, SYMBOL) || !(IS(order->exchange, EXCHANGE) || IS(order->exchange, "")))
    return fail(err, AFTM_E_INSTRUMENT, "", "%.64s is not traded here", order->symbol);
  if (order->side != AFTM_SIDE_BUY && order->side != AFTM_SIDE_SELL)
    return fail(err, AFTM_E_FIELD, "", "the side %u is unknown", order->side);
  if (order->tif < AFTM_TIF_ROD || order->tif > AFTM_TIF_FOK)
    return fail(err, AFTM_E_FIELD, "", "the time in force %u is unknown", order->tif);
  if (order->order_type != AFTM_TYPE_LIMIT && order->order_type != AFTM_TYPE_MARKET)
    return fail(err, AFTM_E_UNSUPPORTED, "", "the order type %u is not offered", order->order_type);
  if (order->order_type == AFTM_TYPE_MARKET && order->price_e9 != AFTM_ABSENT)
    return fail(err, AFTM_E_PRICE, "", "a market order has no price");
  return AFTM_OK;
}

static aftm_order_update *record(aftm_session *it, const aftm_order_req *from) {
  aftm_order_update *order = &it->orders[it->orders_n++];
  memset(order, 0, sizeof *order);
  order->struct_size = sizeof *order;
  order->client_order_id = from->client_order_id;
  order->side = from->side;
  order->order_type = from->order_type;
  order->tif = from->tif;
  order->open_close = from->open_close;
  order->day_trade = from->day_trade;
  order->ts_ns = it->now_ns;
  order->price_e9 = from->price_e9;
  order->stop_price_e9 = AFTM_ABSENT;
  order->qty_e9 = from->qty_e9;
  PUT(order->account, ACCOUNT);
  PUT(order->exchange, EXCHANGE);
  PUT(order->symbol, SYMBOL);
  if (from->client_order_id > it->highest_id) it->highest_id = from->client_order_id;
  return order;
}

static int32_t send_order(aftm_session *it, const aftm_order_req *req, uint64_t req_id,
                          aftm_status *err) {
  aftm_status why = {.struct_size = sizeof why};
  aftm_order_update *order;
  int32_t code = enter_logged_in(it, err);
  if (code != AFTM_OK) return code;
  code = check_order(it, req, err);
  if (code != AFTM_OK) return leave(it, code);
  if (!reserve((void **)&it->orders, &it->orders_room, it->orders_n, 1, sizeof *it->orders) ||
      !reserve_fills(it, LEVELS))
    return leave(it, fail(err, AFTM_E_INTERNAL, "", "there is no memory for the order"));
  order = record(it, req);
  code = check_lots(order->qty_e9, &why);
  if (code == AFTM_OK && order->order_type == AFTM_TYPE_LIMIT)
    code = check_price(order->price_e9, &why);
  if (code != AFTM_OK) {
    order->state = AFTM_STATE_REJECTED;
    order->code = code;
    PUT(order->vendor_code, why.vendor_code);
    PUT(order->text, why.text);
    tell_order(it, order, AFTM_CHANGE_REJECTED, req_id);
    return leave(it, AFTM_OK);
  }
  order->state = AFTM_STATE_WORKING;
  snprintf(order->broker_order_id, sizeof order->broker_order_id, "B%zu", it->orders_n);
  tell_order(it, order, AFTM_CHANGE_ACCEPTED, req_id);
  trade(it, order);
  return leave(it, AFTM_OK);
}

static int32_t cancel_order(aftm_session *it, const aftm_cancel_req *req, uint64_t req_id,
                            aftm_status *err) {
  aftm_status why = {.struct_size = sizeof why};
  aftm_order_update *order;
  int32_t code = enter_logged_in(it, err);
  if (code != AFTM_OK) return code;
  if (!IS_WHOLE(req)) return leave(it, fail(err, AFTM_E_ABI, "", "the cancel is too small"));
  order = find(it, req->client_order_id, req->broker_order_id);
  if (order == NULL) return leave(it, fail(err, AFTM_E_NO_ORDER, "", "there is no such order"));
  if (order->state == AFTM_STATE_WORKING) {
    order->state = AFTM_STATE_CANCELED;
    tell_order(it, order, AFTM_CHANGE_CANCELED, req_id);
  } else {
    fail(&why, AFTM_E_NOT_CANCELABLE, "ORDER_ENDED", "the order has ended");
    tell_refused(it, order, AFTM_CHANGE_CANCEL_REJECTED, req_id, &why);
  }
  return leave(it, AFTM_OK);
}

static int32_t amend_order(aftm_session *it, const aftm_amend_req *req, uint64_t req_id,
                           aftm_status *err) {
  aftm_status why = {.struct_size = sizeof why};
  aftm_order_update *order, next;
  int32_t code = enter_logged_in(it, err);
  if (code != AFTM_OK) return code;
  if (!IS_WHOLE(req)) return leave(it, fail(err, AFTM_E_ABI, "", "the change is too small"));
  order = find(it, req->client_order_id, req->broker_order_id);
  if (order == NULL) return leave(it, fail(err, AFTM_E_NO_ORDER, "", "there is no such order"));
  if (!reserve_fills(it, LEVELS))
    return leave(it, fail(err, AFTM_E_INTERNAL, "", "there is no memory for the change"));
  next = *order;
  if (req->qty_e9 != AFTM_ABSENT) next.qty_e9 = req->qty_e9;
  if (req->price_e9 != AFTM_ABSENT) next.price_e9 = req->price_e9;
  if (order->state != AFTM_STATE_WORKING)
    code = fail(&why, AFTM_E_NOT_CANCELABLE, "ORDER_ENDED", "the order has ended");
  if (code == AFTM_OK) code = check_price(next.price_e9, &why);
  if (code == AFTM_OK) code = check_lots(next.qty_e9, &why);
  if (code == AFTM_OK && left(&next) <= 0)
    code = fail(&why, AFTM_E_QUANTITY, "QUANTITY", "as many lots or more have traded already");
  if (code == AFTM_OK) {
    *order = next;
    tell_order(it, order, AFTM_CHANGE_REPLACED, req_id);
    trade(it, order);
  } else {
    tell_refused(it, order, AFTM_CHANGE_REPLACE_REJECTED, req_id, &why);
  }
  return leave(it, AFTM_OK);
}

/* An empty filter fits everything. */
#define FITS(filter, text) (IS((filter), "") || IS((filter), (text)))
#define CONCERNS(which)                                                           \
  (FITS((which)->account, ACCOUNT) && FITS((which)->exchange, EXCHANGE) &&        \
   FITS((which)->symbol, SYMBOL))

static int32_t cancel_all(aftm_session *it, const aftm_cancel_all_req *which, uint64_t req_id,
                          aftm_status *err) {
  int32_t code = enter_logged_in(it, err);
  if (code != AFTM_OK) return code;
  if (!IS_WHOLE(which)) return leave(it, fail(err, AFTM_E_ABI, "", "the filter is too small"));
  for (size_t at = 0; at < it->orders_n && CONCERNS(which); at++) {
    aftm_order_update *order = &it->orders[at];
    if (order->state != AFTM_STATE_WORKING) continue;
    order->state = AFTM_STATE_CANCELED;
    tell_order(it, order, AFTM_CHANGE_CANCELED, 0);
  }
  answer(it, req_id, NULL);
  return leave(it, AFTM_OK);
}

static int is_asked(const aftm_query *query, uint64_t id, const char *broker_id) {
  return (query->client_order_id == 0 || query->client_order_id == id) &&
         FITS(query->broker_order_id, broker_id);
}

/* A row carries the request's id without being its answer; the answer comes after the last row. */
static void tell_orders(aftm_session *it, const aftm_query *query, uint64_t req_id) {
  for (size_t at = 0; at < it->orders_n; at++) {
    const aftm_order_update *row = &it->orders[at];
    if (is_asked(query, row->client_order_id, row->broker_order_id))
      tell(it, AFTM_EVENT_ORDER, 0, req_id, row, sizeof *row, NULL);
  }
}

static void tell_fills(aftm_session *it, const aftm_query *query, uint64_t req_id) {
  for (size_t at = 0; at < it->fills_n; at++) {
    const aftm_fill *row = &it->fills[at];
    if (is_asked(query, row->client_order_id, row->broker_order_id))
      tell(it, AFTM_EVENT_FILL, 0, req_id, row, sizeof *row, NULL);
  }
}

static int32_t query(aftm_session *it, const aftm_query *query, uint64_t req_id, aftm_status *err) {
  int32_t code = enter_logged_in(it, err);
  if (code != AFTM_OK) return code;
  if (!IS_WHOLE(query)) return leave(it, fail(err, AFTM_E_ABI, "", "the query is too small"));
  if (query->what < AFTM_QUERY_ORDERS || query->what > AFTM_QUERY_INSTRUMENTS)
    return leave(it, fail(err, AFTM_E_UNSUPPORTED, "", "the query %u is unknown", query->what));
  if (CONCERNS(query)) {
    if (query->what == AFTM_QUERY_ORDERS) tell_orders(it, query, req_id);
    if (query->what == AFTM_QUERY_FILLS) tell_fills(it, query, req_id);
    if (query->what == AFTM_QUERY_POSITIONS && it->net_e9 != 0) tell_position(it, req_id);
    if (query->what == AFTM_QUERY_ACCOUNTS) tell_account(it, req_id);
    if (query->what == AFTM_QUERY_INSTRUMENTS) tell_instrument(it, req_id);
  }
  answer(it, req_id, NULL);
  return leave(it, AFTM_OK);
}

/* A trade of the market fills what rests at its price or better, the oldest first, at the order's
 * own price, up to the lots of the trade. */
static int32_t feed_tick(aftm_session *it, const aftm_tick *tick, const aftm_book *book) {
  int64_t lots;
  int32_t code = enter(it, NULL);
  (void)book; /* This venue has a book of its own. */
  if (code != AFTM_OK) return code;
  if (!IS_WHOLE(tick)) return leave(it, AFTM_E_ABI);
  if (!IS(tick->symbol, SYMBOL) || tick->price_e9 == AFTM_ABSENT) return leave(it, AFTM_OK);
  it->now_ns = tick->exch_ts_ns;
  it->utc_offset_s = tick->utc_offset_s;
  lots = tick->qty_e9;
  for (size_t at = 0; at < it->orders_n && lots > 0; at++) {
    aftm_order_update *order = &it->orders[at];
    int64_t part = left(order) < lots ? left(order) : lots;
    int is_reached = order->side == AFTM_SIDE_BUY ? tick->price_e9 <= order->price_e9
                                                  : tick->price_e9 >= order->price_e9;
    if (order->state != AFTM_STATE_WORKING || !is_reached) continue;
    if (!reserve_fills(it, 1)) return leave(it, AFTM_E_INTERNAL);
    fill(it, order, order->price_e9, part);
    lots -= part;
  }
  return leave(it, AFTM_OK);
}

AFTM_EXPORT const aftm_exchange_api *aftm_exchange_entry_v1(uint16_t host_major,
                                                            uint16_t host_minor) {
  /* What this plug-in does not offer stays NULL. */
  static const aftm_exchange_api api = {
      .struct_size = sizeof api,
      .abi_major = AFTM_ABI_MAJOR,
      .abi_minor = AFTM_ABI_MINOR,
      .info = info,
      .open = open_session,
      .close = close_session,
      .login = login,
      .logout = logout,
      .send_order = send_order,
      .cancel_order = cancel_order,
      .amend_order = amend_order,
      .cancel_all = cancel_all,
      .query = query,
      .feed_tick = feed_tick,
  };
  (void)host_minor; /* A newer host knows how to talk to an older plug-in. */
  return host_major == AFTM_ABI_MAJOR ? &api : NULL;
}
