/* aftm_exchange.h: the interface between aftm and an exchange plug-in, version 1.0.
 *
 * A plug-in is a shared library that exports one function, aftm_exchange_entry_v1, which returns a
 * table of functions. docs/PLUGINS.md tells the whole story; the rules in short:
 *
 * Numbers   *_e9: a count of 1e-9 (prices, lots, money a lot or a fill), within 9.2e9 either way.
 *           *_e4: a count of 1e-4 (money of an account), within 9.2e14 either way.
 *           *_ns: nanoseconds since 1970-01-01 UTC. Absent, for every int64: AFTM_ABSENT.
 *           Reserved fields and bits are zero, and who reads ignores them. An unknown number in a
 *           list means "other"; what asks for something that is unknown is refused.
 * Text      UTF-8, NUL-terminated in its field, zeros after it. Sentences are cut between
 *           characters where they do not fit. Names (accounts, symbols, ids) are never cut: a name
 *           that does not fit is an error.
 * Versions  A struct that starts with struct_size may grow at its end. Who reads takes as much as
 *           both sides know; what is missing counts as absent (int64) or zero (all else). Who
 *           writes into a caller's struct writes no further than its struct_size.
 * Memory    Who calls owns what it passes, for the call alone, and changes nothing of it until the
 *           call returns. The plug-in owns an event and all it points to, for the callback alone.
 *           Nobody frees what the other made.
 * Requests  Not 0: nothing was sent, err says why, no event follows. 0: exactly one event with
 *           AFTM_EVENT_LAST and this req_id follows, perhaps before the call returns.
 * Threads   The host calls a session from one thread at a time, any thread. The plug-in calls back
 *           from one thread at a time, any thread, the calling one included. A callback returns at
 *           once and never calls the plug-in.
 * Faults    No exception, panic or longjmp crosses the boundary, in either direction.
 */
#ifndef AFTM_EXCHANGE_H
#define AFTM_EXCHANGE_H

#include <stdint.h>

#if !defined(UINTPTR_MAX) || UINTPTR_MAX != UINT64_MAX
#error "aftm plug-ins are for 64-bit targets"
#endif
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "aftm plug-ins are for little-endian targets"
#endif

#if defined(_WIN32)
#define AFTM_EXPORT __declspec(dllexport)
#else
#define AFTM_EXPORT __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define AFTM_ABI_MAJOR 1                 /* A change that breaks; part of the entry's name, too. */
#define AFTM_ABI_MINOR 0                 /* Counts what was appended. */
#define AFTM_ABSENT INT64_MIN            /* An int64 that is not there. */
#define AFTM_NO_TIME UINT32_C(0xFFFFFFFF) /* A time of day that is not there. */

/* Flags of aftm_open_params. */
/* The host counts FILL events. Of an order with a client_order_id may be left out: what only says
   that it traded, AFTM_CHANGE_FILLED updates that answer no request; and AFTM_CHANGE_ACCEPTED where
   its first FILL has the broker_order_id and answers the request that sent the order. */
#define AFTM_OPEN_COUNTS_FILLS 1

/* Flags of aftm_login. */
/* Real money is meant. Without it a login at a production front is refused. */
#define AFTM_LOGIN_PRODUCTION 1

/* Flags of aftm_tick. */
#define AFTM_TICK_AUCTION 1              /* Matched in an opening or closing auction. */
/* Fed before, to an earlier session: it says where the market stands and trades with nothing. */
#define AFTM_TICK_AGAIN 2

/* What a plug-in can do: bits of aftm_info.caps. Limit orders, ROD, cancels and queries are a
 * must. */
#define AFTM_CAP_MARKET (UINT64_C(1) << 0) /* Market orders. */
#define AFTM_CAP_RANGE_MARKET (UINT64_C(1) << 1) /* Range market orders. */
#define AFTM_CAP_STOP (UINT64_C(1) << 2) /* Stop and stop limit orders. */
#define AFTM_CAP_IOC (UINT64_C(1) << 3)  /* Immediate or cancel. */
#define AFTM_CAP_FOK (UINT64_C(1) << 4)  /* Fill or kill. */
#define AFTM_CAP_AMEND (UINT64_C(1) << 5) /* amend_order. */
#define AFTM_CAP_CANCEL_ALL (UINT64_C(1) << 6) /* cancel_all. */
/* AFTM_OC_AUTO; without it the host says what closes. */
#define AFTM_CAP_AUTO_OFFSET (UINT64_C(1) << 7)
/* Today's lots are closed apart: AFTM_OC_CLOSE_TODAY and _YESTERDAY. */
#define AFTM_CAP_CLOSE_TODAY (UINT64_C(1) << 8)
#define AFTM_CAP_DAY_TRADE (UINT64_C(1) << 9) /* The day trade mark. */
#define AFTM_CAP_QUOTES (UINT64_C(1) << 10) /* subscribe and TICK events. */
#define AFTM_CAP_BOOK (UINT64_C(1) << 11) /* BOOK events, too. */
/* It trades against the ticks that it is fed: feed_tick. */
#define AFTM_CAP_FEED (UINT64_C(1) << 12)
#define AFTM_CAP_MULTI_SESSION (UINT64_C(1) << 13) /* More than one session open at a time. */

