"""Digits on paper: rows of them, scattered over a canvas, distorted, with noise. All vectorised."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ptrnet_tasks.image_text.digits import SIDE

LANE = 12
"""Pixel rows of one line of digits: a digit may stand up to 4 rows lower than another."""

ADVANCES = (7, 11)
"""Fewest and most pixels from one digit's left edge to the next; some touch, as blank edges may."""

MARGIN = 4
"""Most blank pixels before the first and behind the last digit of a row."""

LANES, SLOTS, SLOT = 2, 5, 12
"""A canvas has two lanes of five places, each of 12 pixels in width, for one digit or none."""

NOISE = 0.06
"""Largest standard deviation of the noise that a picture has, in shares of full ink."""


def drawn_rows(
    glyphs: np.ndarray, shown: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Rows of digits, at random heights and distances: `(count, 12, widest)` uint8, and widths.

    glyphs: `(count, size, 8, 8)`; shown: `(count,)`, how many of them are in each row. What is
    behind a row's own width is 0.
    """
    count, size = glyphs.shape[:2]
    steps = rng.integers(ADVANCES[0], ADVANCES[1] + 1, (count, size))
    steps[:, 0] = rng.integers(0, MARGIN + 1, count)
    lefts = steps.cumsum(1)
    widths = lefts[np.arange(count), shown - 1] + SIDE + rng.integers(0, MARGIN + 1, count)
    tops = rng.integers(0, LANE - SIDE + 1, (count, size))
    canvas = _stamped(glyphs, tops, lefts, LANE, int(lefts.max()) + SIDE + MARGIN)
    canvas = canvas[:, :, : widths.max()]
    noisy = _noisy(canvas, rng)
    noisy *= np.arange(canvas.shape[2]) < widths[:, None, None]
    return noisy, widths


def drawn_canvases(glyphs: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Digits scattered over two lanes, `(count, 24, 60)` uint8; `glyphs (count, size, 8, 8)`."""
    count, size = glyphs.shape[:2]
    cells = rng.random((count, LANES * SLOTS)).argsort(1)[:, :size]
    lanes, slots = cells // SLOTS, cells % SLOTS
    tops = lanes * LANE + rng.integers(0, LANE - SIDE + 1, (count, size))
    lefts = slots * SLOT + rng.integers(0, SLOT - SIDE + 1, (count, size))
    return _noisy(_stamped(glyphs, tops, lefts, LANES * LANE, SLOTS * SLOT), rng)


def _stamped(
    glyphs: np.ndarray, tops: np.ndarray, lefts: np.ndarray, height: int, width: int
) -> np.ndarray:
    """Ink `(count, height, width)` of all glyphs at their places; where two meet it adds up."""
    count, inside = len(glyphs), np.arange(SIDE)
    rows = tops[:, :, None, None] + inside[:, None]
    columns = lefts[:, :, None, None] + inside
    pixels = (np.arange(count)[:, None, None, None] * height + rows) * width + columns
    ink = np.bincount(pixels.ravel(), glyphs.ravel(), count * height * width)
    return ink.reshape(count, height, width).astype(np.float32)


def _noisy(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Ink as bytes with noise, as strong as a draw for each picture says."""
    deviations = rng.uniform(0, NOISE, (len(ink), 1, 1)).astype(np.float32)
    noise = rng.standard_normal(ink.shape, np.float32)
    return (255 * (ink + deviations * noise).clip(0, 1)).round().astype(np.uint8)


def distorted(glyphs: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The glyphs `(..., 8, 8)`, at random turned, slanted, stretched, moved, some with broad pens.

    Other writers' pens are what a network knows least: half of the glyphs are thickened.
    """
    flat = glyphs.reshape(-1, SIDE, SIDE)
    count = len(flat)
    turn = rng.uniform(-0.2, 0.2, count)
    slant, moved = rng.uniform(-0.25, 0.25, count), rng.uniform(-0.6, 0.6, (count, 2, 1))
    stretch = rng.uniform(0.85, 1.2, (2, count))
    cosine, sine = np.cos(turn), np.sin(turn)
    # Where each pixel of the new picture is in the old one, from the middle on, row before column.
    back = np.stack([[cosine, -sine], [sine + slant * cosine, cosine - slant * sine]])
    back = (back / stretch[:, None]).transpose(2, 0, 1)
    middle = (SIDE - 1) / 2
    pixels = np.indices((SIDE, SIDE)).reshape(2, -1) - middle
    ink = _between_pixels(flat, back @ pixels + moved + middle)
    broad = rng.uniform(0, 0.6, (count, 1)).astype(np.float32) * (rng.random((count, 1)) < 0.5)
    thick = ink + broad * (_thickest(ink.reshape(-1, SIDE, SIDE)).reshape(ink.shape) - ink)
    weight = rng.uniform(0.7, 1.4, (count, 1)).astype(np.float32)
    return (thick.astype(np.float32) ** weight).reshape(glyphs.shape)


def _thickest(images: np.ndarray) -> np.ndarray:
    """The most ink of each pixel and its eight neighbours, `(count, side, side)`."""
    framed = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    return sliding_window_view(framed, (3, 3), (1, 2)).max((-2, -1))


def _between_pixels(images: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Ink `(count, pixels)` of images at `positions (count, 2, pixels)`, bilinear, none outside."""
    side = SIDE + 2
    framed = np.pad(images, ((0, 0), (1, 1), (1, 1))).reshape(-1)
    positions = (positions + 1).clip(0, side - 1.001)
    whole = positions.astype(np.int64)
    down, along = (positions - whole).astype(np.float32).transpose(1, 0, 2)
    corner = np.arange(len(images))[:, None] * side**2 + whole[:, 0] * side + whole[:, 1]
    upper = framed[corner] * (1 - along) + framed[corner + 1] * along
    lower = framed[corner + side] * (1 - along) + framed[corner + side + 1] * along
    return upper * (1 - down) + lower * down
