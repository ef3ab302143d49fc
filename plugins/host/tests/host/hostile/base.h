/* What the hostile plug-ins have in common: the example, which keeps every rule, under another
 * name. Each of them spoils one thing. */
#define aftm_exchange_entry_v1 example_entry
#include "../../../../example-c/plugin.c"
#include "../../../../example-c/tell.c"
#undef aftm_exchange_entry_v1

#include <unistd.h>

/* The example's table, with some of it changed. */
#define ENTRY(change)                                                                            \
  AFTM_EXPORT const aftm_exchange_api *aftm_exchange_entry_v1(uint16_t major, uint16_t minor) { \
    static aftm_exchange_api table;                                                              \
    const aftm_exchange_api *good = example_entry(major, minor);                                 \
    if (good == NULL) return NULL;                                                               \
    table = *good;                                                                               \
    change;                                                                                      \
    return &table;                                                                               \
  }
