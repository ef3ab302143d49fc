//! What every table does, on one of our own.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

use super::*;
use crate::action::Action;
use crate::event::Press;
use crate::keys::{Act, Keymap};
use crate::look::{Language, Look};
use crate::pane::Pane;
use crate::screen::Screen;
use crate::theme::{Role, Theme};
use crate::view::{View, nano, whole};
use crate::widgets::text;

/// A row: id, name, value.
type Row = (&'static str, &'static str, Option<i64>);

fn sheet(rows: &[Row]) -> Sheet<Row> {
    Sheet {
        pane: Pane::Fills,
        columns: vec![
            Column::text(("table.item", 4, 9), |row: &Row, _| plain(row.0), |row| Key::text(row.0)),
            Column::text(
                ("table.account", 5, 5),
                |row: &Row, _| plain(row.1),
                |row| Key::text(row.1),
            )
            .elastic(),
            Column::number(
                ("table.price", 6, 7),
                |row: &Row, context| {
                    let text = row.2.map_or_else(|| "-".into(), |it| nano(whole(it), 0));
                    Cell::new(context.number(text), Role::MarketUp)
                },
                |row| Key::number(row.2),
            ),
        ],
        rows: rows.to_vec(),
        id: |row| Cow::Borrowed(row.0),
        role: |_| Role::Text,
        empty: "nothing here".into(),
    }
}

fn plain(text: &str) -> Cell {
    Cell::plain(text.to_owned())
}

const ROWS: [Row; 5] = [
    ("a", "臺股期貨", Some(17_300)),
    ("b", "mini", Some(5)),
    ("c", "Gold", None),
    ("d", "oil", Some(17_300)),
    ("e", "tin", Some(-20)),
];

fn screen() -> Screen {
    let look = Look { theme: Theme::built_in("mono").unwrap(), language: Language::English };
    let mut screen = Screen::new(look, Keymap::default_map(), (120, 40));
    screen.focus_on(Pane::Fills);
    screen
}

fn ids(screen: &Screen, rows: &[Row]) -> String {
    let sheet = sheet(rows);
    let seen = Seen::new(screen, &View::default(), &sheet);
    seen.rows.iter().map(|it| sheet.id(*it).into_owned()).collect()
}

fn cursor(screen: &Screen, rows: &[Row]) -> Option<String> {
    let sheet = sheet(rows);
    Seen::new(screen, &View::default(), &sheet).row().map(|it| sheet.id(it).into_owned())
}

fn act(screen: &mut Screen, rows: &[Row], act: Act) -> Vec<Action> {
    update(screen, &View::default(), &sheet(rows), act).unwrap_or_default()
}

fn press(text: &str) -> Press {
    Press { key: crokey::parse(text).unwrap(), is_repeat: false }
}

fn draw_in(screen: &Screen, rows: &[Row], width: u16, height: u16) -> Buffer {
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    let (sheet, view) = (sheet(rows), View::default());
    let seen = Seen::new(screen, &view, &sheet);
    draw_rows(&mut buffer, Rect::new(0, 0, width, height), (screen, &view), &sheet, &seen);
    buffer
}

/// The rows of a buffer without what wide glyphs hide.
fn lines(buffer: &Buffer) -> Vec<String> {
    let line = |row: Rect| {
        let (mut line, mut hidden) = (String::new(), 0);
        for cell in row.positions().filter_map(|it| buffer.cell(it)) {
            if hidden == 0 {
                line.push_str(cell.symbol());
                hidden = text::width(cell.symbol());
            }
            hidden -= 1;
        }
        line.trim_end().to_owned()
    };
    buffer.area.rows().map(line).collect()
}

#[test]
fn a_key_goes_round_the_columns_and_another_turns_the_order() {
    let mut screen = screen();
    let mut after = |key: Act| {
        act(&mut screen, &ROWS, key);
        ids(&screen, &ROWS)
    };
    assert_eq!(after(Act::Sort), "abcde", "by item");
    assert_eq!(after(Act::SortReverse), "edcba");
    assert_eq!(after(Act::Sort), "cbdea", "by name");
    assert_eq!(after(Act::Sort), "ebadc", "by value: equal ones as they were, missing ones last");
    assert_eq!(after(Act::SortReverse), "adbec", "missing ones are last in every order");
    assert_eq!(after(Act::Sort), "abcde", "the pane's own order");
    assert_eq!(after(Act::SortReverse), "edcba", "which turns by the first column");
}

#[test]
fn the_header_says_what_it_is_sorted_by() {
    let mut screen = screen();
    for _ in 0..3 {
        act(&mut screen, &ROWS, Act::Sort);
    }
    assert_eq!(lines(&draw_in(&screen, &ROWS, 24, 2))[0], " Item Account     Price^");
    act(&mut screen, &ROWS, Act::SortReverse);
    assert_eq!(lines(&draw_in(&screen, &ROWS, 24, 2))[0], " Item Account     Pricev");
}

