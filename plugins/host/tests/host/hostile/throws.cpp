// Throws through the boundary, as a vendor's library in C++ may.
#include "aftm_exchange.h"

#include <cstdio>
#include <stdexcept>

extern "C" {

struct aftm_session {
  int nothing;
};

static aftm_session only;

static int32_t info(aftm_info *out) {
  if (out == nullptr || out->struct_size < sizeof *out) return AFTM_E_ABI;
  *out = aftm_info{sizeof *out, 0, 0, "throws", "1.0.0", "nowhere"};
  return AFTM_OK;
}

static int32_t open(const aftm_open_params *params, const aftm_callbacks *, aftm_session **out,
                    aftm_status *err) {
  *out = params->options_n == 0 && params->state_dir.size > 0 ? &only : nullptr;
  if (params->options_n > 0)
    snprintf(err->text, sizeof err->text, "there is no option %.*s",
             static_cast<int>(params->options->key.size), params->options->key.data);
  return *out != nullptr ? AFTM_OK : AFTM_E_ARG;
}

static int32_t close(aftm_session *, uint32_t) { return AFTM_OK; }

static int32_t login(aftm_session *, const aftm_login *, uint64_t, aftm_status *) {
  return AFTM_E_UNSUPPORTED;
}

static int32_t logout(aftm_session *, uint64_t, aftm_status *) { return AFTM_E_UNSUPPORTED; }

static int32_t send_order(aftm_session *, const aftm_order_req *, uint64_t, aftm_status *) {
  throw std::runtime_error("the vendor's library failed");
}

static int32_t cancel_order(aftm_session *, const aftm_cancel_req *, uint64_t, aftm_status *) {
  return AFTM_E_UNSUPPORTED;
}

static int32_t query(aftm_session *, const aftm_query *, uint64_t, aftm_status *) {
  return AFTM_E_UNSUPPORTED;
}

AFTM_EXPORT const aftm_exchange_api *aftm_exchange_entry_v1(uint16_t major, uint16_t) {
  static const aftm_exchange_api api = {sizeof api,   AFTM_ABI_MAJOR, AFTM_ABI_MINOR, info,
                                        open,         close,          login,          logout,
                                        nullptr,      send_order,     cancel_order,   nullptr,
                                        nullptr,      query,          nullptr,        nullptr,
                                        nullptr,      nullptr,        nullptr};
  return major == AFTM_ABI_MAJOR ? &api : nullptr;
}
}
