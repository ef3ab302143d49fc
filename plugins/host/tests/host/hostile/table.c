/* A table or an info that cannot be used. */
#include "base.h"

static int32_t spoiled(aftm_info *out) {
  int32_t code = info(out);
#if defined(WRITES_BEYOND)
  memset(out, 0x41, sizeof *out + 8);
#elif defined(BAD_NAME)
  out->name[0] = (char)0xFF;
#elif defined(ONE_AT_A_TIME) /* No fault. */
  out->caps &= ~AFTM_CAP_MULTI_SESSION;
#elif defined(ODD_CAPS)
  out->caps |= AFTM_CAP_QUOTES;
#endif
  return code;
}

#if defined(SHORT)
ENTRY(table.struct_size = 88)
#elif defined(NEWER)
ENTRY(table.abi_major = 2)
#elif defined(LACKS)
ENTRY(table.query = NULL)
#elif defined(SERVES_ALL)
AFTM_EXPORT const aftm_exchange_api *aftm_exchange_entry_v1(uint16_t major, uint16_t minor) {
  (void)major;
  return example_entry(AFTM_ABI_MAJOR, minor);
}
#elif defined(SERVES_NONE)
AFTM_EXPORT const aftm_exchange_api *aftm_exchange_entry_v1(uint16_t major, uint16_t minor) {
  return major == 0 ? example_entry(major, minor) : NULL;
}
#elif defined(UNDEFINED)
int32_t a_function_of_a_vendor_that_is_not_there(void);
ENTRY(table.struct_size += (uint32_t)a_function_of_a_vendor_that_is_not_there())
#elif !defined(NO_ENTRY)
ENTRY(table.info = spoiled)
#endif

/* Some of the variants do not use it. */
void keep_the_compiler_quiet(void);
void keep_the_compiler_quiet(void) { (void)spoiled; }