/* Kinds of events, with their payload. */
#define AFTM_EVENT_ANSWER 1              /* None: a request other than an order's is done. */
#define AFTM_EVENT_ORDER 2               /* aftm_order_update. */
#define AFTM_EVENT_FILL 3                /* aftm_fill. */
#define AFTM_EVENT_TICK 4                /* aftm_tick. */
#define AFTM_EVENT_BOOK 5                /* aftm_book. */
#define AFTM_EVENT_POSITION 6            /* aftm_position. */
#define AFTM_EVENT_ACCOUNT 7             /* aftm_account. */
#define AFTM_EVENT_INSTRUMENT 8          /* aftm_instrument. */
#define AFTM_EVENT_CONN 9                /* aftm_conn. */

/* Flags of aftm_event. */
#define AFTM_EVENT_LAST 1                /* The answer to req_id, which nothing carries after it. */

/* What a query lists. */
/* Orders of the trading day, working or not: ORDER events. */
#define AFTM_QUERY_ORDERS 1
#define AFTM_QUERY_FILLS 2               /* Fills of the trading day: FILL events. */
#define AFTM_QUERY_POSITIONS 3           /* What is held: POSITION events. */
#define AFTM_QUERY_ACCOUNTS 4            /* Accounts and their money: ACCOUNT events. */
#define AFTM_QUERY_INSTRUMENTS 5         /* What can be traded: INSTRUMENT events. */

/* Sides. In every list below, 0 is "not said", and an unknown value is never one of the known. */
#define AFTM_SIDE_BUY 1                  /* Buy; long. */
#define AFTM_SIDE_SELL 2                 /* Sell; short. */

/* Order types. */
#define AFTM_TYPE_LIMIT 1                /* At the price or better. */
#define AFTM_TYPE_MARKET 2               /* At whatever the market gives. */
#define AFTM_TYPE_RANGE_MARKET 3         /* At the market within the exchange's protective range. */
#define AFTM_TYPE_STOP 4                 /* A market order once the stop price trades. */
#define AFTM_TYPE_STOP_LIMIT 5           /* A limit order once the stop price trades. */

/* How long an order lives. */
#define AFTM_TIF_ROD 1                   /* Rest of day. */
#define AFTM_TIF_IOC 2                   /* What does not fill at once expires. */
#define AFTM_TIF_FOK 3                   /* All at once or nothing. */

/* Whether an order opens or closes. */
#define AFTM_OC_OPEN 1                   /* Opens. */
#define AFTM_OC_CLOSE 2                  /* Closes, never opens. */
#define AFTM_OC_CLOSE_TODAY 3            /* Closes lots opened today. */
#define AFTM_OC_CLOSE_YESTERDAY 4        /* Closes lots opened before. */
#define AFTM_OC_AUTO 5                   /* Closes what is held, opens with the rest. */

/* What an order is for. */
#define AFTM_HEDGE_SPECULATION 1         /* Speculation. */
#define AFTM_HEDGE_ARBITRAGE 2           /* Arbitrage. */
#define AFTM_HEDGE_HEDGE 3               /* Hedge. */

/* How an order stands. Partly filled is WORKING with filled_e9 above 0. */
#define AFTM_STATE_PENDING 1             /* On its way: the venue has not answered. */
/* At the venue, or held there until its stop price trades. */
#define AFTM_STATE_WORKING 2
#define AFTM_STATE_FILLED 3              /* Traded in full. */
#define AFTM_STATE_CANCELED 4            /* Canceled, perhaps after a part was filled. */
#define AFTM_STATE_REJECTED 5            /* Refused by the venue. */
#define AFTM_STATE_EXPIRED 6             /* Ended by the venue. */

/* What happened to an order. */
/* Nothing that is known: a row of a query, or a state to compare. */
#define AFTM_CHANGE_NONE 0
#define AFTM_CHANGE_ACCEPTED 1           /* The venue has it; broker_order_id is set. */
#define AFTM_CHANGE_REJECTED 2           /* The venue refused it; code and text say why. */
#define AFTM_CHANGE_TRIGGERED 3          /* Its stop price traded. */
#define AFTM_CHANGE_FILLED 4             /* Part or all traded; the FILL event says what. */
#define AFTM_CHANGE_CANCELED 5           /* It is canceled. */
#define AFTM_CHANGE_EXPIRED 6            /* The venue ended it. */
#define AFTM_CHANGE_REPLACED 7           /* It is changed: qty_e9 and price_e9 are in force. */
#define AFTM_CHANGE_CANCEL_REJECTED 8    /* The cancel was refused; it stands as it did. */
#define AFTM_CHANGE_REPLACE_REJECTED 9   /* The change was refused; it stands as it did. */
#define AFTM_CHANGE_NO_REPLY 10          /* The venue did not answer in time: it may be live. */

