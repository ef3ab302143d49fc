//! A row of pieces, of which the least important are left out where it is narrow.

use std::borrow::Cow;

use ratatui::Frame;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr as _;

use crate::look::Look;
use crate::theme::Role;

/// Cells between two pieces.
const GAP: usize = 2;

/// Something in a row: words in their roles.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Piece {
    words: Vec<(Cow<'static, str>, Role)>,
    /// The higher it is, the earlier it is left out.
    rank: u8,
}

impl Piece {
    pub(super) fn new(text: impl Into<Cow<'static, str>>, role: Role, rank: u8) -> Piece {
        Piece { words: vec![(text.into(), role)], rank }
    }

    /// With one more word.
    pub(super) fn and(mut self, text: impl Into<Cow<'static, str>>, role: Role) -> Piece {
        self.words.push((text.into(), role));
        self
    }

    fn width(&self) -> usize {
        self.words.iter().map(|it| it.0.width()).sum()
    }
}

/// Pieces from the left, and others that end at the right.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Bar {
    pub(super) left: Vec<Piece>,
    pub(super) right: Vec<Piece>,
}

impl Bar {
    /// What fits, with its first cell counted from the left edge. The most important piece is
    /// always among it, cut by the edge where it must be.
    pub(super) fn places(&self, width: u16) -> Vec<(usize, &Piece)> {
        let width = usize::from(width);
        let mut kept = self.kept(width);
        let of = |kept: &[(bool, &Piece)], is_right: bool| {
            kept.iter().filter(|it| it.0 == is_right).map(|it| it.1.width() + GAP).sum::<usize>()
        };
        let mut at = (width + GAP).saturating_sub(of(&kept, true)).max(of(&kept, false));
        let mut from = 0;
        // Each side runs on from where its last piece ended.
        kept.drain(..)
            .map(|(is_right, piece)| {
                let next = if is_right { &mut at } else { &mut from };
                let place = *next;
                *next += piece.width() + GAP;
                (place, piece)
            })
            .collect()
    }

    fn kept(&self, width: usize) -> Vec<(bool, &Piece)> {
        let left = self.left.iter().map(|it| (false, it));
        let mut kept: Vec<_> = left.chain(self.right.iter().map(|it| (true, it))).collect();
        loop {
            let wide: usize = kept.iter().map(|it| it.1.width() + GAP).sum();
            let worst = kept.iter().enumerate().max_by_key(|(at, it)| (it.1.rank, *at));
            match worst {
                Some((at, _)) if wide > width + GAP && kept.len() > 1 => kept.remove(at),
                _ => return kept,
            };
        }
    }

    /// Draws what fits.
    pub(super) fn draw(&self, frame: &mut Frame<'_>, area: Rect, look: &Look, ground: Role) {
        let buffer = frame.buffer_mut();
        buffer.set_style(area, look.style(ground));
        if area.is_empty() {
            return;
        }
        for (at, piece) in self.places(area.width) {
            let mut x = area.x.saturating_add(u16::try_from(at).unwrap_or(u16::MAX));
            for (text, role) in &piece.words {
                let room = usize::from(area.right().saturating_sub(x));
                (x, _) = buffer.set_stringn(x, area.y, text, room, look.style(*role));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(width: u16) -> String {
        let piece = |text: &'static str, rank| Piece::new(text, Role::Text, rank);
        let bar = Bar {
            left: vec![piece("kill", 0), piece("委託", 2), piece("zoom", 3)],
            right: vec![piece("12:00", 1)],
        };
        let places = bar.places(width);
        let all: Vec<_> = places.iter().map(|(at, it)| format!("{at}:{}", it.words[0].0)).collect();
        all.join(" ")
    }

    #[test]
    fn the_least_important_goes_first() {
        for (width, text) in [
            (40, "0:kill 6:委託 12:zoom 35:12:00"),
            (23, "0:kill 6:委託 12:zoom 18:12:00"),
            (22, "0:kill 6:委託 17:12:00"),
            (17, "0:kill 6:委託 12:12:00"),
            (16, "0:kill 11:12:00"),
            (10, "0:kill"),
            (1, "0:kill"),
        ] {
            assert_eq!(shown(width), text, "{width}");
        }
    }
}
