"""Devices, precision, files, where results come from, and registries of names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ptrnet_suite.runtime.lazy import public_names

if TYPE_CHECKING:
    from ptrnet_suite.runtime.device import choose_device as choose_device
    from ptrnet_suite.runtime.device import seeded as seeded
    from ptrnet_suite.runtime.device import set_threads as set_threads
    from ptrnet_suite.runtime.precision import matrix_products as matrix_products
    from ptrnet_suite.runtime.provenance import command_line as command_line
    from ptrnet_suite.runtime.provenance import git_commit as git_commit
    from ptrnet_suite.runtime.provenance import machine as machine
    from ptrnet_suite.runtime.provenance import versions as versions
    from ptrnet_suite.runtime.registry import Registry as Registry
else:
    __getattr__, __dir__, __all__ = public_names(
        __name__,
        {
            "device": "choose_device seeded set_threads",
            "precision": "matrix_products",
            "provenance": "command_line git_commit machine versions",
            "registry": "Registry",
        },
    )
