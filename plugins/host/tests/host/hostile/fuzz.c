/* Tells anything: every struct that it tells is spoiled under a seed, the name of its folder. Sizes,
 * numbers, kinds and texts are what chance gives; an address is what it was, or NULL. */
#include "base.h"

static void (*host_on_event)(void *user, const aftm_event *event);
static uint64_t dice = 1;
/* Every number of an event but its own order is one that the example gave it, for so many seeds. */
static uint64_t more;

static uint64_t roll(uint64_t below) {
  dice ^= dice << 13;
  dice ^= dice >> 7;
  dice ^= dice << 17;
  return (dice >> 11) % below;
}

static void scratch(void *told, uint64_t size) {
  static const uint8_t nasty[] = {0x00, 0xFF, 0x7F, 0x80, 0x1B, 0xC3, 0xE2, 0x0A};
  uint8_t *bytes = told;
  for (uint64_t left = 1 + roll(4); left > 0; left--) {
    uint64_t at = roll(size), end = at + roll(size - at) + 1;
    switch (roll(6)) {
    case 0: bytes[at] = (uint8_t)roll(256); break;
    case 1: bytes[at] ^= (uint8_t)(1u << roll(8)); break;
    case 2: memset(bytes + at, (int)nasty[roll(sizeof nasty)], end - at); break;
    /* Text without an end. */
    case 3: memset(bytes + at, 'X', end - at); break;
    /* The size that a struct says of itself. */
    case 4: memset(bytes, (int)roll(256), size < 4 ? size : 1 + roll(4)); break;
    default: bytes[at] = nasty[roll(sizeof nasty)];
    }
  }
}

static void spoil(void *user, const aftm_event *event) {
  static _Alignas(16) uint8_t payload[4096];
  aftm_event told = *event;
  aftm_status status;
  if (told.seq == 1) more = 0;
  told.seq += more;
  if (told.payload != NULL && told.payload_size <= sizeof payload) {
    memcpy(payload, told.payload, told.payload_size);
    told.payload = payload;
    if (roll(3) == 0) scratch(payload, told.payload_size);
    if (roll(24) == 0) told.payload_size = roll(told.payload_size + 1);
    if (roll(48) == 0) told.payload = NULL;
  }
  if (told.status != NULL) {
    status = *told.status;
    told.status = &status;
    if (roll(2) == 0) scratch(&status, sizeof status);
  }
  switch (roll(40)) {
  case 0: told.kind = (uint16_t)roll(12); break;
  case 1: told.flags = (uint16_t)roll(65536); break;
  case 2: told.req_id = roll(64); break;
  case 3: told.ts_ns = (int64_t)(dice); break;
  case 4: told.struct_size = (uint32_t)roll(256); break;
  case 5: told.seq += roll(3) - 1; break;
  case 6: host_on_event(user, NULL); break;
  case 7:
    host_on_event(user, &told);
    told.seq++, more++;
    break;
  default: break;
  }
  host_on_event(user, &told);
}

static int32_t spoiled(const aftm_open_params *params, const aftm_callbacks *callbacks,
                       aftm_session **out, aftm_status *err) {
  aftm_callbacks ours;
  if (params == NULL || callbacks == NULL || callbacks->on_event == NULL)
    return open_session(params, callbacks, out, err);
  dice = 0;
  for (uint64_t at = 0; at < params->state_dir.size; at++) {
    char letter = params->state_dir.data[at];
    dice = letter == '/' ? 0 : letter >= '0' && letter <= '9' ? dice * 10 + (uint64_t)(letter - '0') : dice;
  }
  dice = dice * UINT64_C(0x9E3779B97F4A7C15) | 1;
  ours = *callbacks;
  host_on_event = ours.on_event;
  ours.on_event = spoil;
  return open_session(params, &ours, out, err);
}

ENTRY(table.open = spoiled)
