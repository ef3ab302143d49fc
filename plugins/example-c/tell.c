/* How the example fills the structs that cross the boundary, and tells them. */
#include "session.h"

#include <stdarg.h>
#include <stdio.h>

/* Fills a field with as many whole characters as fit, and zeros. */
void put_text(char *field, size_t size, const char *text) {
  size_t end = strlen(text);
  if (end > size - 1) {
    end = size - 1;
    while (end > 0 && ((unsigned char)text[end] & 0xC0) == 0x80) end--;
  }
  memset(field, 0, size);
  memcpy(field, text, end);
}

/* Writes a count of 1e-9 as people do: 17000.5 */
const char *number(char out[32], int64_t e9) {
  uint64_t size = e9 < 0 ? 0 - (uint64_t)e9 : (uint64_t)e9;
  int end = snprintf(out, 32, "%s%llu.%09llu", e9 < 0 ? "-" : "", (unsigned long long)(size / ONE),
                     (unsigned long long)(size % ONE));
  while (out[end - 1] == '0') out[--end] = '\0';
  if (out[end - 1] == '.') out[--end] = '\0';
  return out;
}

/* Says why a call fails, and returns the code for the caller to return. */
int32_t fail(aftm_status *err, int32_t code, const char *vendor_code, const char *format, ...) {
  char text[512];
  va_list values;
  if (err == NULL || err->struct_size < sizeof *err) return code;
  va_start(values, format);
  vsnprintf(text, sizeof text, format, values);
  va_end(values);
  err->code = code;
  PUT(err->vendor_code, vendor_code);
  PUT(err->text, text);
  return code;
}

void tell(aftm_session *it, uint16_t kind, uint16_t flags, uint64_t req_id, const void *payload,
          uint64_t size, const aftm_status *status) {
  aftm_event event = {sizeof event, kind,    flags, ++it->seq, req_id,
                      AFTM_ABSENT,  payload, size,  status};
  it->host.on_event(it->host.user, &event);
}

/* An answer without a payload; `status` is NULL where the request succeeded. */
void answer(aftm_session *it, uint64_t req_id, const aftm_status *status) {
  tell(it, AFTM_EVENT_ANSWER, AFTM_EVENT_LAST, req_id, NULL, 0, status);
}

/* How an order stands; with a request id it is the answer to that request. */
void tell_order(aftm_session *it, const aftm_order_update *order, uint8_t change, uint64_t req_id) {
  aftm_order_update told = *order;
  told.change = change;
  told.ts_ns = it->now_ns;
  told.utc_offset_s = it->utc_offset_s;
  tell(it, AFTM_EVENT_ORDER, req_id ? AFTM_EVENT_LAST : 0, req_id, &told, sizeof told, NULL);
}

/* A refusal of a cancel or a change: the order itself stays as it is. */
void tell_refused(aftm_session *it, const aftm_order_update *order, uint8_t change, uint64_t req_id,
                  const aftm_status *why) {
  aftm_order_update told = *order;
  told.code = why->code;
  PUT(told.vendor_code, why->vendor_code);
  PUT(told.text, why->text);
  tell_order(it, &told, change, req_id);
}

void tell_connection(aftm_session *it, uint8_t state, const char *text) {
  aftm_conn conn = {.struct_size = sizeof conn, .channel = AFTM_CHANNEL_TRADE, .state = state};
  PUT(conn.text, text);
  tell(it, AFTM_EVENT_CONN, 0, 0, &conn, sizeof conn, NULL);
}

void tell_account(aftm_session *it, uint64_t req_id) {
  aftm_account row = {.struct_size = sizeof row, .balance_e4 = it->balance_e4};
  row.equity_e4 = row.available_e4 = row.margin_e4 = row.frozen_e4 = AFTM_ABSENT;
  row.realized_e4 = row.unrealized_e4 = row.fees_e4 = row.tax_e4 = AFTM_ABSENT;
  PUT(row.account, ACCOUNT);
  PUT(row.currency, "TWD");
  tell(it, AFTM_EVENT_ACCOUNT, 0, req_id, &row, sizeof row, NULL);
}

void tell_position(aftm_session *it, uint64_t req_id) {
  aftm_position row = {.struct_size = sizeof row};
  row.side = it->net_e9 > 0 ? AFTM_SIDE_BUY : AFTM_SIDE_SELL;
  row.qty_e9 = it->net_e9 > 0 ? it->net_e9 : -it->net_e9;
  row.today_e9 = row.yesterday_e9 = row.frozen_e9 = AFTM_ABSENT;
  row.avg_price_e9 = row.pnl_e4 = row.margin_e4 = AFTM_ABSENT;
  PUT(row.account, ACCOUNT);
  PUT(row.exchange, EXCHANGE);
  PUT(row.symbol, SYMBOL);
  tell(it, AFTM_EVENT_POSITION, 0, req_id, &row, sizeof row, NULL);
}

void tell_instrument(aftm_session *it, uint64_t req_id) {
  aftm_instrument row = {.struct_size = sizeof row, .kind = AFTM_KIND_FUTURE, .ticks_n = 1};
  for (int band = 0; band < 8; band++) row.tick_from_e9[band] = row.tick_e9[band] = AFTM_ABSENT;
  row.tick_from_e9[0] = 0;
  row.tick_e9[0] = row.lot_step_e9 = ONE;
  row.multiplier_e9 = 50 * ONE;
  row.margin_initial_e9 = row.margin_maintenance_e9 = row.fee_e9 = 0;
  row.limit_order_max_e9 = row.market_order_max_e9 = ORDER_MAX;
  row.reference_e9 = REFERENCE;
  row.upper_e9 = UPPER;
  row.lower_e9 = LOWER;
  row.price_limit_ppm = 100000;
  row.day_closes_s = 86400; /* Always open. */
  row.night_opens_s = row.night_closes_s = AFTM_NO_TIME;
  row.utc_offset_s = 8 * 3600;
  PUT(row.exchange, EXCHANGE);
  PUT(row.symbol, SYMBOL);
  PUT(row.product, SYMBOL);
  PUT(row.currency, "TWD");
  PUT(row.name, "示範 (example)");
  tell(it, AFTM_EVENT_INSTRUMENT, 0, req_id, &row, sizeof row, NULL);
}