/* Kinds of instruments. */
#define AFTM_KIND_FUTURE 1               /* A future. */
#define AFTM_KIND_OPTION 2               /* An option. */
#define AFTM_KIND_SPOT 3                 /* A share, a currency, a coin. */
#define AFTM_KIND_SPREAD 4               /* A combination. */

/* Channels of a connection. */
#define AFTM_CHANNEL_TRADE 1             /* Orders. */
#define AFTM_CHANNEL_QUOTE 2             /* Market data. */

/* How a connection stands. */
#define AFTM_CONN_DOWN 1                 /* Lost, or never there. */
#define AFTM_CONN_CONNECTING 2           /* An attempt is under way. */
#define AFTM_CONN_UP 3                   /* Logged in; requests reach the venue. */

/* Levels of the log. */
#define AFTM_LOG_ERROR 1                 /* Something failed. */
#define AFTM_LOG_WARN 2                  /* Something may fail. */
#define AFTM_LOG_INFO 3                  /* Something happened. */
#define AFTM_LOG_DEBUG 4                 /* For who looks for a fault. */
#define AFTM_LOG_TRACE 5                 /* Everything. */

/* What came of a request: aftm_status.code, and what every function returns. */
#define AFTM_OK 0                        /* Done. Done, or handed to the venue. */
/* An argument is missing or malformed. A NULL, a text that does not fit, a value outside its
 * list. */
#define AFTM_E_ARG (-1)
/* The versions do not fit. A struct_size or a version that cannot be served. */
#define AFTM_E_ABI (-2)
/* Not possible in this state. Not logged in yet, or logged in already. */
#define AFTM_E_STATE (-3)
#define AFTM_E_UNSUPPORTED (-4)          /* Not offered by this plug-in. No capability for it. */
/* Called from inside a callback. A call from within on_event or on_log. */
#define AFTM_E_WRONG_THREAD (-5)
#define AFTM_E_CLOSED (-6)               /* The session is closed. Nothing can be done with it. */
/* The venue cannot be reached. The request was not sent, or the connection is lost. */
#define AFTM_E_NET (-10)
/* Too many requests. The venue's or the plug-in's limit; try again later. */
#define AFTM_E_BUSY (-11)
#define AFTM_E_TIMEOUT (-12)             /* No answer in time. An order may be live all the same. */
/* Refused by the venue. For a reason without a code of its own. */
#define AFTM_E_REJECTED (-20)
/* The login was refused. Who or what was wrong is in the text. */
#define AFTM_E_AUTH (-21)
#define AFTM_E_DUPLICATE (-22)           /* Sent before. This client_order_id was used. */
/* Unknown instrument. Or one that does not trade now or any more. */
#define AFTM_E_INSTRUMENT (-23)
/* A field is not acceptable. The text names field and value. */
#define AFTM_E_FIELD (-24)
#define AFTM_E_FUNDS (-25)               /* Not enough money. Margin or balance. */
/* Not enough held to close. Of the side, or of today's or yesterday's lots. */
#define AFTM_E_POSITION (-26)
#define AFTM_E_NO_ORDER (-27)            /* Unknown order. The venue has never heard of it. */
/* The order can no longer be canceled or changed. It has ended, or is ending. */
#define AFTM_E_NOT_CANCELABLE (-28)
/* Only closing is allowed. Of the instrument or the account. */
#define AFTM_E_CLOSE_ONLY (-29)
/* Not permitted. This user, this account or this order type. */
#define AFTM_E_PERMISSION (-30)
/* The settlement is not confirmed. The broker wants it confirmed first. */
#define AFTM_E_SETTLEMENT (-31)
/* The login is locked. Expired, weak or first password: a person must act. */
#define AFTM_E_LOCKED (-32)
/* The price is not acceptable. Off the tick, beyond the limits, missing or not wanted. */
#define AFTM_E_PRICE (-33)
/* The quantity is not acceptable. Not a multiple of the lot, not above 0, too large. */
#define AFTM_E_QUANTITY (-34)
#define AFTM_E_MARKET_CLOSED (-35)       /* The market is closed. Outside its sessions. */
/* A fault inside the plug-in. A caught exception or panic. */
#define AFTM_E_INTERNAL (-99)

/* A session: made by open, ended by close, opaque to the host. */
typedef struct aftm_session aftm_session;

/* Text that is lent for the duration of one call: UTF-8, not NUL-terminated. Never grows. */
typedef struct aftm_str { /* 16 bytes in 1.0 */
  const char *data;              /* The first byte; NULL only where size is 0. */
  uint64_t size;                 /* How many bytes. */
} aftm_str;

/* A key and its value. Never grows. */
typedef struct aftm_kv { /* 32 bytes in 1.0 */
  aftm_str key;                  /* Lower case, words joined by _. */
  aftm_str value;                /* Free text; the secret, where the key is one. */
} aftm_kv;

/* The name of an instrument. Never grows. */
typedef struct aftm_symbol { /* 80 bytes in 1.0 */
  /* The exchange, where the venue has several; empty where it has one. */
  char exchange[16];
  char symbol[64];               /* The instrument, exactly as the venue writes it. */
} aftm_symbol;

