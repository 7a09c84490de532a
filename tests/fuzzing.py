"""Every reader of files that people bring, with whole inputs to break.

A new reader joins by a line in `READERS`.
"""

from __future__ import annotations

import gzip
import io
import pickle
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from ptrnet_suite.data.npz import read_npy, read_npz
from ptrnet_suite.runtime.limits import read_bytes, unpack_gzip
from ptrnet_suite.task.formats import NpzFormats
from ptrnet_suite.task.spec import Spec
from tests.broken_inputs import mutated, zipped
from tests.document_readers import DOCUMENT_READERS
from tests.reading import Outcome, Reader, instances, texts, try_input


def check_seed(name: str, seed: int, folder: Path) -> Outcome:
    """Reads the input that a seed makes of a reader's whole ones."""
    reader = READERS[name]
    return try_input(reader, mutated(whole(name), seed), folder)


@cache
def whole(name: str) -> list[bytes]:
    """A reader's whole inputs."""
    return READERS[name].seeds()


def _archives(*archives: dict[str, Any]) -> Callable[[], list[bytes]]:
    members = ({f"{name}.npy": _npy(part) for name, part in parts.items()} for parts in archives)
    stored, deflated = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED
    made = [zipped(each, method) for each in members for method in (stored, deflated)]
    return lambda: made


def _npy(array: np.ndarray) -> bytes:
    packed = io.BytesIO()
    np.save(packed, array)
    return packed.getvalue()


def _pickles() -> list[bytes]:
    forms = (
        POINTS.tolist(),
        list(POINTS),
        POINTS,
        [[tuple(p) for p in s] for s in POINTS.tolist()],
    )
    return [pickle.dumps(form, protocol) for form in forms for protocol in (0, 2, 5)]


def _pictures() -> list[bytes]:
    from PIL import Image

    made = []
    for mode, form in (("L", "png"), ("RGBA", "png"), ("P", "png"), ("1", "png"), ("RGB", "jpeg")):
        packed = io.BytesIO()
        Image.new("L", (20, 28), 255).convert(mode).save(packed, format=form)
        made.append(packed.getvalue())
    return made


POINTS = np.array([[[0.1, 0.1], [0.9, 0.2], [0.5, 0.4], [0.8, 0.9], [0.2, 0.8]]] * 2)
PLAIN = "0.1 0.1 0.9 0.2 0.5 0.4 0.8 0.9 0.2 0.8"
HULLS = f"{PLAIN} output 1 2 4 5 1\n{PLAIN} output 1 2 4 5 1\n"
TOURS = f"{PLAIN} output 1 3 2 4 5 1\n{PLAIN} output 1 2 3 4 5 1\n"
TSPLIB = """NAME: five
TYPE: TSP
COMMENT: five cities
DIMENSION: 5
EDGE_WEIGHT_TYPE: EUC_2D
NODE_COORD_SECTION
1 10 10
2 90 20
3 50 40
4 80 90
5 20 80
EOF
"""
MATRIX = """NAME: four
TYPE: TSP
DIMENSION: 4
EDGE_WEIGHT_TYPE: EXPLICIT
EDGE_WEIGHT_FORMAT: UPPER_ROW
DISPLAY_DATA_TYPE: TWOD_DISPLAY
EDGE_WEIGHT_SECTION
3 4 5
6 7
8
DISPLAY_DATA_SECTION
1 0 0
2 3 0
3 0 4
4 5 5
EOF
"""
TABLES = (
    "x,y\n0.1,0.1\n0.9,0.2\n0.5,0.4\n0.8,0.9\n",
    "0.1;0.1\n0.9;0.2\n0.5;0.4\n",
    "1 2\n3 4\n5 7\n",
)
NAMED_TABLES = (
    'name\tlat\tlon\nNord\t54.3\t10.1\n"Am\tTor"\t52.5\t13.4\nElbe\t51\t13.7\n',
    "id;x;y\n1;0,1;0,5\n2;0,9;0,2\n3;0,5;0,4\n",
    ",y,x,people\n0,1,2,3\n1,4,5,6\n2,7,9,9\n",
)
DOCUMENTS = (
    "[[0.1, 0.1], [0.9, 0.2], [0.5, 0.4]]",
    '[{"lat": 54, "lng": 10.1, "name": "N"}, {"lat": 52.5, "lng": 13.4}, {"lat": 51, "lng": 9}]',
    '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"name": "N"}, '
    '"geometry": {"type": "MultiPoint", "coordinates": [[10, 54], [13, 52, 40], [9, 51]]}}]}',
)
MATRICES = (
    "0,3,4,8\n3,0,5,6\n4,5,0,2\n8,6,2,0\n",
    "from,N,S,W\nN,0,1.5,2\nS,3,0,4\nW,5,6,0\n",
)
SOLVED = {"points": POINTS, "solutions": np.array([[0, 1, 3, 4, -1]] * 2), "lengths": np.ones(2)}
TOURED = {"points": POINTS, "solutions": np.array([[0, 1, 3, 4, 2]] * 2), "lengths": np.ones(2)}
SIZED = {"points": POINTS, "sizes": np.array([5, 4]), "solver": np.array(["a", "b"])}
IMAGES = {"images": np.zeros((2, 12, 30), np.uint8), "texts": np.array(["12", "3"])}
NUMBERS = {"values": np.array([[3.0, 1.0, 2.0]]), "solutions": np.array([[1, 2, 0]])}
TOKENS = {"inputs": np.array([[1, 2, 3]]), "solutions": np.array([[1, 2]]), "sizes": np.array([3])}
VECTORS = {"inputs": POINTS, "solutions": np.array([[0, 1, -1]] * 2), "sizes": np.array([5, 4])}
TOUR_OF_5 = b"NAME: five\nTYPE: TOUR\nDIMENSION: 5\nTOUR_SECTION\n1\n3\n2\n4\n5\n-1\nEOF\n"


