//! Draws the pictures of `screenshots/`, or with `--check` says which differ from what is drawn.

// What it did is printed for whoever ran it.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

use aftm_ui::pictures::PICTURES;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let is_check = match arguments.as_slice() {
        [] => false,
        [word] if word == "--check" => true,
        _ => {
            eprintln!("screenshots: there is only --check, not `{}`", arguments.join(" "));
            return ExitCode::from(2);
        }
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../screenshots");
    let mut code = ExitCode::SUCCESS;
    for picture in &PICTURES {
        let file = folder.join(format!("{}.svg", picture.name));
        match picture.draw().and_then(|drawn| keep(&file, &drawn, is_check)) {
            Ok(()) => println!("{}.svg: {}", picture.name, picture.caption),
            Err(refusal) => {
                eprintln!("{}.svg: {refusal}", picture.name);
                code = ExitCode::FAILURE;
            }
        }
    }
    code
}

/// Writes a picture, or compares it with the file.
fn keep(file: &Path, drawn: &str, is_check: bool) -> Result<(), String> {
    if !is_check {
        return fs::write(file, drawn).map_err(|error| format!("cannot be written: {error}"));
    }
    match fs::read_to_string(file) {
        Ok(text) if text == drawn => Ok(()),
        Ok(_) => Err("differs from what is drawn".to_owned()),
        Err(error) => Err(format!("cannot be read: {error}")),
    }
}