/* Why a request failed. As err it is the caller's, who sets struct_size; NULL is fine. */
typedef struct aftm_status { /* 288 bytes in 1.0 */
  uint32_t struct_size;          /* sizeof of this struct as its writer knows it. */
  int32_t code;                  /* One of AFTM_OK and AFTM_E_*. */
  /* The venue's own code as text: 31, PRICE_LIMIT. Empty where there is none. */
  char vendor_code[40];
  /* A sentence for the trader, with the value that was wrong. Never empty on failure. */
  char text[240];
} aftm_status;

/* Who a plug-in is. The host sets struct_size, the plug-in the rest. */
typedef struct aftm_info { /* 160 bytes in 1.0 */
  uint32_t struct_size;          /* sizeof of this struct as its writer knows it. */
  uint32_t reserved;             /* Zero. */
  /* What it can do: AFTM_CAP_* joined by or. Bits that are not defined are zero. */
  uint64_t caps;
  char name[48];                 /* Its short name, for settings and logs: example-c. */
  char version[32];              /* Its version: 1.0.3. */
  char venue[64];                /* Where it trades, for people: CTP, SimNow. */
} aftm_info;

/* What a session is opened with. */
typedef struct aftm_open_params { /* 40 bytes in 1.0 */
  uint32_t struct_size;          /* sizeof of this struct as its writer knows it. */
  uint32_t flags;                /* AFTM_OPEN_* joined by or. Unknown bits: ignored. */
  /* A folder of this plug-in alone that exists; absolute; the plug-in may keep files in it. */
  aftm_str state_dir;
  /* The options of the settings file. An unknown key is an error that names it. */
  const aftm_kv *options;
  uint64_t options_n;            /* How many options. */
} aftm_open_params;

/* Who logs in. */
typedef struct aftm_login { /* 40 bytes in 1.0 */
  uint32_t struct_size;          /* sizeof of this struct as its writer knows it. */
  uint32_t flags;                /* AFTM_LOGIN_* joined by or. */
  int64_t now_ns;                /* The exchange's clock where a feed runs it; absent otherwise. */
  /* Seconds east of UTC of the exchange's own clock, so that its local time can be shown. */
  int32_t utc_offset_s;
  uint32_t reserved;             /* Zero. */
  /* Credentials: user, password and what else the venue asks for. Never log, never keep. */
  const aftm_kv *creds;
  uint64_t creds_n;              /* How many credentials. */
} aftm_login;

/* The way to the venue came up or went down. */
typedef struct aftm_conn { /* 304 bytes in 1.0 */
  uint32_t struct_size;          /* sizeof of this struct as its writer knows it. */
  int32_t code;                  /* Why: AFTM_OK or AFTM_E_*. */
  uint8_t channel;               /* AFTM_CHANNEL_*. */
  uint8_t state;                 /* AFTM_CONN_*. */
  uint16_t reserved;             /* Zero. */
  /* Which attempt to connect this is, from 1; 0 when the connection is up. */
  uint32_t attempt;
  uint32_t trading_day;          /* The venue's trading day as yyyymmdd; 0 where it is not known. */
  uint32_t reserved2;            /* Zero. */
  char vendor_code[40];          /* The venue's own code as text; empty where there is none. */
  char text[240];                /* A sentence for the trader. */
} aftm_conn;

/* A new order. */
typedef struct aftm_order_req { /* 304 bytes in 1.0 */
  uint32_t struct_size;          /* sizeof of this struct as its writer knows it. */
  uint32_t flags;                /* Zero. */
  /* The host's number of it: above 0, never used twice in an account. */
  uint64_t client_order_id;
  int64_t price_e9;              /* The limit price; absent for a type without one. */
  int64_t stop_price_e9;         /* The stop price; absent for a type without one. */
  int64_t qty_e9;                /* Lots, above 0. */
  uint8_t side;                  /* AFTM_SIDE_*. */
  uint8_t order_type;            /* AFTM_TYPE_*. */
  uint8_t tif;                   /* AFTM_TIF_*. */
  uint8_t open_close;            /* AFTM_OC_*. */
  uint8_t day_trade;             /* 1: marked as a day trade; otherwise 0. */
  uint8_t hedge;                 /* AFTM_HEDGE_*; 0 means speculation. */
  uint16_t reserved;             /* Zero. */
  char account[40];              /* The order account, exactly as the venue writes it. */
  /* The exchange, where the venue has several; empty where it has one. */
  char exchange[16];
  char symbol[64];               /* The instrument, exactly as the venue writes it. */
  /* The trader's remark, at most 32 characters; may be dropped or shortened. */
  char note[136];
} aftm_order_req;

