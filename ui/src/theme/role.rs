//! The closed set of meanings that a theme gives a look to.

/// A meaning with a style. Themes name it with dots, like `market.up`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// `text`.
    Text,
    /// `text.muted`.
    TextMuted,
    /// `text.strong`.
    TextStrong,
    /// `text.disabled`.
    TextDisabled,
    /// `text.link`.
    TextLink,
    /// `surface`.
    Surface,
    /// `surface.alt`.
    SurfaceAlt,
    /// `surface.popup`.
    SurfacePopup,
    /// `surface.selected`.
    SurfaceSelected,
    /// `border`.
    Border,
    /// `border.focused`.
    BorderFocused,
    /// `border.popup`.
    BorderPopup,
    /// `border.danger`.
    BorderDanger,
    /// `title`.
    Title,
    /// `title.focused`.
    TitleFocused,
    /// `tab.active`.
    TabActive,
    /// `tab.inactive`.
    TabInactive,
    /// `key.hint`.
    KeyHint,
    /// `key.label`.
    KeyLabel,
    /// `market.up`.
    MarketUp,
    /// `market.down`.
    MarketDown,
    /// `market.flat`.
    MarketFlat,
    /// `market.limit_up`.
    MarketLimitUp,
    /// `market.limit_down`.
    MarketLimitDown,
    /// `market.flash_up`.
    MarketFlashUp,
    /// `market.flash_down`.
    MarketFlashDown,
    /// `market.stale`.
    MarketStale,
    /// `book.bid`.
    BookBid,
    /// `book.ask`.
    BookAsk,
    /// `book.bid_bar`.
    BookBidBar,
    /// `book.ask_bar`.
    BookAskBar,
    /// `book.inside`.
    BookInside,
    /// `book.last`.
    BookLast,
    /// `book.cursor`.
    BookCursor,
    /// `order.own`.
    OrderOwn,
    /// `order.buy`.
    OrderBuy,
    /// `order.sell`.
    OrderSell,
    /// `order.stop`.
    OrderStop,
    /// `order.working`.
    OrderWorking,
    /// `order.filled`.
    OrderFilled,
    /// `order.rejected`.
    OrderRejected,
    /// `order.cancelled`.
    OrderCancelled,
    /// `order.unknown`.
    OrderUnknown,
    /// `pnl.profit`.
    PnlProfit,
    /// `pnl.loss`.
    PnlLoss,
    /// `pnl.zero`.
    PnlZero,
    /// `chart.body_up`.
    ChartBodyUp,
    /// `chart.body_down`.
    ChartBodyDown,
    /// `chart.wick`.
    ChartWick,
    /// `chart.axis`.
    ChartAxis,
    /// `chart.grid`.
    ChartGrid,
    /// `chart.volume`.
    ChartVolume,
    /// `chart.line`.
    ChartLine,
    /// `chart.marker`.
    ChartMarker,
    /// `mode.paper`.
    ModePaper,
    /// `mode.sim`.
    ModeSim,
    /// `mode.live`.
    ModeLive,
    /// `mode.armed`.
    ModeArmed,
    /// `mode.disarmed`.
    ModeDisarmed,
    /// `mode.halted`.
    ModeHalted,
    /// `status.ok`.
    StatusOk,
    /// `status.warn`.
    StatusWarn,
    /// `status.danger`.
    StatusDanger,
    /// `status.info`.
    StatusInfo,
    /// `status.offline`.
    StatusOffline,
    /// `log.error`.
    LogError,
    /// `log.warn`.
    LogWarn,
    /// `log.info`.
    LogInfo,
    /// `log.debug`.
    LogDebug,
    /// `log.trace`.
    LogTrace,
    /// `form.label`.
    FormLabel,
    /// `form.value`.
    FormValue,
    /// `form.cursor`.
    FormCursor,
    /// `form.error`.
    FormError,
    /// `form.hint`.
    FormHint,
    /// `toast.ok`.
    ToastOk,
    /// `toast.info`.
    ToastInfo,
    /// `toast.warn`.
    ToastWarn,
    /// `toast.error`.
    ToastError,
    /// `table.header`.
    TableHeader,
    /// `table.stripe`.
    TableStripe,
    /// `scrollbar`.
    Scrollbar,
    /// `match`.
    Match,
    /// `spinner`.
    Spinner,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 84] = [
        Role::Text,
        Role::TextMuted,
        Role::TextStrong,
        Role::TextDisabled,
        Role::TextLink,
        Role::Surface,
        Role::SurfaceAlt,
        Role::SurfacePopup,
        Role::SurfaceSelected,
        Role::Border,
        Role::BorderFocused,
        Role::BorderPopup,
        Role::BorderDanger,
        Role::Title,
        Role::TitleFocused,
        Role::TabActive,
        Role::TabInactive,
        Role::KeyHint,
        Role::KeyLabel,
        Role::MarketUp,
        Role::MarketDown,
        Role::MarketFlat,
        Role::MarketLimitUp,
        Role::MarketLimitDown,
        Role::MarketFlashUp,
        Role::MarketFlashDown,
        Role::MarketStale,
        Role::BookBid,
        Role::BookAsk,
        Role::BookBidBar,
        Role::BookAskBar,
        Role::BookInside,
        Role::BookLast,
        Role::BookCursor,
        Role::OrderOwn,
        Role::OrderBuy,
        Role::OrderSell,
        Role::OrderStop,
        Role::OrderWorking,
        Role::OrderFilled,
        Role::OrderRejected,
        Role::OrderCancelled,
        Role::OrderUnknown,
        Role::PnlProfit,
        Role::PnlLoss,
        Role::PnlZero,
        Role::ChartBodyUp,
        Role::ChartBodyDown,
        Role::ChartWick,
        Role::ChartAxis,
        Role::ChartGrid,
        Role::ChartVolume,
        Role::ChartLine,
        Role::ChartMarker,
        Role::ModePaper,
        Role::ModeSim,
        Role::ModeLive,
        Role::ModeArmed,
        Role::ModeDisarmed,
        Role::ModeHalted,
        Role::StatusOk,
        Role::StatusWarn,
        Role::StatusDanger,
        Role::StatusInfo,
        Role::StatusOffline,
        Role::LogError,
        Role::LogWarn,
        Role::LogInfo,
        Role::LogDebug,
        Role::LogTrace,
        Role::FormLabel,
        Role::FormValue,
        Role::FormCursor,
        Role::FormError,
        Role::FormHint,
        Role::ToastOk,
        Role::ToastInfo,
        Role::ToastWarn,
        Role::ToastError,
        Role::TableHeader,
        Role::TableStripe,
        Role::Scrollbar,
        Role::Match,
        Role::Spinner,
    ];

    /// The role of a name.
    pub fn from_name(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|it| it.name() == name)
    }

    /// Its name in a theme.
    pub const fn name(self) -> &'static str {
        match self {
            Role::Text => "text",
            Role::TextMuted => "text.muted",
            Role::TextStrong => "text.strong",
            Role::TextDisabled => "text.disabled",
            Role::TextLink => "text.link",
            Role::Surface => "surface",
            Role::SurfaceAlt => "surface.alt",
            Role::SurfacePopup => "surface.popup",
            Role::SurfaceSelected => "surface.selected",
            Role::Border => "border",
            Role::BorderFocused => "border.focused",
            Role::BorderPopup => "border.popup",
            Role::BorderDanger => "border.danger",
            Role::Title => "title",
            Role::TitleFocused => "title.focused",
            Role::TabActive => "tab.active",
            Role::TabInactive => "tab.inactive",
            Role::KeyHint => "key.hint",
            Role::KeyLabel => "key.label",
            Role::MarketUp => "market.up",
            Role::MarketDown => "market.down",
            Role::MarketFlat => "market.flat",
            Role::MarketLimitUp => "market.limit_up",
            Role::MarketLimitDown => "market.limit_down",
            Role::MarketFlashUp => "market.flash_up",
            Role::MarketFlashDown => "market.flash_down",
            Role::MarketStale => "market.stale",
            Role::BookBid => "book.bid",
            Role::BookAsk => "book.ask",
            Role::BookBidBar => "book.bid_bar",
            Role::BookAskBar => "book.ask_bar",
            Role::BookInside => "book.inside",
            Role::BookLast => "book.last",
            Role::BookCursor => "book.cursor",
            Role::OrderOwn => "order.own",
            Role::OrderBuy => "order.buy",
            Role::OrderSell => "order.sell",
            Role::OrderStop => "order.stop",
            Role::OrderWorking => "order.working",
            Role::OrderFilled => "order.filled",
            Role::OrderRejected => "order.rejected",
            Role::OrderCancelled => "order.cancelled",
            Role::OrderUnknown => "order.unknown",
            Role::PnlProfit => "pnl.profit",
            Role::PnlLoss => "pnl.loss",
            Role::PnlZero => "pnl.zero",
            Role::ChartBodyUp => "chart.body_up",
            Role::ChartBodyDown => "chart.body_down",
            Role::ChartWick => "chart.wick",
            Role::ChartAxis => "chart.axis",
            Role::ChartGrid => "chart.grid",
            Role::ChartVolume => "chart.volume",
            Role::ChartLine => "chart.line",
            Role::ChartMarker => "chart.marker",
            Role::ModePaper => "mode.paper",
            Role::ModeSim => "mode.sim",
            Role::ModeLive => "mode.live",
            Role::ModeArmed => "mode.armed",
            Role::ModeDisarmed => "mode.disarmed",
            Role::ModeHalted => "mode.halted",
            Role::StatusOk => "status.ok",
            Role::StatusWarn => "status.warn",
            Role::StatusDanger => "status.danger",
            Role::StatusInfo => "status.info",
            Role::StatusOffline => "status.offline",
            Role::LogError => "log.error",
            Role::LogWarn => "log.warn",
            Role::LogInfo => "log.info",
            Role::LogDebug => "log.debug",
            Role::LogTrace => "log.trace",
            Role::FormLabel => "form.label",
            Role::FormValue => "form.value",
            Role::FormCursor => "form.cursor",
            Role::FormError => "form.error",
            Role::FormHint => "form.hint",
            Role::ToastOk => "toast.ok",
            Role::ToastInfo => "toast.info",
            Role::ToastWarn => "toast.warn",
            Role::ToastError => "toast.error",
            Role::TableHeader => "table.header",
            Role::TableStripe => "table.stripe",
            Role::Scrollbar => "scrollbar",
            Role::Match => "match",
            Role::Spinner => "spinner",
        }
    }
}

