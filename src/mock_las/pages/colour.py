"""The colours of norms on a page: the colour that the norm gives, and a text colour that is readable on it.

Source: UWLR 2.2, normkleur (transparantie 1 is opaque); WCAG 2.2, relative luminance and contrast ratio.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple, TypeAlias

Rgb: TypeAlias = tuple[float, float, float]

LIGHT: Final[Rgb] = (255, 255, 255)
DARK: Final[Rgb] = (29, 33, 38)
"""The surface below a cell, `--surface` in the style sheet."""

_BLACK: Final[Rgb] = (0, 0, 0)
_WHITE: Final[Rgb] = (255, 255, 255)


class Colour(NamedTuple):
    """A colour of a norm as CSS: the background, and the text on light and on dark pages."""

    background: str
    on_light: str
    on_dark: str


def colour_of(normkleur: dict[str, Any]) -> Colour:
    """The colour of a norm."""
    rgb = (normkleur["rood_code"], normkleur["groen_code"], normkleur["blauw_code"])
    alpha = float(normkleur["transparantie"])
    background = f"rgb({rgb[0]} {rgb[1]} {rgb[2]} / {alpha:g})"
    return Colour(background, _text_on(_over(rgb, alpha, LIGHT)), _text_on(_over(rgb, alpha, DARK)))


def contrast(one: Rgb, other: Rgb) -> float:
    """The contrast ratio of two colours, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _text_on(background: Rgb) -> str:
    # The better of the two has a contrast of at least 4.58 on any colour, and text needs 4.5.
    return "#000" if contrast(background, _BLACK) >= contrast(background, _WHITE) else "#fff"


def _over(rgb: Rgb, alpha: float, under: Rgb) -> Rgb:
    red, green, blue = (alpha * top + (1 - alpha) * below for top, below in zip(rgb, under, strict=True))
    return red, green, blue


def _luminance(rgb: Rgb) -> float:
    red, green, blue = (_linear(channel / 255) for channel in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