/* Which order to cancel. */
typedef struct aftm_cancel_req { /* 208 bytes in 1.0 */
  uint32_t struct_size;          /* sizeof of this struct as its writer knows it. */
  uint32_t flags;                /* Zero. */
  /* The host's number of it; 0 for an order that the host did not send. */
  uint64_t client_order_id;
  /* The venue's name of it; empty where the host does not know it yet. */
  char broker_order_id[72];
  char account[40];              /* The order account, exactly as the venue writes it. */
  /* The exchange, where the venue has several; empty where it has one. */
  char exchange[16];
  char symbol[64];               /* The instrument, exactly as the venue writes it. */
} aftm_cancel_req;

/* How to change an order. */
typedef struct aftm_amend_req { /* 224 bytes in 1.0 */
  uint32_t struct_size;          /* sizeof of this struct as its writer knows it. */
  uint32_t flags;                /* Zero. */
  /* The host's number of it; 0 for an order that the host did not send. */
  uint64_t client_order_id;
  /* The new total quantity, filled lots included; absent: as it is. */
  int64_t qty_e9;
  int64_t price_e9;              /* The new limit price; absent: as it is. */
  /* The venue's name of it; empty where the host does not know it yet. */
  char broker_order_id[72];
  char account[40];              /* The order account, exactly as the venue writes it. */
  /* The exchange, where the venue has several; empty where it has one. */
  char exchange[16];
  char symbol[64];               /* The instrument, exactly as the venue writes it. */
} aftm_amend_req;

/* Which working orders to cancel. */
typedef struct aftm_cancel_all_req { /* 128 bytes in 1.0 */
  uint32_t struct_size;          /* sizeof of this struct as its writer knows it. */
  uint32_t flags;                /* Zero. */
  char account[40];              /* Of this account; empty: of every account. */
  char exchange[16];             /* On this exchange; empty: on every one. */
  char symbol[64];               /* Of this instrument; empty: of every one. */
} aftm_cancel_all_req;

/* What to list. An empty text and a 0 match everything. */
typedef struct aftm_query { /* 208 bytes in 1.0 */
  uint32_t struct_size;          /* sizeof of this struct as its writer knows it. */
  uint16_t what;                 /* AFTM_QUERY_*. */
  uint16_t reserved;             /* Zero. */
  uint64_t client_order_id;      /* Orders and fills: of this order alone; 0: of all. */
  char broker_order_id[72];      /* Orders and fills: of this order alone; empty: of all. */
  char account[40];              /* Of this account; empty: of every account. */
  char exchange[16];             /* On this exchange; empty: on every one. */
  char symbol[64];               /* Of this instrument; empty: of every one. */
} aftm_query;

/* What happened to an order, and how it stands now. */
typedef struct aftm_order_update { /* 544 bytes in 1.0 */
  uint32_t struct_size;          /* sizeof of this struct as its writer knows it. */
  /* Why it, its cancel or its change was refused; otherwise AFTM_OK. */
  int32_t code;
  /* The host's number of it; 0 for an order that the host did not send. */
  uint64_t client_order_id;
  uint8_t change;                /* What happened: AFTM_CHANGE_*. */
  uint8_t state;                 /* How it stands: AFTM_STATE_*. */
  uint8_t side;                  /* AFTM_SIDE_*; 0 where it is not known. */
  uint8_t order_type;            /* AFTM_TYPE_*; 0 where it is not known. */
  uint8_t tif;                   /* AFTM_TIF_*; 0 where it is not known. */
  uint8_t open_close;            /* AFTM_OC_*; 0 where it is not known. */
  uint8_t day_trade;             /* 1: marked as a day trade; otherwise 0. */
  uint8_t triggered;             /* 1: its stop price has traded; otherwise 0. */
  int64_t ts_ns;                 /* When, on the exchange's clock; absent where it is not known. */
  /* Seconds east of UTC of the exchange's own clock, so that its local time can be shown. */
  int32_t utc_offset_s;
  uint32_t reserved;             /* Zero. */
  /* The limit price that is in force; absent for a type without one. */
  int64_t price_e9;
  int64_t stop_price_e9;         /* The stop price; absent for a type without one. */
  int64_t qty_e9;                /* The total quantity that is in force, filled lots included. */
  /* Lots traded so far, from 0 to qty_e9. Fills are told apart, by aftm_fill. */
  int64_t filled_e9;
  char account[40];              /* The order account, exactly as the venue writes it. */
  /* The exchange, where the venue has several; empty where it has one. */
  char exchange[16];
  char symbol[64];               /* The instrument, exactly as the venue writes it. */
  /* The venue's name of it; empty until it has one, then always the same. */
  char broker_order_id[72];
  char vendor_code[40];          /* The venue's own code as text; empty where there is none. */
  /* A sentence for the trader; never empty where code is not AFTM_OK. */
  char text[240];
} aftm_order_update;

