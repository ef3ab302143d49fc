use super::*;
use aftm_domain::Side;

fn read(text: &str) -> Result<Vec<Terms>, String> {
    parse(text, "day.toml", &Defaults::default()).map_err(|err| err.to_string())
}

#[test]
fn a_condition_is_read_as_it_is_written() {
    let terms = read(
        "[[condition]]\nid = \"a\"\nitem = \"TXFH1\"\naction = \"BUY\"\ntrigger = 17300\n\n\
         [[condition]]\nid = \"b\"\nitem = \"EXFH1\"\naction = \"Sell\"\ntrigger = \"820.05\"\n\
         turning = 0.1\nquantity = 2\ntake_profit = \"none\"\nstop_loss = 0.30\nfollowing = true\n\
         account = \"SIM-2\"\n",
    )
    .unwrap();
    let [first, second] = terms.as_slice() else { panic!("{terms:?}") };
    let defaults = Defaults::default();
    assert_eq!((first.action, first.trigger.to_string()), (Side::Buy, "17300".to_owned()));
    assert_eq!((first.turning, first.quantity), (defaults.turning, defaults.quantity));
    assert_eq!((first.take_profit, first.stop_loss), (defaults.take_profit, defaults.stop_loss));
    assert_eq!((first.following, first.account), (false, None));
    assert_eq!((second.action, second.trigger.to_string()), (Side::Sell, "820.05".to_owned()));
    assert_eq!((second.turning.to_string(), second.take_profit), ("0.1".to_owned(), None));
    assert_eq!((second.quantity.to_string(), second.following), ("2".to_owned(), true));
    assert_eq!(second.stop_loss.unwrap().to_string(), "0.3");
    assert_eq!(second.account.unwrap().as_str(), "SIM-2");
}

#[test]
fn all_errors_are_listed_at_once_with_line_condition_key_and_value() {
    let error = read(
        "[[condition]]\nid = \"a\"\nitem = \"TXFH1\"\naction = \"b\"\ntrigger = 0\nturnin = 5\n\
         take_profit = 0\nstop_loss = -1\nquantity = 0\nfollowing = \"yes\"\n\n\
         [[condition]]\nitem = \"TX F\"\ntrigger = nan\nturning = 1e3\n\
         [extra]\nkey = 1\n",
    )
    .unwrap_err();
    let expected = [
        "day.toml:4: condition a: action = \"b\": \"b\" is not buy or sell",
        "day.toml:5: condition a: trigger = 0: it must be above 0",
        "day.toml:6: condition a: turnin = 5 is not a key of a condition; did you mean turning?",
        "day.toml:7: condition a: take_profit = 0: it must be above 0; write \"none\" for none",
        "day.toml:8: condition a: stop_loss = -1: it must be above 0; write \"none\" for none",
        "day.toml:9: condition a: quantity = 0: it must be above 0",
        "day.toml:10: condition a: following = \"yes\": it must be true or false, without quotes",
        "day.toml:12: condition number 2: id is missing",
        "day.toml:12: condition number 2: action is missing",
        "day.toml:13: condition number 2: item = \"TX F\": the item code",
        "day.toml:14: condition number 2: trigger = nan: \"nan\" is not a decimal number",
        "day.toml:15: condition number 2: turning = 1e3: \"1e3\" is not a decimal number",
        "day.toml:16: extra is not known here; write [[condition]]",
    ];
    let lines: Vec<_> = error.lines().collect();
    assert_eq!(lines.len(), expected.len(), "{error}");
    for (line, expected) in lines.iter().zip(expected) {
        assert!(line.starts_with(expected), "{line}\nis not\n{expected}");
    }
}

#[test]
fn two_conditions_with_one_id_are_refused() {
    let one = "[[condition]]\nid = \"a\"\nitem = \"TXFH1\"\naction = \"buy\"\ntrigger = 1\n";
    let error = read(&[one, one].concat()).unwrap_err();
    assert_eq!(error, "day.toml:6: condition a: id = \"a\" is taken by the condition of line 1");
}

#[test]
fn a_file_without_conditions_is_no_conditions_and_a_torn_one_is_an_error() {
    assert_eq!(read("# nothing yet\n"), Ok(Vec::new()));
    for text in ["[[condition]]\nid = \"a", "condition = 5", "[condition]\nid = \"a\"\n"] {
        assert!(read(text).is_err(), "{text:?} was taken");
    }
}

#[test]
fn levels_beyond_the_range_of_prices_are_refused() {
    let error = read(
        "[[condition]]\nid = \"a\"\nitem = \"TXFH1\"\naction = \"buy\"\ntrigger = 9e9\n\
         [[condition]]\nid = \"b\"\nitem = \"TXFH1\"\naction = \"buy\"\ntrigger = 9000000000\n",
    )
    .unwrap_err();
    assert!(error.contains("condition b: the levels of trigger 9000000000"), "{error}");
    assert_eq!(error.lines().count(), 2);
}
