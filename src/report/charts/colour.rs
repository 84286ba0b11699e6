//! The colours of Okabe and Ito (2008), which people with any colour vision
//! tell apart, and a few greys for what should not draw the eye.

pub(super) use plotters::style::RGBColor as Colour;

pub(super) const BLACK: Colour = Colour(0x22, 0x22, 0x22);
pub(super) const ORANGE: Colour = Colour(0xE6, 0x9F, 0x00);
pub(super) const SKY: Colour = Colour(0x56, 0xB4, 0xE9);
pub(super) const GREEN: Colour = Colour(0x00, 0x9E, 0x73);
pub(super) const YELLOW: Colour = Colour(0xF0, 0xE4, 0x42);
pub(super) const BLUE: Colour = Colour(0x00, 0x72, 0xB2);
pub(super) const VERMILION: Colour = Colour(0xD5, 0x5E, 0x00);
pub(super) const PURPLE: Colour = Colour(0xCC, 0x79, 0xA7);

/// Words that matter less.
pub(super) const GREY: Colour = Colour(0x5F, 0x5F, 0x5F);
/// What is as it should be.
pub(super) const PALE: Colour = Colour(0xBF, 0xCD, 0xD6);
pub(super) const GRID: Colour = Colour(0xE2, 0xE2, 0xE2);
pub(super) const AXIS: Colour = Colour(0x9A, 0x9A, 0x9A);
pub(super) const WHITE: Colour = Colour(0xFF, 0xFF, 0xFF);