/* Part or all of an order, traded. */
typedef struct aftm_fill { /* 328 bytes in 1.0 */
  uint32_t struct_size;          /* sizeof of this struct as its writer knows it. */
  uint32_t flags;                /* Zero. */
  /* The host's number of the order; 0 for one that the host did not send. */
  uint64_t client_order_id;
  int64_t price_e9;              /* At which price. */
  int64_t qty_e9;                /* How many lots, above 0. */
  /* What venue and broker take for it; absent: the host reckons by the instrument. */
  int64_t fee_e9;
  /* What the state takes; absent: the host reckons by the instrument. */
  int64_t tax_e9;
  int64_t ts_ns;                 /* When, on the exchange's clock; absent where it is not known. */
  /* Seconds east of UTC of the exchange's own clock, so that its local time can be shown. */
  int32_t utc_offset_s;
  uint8_t side;                  /* AFTM_SIDE_*. */
  uint8_t open_close;            /* AFTM_OC_*; 0 where it is not known. */
  uint16_t reserved;             /* Zero. */
  char account[40];              /* The order account, exactly as the venue writes it. */
  /* The exchange, where the venue has several; empty where it has one. */
  char exchange[16];
  char symbol[64];               /* The instrument, exactly as the venue writes it. */
  char broker_order_id[72];      /* The venue's name of the order. */
  /* The venue's name of the fill: the same name for the same order is the same fill. */
  char fill_id[72];
} aftm_fill;

/* A trade of the market, with what else the venue says of the instrument at that moment. */
typedef struct aftm_tick { /* 232 bytes in 1.0 */
  uint32_t struct_size;          /* sizeof of this struct as its writer knows it. */
  uint32_t flags;                /* AFTM_TICK_* joined by or. */
  int64_t exch_ts_ns;            /* When it was matched, on the exchange's clock. */
  /* When it was taken, on this machine's clock; absent where it is not known. */
  int64_t recv_ts_ns;
  /* Seconds east of UTC of the exchange's own clock, so that its local time can be shown. */
  int32_t utc_offset_s;
  uint32_t reserved;             /* Zero. */
  /* The host's number of a tick that it feeds; 0 for one that the plug-in tells. */
  uint64_t sequence;
  int64_t price_e9;              /* The price of the trade; absent where nothing was traded. */
  /* The lots of this trade alone; absent where nothing was traded. */
  int64_t qty_e9;
  int64_t bid_e9;                /* The best bid; absent where there is none. */
  int64_t bid_qty_e9;            /* Its lots; absent where they are not known. */
  int64_t ask_e9;                /* The best offer; absent where there is none. */
  int64_t ask_qty_e9;            /* Its lots; absent where they are not known. */
  int64_t open_e9;               /* The day's first price, or absent. */
  int64_t high_e9;               /* The day's highest price, or absent. */
  int64_t low_e9;                /* The day's lowest price, or absent. */
  int64_t prev_settle_e9;        /* The last settlement price, or absent. */
  int64_t upper_e9;              /* The highest price allowed today, or absent. */
  int64_t lower_e9;              /* The lowest price allowed today, or absent. */
  int64_t volume_e9;             /* The day's lots so far, counted on one side, or absent. */
  int64_t open_interest_e9;      /* Open lots, or absent. */
  /* The exchange, where the venue has several; empty where it has one. */
  char exchange[16];
  char symbol[64];               /* The instrument, exactly as the venue writes it. */
} aftm_tick;

/* The best five levels of each side, best first. A level without lots (0 or absent) is none. */
typedef struct aftm_book { /* 272 bytes in 1.0 */
  uint32_t struct_size;          /* sizeof of this struct as its writer knows it. */
  uint32_t flags;                /* Zero. */
  int64_t exch_ts_ns;            /* When it stood so, on the exchange's clock. */
  /* When it was taken, on this machine's clock; absent where it is not known. */
  int64_t recv_ts_ns;
  /* Seconds east of UTC of the exchange's own clock, so that its local time can be shown. */
  int32_t utc_offset_s;
  uint32_t reserved;             /* Zero. */
  int64_t bid_e9[5];             /* What buyers bid, highest first. */
  int64_t bid_qty_e9[5];         /* The lots bid at each. */
  int64_t ask_e9[5];             /* What sellers ask, lowest first. */
  int64_t ask_qty_e9[5];         /* The lots asked at each. */
  /* The exchange, where the venue has several; empty where it has one. */
  char exchange[16];
  char symbol[64];               /* The instrument, exactly as the venue writes it. */
} aftm_book;

