//! What a client asks for.

use aftm_domain::order::Ticket;
use aftm_domain::{AccountId, Code, OrderId, RequestId};

use super::json::{Object, Value, object, value};
use super::ticket::{field, text};
use super::{Failure, code, ticket};
use crate::wire::Scope;
use crate::wire::v1::excerpt;

const OPERATIONS: &str = "send_order, get_positions, health_check, cancel_order, get_orders, \
                          get_account, get_instruments, kill or status";

/// A request of the order port.
#[allow(clippy::large_enum_variant)] // Most are orders; a box would cost each an allocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// `send_order`.
    SendOrder {
        /// What is to be traded.
        ticket: Ticket,
        /// The client's name for the request, where it gave one.
        request_id: Option<RequestId>,
    },
    /// `get_positions`.
    GetPositions {
        /// Whose.
        account: AccountId,
        /// Of one item only.
        item: Option<Code>,
    },
    /// `health_check`.
    HealthCheck,
    /// `cancel_order`.
    CancelOrder {
        /// Which order.
        order_serial: OrderId,
    },
    /// `get_orders`: the newest of them.
    GetOrders {
        /// Of one account only.
        account: Option<AccountId>,
        /// This order only.
        order_serial: Option<OrderId>,
        /// Only orders before this one.
        before: Option<OrderId>,
    },
    /// `get_account`.
    GetAccount {
        /// Of one account only.
        account: Option<AccountId>,
    },
    /// `get_instruments`.
    GetInstruments {
        /// One instrument only.
        item: Option<Code>,
    },
    /// `kill`: halts trading and cancels every order.
    Kill {
        /// Closes every position, too.
        flatten: bool,
        /// For the audit trail: printable, at most 200 characters.
        reason: String,
        /// Of this account or item only; everything where neither is named.
        scope: Scope,
    },
    /// `status`.
    Status,
}

/// Reads a request. A failure is what the client is told; nothing has been carried out then.
pub fn parse(frame: &[u8]) -> Result<Request, Failure> {
    if frame.is_empty() {
        return Err(Failure::new(code::INVALID_JSON, "the request is empty"));
    }
    let request = object(frame)?;
    match operation(&request)?.as_str() {
        "send_order" => {
            let (ticket, request_id) = ticket::read(&parameters(&request, code::INVALID_ORDER)?)?;
            Ok(Request::SendOrder { ticket, request_id })
        }
        "get_positions" => get_positions(&parameters(&request, code::POSITION_QUERY_ERROR)?),
        "health_check" => Ok(Request::HealthCheck),
        "status" => Ok(Request::Status),
        other => ours(other, &request),
    }
}

/// The operations that v1 did not have.
fn ours(operation: &str, request: &Object<'_>) -> Result<Request, Failure> {
    let fields = || parameters(request, code::INVALID_ORDER);
    match operation {
        "cancel_order" => {
            Ok(Request::CancelOrder { order_serial: field(&fields()?, "order_serial", text)? })
        }
        "get_orders" => get_orders(&fields()?),
        "get_account" => Ok(Request::GetAccount { account: account(&fields()?)? }),
        "get_instruments" => Ok(Request::GetInstruments { item: item(&fields()?)? }),
        "kill" => kill(&fields()?),
        other => {
            let message = format!("operation {:?} is not {OPERATIONS}", excerpt(other));
            Err(Failure::new(code::UNKNOWN_OPERATION, message))
        }
    }
}

/// The operation's name; as in v1 a missing one, or one that is not text, is one not known.
fn operation(request: &Object<'_>) -> Result<String, Failure> {
    match request.value("operation") {
        Some(Value::Text(name)) => Ok(name),
        Some(other) => {
            let message = format!("operation {other} is not text: {OPERATIONS}");
            Err(Failure::new(code::UNKNOWN_OPERATION, message))
        }
        None => {
            let message = format!("the request has no operation: {OPERATIONS}");
            Err(Failure::new(code::UNKNOWN_OPERATION, message))
        }
    }
}

/// The parameters; absent and null are none. Anything else but an object fails with the
/// operation's own code, as in v1.
fn parameters<'a>(request: &Object<'a>, code: &'static str) -> Result<Object<'a>, Failure> {
    match request.raw("parameters") {
        None => Ok(Object::empty()),
        Some(raw) if raw.get() == "null" => Ok(Object::empty()),
        Some(raw) if raw.get().starts_with('{') => Object::read(raw),
        Some(raw) => {
            let message = format!("parameters are {}, not an object", value(raw));
            Err(Failure::new(code, message))
        }
    }
}

fn get_positions(fields: &Object<'_>) -> Result<Request, Failure> {
    let query = |failure: Failure| Failure { code: code::POSITION_QUERY_ERROR, ..failure };
    let Some(account) = account(fields).map_err(query)? else {
        return Err(Failure::new(code::MISSING_ACCOUNT, "account is required"));
    };
    Ok(Request::GetPositions { account, item: item(fields).map_err(query)? })
}

fn get_orders(fields: &Object<'_>) -> Result<Request, Failure> {
    let (order_serial, before) = (optional(fields, "order_serial")?, optional(fields, "before")?);
    Ok(Request::GetOrders { account: account(fields)?, order_serial, before })
}

/// The account of a query, under the name that v1 gives it there or under that of an order.
/// Absent, null and empty are none.
fn account(fields: &Object<'_>) -> Result<Option<AccountId>, Failure> {
    let (here, there) = (optional(fields, "account")?, optional(fields, "order_account")?);
    match (here, there) {
        (Some(one), Some(other)) if one != other => {
            let message = format!("account is {one}, but order_account is {other}");
            Err(Failure::new(code::INVALID_ORDER, message))
        }
        (one, other) => Ok(one.or(other)),
    }
}

fn item(fields: &Object<'_>) -> Result<Option<Code>, Failure> {
    optional(fields, "item_code")
}

fn optional<T>(fields: &Object<'_>, key: &str) -> Result<Option<T>, Failure>
where
    T: std::str::FromStr<Err: std::fmt::Display>,
{
    match fields.some(key) {
        None => Ok(None),
        Some(Value::Text(empty)) if empty.is_empty() => Ok(None),
        Some(_) => field(fields, key, text).map(Some),
    }
}

/// A kill is never refused for its reason, only for a `flatten` that says neither yes nor no, and for
/// an account or item that cannot be one.
fn kill(fields: &Object<'_>) -> Result<Request, Failure> {
    const CHARACTERS_MAX: usize = 200;
    let flatten = match fields.some("flatten") {
        None => false,
        Some(_) => field(fields, "flatten", |value| match value {
            Value::Bool(flatten) => Ok(*flatten),
            other => Err(format!("{other} is neither true nor false")),
        })?,
    };
    let reason = match fields.some("reason") {
        Some(Value::Text(reason)) => {
            reason.chars().filter(|it| !aftm_domain::text::acts(*it)).take(CHARACTERS_MAX).collect()
        }
        Some(other) => other.to_string(),
        None => String::new(),
    };
    let reason = if reason.is_empty() { "no reason given".to_owned() } else { reason };
    let scope = match (account(fields)?, item(fields)?) {
        (None, None) => Scope::Global,
        (Some(account), None) => Scope::Account(account),
        (None, Some(item)) => Scope::Symbol(item),
        (Some(_), Some(_)) => {
            let message = "a kill is of an account or of an item, not of both; ask twice";
            return Err(Failure::new(code::INVALID_ORDER, message));
        }
    };
    Ok(Request::Kill { flatten, reason, scope })
}