#[test]
fn the_filter_wants_every_word_in_whichever_case_and_column() {
    let mut screen = screen();
    for (filter, found) in [
        ("", "abcde"),
        ("o", "cd"),
        ("O L", "cd"),
        ("gold", "c"),
        ("17300", "ad"),
        ("17,300 oil", "d"),
        ("期貨", "a"),
        ("zinc", ""),
        ("   ", "abcde"),
    ] {
        screen.table_mut(Pane::Fills).filter = filter.into();
        assert_eq!(ids(&screen, &ROWS), found, "{filter:?}");
    }
}

#[test]
fn a_filter_is_typed_kept_and_dropped() {
    let mut screen = screen();
    act(&mut screen, &ROWS, Act::Filter);
    assert!(screen.table(Pane::Fills).is_filtering);
    for key in ["shift-g", "o", "x", "backspace", "l"] {
        filter_key(&mut screen, Pane::Fills, press(key));
    }
    filter_paste(&mut screen, Pane::Fills, "d\n\u{1b}[2J");
    assert_eq!(screen.table(Pane::Fills).filter, "Gold[2J");
    for _ in 0..3 {
        filter_key(&mut screen, Pane::Fills, press("backspace"));
    }
    filter_key(&mut screen, Pane::Fills, press("enter"));
    let table = screen.table(Pane::Fills).into_owned();
    assert_eq!((table.filter.as_str(), table.is_filtering), ("Gold", false));
    filter_paste(&mut screen, Pane::Fills, "nobody types");
    assert_eq!(screen.table(Pane::Fills).filter, "Gold");
    act(&mut screen, &ROWS, Act::Filter);
    filter_key(&mut screen, Pane::Fills, press("esc"));
    assert_eq!(screen.table(Pane::Fills).into_owned(), Table::default());
    for _ in 0..1_000 {
        filter_key(&mut screen, Pane::Fills, press("a"));
    }
    assert!(screen.table(Pane::Fills).filter.len() <= 64);
}

#[test]
fn what_the_filter_found_is_marked_where_it_stands() {
    let mut screen = screen();
    screen.table_mut(Pane::Fills).filter = "期貨".into();
    let buffer = draw_in(&screen, &ROWS, 24, 3);
    let marked: Vec<u16> = (0..24)
        .filter(|it| buffer.cell((*it, 1)).unwrap().modifier.contains(Modifier::UNDERLINED))
        .collect();
    assert_eq!(marked, [10, 11, 12, 13], "{:?}", lines(&buffer));
}

#[test]
fn the_cursor_follows_its_row() {
    let mut screen = screen();
    assert_eq!(cursor(&screen, &ROWS).as_deref(), Some("a"));
    act(&mut screen, &ROWS, Act::Down);
    act(&mut screen, &ROWS, Act::Down);
    assert_eq!(cursor(&screen, &ROWS).as_deref(), Some("c"));
    let mut others = ROWS;
    others.reverse();
    assert_eq!(cursor(&screen, &others).as_deref(), Some("c"));
    act(&mut screen, &others, Act::Down);
    assert_eq!(cursor(&screen, &others).as_deref(), Some("b"));
    for (key, row) in [(Act::Bottom, "a"), (Act::Down, "a"), (Act::Top, "e"), (Act::Up, "e")] {
        act(&mut screen, &others, key);
        assert_eq!(cursor(&screen, &others).as_deref(), Some(row), "{key:?}");
    }
}

#[test]
fn a_row_that_goes_takes_the_cursor_with_it_until_it_is_moved() {
    let mut screen = screen();
    act(&mut screen, &ROWS, Act::Down);
    let without_b = [ROWS[0], ROWS[2], ROWS[3]];
    assert_eq!(cursor(&screen, &without_b), None, "no key acts on the row that took its place");
    assert_eq!(act(&mut screen, &without_b, Act::Copy), []);
    act(&mut screen, &without_b, Act::Down);
    assert_eq!(cursor(&screen, &without_b).as_deref(), Some("c"));
    act(&mut screen, &[], Act::Down);
    assert_eq!(cursor(&screen, &[]), None);
}

#[test]
fn settled_the_cursor_is_not_pushed_away_by_what_comes_later() {
    let mut screen = screen();
    settle(&mut screen, &View::default(), &sheet(&ROWS[1..]));
    assert_eq!(cursor(&screen, &ROWS).as_deref(), Some("b"));
}