/* What can be traded, with its rules and its money terms. */
typedef struct aftm_instrument { /* 504 bytes in 1.0 */
  uint32_t struct_size;          /* sizeof of this struct as its writer knows it. */
  uint8_t kind;                  /* AFTM_KIND_*. */
  uint8_t ticks_n;               /* How many bands the tick table has, 1 to 8. */
  uint16_t reserved;             /* Zero. */
  /* The lowest price of each band, rising, the first at or below 0; the rest absent. */
  int64_t tick_from_e9[8];
  int64_t tick_e9[8];            /* The step of prices in each band, above 0; the rest absent. */
  int64_t multiplier_e9;         /* Money a point and lot, above 0. */
  int64_t margin_initial_e9;     /* To open a lot, as an amount; absent: by the rate. */
  int64_t margin_maintenance_e9; /* To keep a lot, as an amount; absent: by the rate. */
  /* Venue's and broker's fee a lot and side; absent where it is not known. */
  int64_t fee_e9;
  int64_t lot_step_e9;           /* Quantities are multiples of this, above 0. */
  int64_t limit_order_max_e9;    /* The largest order with a limit price; absent: no bound. */
  int64_t market_order_max_e9;   /* The largest order without one; absent: no bound. */
  int64_t reference_e9;          /* The price that the day's limits are measured from, or absent. */
  int64_t upper_e9;              /* The highest price allowed today, or absent. */
  int64_t lower_e9;              /* The lowest price allowed today, or absent. */
  /* To open a lot, in millionths of the contract's value; 0 where it is an amount. */
  uint32_t margin_initial_ppm;
  /* To keep a lot, in millionths of the contract's value; 0 where it is an amount. */
  uint32_t margin_maintenance_ppm;
  uint32_t tax_ppb;              /* Tax a side, in billionths of the contract's value. */
  /* How far a price may be from the reference, in millionths of it; 0: no limit. */
  uint32_t price_limit_ppm;
  /* As yyyymmdd on the exchange's calendar; 0 where it never ends. */
  uint32_t last_trading_day;
  uint32_t last_trading_second;  /* When it ends on that day, in seconds after midnight. */
  /* Start of the day session in seconds after midnight; AFTM_NO_TIME where not known. */
  uint32_t day_opens_s;
  uint32_t day_closes_s;         /* Its end; at or before its start: on the next day. */
  uint32_t night_opens_s;        /* Start of the night session; AFTM_NO_TIME where there is none. */
  uint32_t night_closes_s;       /* Its end; at or before its start: on the next day. */
  /* Seconds east of UTC of the exchange's own clock, so that its local time can be shown. */
  int32_t utc_offset_s;
  uint32_t reserved2;            /* Zero. */
  /* The exchange, where the venue has several; empty where it has one. */
  char exchange[16];
  char symbol[64];               /* The instrument, exactly as the venue writes it. */
  char product[40];              /* Its product: TXF. */
  /* Its delivery month: 2021-08, or 2021-07W4 for a weekly; empty where it has none. */
  char month[16];
  char currency[8];              /* Of its money: TWD. */
  char name[96];                 /* What people call it. */
} aftm_instrument;

/* What is held of an instrument on one side; long and short are two of them. */
typedef struct aftm_position { /* 184 bytes in 1.0 */
  uint32_t struct_size;          /* sizeof of this struct as its writer knows it. */
  uint8_t side;                  /* AFTM_SIDE_BUY for long, AFTM_SIDE_SELL for short. */
  uint8_t hedge;                 /* AFTM_HEDGE_*; 0 means speculation. */
  uint16_t reserved;             /* Zero. */
  int64_t qty_e9;                /* Lots held, at or above 0; 0 says that it is flat now. */
  /* Of them opened today; absent where the venue does not part them. */
  int64_t today_e9;
  /* Of them opened before; absent where the venue does not part them. */
  int64_t yesterday_e9;
  /* Of them bound by working orders to close; absent where it is not known. */
  int64_t frozen_e9;
  int64_t avg_price_e9;          /* The average opening price; absent where it is not known. */
  int64_t pnl_e4;                /* Open profit; absent where it is not known. */
  int64_t margin_e4;             /* Deposited for it; absent where it is not known. */
  char account[40];              /* The order account, exactly as the venue writes it. */
  /* The exchange, where the venue has several; empty where it has one. */
  char exchange[16];
  char symbol[64];               /* The instrument, exactly as the venue writes it. */
} aftm_position;

/* An order account and its money, each amount absent where it is not known. */
typedef struct aftm_account { /* 128 bytes in 1.0 */
  uint32_t struct_size;          /* sizeof of this struct as its writer knows it. */
  uint32_t reserved;             /* Zero. */
  int64_t balance_e4;            /* Money without open profit. */
  int64_t equity_e4;             /* Money with open profit. */
  int64_t available_e4;          /* Left for new orders. */
  int64_t margin_e4;             /* Deposited for positions. */
  int64_t frozen_e4;             /* Deposited for working orders. */
  int64_t realized_e4;           /* The day's profit of closed lots, before fees and tax. */
  int64_t unrealized_e4;         /* Profit of open lots. */
  int64_t fees_e4;               /* The day's fees. */
  int64_t tax_e4;                /* The day's tax. */
  char account[40];              /* The order account, exactly as the venue writes it. */
  char currency[8];              /* Of its money: TWD. */
} aftm_account;

/* What the plug-in tells. It owns the event and all it points to, for the callback alone. */
typedef struct aftm_event { /* 56 bytes in 1.0 */
  uint32_t struct_size;          /* sizeof of this struct as its writer knows it. */
  /* What it is, which fixes the type of payload: AFTM_EVENT_*. Unknown: ignored. */
  uint16_t kind;
  uint16_t flags;                /* AFTM_EVENT_LAST or 0. Unknown bits: ignored. */
  /* 1 for the first event of a session, and one more for each further one. */
  uint64_t seq;
  uint64_t req_id;               /* The request it belongs to; 0 where it belongs to none. */
  /* When the plug-in tells it, on this machine's clock, never falling; or absent. */
  int64_t ts_ns;
  /* The struct of its kind, which starts with its own struct_size; NULL for an answer. */
  const void *payload;
  uint64_t payload_size;         /* How many bytes lie at payload; 0 where it is NULL. */
  /* An answer: why the request failed; NULL where it did not, and for every other kind. */
  const aftm_status *status;
} aftm_event;

