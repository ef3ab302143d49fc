//! How a session with the venue starts, is kept and comes back: a function of what happened and
//! when, which says what to do next.
//!
//! Connected, authenticate, login, confirm the settlement, ask for what there is, one question a
//! second, ready; after every reconnect from the authentication on. CTP says nothing at all of a
//! front that does not answer, so that every wait has an end of its own here.

mod machine;

use std::time::Duration;

use aftm_exchange_abi::E_ARG;

pub use machine::Session;

use crate::{Refusal, version};

/// What is done before the vendor connects, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setup {
    /// Creates the vendor's object, in a flow folder that exists.
    Create,
    /// Registers the callbacks.
    RegisterSpi,
    /// Orders and trades of the account, from the day's beginning.
    SubscribePrivate,
    /// What concerns everybody.
    SubscribePublic,
    /// Names the front.
    RegisterFront,
    /// Lets the vendor connect.
    Init,
}

/// The steps before the vendor connects. Folder and version are looked at before the first of them:
/// without the folder the vendor's library ends the process, and one of another version could not
/// even be released again.
///
/// # Errors
///
/// Where the flow folder is missing, or the library is of another version.
pub fn setup(
    has_flow_folder: bool,
    built_for: &str,
    reported: &str,
) -> Result<[Setup; 6], Refusal> {
    if !has_flow_folder {
        let text = "the folder for the vendor's flow files is missing; make it in the state folder";
        return Err(Refusal::new(E_ARG, text));
    }
    version::check(built_for, reported)?;
    Ok([
        Setup::Create,
        Setup::RegisterSpi,
        Setup::SubscribePrivate,
        Setup::SubscribePublic,
        Setup::RegisterFront,
        Setup::Init,
    ])
}

/// What the venue is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// What can be traded.
    Instruments,
    /// The last settlement and the limits of the day, of everything that can be traded.
    Market,
    /// The money.
    Account,
    /// What is held.
    Positions,
    /// The orders of the trading day.
    Orders,
    /// Its trades.
    Trades,
}

/// How long things may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For the front to accept a connection, before it is called silent.
    pub connect: Duration,
    /// For the answer to one request.
    pub answer: Duration,
    /// For a login of the host, all its steps together.
    pub login: Duration,
    /// Between two questions.
    pub pace: Duration,
    /// Between two tellings of a lost front.
    pub storm: Duration,
    /// Before the second attempt in a row; it doubles from attempt to attempt.
    pub backoff_min: Duration,
    /// What it doubles to.
    pub backoff_max: Duration,
    /// How often a question is asked that the venue is not ready for.
    pub tries_max: u32,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connect: Duration::from_secs(12),
            answer: Duration::from_secs(10),
            login: Duration::from_secs(60),
            pace: Duration::from_secs(1),
            storm: Duration::from_secs(1),
            backoff_min: Duration::from_secs(1),
            backoff_max: Duration::from_secs(30),
            tries_max: 10,
        }
    }
}

/// What can happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// The host logs in.
    Login,
    /// The host logs out.
    Logout,
    /// `OnFrontConnected`.
    Connected,
    /// `OnFrontDisconnected` with its reason.
    Lost(i32),
    /// `OnRspAuthenticate`, or what the request returned.
    Authenticated(Result<(), Refusal>),
    /// `OnRspUserLogin` with its trading day, or what the request returned.
    LoggedIn(Result<u32, Refusal>),
    /// `OnRspSettlementInfoConfirm`, or what the request returned.
    Confirmed(Result<(), Refusal>),
    /// The last row of an answer, or what the request returned.
    Answered(Result<(), Refusal>),
    /// The host asks; refused before the session is ready.
    Ask(Question),
    /// An order was refused because the settlement is not confirmed.
    SettlementWanted,
    /// Time has passed.
    Clock,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// `ReqAuthenticate`.
    Authenticate,
    /// `ReqUserLogin`.
    Login,
    /// `ReqSettlementInfoConfirm`.
    Confirm,
    /// A query.
    Ask(Question),
    /// `ReqUserLogout`.
    Logout,
    /// A question of the host has no answer and gets none.
    GiveUp(Question, Refusal),
    /// Releases the vendor's object and sets up another: the front is mute.
    Renew,
    /// Tells the host how the connection stands.
    Tell {
        /// `AFTM_CONN_…`.
        state: u8,
        /// Attempts in a row without success.
        attempt: u32,
        /// Why it is not up.
        refusal: Option<Refusal>,
    },
    /// Answers the host's login.
    AnswerLogin(Result<(), Refusal>),
}

#[cfg(test)]
mod tests {
    use aftm_exchange_abi::E_ABI;

    use super::*;

    #[test]
    fn nothing_of_the_vendor_is_called_before_folder_and_version_are_right() {
        let refused = |folder, reported| setup(folder, "6.7.7", reported).unwrap_err().code;
        assert_eq!(refused(false, "v6.7.7_20240607"), E_ARG);
        assert_eq!(refused(true, "v6.7.2_20230913"), E_ABI);
        let steps = setup(true, "6.7.7", "v6.7.7_20240607 10:23:01").unwrap();
        assert_eq!((steps[0], steps[5]), (Setup::Create, Setup::Init));
        let topics = [Setup::SubscribePrivate, Setup::SubscribePublic];
        assert_eq!(steps[2..4], topics, "before the front is named");
        assert_eq!((steps[1], steps[4]), (Setup::RegisterSpi, Setup::RegisterFront));
    }
}