def _beside(task: str, name: str) -> Callable[[Path], Any]:
    """Reads a whole file beside the one that is broken."""
    return lambda path: instances(task)(path.with_name(name))


READERS: dict[str, Reader] = {
    "Ptr-Net text (tours)": Reader(instances("tsp"), "a.txt", texts(TOURS, PLAIN)),
    "Ptr-Net text (hulls)": Reader(instances("convex_hull"), "a.txt", texts(HULLS, PLAIN)),
    "tables of points": Reader(instances("tsp"), "a.csv", texts(*TABLES)),
    "tables with names": Reader(instances("tsp"), "a.tsv", texts(*NAMED_TABLES)),
    "JSON and GeoJSON of points": Reader(instances("tsp"), "a.json", texts(*DOCUMENTS)),
    "matrices of distances": Reader(instances("tsp"), "a.csv", texts(*MATRICES)),
    "files of points without a suffix": Reader(
        instances("tsp"),
        "a",
        lambda: [text.encode() for text in (TSPLIB, DOCUMENTS[0], TABLES[0], TOURS, MATRICES[0])],
    ),
    "packed files of points": Reader(
        instances("tsp"), "a.gz", lambda: [gzip.compress(TSPLIB.encode(), mtime=0)]
    ),
    "archives of points (tours)": Reader(instances("tsp"), "a.npz", _archives(SIZED, TOURED)),
    "archives of points (hulls)": Reader(
        instances("convex_hull"), "a.npz", _archives(SIZED, SOLVED)
    ),
    "pickles of points": Reader(instances("tsp"), "a.pkl", _pickles),
    "TSPLIB": Reader(instances("tsp"), "a.tsp", texts(TSPLIB, MATRIX)),
    "TSPLIB tours": Reader(
        _beside("tsp", "five.tsp"),
        "five.opt.tour",
        lambda: [TOUR_OF_5],
        {"five.tsp": TSPLIB.encode()},
    ),
    "numbers in text": Reader(
        instances("sorting"), "x_a.csv", texts("3,1,2\n5,4,6\n"), {"y_a.csv": b"1,2,0\n1,0,2\n"}
    ),
    "orders beside numbers": Reader(
        _beside("sorting", "x_a.csv"),
        "y_a.csv",
        texts("1,2,0\n1,0,2\n"),
        {"x_a.csv": b"3,1,2\n5,4,6\n"},
    ),
    "archives of numbers": Reader(instances("sorting"), "a.npz", _archives(NUMBERS)),
    "archives of images": Reader(
        instances("image_text", problem="digits"), "a.npz", _archives(IMAGES)
    ),
    "pictures": Reader(instances("image_text", problem="digits"), "a.png", _pictures),
    "archives of any task's vectors": Reader(
        NpzFormats(Spec("vectors", 2, "pointer")).read, "a.npz", _archives(VECTORS)
    ),
    "archives of any task's tokens": Reader(
        NpzFormats(Spec("tokens", 9, "vocabulary", choices=9)).read, "a.npz", _archives(TOKENS)
    ),
    "archives": Reader(read_npz, "a.npz", _archives(SOLVED, IMAGES)),
    "arrays": Reader(
        read_npy, "a.npy", lambda: [_npy(a) for a in (POINTS, np.arange(5), np.array(["ab", "c"]))]
    ),
    "what gzip packed": Reader(
        lambda path: unpack_gzip(read_bytes(path), str(path)),
        "a.gz",
        lambda: [gzip.compress(table.encode(), mtime=0) for table in TABLES],
    ),
}
READERS |= DOCUMENT_READERS