/* Where the plug-in tells it. The table is copied by open; user lives until close returns 0. */
typedef struct aftm_callbacks { /* 32 bytes in 1.0 */
  uint32_t struct_size;          /* sizeof of this struct as its writer knows it. */
  uint32_t reserved;             /* Zero. */
  void *user;                    /* The host's own; handed back unread. */
  void (*on_event)(void *user, const aftm_event *event); /* Takes an event. Never NULL. */
  /* Takes a line for the log, at an AFTM_LOG_* level; UTF-8, size bytes. Never NULL. */
  void (*on_log)(void *user, int32_t level, const char *text, uint64_t size);
} aftm_callbacks;

/* The functions of a plug-in. A constant that lives as long as the process. */
typedef struct aftm_exchange_api { /* 136 bytes in 1.0 */
  uint32_t struct_size;          /* sizeof of this struct as its writer knows it. */
  uint16_t abi_major;            /* AFTM_ABI_MAJOR of the header that it was built with. */
  uint16_t abi_minor;            /* AFTM_ABI_MINOR of the header that it was built with. */
  /* Says who it is. Touches nothing: no file, no network, no thread. Never NULL. */
  int32_t (*info)(aftm_info *out);
  /* Makes a session and connects to nothing yet. On failure *out is NULL. Never NULL. */
  int32_t (*open)(const aftm_open_params *params, const aftm_callbacks *callbacks,
                  aftm_session **out, aftm_status *err);
  /* Ends a session: after AFTM_OK no callback runs again. NULL is fine. Never NULL. */
  int32_t (*close)(aftm_session *session, uint32_t timeout_ms);
  /* Connects and logs in: ACCOUNT events, then the answer. Never NULL. */
  int32_t (*login)(aftm_session *session, const aftm_login *login, uint64_t req_id,
                   aftm_status *err);
  /* Logs out; orders go on working at the venue. Never NULL. */
  int32_t (*logout)(aftm_session *session, uint64_t req_id, aftm_status *err);
  /* Asks for TICK and BOOK events (on 1) or ends them (0). NULL without AFTM_CAP_QUOTES. */
  int32_t (*subscribe)(aftm_session *session, const aftm_symbol *symbols, uint64_t symbols_n,
                       uint32_t on, uint64_t req_id, aftm_status *err);
  /* Sends an order. Never NULL. */
  int32_t (*send_order)(aftm_session *session, const aftm_order_req *order, uint64_t req_id,
                        aftm_status *err);
  /* Cancels an order. Never NULL. */
  int32_t (*cancel_order)(aftm_session *session, const aftm_cancel_req *cancel, uint64_t req_id,
                          aftm_status *err);
  /* Changes an order in place. NULL without AFTM_CAP_AMEND. */
  int32_t (*amend_order)(aftm_session *session, const aftm_amend_req *amend, uint64_t req_id,
                         aftm_status *err);
  /* Cancels many at one stroke. NULL without AFTM_CAP_CANCEL_ALL. */
  int32_t (*cancel_all)(aftm_session *session, const aftm_cancel_all_req *which, uint64_t req_id,
                        aftm_status *err);
  /* Lists orders, fills, positions, accounts or instruments. Never NULL. */
  int32_t (*query)(aftm_session *session, const aftm_query *query, uint64_t req_id,
                   aftm_status *err);
  /* Tells of an instrument that may be traded, or of its new terms. May be NULL. */
  int32_t (*list_instrument)(aftm_session *session, const aftm_instrument *instrument,
                             aftm_status *err);
  /* Shows a trade and the book after it (or NULL). NULL without AFTM_CAP_FEED. */
  int32_t (*feed_tick)(aftm_session *session, const aftm_tick *tick, const aftm_book *book);
  /* Moves the exchange's clock without a trade. May be NULL. */
  int32_t (*advance)(aftm_session *session, int64_t now_ns, int32_t utc_offset_s);
  /* When something happens without a trade, on the exchange's clock; absent: never. May be NULL. */
  int32_t (*due)(aftm_session *session, int64_t *out_ns);
  /* The feed has ended: everything under way is told before it returns. May be NULL. */
  int32_t (*settle)(aftm_session *session);
} aftm_exchange_api;

/* The one function that a plug-in exports. NULL: this major version is not served. */
typedef const aftm_exchange_api *(*aftm_exchange_entry_fn)(uint16_t host_major,
                                                           uint16_t host_minor);
AFTM_EXPORT const aftm_exchange_api *aftm_exchange_entry_v1(uint16_t host_major,
                                                            uint16_t host_minor);

#ifdef __cplusplus
}
#endif

#endif
