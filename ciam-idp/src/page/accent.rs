//! The accent colour of a brand, kept readable.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A colour given as `#rgb` or `#rrggbb`.
///
/// Pages do not use it as it is: towards the light card it is darkened, towards
/// the dark card lightened, until the contrast is 4.5 to 1 (WCAG 2.2 §1.4.3).
///
/// ```
/// use ciam_idp::page::Accent;
///
/// let accent: Accent = "#0A58CA".parse()?;
/// assert_eq!(accent.to_string(), "#0a58ca");
/// assert!("red; }".parse::<Accent>().is_err());
/// # Ok::<(), ciam_idp::page::AccentError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Accent(Rgb);

impl Accent {
    pub(super) fn css(&self) -> String {
        let light = self.0.until_readable_on(LIGHT_CARD, BLACK);
        let dark = self.0.until_readable_on(DARK_CARD, WHITE);
        format!(
            ":root{{--accent:{light};--on-accent:#ffffff}}\
             @media (prefers-color-scheme: dark){{:root{{--accent:{dark};--on-accent:{DARK_PAPER}}}}}"
        )
    }
}

impl FromStr for Accent {
    type Err = AccentError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Rgb::parse(text)
            .map(Self)
            .ok_or_else(|| AccentError { text: text.into() })
    }
}

impl TryFrom<String> for Accent {
    type Error = AccentError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Accent> for String {
    fn from(accent: Accent) -> Self {
        accent.to_string()
    }
}

impl fmt::Display for Accent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The text is not a colour.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a colour like `#0a58ca`")]
pub struct AccentError {
    text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rgb {
    red: u8,
    green: u8,
    blue: u8,
}

impl Rgb {
    fn parse(text: &str) -> Option<Self> {
        let digits = text
            .strip_prefix('#')?
            .chars()
            .map(|digit| {
                digit
                    .to_digit(16)
                    .and_then(|value| u8::try_from(value).ok())
            })
            .collect::<Option<Vec<u8>>>()?;
        match *digits.as_slice() {
            [red, green, blue] => Some(Self {
                red: red * 17,
                green: green * 17,
                blue: blue * 17,
            }),
            [r1, r2, g1, g2, b1, b2] => Some(Self {
                red: r1 * 16 + r2,
                green: g1 * 16 + g2,
                blue: b1 * 16 + b2,
            }),
            _ => None,
        }
    }

    /// Mixed with `towards` in small steps, only as far as needed.
    fn until_readable_on(self, card: Self, towards: Self) -> Self {
        (0..=STEPS)
            .map(|step| self.mix(towards, step))
            .find(|colour| colour.contrast(card) >= AA_TEXT)
            .unwrap_or(towards)
    }

    fn mix(self, other: Self, step: u16) -> Self {
        let channel = |from: u8, to: u8| {
            let sum = u16::from(from) * (STEPS - step) + u16::from(to) * step;
            u8::try_from(sum / STEPS).unwrap_or(u8::MAX)
        };
        Self {
            red: channel(self.red, other.red),
            green: channel(self.green, other.green),
            blue: channel(self.blue, other.blue),
        }
    }

    /// WCAG 2.2, "contrast ratio".
    fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// WCAG 2.2, "relative luminance".
    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }
}

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

const fn rgb(red: u8, green: u8, blue: u8) -> Rgb {
    Rgb { red, green, blue }
}

const AA_TEXT: f64 = 4.5;
const STEPS: u16 = 40;
const BLACK: Rgb = rgb(0, 0, 0);
const WHITE: Rgb = rgb(255, 255, 255);

// `--card` and the dark `--paper` of style.css.
const LIGHT_CARD: Rgb = WHITE;
const DARK_CARD: Rgb = rgb(0x17, 0x1b, 0x22);
const DARK_PAPER: Rgb = rgb(0x0d, 0x10, 0x15);