#[test]
fn rows_of_the_same_id_can_all_be_reached() {
    let mut screen = screen();
    let rows = [("x", "1", None), ("x", "2", None), ("x", "3", None), ("y", "4", None)];
    for place in 1..4 {
        act(&mut screen, &rows, Act::Down);
        let sheet = sheet(&rows);
        assert_eq!(Seen::new(&screen, &View::default(), &sheet).row(), Some(place));
    }
}

#[test]
fn a_file_gets_all_rows_that_the_filter_lets_through_and_bare_numbers() {
    let mut screen = screen();
    screen.table_mut(Pane::Fills).filter = "17300".into();
    act(&mut screen, &ROWS, Act::SortReverse);
    let actions = act(&mut screen, &ROWS, Act::Save);
    let [Action::Save { name, header, rows, .. }] = actions.as_slice() else {
        panic!("{actions:?}");
    };
    assert_eq!((name.as_str(), header.join("|").as_str()), ("fills", "Item|Account|Price"));
    assert_eq!(*rows, [["d", "oil", "17300"], ["a", "臺股期貨", "17300"]]);
    assert_eq!(act(&mut screen, &ROWS, Act::Copy), [Action::Copy("d".into())]);
    assert_eq!(screen.toasts.shown().unwrap().text, "d was given to the clipboard");
}

#[test]
fn rows_that_do_not_fit_on_the_screen_are_in_the_file() {
    let many: Vec<Row> = (0..1_000).map(|it| ("id", "name", Some(it))).collect();
    let actions = act(&mut screen(), &many, Act::Save);
    let [Action::Save { rows, .. }] = actions.as_slice() else { panic!("{actions:?}") };
    assert_eq!(rows.len(), 1_000);
}

#[test]
fn narrow_tables_leave_out_what_matters_least_and_cut_no_number() {
    let screen = screen();
    let shown = |width| lines(&draw_in(&screen, &ROWS, width, 2));
    assert_eq!(
        shown(24),
        [" Item Account      Price", ">a    臺股期貨    17,300"].map(String::from)
    );
    assert_eq!(shown(18), [" Item Acco~  Price", ">a    臺股~ 17,300"].map(String::from));
    assert_eq!(shown(17), [" Item  Price", ">a    17,300"].map(String::from));
    // The price does not fit, and what matters less may take its cells.
    assert_eq!(shown(11), [" Item Acco~", ">a    臺股~"].map(String::from));
    assert_eq!(shown(10), [" Item", ">a"].map(String::from));
    assert_eq!(shown(3), [" I~", ">a"].map(String::from));
    assert_eq!(shown(1), ["", ">"].map(String::from));
}

#[test]
fn a_number_that_needs_more_cells_gets_them_before_a_lesser_column() {
    let rows = [("a", "name", Some(1_234_567))];
    let shown = lines(&draw_in(&screen(), &rows, 18, 2));
    assert_eq!(shown[1], ">a    1,234,567");
}

#[test]
fn only_a_window_of_rows_around_the_cursor_is_drawn() {
    let mut screen = screen();
    let many: Vec<Row> = (0..1_000).map(|it| ("id", "name", Some(it))).collect();
    screen.table_mut(Pane::Fills).cursor = Some("id".into());
    for (place, first) in [(0, 0), (2, 0), (3, 1), (500, 498), (998, 995), (999, 995)] {
        screen.table_mut(Pane::Fills).place = place;
        let shown = lines(&draw_in(&screen, &many, 24, 6));
        assert!(shown[1].ends_with(&format!(" {first}")), "{place}: {shown:?}");
        assert_eq!(shown.iter().filter(|it| it.starts_with('>')).count(), 1, "{shown:?}");
    }
}

#[test]
fn a_click_selects_the_row_under_it() {
    let mut screen = screen();
    let (view, area) = (View::default(), Rect::new(10, 5, 30, 7));
    let mut clicked = |line| {
        let hit = select(&mut screen, &view, &sheet(&ROWS), area, line);
        (hit, cursor(&screen, &ROWS).unwrap_or_default())
    };
    for (line, hit, row) in [
        (5, false, "a"),
        (6, false, "a"),
        (8, true, "b"),
        (10, true, "d"),
        (11, false, "d"),
        (0, false, "d"),
    ] {
        assert_eq!(clicked(line), (hit, row.to_owned()), "{line}");
    }
}

#[test]
fn an_empty_table_says_why() {
    let mut screen = screen();
    assert_eq!(lines(&draw_in(&screen, &[], 24, 2))[0], " nothing here");
    screen.table_mut(Pane::Fills).filter = "zinc".into();
    assert!(lines(&draw_in(&screen, &ROWS, 60, 2))[0].contains("zinc"));
    let sheet = sheet(&ROWS);
    let seen = Seen::new(&screen, &View::default(), &sheet);
    assert_eq!(title(&screen, "Fills", &sheet, &seen), " Fills 0/5 /zinc ");
}
