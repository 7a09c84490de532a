"""Files of images: `.npz` of many with their texts, or one picture."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import final

import numpy as np

from ptrnet_suite.data.batch import pad
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.data.npz import check_sizes, read_npz
from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.files import atomic_write
from ptrnet_suite.runtime.limits import check_file, read_bytes
from ptrnet_suite.task.formats import Formats
from ptrnet_tasks.image_text.problems import ImageProblem

PICTURES = (".png", ".jpg", ".jpeg")
ACCEPTED = "accepted are .npz with images (count, height, width), .png and .jpg"
WIDEST = 4096
"""Most pixel columns of an image."""

LARGEST_PICTURE, MOST_PIXELS = 2**26, 2**25
"""Bytes and pixels of a picture: a few bytes may unpack to more pixels than memory holds."""

DECODERS = ("PNG", "JPEG")


def as_bytes(image: np.ndarray) -> np.ndarray:
    """An image as uint8, 255 being full ink; numbers with a fraction are taken as 0 to 1."""
    if image.dtype == np.uint8:
        return image
    whole = image.max(initial=0) > 1
    return (image if whole else 255 * image).clip(0, 255).round().astype(np.uint8)


def of_images(
    images: Sequence[np.ndarray], texts: Sequence[str] | None, source: str = "generated"
) -> Instances:
    """Instances of images `(height, width)`, with their widths in the column `sizes`."""
    widths = np.array([image.shape[1] for image in images], int)
    solutions = None if texts is None else [[text] for text in texts]
    return Instances(images, solutions, columns={"sizes": widths}, source=source)


@final
class ImageFormats(Formats):
    """`.npz` of many images with their texts, or one picture as `.png` or `.jpg`."""

    def __init__(self, name: str, problem: ImageProblem) -> None:
        self.name, self.problem = name, problem

    def read(self, path: Path) -> Instances:
        """Reads `.npz` or one `.png` or `.jpg`; raises InputError.

        `.npz`: `images (count, height, width)`, uint8 with 255 for full ink or numbers from 0 to
        1, optional `texts (count,)` and `sizes (count,)`, the width of each where they differ. A
        picture is read as grey, its background is taken for paper whichever of the two is
        lighter, and it is scaled to the problem's height.
        """
        check_file(path, ACCEPTED)
        if path.suffix.lower() in PICTURES:
            return of_images([_read_picture(path, self.problem.height)], None, str(path))
        if path.suffix.lower() != ".npz":
            raise InputError(f"{path} has the suffix {path.suffix!r}; {ACCEPTED}")
        return _read_archive(path)

    def write(self, instances: Instances, path: Path) -> None:
        """Writes `.npz`, or one image as `.png`, dark on light; raises InputError for others."""
        images = [as_bytes(np.asarray(image)) for image in instances.inputs]
        if path.suffix.lower() == ".png":
            _write_picture(images, path)
        elif path.suffix.lower() == ".npz":
            _write_archive(images, instances.solutions, path)
        else:
            raise InputError(f"images cannot be written to {path}: accepted are .npz and .png")

    def check(self, instances: Instances) -> None:
        """Raises InputError for no image, one of another height, and a text it cannot write."""
        if not len(instances):
            raise InputError(f"{instances.source} holds no image; accepted is one or more")
        height = self.problem.height
        for number, image in enumerate(instances.inputs, 1):
            shape = np.shape(image)
            if len(shape) != 2 or shape[0] != height or not shape[1]:
                raise InputError(
                    f"image {number} of {instances.source} has the shape {shape}; accepted for "
                    f"{self.name} is ({height}, width)"
                )
        known = instances.solutions
        texts = [] if known is None else [text for accepted in known for text in accepted]
        try:
            self.problem.vocabulary.check(map(self.problem.spaced, texts))
        except InputError as error:
            raise InputError(f"{instances.source}: {error}") from None


def _read_archive(path: Path) -> Instances:
    parts = read_npz(path)
    if "images" not in parts:
        raise InputError(f"{path} has no array 'images'; it has {', '.join(parts) or 'none'}")
    images, count = parts["images"], len(parts["images"]) if parts["images"].ndim else 0
    if images.ndim != 3 or 0 in images.shape or images.dtype.kind not in "uif":
        raise InputError(
            f"{path}: 'images' must be numbers of shape (count, height, width), not "
            f"{images.dtype} of shape {images.shape}"
        )
    if not np.isfinite(images).all() or images.min() < 0 or images.max() > 255:
        raise InputError(f"{path}: 'images' must be numbers from 0 to 1, or whole ones to 255")
    texts = parts.get("texts")
    if texts is not None and (texts.shape != (count,) or texts.dtype.kind != "U"):
        raise InputError(
            f"{path}: 'texts' must be {count} strings, one for each image, not {texts.dtype} of "
            f"shape {texts.shape}"
        )
    sizes = parts.get("sizes", np.full(count, images.shape[2]))
    check_sizes(sizes, count, images.shape[2], path)
    rows = [image[:, :size] for image, size in zip(as_bytes(images), sizes, strict=True)]
    return of_images(rows, None if texts is None else texts.tolist(), str(path))


def _read_picture(path: Path, height: int) -> np.ndarray:
    """A picture as ink, `(height, width)` uint8."""
    from PIL import Image

    data = read_bytes(path, LARGEST_PICTURE)
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(data), formats=DECODERS) as opened:
            # What is odd about a picture that can be read is no matter here.
            warnings.simplefilter("ignore")
            if not 0 < opened.width * opened.height <= MOST_PIXELS:
                raise InputError(
                    f"{path} has {opened.width} x {opened.height} pixels; accepted are 1 to"
                    f" {MOST_PIXELS:,}"
                )
            seen = opened.convert("RGBA")
    except InputError:
        raise
    # Decoders of broken pictures raise many: OSError, SyntaxError, struct.error, zlib's, ...
    except Exception as error:
        raise InputError(f"{path} cannot be read as a picture: {str(error)[:200]}") from error
    paper = Image.new("RGBA", seen.size, "white")
    grey = Image.alpha_composite(paper, seen).convert("L")
    width = max(1, round(grey.width * height / grey.height))
    if width > WIDEST:
        raise InputError(
            f"{path} has {grey.width} x {grey.height} pixels, far too wide for its height; "
            f"accepted are up to {WIDEST // height} times as wide as high"
        )
    if grey.size != (width, height):
        shrinks = grey.height > height
        how = Image.Resampling.BOX if shrinks else Image.Resampling.BILINEAR
        grey = grey.resize((width, height), how)
    pixels = np.asarray(grey)
    # There is less ink than paper, so what most pixels are is the paper.
    return 255 - pixels if np.median(pixels) > 127 else pixels.copy()


def _write_archive(
    images: Sequence[np.ndarray], solutions: Sequence[Sequence[str]] | np.ndarray | None, path: Path
) -> None:
    stacked, real = pad([image.T for image in images])
    arrays = {"images": np.ascontiguousarray(stacked.transpose(0, 2, 1))}
    if not real.all():
        arrays["sizes"] = real.sum(1)
    if solutions is not None:
        arrays["texts"] = np.array([known[0] for known in solutions], str)
    with atomic_write(path) as temporary, temporary.open("wb") as stream:
        np.savez_compressed(stream, allow_pickle=False, **arrays)


def _write_picture(images: Sequence[np.ndarray], path: Path) -> None:
    from PIL import Image

    if len(images) != 1:
        raise InputError(f"{path} can hold one image, not {len(images)}; accepted for more is .npz")
    with atomic_write(path) as temporary:
        Image.fromarray(255 - images[0]).save(temporary, format="png")