/// What the convention swaps: the colours of where prices go, and nothing else.
pub(super) const SWAPPED: [(Role, Role); 4] = [
    (Role::MarketUp, Role::MarketDown),
    (Role::MarketLimitUp, Role::MarketLimitDown),
    (Role::MarketFlashUp, Role::MarketFlashDown),
    (Role::ChartBodyUp, Role::ChartBodyDown),
];

/// A meaning with a sign, so that colour is never the only one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Glyph {
    /// `up`.
    Up,
    /// `down`.
    Down,
    /// `flat`.
    Flat,
    /// `ok`.
    Ok,
    /// `bad`.
    Bad,
    /// `here`.
    Here,
    /// `back`.
    Back,
    /// `live`.
    Live,
    /// `dead`.
    Dead,
    /// `wait`.
    Wait,
}

impl Glyph {
    /// Every sign.
    pub const ALL: [Glyph; 10] = [
        Glyph::Up,
        Glyph::Down,
        Glyph::Flat,
        Glyph::Ok,
        Glyph::Bad,
        Glyph::Here,
        Glyph::Back,
        Glyph::Live,
        Glyph::Dead,
        Glyph::Wait,
    ];

    /// Its name in a theme.
    pub const fn name(self) -> &'static str {
        match self {
            Glyph::Up => "up",
            Glyph::Down => "down",
            Glyph::Flat => "flat",
            Glyph::Ok => "ok",
            Glyph::Bad => "bad",
            Glyph::Here => "here",
            Glyph::Back => "back",
            Glyph::Live => "live",
            Glyph::Dead => "dead",
            Glyph::Wait => "wait",
        }
    }

    /// The sign that every terminal has.
    pub const fn plain(self) -> &'static str {
        match self {
            Glyph::Up => "^",
            Glyph::Down => "v",
            Glyph::Flat => "-",
            Glyph::Ok => "+",
            Glyph::Bad => "!",
            Glyph::Here => ">",
            Glyph::Back => "<",
            Glyph::Live => "*",
            Glyph::Dead => "x",
            Glyph::Wait => "~",
        }
    }
}
