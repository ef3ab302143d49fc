/* Writes behind the struct for the reason of a refusal. */
#include "base.h"

static int32_t spoiled(aftm_session *it, const aftm_order_req *order, uint64_t id,
                       aftm_status *err) {
  int32_t code = send_order(it, order, id, err);
  if (code != AFTM_OK) ((char *)err)[sizeof *err] = 'x';
  return code;
}

ENTRY(table.send_order = spoiled)
